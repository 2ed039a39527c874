"""Panic that listens: a talk takes the first sentence over, and none of it is lost."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from companion import paths
from companion.commands import panic_talk
from companion.commands.loud import NoSpeaker
from companion.commands.panic_talk import Loading, Said, between, take_over
from companion.errors import EngineError, SpeakError
from companion.events import Led, Sound
from companion.exercise import Manner
from companion.sessions.words import VoicedSpeech
from companion.settings import Settings
from companion.values import AudioChunk, Cleared, Samples, State, Style, TurnId

RATE = 16_000
LINE = "medical-flags"


def phrases(*seconds: float) -> Samples:
    """A tone and a quiet, in turn."""
    pieces = [np.full(round(s * RATE), 0.0 if at % 2 else 0.2) for at, s in enumerate(seconds)]
    return np.concatenate(pieces).astype(np.float32)


def test_it_is_taken_over_between_two_phrases():
    """The next quiet that is long enough, never in a word."""
    sound = phrases(1.0, 0.1, 1.0, 0.3, 1.0)

    assert between(sound, RATE, 0.5) == pytest.approx(2.18, abs=0.05)
    assert between(sound, RATE, 2.3) == pytest.approx(3.4, abs=0.05)


def test_what_ships_has_a_quiet_every_few_seconds():
    """Else whoever says stop would wait long to be heard."""
    sound, rate = soundfile.read(paths.DATA / "en" / "sounds" / f"{LINE}.ogg", dtype="float32")
    found = [between(sound, rate, after) - after for after in np.arange(0.5, 25.0, 0.5)]

    assert max(found) < 4.0


def test_nothing_of_it_is_lost_and_nothing_is_heard_twice():
    """What was heard and what is left are the whole of it."""
    said = Said(LINE, AudioChunk(phrases(0.2, 0.2, 0.4, 0.3, 1.0), RATE))
    speaker = NoSpeaker(time.monotonic)
    speaker.play(said.sound)
    rest = take_over(said, speaker)
    whole = said.sound.samples

    assert 0 < len(rest.samples) < len(whole)
    assert np.array_equal(rest.samples, whole[len(whole) - len(rest.samples) :])
    assert not rest.samples[: RATE // 50].any()  # it begins in a quiet


def test_what_does_not_load_in_time_is_not_waited_for(monkeypatch):
    """It is led without an ear then, from what lies ready on."""
    over = threading.Event()

    def slow(*_: object) -> None:
        over.wait(60.0)
        raise EngineError("Nobody waits for it any more.")

    monkeypatch.setattr(panic_talk.led, "build", slow)
    loading = Loading(Settings(), "panic", Manner())

    assert not loading.wait(0.1)
    over.set()


def test_what_fails_while_it_loads_ends_nothing(monkeypatch):
    """Nor is it raised anywhere."""

    def broken(*_: object) -> None:
        raise EngineError("It is broken.")

    monkeypatch.setattr(panic_talk.led, "build", broken)

    assert not Loading(Settings(), "panic", Manner()).wait(60.0)


@pytest.fixture(scope="module")
def loading() -> Loading:
    made = Loading(panic_talk.led.without_model(Settings()), "panic", Manner())
    assert made.wait(120.0)
    return made


def opened(monkeypatch, loading: Loading, health: list[str]):
    """Give what the talk would begin with, and the state it begins in."""
    held = []
    monkeypatch.setattr(panic_talk.led, "talk", lambda *given: held.append(given) or 0)
    said = Said(LINE, AudioChunk(phrases(1.0, 0.3, 1.5), RATE))
    rest = AudioChunk(said.sound.samples[RATE:], RATE)
    options = SimpleNamespace(health=health, minutes=None)
    panic_talk.talk(loading, options, said, rest)
    _, conversation, state, _, _, (_, begins, _) = held[0]
    return begins(conversation), state


def test_the_rest_of_it_is_heard_first_and_then_what_follows(monkeypatch, loading):
    """The sentence is shown whole; the next one is another."""
    opening, state = opened(monkeypatch, loading, [])
    events = opening(TurnId(0, 1), state)
    first = next(events)
    rest = [next(events) for _ in range(2)]

    assert isinstance(first, Led)
    assert first.cue.text and first.cue.text.startswith("If there is pain")
    assert first.cue.exercise.control.progress.step == 0
    assert all(isinstance(event, Sound) for event in rest)
    assert sum(event.chunk.seconds for event in rest) == pytest.approx(1.8)
    following = next(event for event in events if isinstance(event, Led))
    assert following.cue.exercise.control.progress.step >= 1
    assert following.cue.text != first.cue.text


def test_what_rules_the_breath_out_holds_here_too(monkeypatch, loading):
    """Nobody whose lungs are ill is led to breathe in a rhythm."""
    opening, state = opened(monkeypatch, loading, ["lungs"])
    first = next(event for event in opening(TurnId(0, 1), state) if isinstance(event, Led))

    assert state == State(began=state.began, known=state.known)
    assert first.cue.exercise.health == ("lungs",)


class Slow:
    """A voice that nobody in panic can wait for."""

    name = "slow"

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        raise AssertionError(f"{text} was waited for")


class Quick:
    name = "espeak"

    def __init__(self, fails: bool = False) -> None:
        self._fails = fails

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        if self._fails:
            raise SpeakError("It says nothing.")
        yield AudioChunk(np.full(RATE, 0.1, np.float32), RATE)


def test_within_a_talk_the_red_flags_do_not_wait_for_the_best_voice():
    """Half a minute of speech takes a neural voice seconds; a quick one says the same at once."""
    flags = Cleared("If there is pain")
    speech = VoicedSpeech((Slow(), Quick()), at_once={flags: Quick()})

    assert speech.sentence(flags).seconds > 0.5


def test_where_the_quick_voice_fails_the_others_say_it():
    """Nothing is left out."""
    flags = Cleared("If there is pain")
    speech = VoicedSpeech((Quick(),), at_once={flags: Quick(fails=True)})

    assert speech.sentence(flags).seconds > 0.5


def test_the_red_flags_of_a_talk_are_said_by_the_built_in_voice(loading):
    """By the very text that is reviewed, with this person's number."""
    _, conversation, _ = loading.built
    flags = conversation.guards.outgoing.reviewed(LINE)

    assert conversation.leader.speech._at_once[flags].name == "espeak"
