"""A room in which a talk goes through devices: a microphone whose sound is written down."""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import numpy as np

from companion.audio.echo import Headphones
from companion.events import (
    Event,
)
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.hear.typed import TypedRecogniser
from companion.live import LiveTalk
from companion.values import AudioChunk, Exchange, Plan, Turn

from .parts import conversation, texts
from .test_talk import ToneVoice

RATE, SIZE = 16_000, 320
LONG = 10.0
"""Seconds of waiting after which something never happens"""
Until = Callable[[list[Event]], bool]
Step = tuple[str, float | Until] | Until
"""So many seconds of something, or of it until something has happened; or wait for that"""


class Room:
    """A microphone whose sound is written down, and a loudspeaker. Time is the microphone's."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self._changed = threading.Condition()
        self._full = 0.0
        self.seen: list[Event] = []
        self.now = 0.0
        self.played = 0.0
        self.stops: list[float] = []
        self.pauses: list[float] = []
        self.kept = 0.0
        self.is_closed = False

    def blocks(self) -> Iterator[AudioChunk]:
        for step in self.steps:
            if callable(step):
                with self._changed:
                    assert self._changed.wait_for(lambda: step(self.seen), LONG), self.seen  # noqa: B023
                continue
            kind, seconds = step
            for _ in range(round((LONG if callable(seconds) else seconds) * RATE / SIZE)):
                if callable(seconds):
                    with self._changed:
                        # Time goes on slowly, so that whoever makes sound keeps up.
                        if self._changed.wait_for(lambda: seconds(self.seen), 0.002):  # noqa: B023
                            break
                samples = np.full(SIZE, 0.2 if kind == "speech" else 0.0, np.float32)
                chunk = AudioChunk(samples, RATE, self.now)
                self.now = round(self.now + SIZE / RATE, 6)
                yield chunk

    def close(self) -> None:
        self.is_closed = True

    def play(self, chunk: AudioChunk) -> None:
        with self._changed:
            self._full = max(self._full, self.now) + chunk.seconds
            self.played += chunk.seconds
            self._changed.notify_all()

    def drained(self) -> float:
        return self._full

    def stop(self) -> None:
        self._full = min(self._full, self.now)
        self.stops.append(self.now)

    def pause(self) -> None:
        self.kept = max(0.0, self._full - self.now)
        self._full = min(self._full, self.now)
        self.pauses.append(self.now)

    def resume(self) -> None:
        self._full, self.kept = self.now + self.kept, 0.0

    def has_played(self, seconds: float) -> Until:
        return lambda seen: self.played > seconds - 0.01

    def sounds_on(self, seconds: float) -> Until:
        """Wait until so much is still to be heard: no gap between two sentences."""
        return lambda seen: self._full >= self.now + seconds

    def note(self, event: Event) -> None:
        with self._changed:
            self.seen.append(event)
            self._changed.notify_all()


def hold(
    room: Room, headphones: bool = False, ends: bool = True, **changes: Any
) -> tuple[LiveTalk, list[Event]]:
    """Hold a talk in a room with a tone for a voice."""
    canceller = changes.pop("canceller", Headphones() if headphones else None)
    stages = {"voices": (ToneVoice(),), "prosody_reader": None} | changes
    talk = LiveTalk(
        TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5),
        conversation(**stages), lambda: 0.0, lambda words: words == "stop",
        canceller=canceller,
    )  # fmt: skip
    for event in talk.run(room, room):
        room.note(event)
    assert room.is_closed
    assert not ends or not threads()
    return talk, room.seen


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "talk"]


def lines(*texts: str) -> TypedRecogniser:
    return TypedRecogniser(texts)


def times(kind: type, count: int = 1) -> Until:
    return lambda seen: sum(isinstance(event, kind) for event in seen) >= count


def said(text: str) -> Until:
    return lambda seen: text in texts(seen)


TURN: tuple[Step, ...] = (("silence", 1.0), ("speech", 1.0), ("silence", 1.2))
AGAIN: tuple[Step, ...] = (("silence", 0.5), ("speech", 0.5), ("silence", 2.2))
"""After a question of ours the hold is longer"""


def whole(room: Room, answers: int) -> tuple[Step, ...]:
    """Let an answer of one second be heard, each 0.5 s when it is there."""
    return (
        room.has_played(answers - 0.5), ("silence", 0.5),
        room.has_played(answers), ("silence", 1.0),
    )  # fmt: skip


class SlowMind:
    """Needs until it is let go for each reply."""

    name = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        pass

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        assert self.go.wait(LONG)
        yield "At last."

    def close(self) -> None:
        self.go.set()


class LongVoice(ToneVoice):
    """Six seconds a sentence."""

    def synthesize(self, text: object, style: object) -> Iterator[AudioChunk]:
        for _ in range(6):
            yield from super().synthesize(text, style)


class Doubted:
    """A canceller that gives silence in place of echo, and may not be trusted."""

    apart = near = False

    def __init__(self, works: bool = True, breaks: bool = False) -> None:
        self.works, self.breaks = works, breaks

    def cancel(self, chunk: AudioChunk) -> AudioChunk:
        if self.breaks:
            raise RuntimeError
        return chunk
