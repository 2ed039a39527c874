"""What an exercise is played through, and how it stops. Light, for panic begins with it."""

import os
import signal
from collections.abc import Callable
from typing import Protocol

from companion.values import AudioChunk

STOPPED = "Stopped. Just breathe as usual, and look around you."


class Heard(Protocol):
    """A loudspeaker that knows what has left it."""

    def play(self, chunk: AudioChunk) -> None:
        """Queue a chunk."""
        ...

    def drained(self) -> float:
        """Say until what time, in seconds, the sound lasts."""
        ...

    def stop(self) -> None:
        """Fall silent, softly."""
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


class NoSpeaker:
    """Stands in where there is no loudspeaker: the screen leads then, in the same time."""

    name = "none"
    underruns = 0

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until = 0.0
        self._left: float | None = None
        """Seconds that were still to be heard when it was held back"""

    def play(self, chunk: AudioChunk) -> None:
        """Let its time pass."""
        if self._left is not None:
            self._left += chunk.seconds
            return
        self._until = max(self._until, self._now()) + chunk.seconds

    def drained(self) -> float:
        """Say until what time its sound would have lasted."""
        return self._until

    def stop(self) -> None:
        """Forget what would have been heard."""
        self._until, self._left = self._now(), None

    def pause(self) -> None:
        """Keep what is left of it."""
        self._left = max(0.0, self._until - self._now())
        self._until = self._now()

    def resume(self) -> None:
        """Go on with what was left."""
        self._until, self._left = self._now() + (self._left or 0.0), None

    def close(self) -> None:
        """Leave nothing open."""


def ctrl_c_stops() -> None:
    """Let Ctrl+C, or whoever ends us, stop an exercise in order, whatever the shell has set."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    if os.name == "posix":
        signal.signal(signal.SIGHUP, signal.default_int_handler)
