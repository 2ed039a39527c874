"""Cut the pitch path into voiced stretches, and measure the pulses of each.

Keeps only the sound whose pitch is not decided yet. A long vowel is measured in
pieces of a second, so that it leaves little for the end of the turn.
"""

from dataclasses import dataclass, field

import numpy as np

from companion.sense.frames import HOP, Floats
from companion.sense.pulses import Regularity, regularity
from companion.values import Samples

LONGEST = 100
"""Frames in one piece"""


@dataclass(frozen=True)
class Stretch:
    """Some voiced frames in a row."""

    first: int
    """Number of its first frame"""
    frames: int
    regularity: Regularity


@dataclass
class Stretches:
    """The voiced stretches of one utterance, as they become known."""

    found: list[Stretch] = field(default_factory=list)
    path: list[Floats] = field(default_factory=list)
    """What is decided: rows of hertz and strength"""
    _open: list[float] = field(default_factory=list)
    _frames: int = 0
    _sound: Samples = field(default_factory=lambda: np.zeros(0, np.float32), repr=False)
    _start: int = 0
    """Number of the sample with which the kept sound begins"""

    def hear(self, sound: Samples) -> None:
        """Keep sound until its pitch is decided. The middle of frame n is sample n x HOP."""
        self._sound = np.concatenate([self._sound, sound])

    def extend(self, path: Floats) -> None:
        """Take the next decided frames."""
        self.path.append(path)
        for hertz in path[:, 0].tolist():
            if hertz == 0 or len(self._open) == LONGEST:
                self._close()
            if hertz > 0:
                self._open.append(hertz)
            self._frames += 1
        keep = (self._frames - len(self._open)) * HOP
        self._sound = self._sound[max(0, keep - self._start) :]
        self._start = max(self._start, keep)

    def finish(self, path: Floats) -> None:
        """Take the last frames."""
        self.extend(path)
        self._close()

    def _close(self) -> None:
        """End the stretch that is open, if one is."""
        if self._open:
            count = len(self._open)
            first = self._frames - count
            at = first * HOP - self._start
            sound = self._sound[at : at + count * HOP].astype(np.float64)
            found = regularity(sound, np.array(self._open))
            self.found.append(Stretch(first, count, found))
            self._open = []
