"""An exercise of the command line is a talk: what it is held through, and when it is over."""

import itertools

import numpy as np
import pytest

from companion import app
from companion.audio.absent import NoMicrophone
from companion.commands import begun as beginning
from companion.commands import led
from companion.commands.begun import AFTER, NO_MICROPHONE, UNANSWERED, Begun, UntilDone, missing
from companion.commands.loud import NoSpeaker
from companion.errors import AudioError, EngineError
from companion.events import Chosen, Level, Said
from companion.exercise import Exercise
from companion.mindstate import MindState
from companion.parts import read_parts
from companion.records import Known
from companion.records import Led as Rated
from companion.risk import Risk, RiskState
from companion.settings import Settings
from companion.values import AudioChunk, Cleared, Expected, State, TurnId

TURN = TurnId(1)


def level(at: float, sounding: bool = False) -> Level:
    return Level(TURN, at, -60.0, 0.0, sounding, False)


def chosen(act: str) -> Chosen:
    return Chosen(TURN, act, "", Expected())


def ends_at(state: State, act: str, seconds: float = 100.0, **wishes: bool) -> float | None:
    """Say after how many seconds of silence a talk in this state is over."""
    over = UntilDone(**({"stays_stopped": False} | wishes))
    over(chosen(act), state)
    moments = np.arange(0.0, seconds, 0.5)
    return next((float(at) for at in moments if over(level(float(at)), state)), None)


def test_it_is_over_when_nothing_is_asked_and_nobody_speaks():
    """After a while: whoever wants to go on talking may."""
    assert ends_at(State(), "check_in") == AFTER + 0.5


def test_a_question_waits_longer_and_not_for_ever():
    """Nobody has to answer one."""
    asked = State(mind=MindState(led=Rated("exhale46", asks="again")))
    assert ends_at(asked, "check_in") == UNANSWERED + 0.5


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (State(exercise=Exercise("exhale46")), "lead"),
        (State(risk=RiskState(level=Risk.CONCERN)), "stop"),
        (State(), "reflect"),
    ],
)
def test_it_never_ends_by_itself_otherwise(state, act):
    """Not an exercise that is led or paused, not after danger, not a talk that came of it."""
    assert ends_at(state, act) is None


def test_what_was_stopped_leaves_the_numbers_a_key_away():
    """Where there are keys; by voice alone it ends."""
    assert ends_at(State(), "stop", stays_stopped=True) is None
    assert ends_at(State(), "stop", stays_stopped=False) is not None


def test_sound_and_speech_begin_the_wait_anew():
    """The last word was only just heard."""
    over = UntilDone(stays_stopped=False)
    over(chosen("check_in"), State())
    for at in range(9):
        assert not over(level(float(at), sounding=True), State())
    assert not over(level(AFTER), State())
    over(Said(TURN, Cleared("Good to know.")), State())
    assert not over(level(AFTER + 9.0), State())


def begun(hears: bool = True) -> Begun:
    return Begun("", lambda id, state: iter(()), lambda event, state: False, hears)


def nothing_there(monkeypatch) -> None:
    def absent(*_: object, **__: object) -> None:
        raise AudioError("There is none.")

    monkeypatch.setattr(app, "open_devices", absent)
    monkeypatch.setattr(beginning, "DeviceMicrophone", absent)
    monkeypatch.setattr(beginning, "DeviceSpeaker", absent)


def test_it_leads_without_any_device_and_says_so(monkeypatch):
    """By keys, on the screen, in the same time."""
    nothing_there(monkeypatch)
    microphone, speaker, canceller = begun().open(Settings())

    assert isinstance(microphone, NoMicrophone)
    assert isinstance(speaker, NoSpeaker)
    assert canceller is None
    assert missing(microphone, speaker).startswith(NO_MICROPHONE)
    assert "screen leads" in missing(microphone, speaker)


def test_where_another_talk_listens_the_microphone_is_left_to_it(monkeypatch):
    """Two would answer one another."""
    nothing_there(monkeypatch)
    monkeypatch.setattr(app, "open_devices", None)  # it would fail if it were asked

    assert isinstance(begun(hears=False).open(Settings())[0], NoMicrophone)


def test_without_a_microphone_time_goes_on_in_silence():
    """In blocks, each once its time has come."""
    clock = itertools.count(0.0, 0.01)
    microphone = NoMicrophone(lambda: next(clock))
    blocks = list(itertools.islice(microphone.blocks(), 50))
    microphone.close()

    assert blocks[-1].end == pytest.approx(1.0)
    assert blocks[-1].end <= next(clock)
    assert not any(block.samples.any() for block in blocks)
    assert list(microphone.blocks()) == []


def test_a_pause_is_kept_where_there_is_no_loudspeaker():
    """What was left of it comes afterwards."""
    now = [0.0]
    speaker = NoSpeaker(lambda: now[0])
    speaker.play(quiet(3.0))
    now[0] = 1.0
    speaker.pause()
    now[0] = 10.0
    speaker.play(quiet(1.0))
    speaker.resume()

    assert speaker.drained() == pytest.approx(13.0)


def quiet(seconds: float) -> AudioChunk:
    return AudioChunk(np.zeros(round(seconds * 1000), np.float32), 1000)


def test_without_an_ear_the_keys_lead(monkeypatch, capsys):
    """Its failure is told, and ends nothing."""

    def broken(parts: object) -> None:
        raise EngineError("The model of the ear is broken.")

    monkeypatch.setattr(led, "build_recogniser", broken)
    monkeypatch.setattr(led, "goes_on", lambda: False)
    conversation, hears = led.build(read_parts(led.without_model(Settings())), {})

    assert not hears
    assert conversation.mind.name == "written"
    assert "The keys lead." in capsys.readouterr().err


def test_what_is_added_for_once_is_not_kept():
    """It is known in this talk, and no answer to the question about health."""
    state = led.with_health(State(known=Known(kept=True, health=("heart",))), ["lungs"])

    assert state.known.health == ("heart", "lungs")
    assert state.mind.health is None


def test_how_strong_it_is_is_asked_first_and_nothing_before_panic():
    """As in any talk."""
    parts = read_parts(led.without_model(Settings()))
    conversation, _ = led.build(parts, {})
    plan = app.opening_plan(parts, conversation, "exhale46", None, State())
    panic = app.opening_plan(parts, conversation, "panic", None, State())

    assert plan.mind.led and plan.mind.led.asks == "before"
    assert (plan.session, panic.session) == ("", "panic")
