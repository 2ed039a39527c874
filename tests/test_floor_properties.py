"""Whatever a person and a talk do to the floor, in any order: nothing stale is heard."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.events import Event, Interrupted, Kept, Said, Sound
from companion.floor import Floor
from companion.values import AudioChunk, Cleared, State, TurnId

RATE = 100
"""Hertz: a sound is a list of one number, the turn that it belongs to"""
SENTENCES, PIECES, PIECE = 2, 3, 0.2
"""Of an answer: each sentence is three pieces of a fifth of a second"""
BOUND = 10.0
"""Seconds after which a thread never ends"""

steps = st.sampled_from(
    ["wait", "long", "pause", "resume", "interrupt", "silence", "hush", "want", "danger", "sign"]
)


class Loudspeaker:
    """Plays at once, and knows until when it sounds. Its time is the floor's."""

    def __init__(self) -> None:
        self.now = 0.0
        self.until = self.left = 0.0
        self.played: list[int] = []

    def play(self, chunk: AudioChunk) -> None:
        self.until = max(self.until, self.now) + chunk.seconds
        self.played.append(round(float(chunk.samples[0])))

    def drained(self) -> float:
        return self.until

    def stop(self) -> None:
        self.until = min(self.until, self.now)

    def pause(self) -> None:
        self.left = max(0.0, self.until - self.now)
        self.stop()

    def resume(self) -> None:
        self.until, self.left = self.now + self.left, 0.0


def sound(turn: int) -> AudioChunk:
    return AudioChunk(np.full(round(PIECE * RATE), turn, np.float32), RATE)


def parts(turn: int, *, danger: bool) -> list[Event]:
    """Give the events of an answer."""
    id = TurnId(turn)
    events: list[Event] = []
    for number in range(SENTENCES):
        essential = danger and number == 0
        events.append(Said(id, Cleared(f"{turn}-{number}"), essential))
        events += [Sound(id, sound(turn))] * PIECES
        events.append(Kept(id, State()))
    return events


@dataclass
class Play:
    """One talk: what was done, and what was heard."""

    speaker: Loudspeaker = field(default_factory=Loudspeaker)
    happened: list[Event | Exception] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    turn: int = 0
    dangers: set[int] = field(default_factory=set)
    over: dict[int, int] = field(default_factory=dict)
    """Turns whose answer was given up, and how much had been played by then"""
    silences: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.floor = Floor(self.speaker, self.happened.append, State())

    def do(self, step: str) -> None:
        action: Callable[[], Any] = getattr(self, f"_{step}", None) or getattr(self.floor, step)
        action()
        self.settle()

    def settle(self) -> None:
        """Return when every answer waits for its time, or is over."""
        for _ in range(1_000):
            alive = [thread for thread in self.threads if thread.is_alive()]
            with self.floor._time:
                if len(self.floor._time._waiters) >= len(alive):  # type: ignore[attr-defined]
                    return
            alive[0].join(0.001)

    def _wait(self, seconds: float = 0.1) -> None:
        self.speaker.now = round(self.speaker.now + seconds, 3)
        self.floor.go_on(self.speaker.now)

    def _long(self) -> None:
        for _ in range(15):
            self._wait()

    def _interrupt(self) -> None:
        self.floor.interrupt()
        # The essential sentence of an answer to danger is finished.
        self._give_up(except_for=self.dangers)

    def _silence(self) -> None:
        self.floor.silence()
        self._give_up()

    def _hush(self) -> None:
        self.floor.hush()
        self._give_up()

    def _sign(self) -> None:
        self.floor.sign(sound(0))

    def _danger(self) -> None:
        self.dangers.add(self.turn + 1)
        self._want()

    def _want(self) -> None:
        """A turn was taken: as a talk does it, whoever is answered is interrupted first."""
        self._interrupt()
        self.turn += 1
        self.floor.want(TurnId(self.turn))
        events = parts(self.turn, danger=self.turn in self.dangers)
        thread = threading.Thread(target=self._answer, args=(self.turn, events), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _answer(self, turn: int, events: list[Event]) -> None:
        for event in events:
            if not self.floor.let(event):
                break
        self.floor.finish(TurnId(turn))

    def _give_up(self, except_for: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        for turn in range(1, self.turn + 1):
            if turn not in except_for:
                self.over.setdefault(turn, len(self.speaker.played))

    def end(self) -> None:
        self.floor.end()
        for thread in self.threads:
            thread.join(BOUND)


def played(steps: list[str]) -> Play:
    play = Play()
    for step in steps:
        play.do(step)
    return play


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=25))
def test_nothing_of_an_answer_that_was_given_up_is_heard(steps):
    """Not a piece of it, from the moment when that was decided."""
    play = played(steps)
    play.do("long")
    play.end()

    for turn, heard in play.over.items():
        assert turn not in play.speaker.played[heard:]


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=25))
def test_no_thread_outlives_the_talk(steps):
    """However it was left: held back, hushed, in the middle of a sentence."""
    play = played(steps)
    play.end()

    assert not any(thread.is_alive() for thread in play.threads)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=25))
def test_whoever_speaks_last_is_answered(steps):
    """It always listens again: the next answer is heard whole, whatever came before."""
    play = played(steps)
    play.do("silence")
    play.do("want")
    turn, thread = play.turn, play.threads[-1]
    for _ in range(600):
        play.do("wait")
        thread.join(0.005)
        if not thread.is_alive() and not play.floor.busy:
            break
    play.end()

    said = [e.text for e in play.happened if isinstance(e, Said) and e.id.turn == turn]
    assert said == [f"{turn}-0", f"{turn}-1"]
    assert play.speaker.played.count(turn) == SENTENCES * PIECES


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=25))
def test_what_was_said_comes_in_order_and_once(steps):
    """No sentence twice, none after one of a later turn, and no event that went wrong."""
    play = played(steps)
    play.do("long")
    play.end()

    said = [event.text for event in play.happened if isinstance(event, Said)]
    assert said == sorted(set(said), key=lambda text: [int(part) for part in text.split("-")])
    assert not any(isinstance(event, Exception) for event in play.happened)
    assert sum(isinstance(event, Interrupted) for event in play.happened) <= len(steps) + 1
