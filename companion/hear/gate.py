"""An ear that a key opens and closes: a pause, or push to talk.

The key is pressed on another thread; what it does happens at the next sound.
"""

from collections.abc import Iterator
from typing import Protocol

from companion.events import EarEvent, LongTurn, Overlap, SpeechStarted, Spoken, TurnTaken
from companion.stages import Ear
from companion.values import AudioChunk, Expected, TurnId


class Gate(Ear, Protocol):
    """An ear with a door."""

    is_open: bool
    """Somebody is listened to. May be set from any thread"""


class PausedEar:
    """Listens as another ear does, but not while it is closed."""

    def __init__(self, ear: Ear) -> None:
        self.is_open = True
        self._ear = ear
        self._was_open = True

    @property
    def voiced(self) -> float:
        """Seconds of voice in what is being said now."""
        return self._ear.voiced

    @property
    def may_end(self) -> bool:
        """It is silent, and so that the turn may soon be taken."""
        return self._ear.may_end

    def push(self, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent]:
        """Take the next sound; what was being said when it was closed is taken as it stands."""
        if self.is_open:
            self._was_open = True
            yield from self._ear.push(chunk, expected)
        elif self._was_open:
            self._was_open = False
            yield from self._ear.flush()

    def heard(self, words: str, tone: float | None = None) -> None:
        """Take the words so far of the turn that goes on, and the tone of its last pause."""
        self._ear.heard(words, tone)

    def overlap(self, *, after_question: bool) -> Overlap:
        """Say what the voice over our own is so far."""
        return self._ear.overlap(after_question=after_question)

    def flush(self) -> Iterator[EarEvent]:
        """Take the turn that is going on, if any: the sound has ended."""
        yield from self._ear.flush()

    def fall_back(self) -> bool:
        """Go on with a simpler way to notice speech, or say no."""
        return self._ear.fall_back()


class PressedEar:
    """Push to talk: from one press to the next all is one turn, however long its pauses."""

    def __init__(self, longest: float) -> None:
        """`longest` in seconds: a key that was forgotten does not listen for ever."""
        self.is_open = False
        self._longest = longest
        self._turn = 0
        self._began: float | None = None
        """Seconds: when the turn that goes on began"""
        self._told = False
        self._now = 0.0

    @property
    def voiced(self) -> float:
        """Seconds of what is being said now: nobody presses a key to be silent."""
        return 0.0 if self._began is None else self._now - self._began

    @property
    def may_end(self) -> bool:
        """Only the key ends a turn."""
        return False

    def push(self, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent]:
        """Take the next sound; it counts while the key is down."""
        self._now = chunk.end
        if self.is_open and self._began is None:
            self._turn, self._began, self._told = self._turn + 1, chunk.start, False
            yield SpeechStarted(TurnId(self._turn), chunk.start)
        if self._began is None:
            return
        if not self.is_open:
            yield from self._take(chunk.start, endless=False)
            return
        yield Spoken(TurnId(self._turn), chunk)
        length = chunk.end - self._began
        if length >= self._longest:
            self.is_open = False
            yield from self._take(chunk.end, endless=True)
        elif length >= self._longest * 2 / 3 and not self._told:
            self._told = True
            yield LongTurn(TurnId(self._turn), chunk.end)

    def heard(self, words: str, tone: float | None = None) -> None:
        """Need no words: the key tells when a turn is over."""

    def overlap(self, *, after_question: bool) -> Overlap:
        """Know that they speak: they have pressed the key."""
        return Overlap.SPEECH

    def flush(self) -> Iterator[EarEvent]:
        """Take the turn that is going on, if any: the sound has ended."""
        self.is_open = False
        if self._began is not None:
            yield from self._take(self._now, endless=False)

    def fall_back(self) -> bool:
        """Nothing in it can fail but itself."""
        return False

    def _take(self, at: float, *, endless: bool) -> Iterator[EarEvent]:
        began, self._began = self._began or 0.0, None
        yield TurnTaken(TurnId(self._turn), began, at, at, endless)
