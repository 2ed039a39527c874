"""How loud a microphone is, a few times a second, and whether it is overdriven."""

import numpy as np

from companion.hear.energy import QUIETEST, level
from companion.values import AudioChunk

EVERY = 0.1
"""Seconds between two readings"""
LIMIT = 0.99
"""From here on a sample counts as cut off"""


class Meter:
    """Takes every block; gives a reading now and then."""

    def __init__(self, every: float = EVERY) -> None:
        """`every` in seconds of sound."""
        self._every = every
        self._level = QUIETEST
        self._cut = 0
        self._count = 0

    def take(self, chunk: AudioChunk) -> tuple[float, float] | None:
        """Give the loudest block since the last reading (dBFS), and the share cut off (0 to 1)."""
        self._level = max(self._level, level(chunk.samples))
        self._cut += int(np.count_nonzero(np.abs(chunk.samples) >= LIMIT))
        self._count += len(chunk.samples)
        if self._count < self._every * chunk.rate:
            return None
        reading = self._level, self._cut / self._count
        self._level, self._cut, self._count = QUIETEST, 0, 0
        return reading
