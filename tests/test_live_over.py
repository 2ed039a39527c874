"""Somebody speaks over our voice: speech, a cough, and what holds no word."""

import pytest

from companion.events import (
    Event,
    Failed,
    Heard,
    Interrupted,
    Paused,
    Resumed,
)
from companion.values import Exchange

from .live_room import TURN, Doubted, Room, SlowMind, Step, hold, lines, times
from .parts import texts

SPOKEN_OVER: tuple[Step, ...] = (("silence", 0.1), ("speech", 0.6), ("silence", 0.1))


@pytest.mark.parametrize(
    ("canceller", "heard"),
    [(Doubted(), True), (Doubted(works=False), False), (Doubted(breaks=True), False)],
)
def test_one_may_speak_over_us_where_our_voice_is_taken_out(canceller, heard):
    """Where too much of it is left, or the canceller breaks, we speak and listen in turn."""
    room = Room()
    room.steps = (*TURN, room.has_played(0.5), *SPOKEN_OVER)
    _, seen = hold(room, canceller=canceller, recogniser=lines("hello", "wait"))

    assert times(Interrupted)(seen) is heard
    assert times(Failed)(seen) is canceller.breaks


def test_a_cough_costs_a_pause_and_no_word():
    """The answer is held back, goes on, and counts as said when it was heard."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("silence", 0.1), ("speech", 0.2), times(Paused),
        ("silence", 1.3), times(Resumed), room.has_played(1.0), ("silence", 1.5),
    )  # fmt: skip
    talk, seen = hold(room, headphones=True, recogniser=lines("hello", ""))

    assert texts(seen) == ["I hear you."]
    assert not times(Interrupted)(seen)
    assert room.played == pytest.approx(1.0)
    assert talk.state.history == (Exchange("hello", ("I hear you.",), "reflect"),)


@pytest.mark.parametrize("seconds", [0.4, 0.9])
def test_what_holds_no_word_over_our_voice_is_not_answered(seconds):
    """However long: it may be the rest of our own echo, and nobody is asked to say it again."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("silence", 0.1), ("speech", seconds), times(Paused),
        ("silence", 4.0),
    )  # fmt: skip
    talk, seen = hold(room, headphones=True, recogniser=lines("hello", ""))

    assert len([event for event in seen if isinstance(event, Heard)]) == 1
    assert texts(seen) == ["I hear you."]


def test_a_cough_while_it_thinks_costs_no_answer():
    """The reply is still wanted when it was nothing."""
    mind = SlowMind()

    def let_go(seen: list[Event]) -> bool:
        mind.go.set()
        return True

    room = Room()
    room.steps = (
        *TURN, times(Heard), ("speech", 0.2), ("silence", 2.5), let_go, room.has_played(0.5),
        ("silence", 0.5), room.has_played(1.0), ("silence", 1.0),
    )  # fmt: skip
    _, seen = hold(room, headphones=True, recogniser=lines("hello", ""), mind=mind)

    assert texts(seen) == ["At last."]
