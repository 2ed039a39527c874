"""An ear that a key opens and closes, and a microphone that is of no use."""

import numpy as np
import pytest

from companion.audio.watch import CLIPPED, LOST, MUTED, QUIET, Losses, MicrophoneWatch
from companion.events import EarEvent, LongTurn, SpeechStarted, Spoken, TurnTaken
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.gate import Gate, PausedEar, PressedEar
from companion.hear.turns import TurnRules
from companion.values import AudioChunk, Expected

RATE, SIZE = 16_000, 320


class Clock:
    """Pushes sound into an ear and keeps its time."""

    def __init__(self, ear: Gate) -> None:
        self.ear = ear
        self.now = 0.0

    def push(self, kind: str, seconds: float) -> list[EarEvent]:
        found: list[EarEvent] = []
        for _ in range(round(seconds * RATE / SIZE)):
            sound = np.full(SIZE, 0.2 if kind == "speech" else 0.0, np.float32)
            found += self.ear.push(AudioChunk(sound, RATE, self.now), Expected())
            self.now = round(self.now + SIZE / RATE, 6)
        return found


def turn_ear() -> TurnEar:
    return TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5)


def kinds(events: list[EarEvent]) -> list[type]:
    return [type(event) for event in events if not isinstance(event, Spoken)]


def test_a_paused_ear_hears_nothing():
    """Until it is opened again."""
    clock = Clock(PausedEar(turn_ear()))
    clock.ear.is_open = False
    assert clock.push("speech", 2.0) == []
    clock.ear.is_open = True
    assert kinds(clock.push("speech", 0.5)) == [SpeechStarted]


def test_what_was_being_said_when_it_was_paused_is_not_lost():
    """It is taken as it stands."""
    clock = Clock(PausedEar(turn_ear()))
    clock.push("speech", 1.0)
    clock.ear.is_open = False

    assert kinds(clock.push("speech", 1.0)) == [TurnTaken]


def test_nothing_said_during_a_pause_is_heard_afterwards():
    """Not even as the second before the first word."""
    clock = Clock(PausedEar(turn_ear()))
    clock.push("silence", 1.0)
    clock.ear.is_open = False
    clock.push("speech", 0.3)
    clock.ear.is_open = True
    sounds = [event for event in clock.push("speech", 0.3) if isinstance(event, Spoken)]

    assert min(event.chunk.start for event in sounds) >= 1.3


def test_push_to_talk_waits_for_the_key_however_long_one_thinks():
    """A pause of a minute ends no turn; the key does, at once."""
    clock = Clock(PressedEar(longest=300.0))
    assert clock.push("speech", 1.0) == []
    clock.ear.is_open = True
    assert kinds(clock.push("silence", 0.02)) == [SpeechStarted]
    assert kinds(clock.push("speech", 1.0) + clock.push("silence", 60.0)) == []
    clock.ear.is_open = False
    (taken,) = clock.push("silence", 0.02)

    assert isinstance(taken, TurnTaken)
    assert (taken.start, taken.end, taken.at) == (1.0, pytest.approx(62.02), taken.end)


def test_push_to_talk_hears_all_that_is_said_while_the_key_is_down():
    """Each press is a turn of its own."""
    clock = Clock(PressedEar(longest=300.0))
    for number in (1, 2):
        clock.ear.is_open = True
        sounds = [event for event in clock.push("speech", 1.0) if isinstance(event, Spoken)]
        clock.ear.is_open = False
        clock.push("silence", 1.0)
        assert sum(event.chunk.seconds for event in sounds) == pytest.approx(1.0)
        assert {event.id.turn for event in sounds} == {number}


def test_a_key_that_was_forgotten_does_not_listen_for_ever():
    """It is told before, and taken in the end."""
    clock = Clock(PressedEar(longest=9.0))
    clock.ear.is_open = True
    events = clock.push("speech", 10.0)

    assert kinds(events) == [SpeechStarted, LongTurn, TurnTaken]
    assert [event.endless for event in events if isinstance(event, TurnTaken)] == [True]
    assert not clock.ear.is_open


@pytest.mark.parametrize("ear", [PausedEar(turn_ear()), PressedEar(9.0)])
def test_the_end_of_the_sound_ends_the_turn(ear):
    """Once."""
    clock = Clock(ear)
    ear.is_open = True
    clock.push("speech", 1.0)

    assert kinds(list(ear.flush())) == [TurnTaken]
    assert kinds(list(ear.flush())) == []


def watched(*parts: tuple[float, float, float]) -> list[str]:
    """Give what is told of parts: seconds, dBFS, share that is cut off."""
    watch, told, at = MicrophoneWatch(), [""], 0.0
    for seconds, level, clipped in parts:
        for _ in range(round(seconds * 10)):
            at += 0.1
            if (what := watch.take(at, level, clipped)) != told[-1]:
                told.append(what)
    return told[1:]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([(60, -50, 0)], []),
        ([(4.9, -120, 0), (5, -50, 0)], []),
        ([(6, -120, 0), (1, -50, 0)], [MUTED, ""]),
        ([(6, -80, 0), (1, -50, 0)], [QUIET, ""]),
        ([(1, -50, 0), (6, -80, 0), (6, -120, 0)], [QUIET, MUTED]),
        ([(0.2, -3, 0.01), (5, -50, 0)], []),  # a door, once
        ([(1, -3, 0.01), (5, -50, 0)], [CLIPPED, ""]),
    ],
)
def test_a_microphone_that_is_of_no_use_is_told_of(parts, told):
    """After five seconds; and no more once it is well again."""
    assert watched(*parts) == told


def test_lost_sound_is_told_of_for_a_while():
    """Each time anew."""
    losses = Losses()
    told = [losses.take(at, count) for at, count in ((1, 0), (2, 1), (11, 1), (12, 1), (13, 3))]

    assert told == ["", LOST, LOST, "", LOST]
