"""What stands in where a computer has no microphone: nothing is heard, and time goes on."""

import threading
from collections.abc import Iterator

import numpy as np

from companion.audio.microphone import RATE
from companion.audio.streams import BLOCK
from companion.stages import Clock
from companion.values import AudioChunk


class NoMicrophone:
    """Silence, as long as it takes: a talk without a microphone is led by keys."""

    name = known_as = "none"
    overflows = 0

    def __init__(self, clock: Clock) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._began = clock()
        self._closed = threading.Event()

    def now(self) -> float:
        """Give the seconds since it was opened."""
        return self._clock() - self._began

    def blocks(self) -> Iterator[AudioChunk]:
        """Yield silence in blocks of 20 ms, each when its time has come, until it is closed."""
        size, count = round(RATE * BLOCK), 0
        while not self._closed.is_set():
            early = (count + 1) * BLOCK - self.now()
            if early > 0.0:
                self._closed.wait(early)
                continue
            yield AudioChunk(np.zeros(size, np.float32), RATE, count * BLOCK)
            count += 1

    def close(self) -> None:
        """End it. May be called from another thread, and twice."""
        self._closed.set()
