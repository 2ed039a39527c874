"""A voice against its own past, through a whole talk: the voice changes, the words do not."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from companion import app
from companion.conversation import Conversation
from companion.events import Checked, Chosen, Event, Kept, Said, Sensed, TurnTaken
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.sense.baseline import Baseline
from companion.sense.features import PitchReader
from companion.sense.stress import MOST_WEIGHT
from companion.settings import Settings
from companion.tone import Tone, ToneLevel, ToneState
from companion.values import AudioChunk, Samples, State, Transcript, TurnId

from . import voices
from .tones import LATER, comparer, past, prosody, spoken

AGREED = ToneState(agreed=True)
WORDS = (
    "i am so stressed about my exams", "it is every day the same",
    "my teacher talks too fast for me", "and then i go home", "the bus takes an hour",
    "my mother calls on sundays", "it rained the whole week", "then i try to sleep",
)  # fmt: skip


class Ear(TypedRecogniser):
    """Hears the words of a script, whatever the voice."""

    def __init__(self, words: str) -> None:
        self._words = words

    def finish(self) -> Transcript:
        return Transcript(self._words)


def conversation() -> Conversation:
    talk = app.build_conversation(read_parts(Settings()), TypedRecogniser(), aloud=False)
    app.know_voice(talk, past())
    return replace(talk, prosody_reader=PitchReader())


def hold(sounds: list[Samples], state: State) -> list[list[Event]]:
    """Speak each sound with the words of the script; give the events of each turn."""
    talk, turns = conversation(), []
    for number, sound in enumerate(sounds, start=1):
        listening = replace(talk, recogniser=Ear(WORDS[number - 1])).listen(TurnId(number), state)
        for at in range(0, len(sound), 320):
            listening.accept(AudioChunk(sound[at : at + 320], voices.RATE, at / voices.RATE))
        utterance = listening.finish(TurnTaken(listening.id, 0.0, 5.0, 10.0 * number))
        turns.append(list(talk.answer(utterance, state)))
        state = [event.state for event in turns[-1] if isinstance(event, Kept)][-1]
    return turns


def tones(turns: list[list[Event]]) -> list[Tone]:
    return [event.tone for turn in turns for event in turn if isinstance(event, Sensed)]


def said(turn: list[Event]) -> str:
    return " ".join(event.text for event in turn if isinstance(event, Said))


def decisions(turns: list[list[Event]]) -> list[tuple[object, ...]]:
    """Give what was decided in each turn: danger, act, skill."""
    return [
        tuple(
            (event.risk.level if isinstance(event, Checked) else (event.act, event.skill))
            for event in turn
            if isinstance(event, (Checked, Chosen))
        )
        for turn in turns
    ]


START = State(tone=AGREED, began=LATER)


@cache
def eight(semitones: float) -> list[Samples]:
    return [spoken(semitones, seed=100 + number) for number in range(len(WORDS))]


def test_the_voice_changes_the_words_do_not_and_only_one_question_changes():
    """The same words, calm and four semitones higher: one remark, no other act, no danger."""
    calm, raised = hold(eight(0.0), START), hold(eight(4.0), START)

    assert {tone.level for tone in tones(calm)} <= {ToneLevel.USUAL, ToneLevel.A_BIT}
    assert tones(raised)[-1].level is ToneLevel.CLEARLY
    assert all(abs(tone.weight) <= MOST_WEIGHT for tone in tones(calm) + tones(raised))
    assert decisions(calm) == decisions(raised)
    remarks = [said(turn) for turn in raised if "clearly different" in said(turn)]
    assert len(remarks) == 1
    assert "your pitch was" in remarks[0] and remarks[0].count("?") == 1
    assert not any("Your voice was" in said(turn) for turn in calm)


def test_without_consent_the_two_talks_are_the_same_to_the_word():
    """Nothing is measured, so nothing can differ."""
    off = State(began=LATER)
    calm, raised = hold(eight(0.0), off), hold(eight(4.0), off)

    assert list(map(said, calm)) == list(map(said, raised))
    assert tones(calm) == tones(raised) == [Tone()] * len(WORDS)


def test_a_calm_voice_lowers_no_danger():
    """Whatever it sounds like, the words are weighed alone."""
    talk = conversation()
    levels = set()
    for semitones in (-3.0, 0.0, 4.0):
        listening = replace(talk, recogniser=Ear("i want to die")).listen(TurnId(1), START)
        listening.accept(AudioChunk(spoken(semitones, seed=7), voices.RATE))
        events = list(talk.answer(listening.finish(TurnTaken(listening.id, 0.0, 5.0, 6.0)), START))
        levels |= {event.risk.level for event in events if isinstance(event, Checked)}
        assert "Your voice" not in said(events)

    assert len(levels) == 1


# --- the comparer -------------------------------------------------------------------------


def test_a_first_talk_learns_and_says_why_it_does_not_judge():
    """Until there are eight utterances on two days."""
    own = comparer()
    tone = own.compare(TurnId(1), prosody(), AGREED, LATER)

    assert tone.level is ToneLevel.NONE
    assert tone.why.startswith("still learning")
    assert "a few days" in tone.said[0]
    assert len(own.baseline.observations) == 1


def test_what_goes_on_after_all_is_judged_anew_and_learned_once():
    """A higher revision of the same turn replaces the first one."""
    own = comparer(past())
    own.compare(TurnId(1, 0), prosody(seed=50), AGREED, LATER)
    own.compare(TurnId(1, 1), prosody(seed=51), AGREED, LATER)
    own.compare(TurnId(2, 0), prosody(seed=52), AGREED, LATER)

    assert len(own.baseline.observations) == len(past().observations) + 2


@pytest.mark.parametrize(("days", "judged"), [(3, False), (6, True)])
def test_a_muted_voice_is_neither_judged_nor_learned(days, judged):
    """Until the time is over."""
    own = comparer(past())
    muted = replace(AGREED, muted="cold", muted_until=LATER + timedelta(days=5))
    tone = own.compare(TurnId(1), prosody(seed=50), muted, LATER + timedelta(days=days))

    assert (tone.index is not None) == judged
    assert (len(own.baseline.observations) > len(past().observations)) == judged
    assert judged or "not as usual" in tone.said[0]


def test_what_is_unusual_does_not_become_the_usual():
    """A raised utterance is kept, and marked."""
    own = comparer(past())
    before = own.baseline
    tone = own.compare(TurnId(1), prosody(5.0, seed=50), AGREED, LATER)

    assert tone.unusual and tone.kept
    assert own.baseline.observations[-1].unusual
    assert len(before.observations) + 1 == len(own.baseline.observations)


def test_a_talk_is_not_compared_with_itself():
    """Who is upset for ten minutes is so in the tenth as in the first; a calibration counts."""
    own = comparer(past())
    raised = [
        own.compare(TurnId(n), prosody(4.0, seed=50 + n), AGREED, LATER + timedelta(minutes=n))
        for n in range(8)
    ]
    next_day = own.compare(TurnId(9), prosody(seed=60), AGREED, LATER + timedelta(days=1))

    assert {tone.level for tone in raised[3:]} == {ToneLevel.CLEARLY}
    assert {tone.how for tone in raised[3:]} == {raised[3].how}
    assert next_day.how != raised[3].how


def test_too_short_an_utterance_tells_what_the_last_one_showed():
    """So that "how do I sound?" has an answer."""
    own = comparer(past())
    whole = own.compare(TurnId(1), prosody(seed=50), AGREED, LATER)
    short = own.compare(TurnId(2), prosody(seed=51, seconds=1.0), AGREED, LATER)

    assert short.level is ToneLevel.NONE and short.weight == 0
    assert short.said == whole.said


def test_noise_without_a_voice_is_no_judgement():
    """With the plain reason."""
    reader = PitchReader()
    reader.accept(AudioChunk(np.asarray(voices.noise(4, -20), np.float32), voices.RATE))
    tone = comparer(past()).compare(TurnId(1), reader.finish(Transcript()), AGREED, LATER)

    assert tone.index is None
    assert "whisper or a breath" in tone.said[0]


def test_where_nobody_knows_the_time_nothing_is_compared():
    """As with a sound file."""
    own = comparer(past())

    assert own.compare(TurnId(1), prosody(), AGREED, None).index is None
    assert own.baseline == past()


def test_it_forgets_when_told():
    """All of it."""
    own = comparer(past())
    own.compare(TurnId(1), prosody(seed=50), AGREED, LATER)
    own.forget()

    assert own.baseline == Baseline()
    assert own.compare(TurnId(2), prosody(seed=51), AGREED, LATER).index is None


def test_of_a_tone_nothing_shows_in_a_log():
    """Neither its numbers nor its words."""
    tone = comparer(past()).compare(TurnId(1), prosody(seed=50), AGREED, LATER)

    assert "pitch" not in repr(tone) and str(tone.index) not in repr(tone)
