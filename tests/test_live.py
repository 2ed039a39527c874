"""A talk through devices: two threads, one clock, and nobody is lost between them."""

import pytest

from companion.events import (
    Interrupted,
    Said,
    SpeechStarted,
    Timed,
)
from companion.risk import Risk
from companion.values import AudioChunk, Exchange, Expected, Transcript

from .live_room import AGAIN, TURN, Room, hold, lines, said, times, whole
from .parts import EndlessMind, texts
from .test_talk import SpokenStop


def test_what_was_said_is_answered_aloud():
    """And counts as said once it was heard."""
    room = Room()
    room.steps = (*TURN, *whole(room, 1))
    talk, seen = hold(room, recogniser=lines("hello"))

    assert texts(seen) == ["I hear you."]
    assert times(Timed)(seen)
    assert room.played == pytest.approx(1.0)
    assert talk.state.history == (Exchange("hello", ("I hear you.",), "reflect"),)


def test_what_was_not_heard_is_not_in_the_history():
    """Someone spoke over it at once."""
    room = Room()
    room.steps = (*TURN, room.has_played(0.5), ("silence", 0.2), ("speech", 0.6))
    talk, seen = hold(room, headphones=True, recogniser=lines("hello"))

    assert texts(seen) == ["I hear you."]
    assert times(Interrupted)(seen)
    assert talk.state.history == ()


def test_it_does_not_hear_itself():
    """Without headphones nothing that comes while it speaks, or just after, is speech."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("speech", 0.3), room.has_played(0.8), ("speech", 0.3),
        room.has_played(1.0), ("speech", 0.5), ("silence", 3.0),
    )  # fmt: skip
    _, seen = hold(room, recogniser=lines("hello", "echo"))

    assert sum(isinstance(event, SpeechStarted) for event in seen) == 1
    assert not times(Interrupted)(seen)


def test_it_listens_again_when_it_has_spoken():
    """Turn after turn."""
    room = Room()
    room.steps = (*TURN, *whole(room, 1), *AGAIN, times(Said, 2), *whole(room, 2))
    talk, seen = hold(room, recogniser=lines("hello", "and again"))

    assert texts(seen) == ["I hear you."] * 2
    assert [exchange.heard for exchange in talk.state.history] == ["hello", "and again"]


def test_speech_over_it_silences_an_endless_answer():
    """And the mind behind it."""
    mind = EndlessMind()
    room = Room()
    room.steps = (
        *TURN, *whole(room, 1), room.has_played(1.3), ("silence", 0.5), times(Said, 2),
        room.has_played(1.5), room.sounds_on(0.3), ("speech", 0.6), ("silence", 0.1),
    )  # fmt: skip
    _, seen = hold(room, headphones=True, recogniser=lines("hello"), mind=mind)

    assert times(Interrupted)(seen)
    assert mind.stopped
    assert room.stops


def test_the_first_sentence_of_safety_is_finished():
    """What follows it is not said; what the person says is answered next."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("speech", 0.3), room.has_played(0.8), ("silence", 0.3),
        room.has_played(1.0), ("silence", 3.0), said("I hear you."),
    )  # fmt: skip
    talk, seen = hold(room, headphones=True, recogniser=lines("danger", "what"))

    assert texts(seen) == ["<now-call>", "I hear you."]
    assert not times(Interrupted)(seen)
    assert talk.state.risk.answered is Risk.IMMEDIATE


def test_stop_beats_everything():
    """Also the first sentence of safety."""
    room = Room()
    room.steps = (*TURN, room.has_played(0.5), ("silence", 0.1), ("speech", 0.3))
    _, seen = hold(room, headphones=True, recogniser=DangerThenStop())

    assert times(Interrupted)(seen)
    assert texts(seen) == ["<now-call>"]


class DangerThenStop(SpokenStop):
    """Hears of danger once, then the word "stop"."""

    def __init__(self) -> None:
        self.turns = 0

    def start(self, expected: Expected) -> None:
        self.turns += 1

    def accept(self, chunk: AudioChunk) -> str:
        return "danger" if self.turns == 1 else "stop"

    def finish(self) -> Transcript:
        return Transcript("danger")
