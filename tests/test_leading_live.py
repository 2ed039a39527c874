"""An exercise in a talk through devices: it sounds while the person speaks, and is steered."""

from companion.events import Checked, Interrupted, Led, Level, Said
from companion.values import AudioChunk, Expected, Transcript

from .exercises import leader
from .live_room import Room, Step, hold, said, times
from .parts import texts
from .test_leading import Leads, kinds

BEGIN: tuple[Step, ...] = (("silence", 1.0), ("speech", 1.0), ("silence", 1.2))


class Ear:
    """Hears the words written down, each utterance from its first sound on."""

    name = "ear"
    hears_danger = True

    def __init__(self, *words: str) -> None:
        self._words = iter(words)

    def start(self, expected: Expected) -> None:
        self._now = next(self._words, "")

    def accept(self, chunk: AudioChunk) -> str:
        return self._now

    def finish(self) -> Transcript:
        return Transcript(self._now)


def led(kind: str, count: int = 1) -> Step:
    return lambda seen: len(kinds(seen, kind)) >= count


def slower(seen: list) -> bool:
    found = kinds(seen, "say") + kinds(seen, "sound")
    return any(exercise.control.progress.tempo > 1.1 for exercise in found)


def talk(room: Room, *words: str, session: str = "exhale46") -> list:
    stages = {
        "recogniser": Ear(*words),
        "commands": Ear(*words[1:]),
        "leader": leader(),
        "policy": Leads(session),
    }
    held, seen = hold(room, headphones=True, ends=False, **stages)
    room.state = held.state
    return seen


def sound(seconds: float) -> tuple[Step, ...]:
    """Let some of the exercise be heard, in pieces that it can be made in."""
    return tuple(("silence", 0.5) for _ in range(round(2 * seconds)))


def test_an_exercise_is_heard_and_its_commands_are_obeyed_while_it_sounds():
    """Slower: what sounds is cut at once, and the breath begins again at the new pace."""
    room = Room()
    room.steps = (
        *BEGIN, ("silence", led("sound")), room.sounds_on(2.0),
        ("speech", 0.6), times(Interrupted), ("silence", slower),
    )  # fmt: skip
    seen = talk(room, "breathing", "slower")

    assert sum(isinstance(event, Interrupted) for event in seen) == 1
    assert len(room.stops) >= 1


def test_danger_leaves_it_for_the_protocol():
    """Its sound stops, and the reviewed lines are heard."""
    room = Room()
    room.steps = (
        *BEGIN, ("silence", led("say")), room.sounds_on(3.0),
        ("speech", 1.5), ("silence", said("<now-call>")), *sound(2.0),
    )  # fmt: skip
    seen = talk(room, "breathing", "danger")

    assert texts(seen)[0] == "<now-call>"
    assert room.state.exercise is None
    first = next(at for at, event in enumerate(seen) if isinstance(event, Said))
    assert not any(isinstance(event, Led) for event in seen[first:])


def test_a_cough_changes_nothing():
    """It sounds on, and the next command is understood."""
    room = Room()
    room.steps = (
        *BEGIN, ("silence", led("say")), room.sounds_on(4.0),
        ("speech", 0.4), ("silence", times(Checked, 2)), room.sounds_on(3.0),
        ("speech", 0.5), times(Interrupted),
        ("silence", said("I'm waiting. Say go on when you like.")), *sound(2.0),
    )  # fmt: skip
    talk(room, "breathing", "", "pause")

    assert room.state.exercise.control.paused


def test_an_endless_exercise_ends_with_its_loudspeaker():
    """It is not shown on to nobody."""
    room = Room()
    room.steps = (*BEGIN, ("silence", led("say")))
    seen = talk(room, "panic", session="panic")

    assert any(isinstance(event, Led) for event in seen)


def test_an_exercise_that_fell_silent_for_speech_stays_silent():
    """Until what was said is understood: not a sound of it comes while the person goes on."""
    room = Room()
    heard: list[float] = []

    def note(seen: list) -> bool:
        heard.append(room.played)
        return True

    room.steps = (
        *BEGIN, room.has_played(4.0), *sound(3.0), led("say"), room.has_played(9.0),
        ("speech", 1.4), times(Interrupted), note, *[("speech", 0.4), times(Level, 20), note] * 4,
    )  # fmt: skip
    talk(room, "breathing", "my sister rang")

    assert len(set(heard)) == 1
