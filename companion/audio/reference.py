"""What the loudspeaker has really played, laid out on the time of the microphone.

The two devices run on clocks of their own, and their callbacks come late by some milliseconds,
never by the same. So sound is laid end to end, as it was played, and only the mean of what
the callbacks say moves it: in quiet moments, so that the echo keeps its place in the sound.
"""

from queue import SimpleQueue

import numpy as np
import soxr

from companion.values import Samples

RATE = 16_000
"""Hertz"""
LOOKS = 150
"""Callbacks (3 s) whose mean tells where the sound lies"""
OFF = 0.012
"""Seconds of that mean from which it is moved: 200 parts in a million take a minute for it"""
LATE = 0.1
"""Seconds by which one callback may come late before the device counts as interrupted"""
KEPT = 2.0
"""Seconds kept for whoever hears later than it was played"""
MOST = 1_500
"""Blocks (30 s) that wait for an ear; where there is none, no more are kept"""
QUIET = 1e-4
"""Sound below this (-80 dBFS) is none"""

_Block = tuple[Samples, int, float, float]
"""Sound, frames of the block, hertz, seconds of the microphone's time when the device took it"""


class Reference:
    """One thread, the loudspeaker's, notes; another, the ear's, takes."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Block] = SimpleQueue()
        self._stream: soxr.ResampleStream | None = None
        self._rate = 0.0
        self._sound: Samples = np.zeros(0, np.float32)
        self._start = 0.0
        """Seconds: where `_sound` begins"""
        self._end = 0.0
        """Seconds: where all that was noted ends"""
        self._audible = -1e9
        """Seconds: the end of the last block that could be heard"""
        self._off: list[float] = []

    def note(self, sound: Samples, frames: int, rate: float, at: float) -> None:
        """Take a block of `frames` at `rate` hertz; what `sound` is short of them is silence.

        `at`: seconds of the microphone's time when the device took it. It waits for nothing.
        """
        if self._queue.qsize() < MOST:
            self._queue.put((sound, frames, rate, at))

    def audible(self, start: float, tail: float) -> bool:
        """Say whether anything that was played in the last `tail` seconds could be heard."""
        self._lay()
        return self._audible + tail > start

    def take(self, start: float, count: int) -> Samples:
        """Give `count` samples at 16 kHz from `start` seconds on; silence where none was played."""
        self._lay()
        first = round((start - self._start) * RATE)
        part = self._sound[max(0, first) : max(0, first + count)]
        before = min(count, max(0, -first))
        return np.pad(part, (before, count - before - len(part)))

    def _lay(self) -> None:
        while not self._queue.empty():
            self._add(*self._queue.get_nowait())
        spare = len(self._sound) - round(KEPT * RATE)
        if spare > 0:
            self._sound = self._sound[spare:]
            self._start += spare / RATE

    def _add(self, sound: Samples, frames: int, rate: float, at: float) -> None:
        if self._stream is None or rate != self._rate or abs(at - self._end) > LATE:
            self._begin(rate, at)
        assert self._stream is not None
        whole = np.zeros(frames, np.float32)
        whole[: len(sound)] = sound
        self._sound = np.concatenate((self._sound, self._stream.resample_chunk(whole)))
        self._off.append(at - self._end)
        self._end += frames / rate
        if len(sound) and np.abs(sound).max() > QUIET:
            self._audible = self._end
        self._align()

    def _begin(self, rate: float, at: float) -> None:
        """Start anew at `at`: the first sound, or the device stood still."""
        # Better ones hold sound back, up to 60 ms of it: an echo would come before its sound.
        self._stream = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="QQ")
        self._rate, self._start, self._end = rate, at, at
        self._sound = np.zeros(0, np.float32)
        self._off.clear()

    def _align(self) -> None:
        """Move the sound where the callbacks say that it lies, while it is quiet."""
        if len(self._off) < LOOKS:
            return
        off = float(np.mean(self._off))
        self._off.clear()
        if abs(off) > OFF and self._audible + KEPT / 2 < self._end:
            self._start += off
            self._end += off
