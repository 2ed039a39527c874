"""A talk that begins with an exercise: nobody has to say a word for it."""

from companion.audio.echo import Headphones
from companion.events import Chosen, Interrupted, Led
from companion.exercise import Control, Exercise, Manner, Progress
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.live import LiveTalk
from companion.values import AnswerKind, Expected, Line, Plan, State, TurnId

from .exercises import leader
from .live_room import Room, Step, times
from .parts import conversation, texts
from .test_leading import Leads, kinds
from .test_leading_live import Ear, led, slower, sound
from .test_talk import ToneVoice

BREATH = Plan("lead", (), Expected(AnswerKind.SCALE), session="exhale46", minutes=1.0)


def opened(room: Room, opening: Plan, *words: str) -> list:
    """Hold a talk that begins so, with headphones."""
    stages = conversation(
        voices=(ToneVoice(),), prosody_reader=None, recogniser=Ear(*words),
        commands=Ear(*words), leader=leader(), policy=Leads(),
    )  # fmt: skip
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5)
    talk = LiveTalk(ear, stages, lambda: 0.0, lambda said: said == "stop", canceller=Headphones())
    for event in talk.run(room, room, State(), lambda id, state: stages.begin(id, opening, state)):
        room.note(event)
    room.state = talk.state
    return room.seen


def test_it_sounds_before_anybody_has_spoken():
    """And its commands are obeyed as in any talk."""
    room = Room()
    room.steps = (
        ("silence", led("sound")), room.sounds_on(2.0), ("speech", 0.6), times(Interrupted),
        ("silence", slower),
    )  # fmt: skip
    seen = opened(room, BREATH, "slower")

    assert isinstance(seen[0], Chosen)
    assert sum(isinstance(event, Interrupted) for event in seen) == 1


def test_it_goes_on_from_where_it_stood():
    """What was heard before the ear was ready is not heard again."""
    begun = Exercise("panic", Control(Progress(step=4, at=30.0)))
    stages = conversation(leader=leader(), voices=(ToneVoice(),))
    events = stages.begin(TurnId(0, 1), Plan("lead", (), exercise=begun), State())
    first = next(event for event in events if isinstance(event, Led))

    assert first.cue.exercise.control.progress.step == 4
    assert first.cue.exercise.control.progress.at >= 30.0


def test_a_question_may_come_before_it():
    """Then the talk waits for the answer."""
    ask = Plan("check_in", (Line("How strong is it now?"),), Expected(AnswerKind.SCALE, (), True))
    room = Room()
    steps: tuple[Step, ...] = (("silence", lambda seen: bool(texts(seen))), *sound(1.0))
    room.steps = steps
    opened(room, ask)

    assert texts(room.seen) == ["How strong is it now?"]
    assert room.state.expected.kind is AnswerKind.SCALE


def test_how_it_is_wanted_stays_with_it():
    """A choice, sounds alone, and noise beneath: also once it was paused, or changed."""
    wanted = Manner(words=False, bed=True)
    led_so = leader(manners={"exhale46": wanted})
    begun = led_so.begin(Plan("lead", (), session="exhale46"), ())
    moments = list(led_so.lead(begun))
    said = [cue.text for moment in moments for cue in moment.cues if cue.kind == "say"]

    assert begun.manner == wanted
    assert not said
    assert kinds([Led(TurnId(0), cue) for m in moments for cue in m.cues], "sound")
    assert led_so.begin(Plan("lead", (), session="box"), ()).manner == Manner()
