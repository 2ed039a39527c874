"""The microphone of this computer.

The one idea: the device's callback only copies. Mixing and resampling happen where the
blocks are wanted, so that however long hearing takes no sound is lost; and what is lost
all the same leaves silence of its own length, so that audio time stays true.
"""

import re
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from companion.audio import portaudio
from companion.audio.devices import choose, list_devices
from companion.audio.portaudio import PortAudio
from companion.audio.streams import BLOCK, open_stream, start_stream
from companion.errors import AudioError
from companion.stages import Clock
from companion.values import AudioChunk, Samples

RATE = 16_000
"""Hertz: what every ear expects"""
KEPT = 30.0
"""Seconds of sound that may wait to be heard; what comes then is lost"""
LATENCY = 0.1
"""Seconds of sound that the device may keep while Python is held up; it adds no delay (measured)"""
STALLED = 0.6
"""Seconds without sound after which a microphone counts as gone, at the third look"""
PACE = 0.05
"""Share by which sound may come faster or slower than its rate says"""
PACE_OVER = 5.0
"""Seconds over which that is measured"""
SLOW_START = 5.0
"""Seconds until the first sound: a wireless headset must change its mode first"""

_NUMBER = re.compile(r"\(hw:[^)]*\)")
"""Of a card: another one after each start"""
_WAIT = 0.1
"""Seconds between two looks at the clock while there is no sound"""
_TIMES = 2
"""Wrong paces in a row that it takes"""
_LOOKS = 3
"""Late looks in a row that it takes: after this process itself was held up, one is late"""


class DeviceMicrophone:
    """A microphone that is open and already listening."""

    def __init__(
        self,
        name: str = "",
        *,
        rate: int = RATE,
        backend: PortAudio | None = None,
        clock: Clock = time.monotonic,
        latency: float = LATENCY,
    ) -> None:
        """Open the device with this name, or a part of it; empty: the system's. Raises AudioError.

        Blocks come at `rate` hertz. `latency` (seconds) is the device's, and asked, not promised.
        """
        library = backend or portaudio.load()
        device = choose(name, "input", list_devices(library))
        self.name = device.name
        self.overflows = 0
        """Blocks lost because nobody took them in time"""
        self._rate = rate
        self._clock = clock
        self._queue: SimpleQueue[tuple[int, Samples] | None] = SimpleQueue()
        self._closed = False
        self._closing = Lock()
        self._frames = 0
        """Of the device, those that are lost among them"""
        self._lost = 0
        """Frames to make up for with silence before the next block"""
        self._due = 0.0
        """Seconds of the device's clock: when the next block should have begun"""
        self._last = clock() + SLOW_START - STALLED
        self._paced = (0, clock())
        """Frames and seconds from which the pace is measured"""
        self._strange = 0
        """How often in a row it was wrong"""
        self._stream = open_stream(library, "input", device, self._take, latency)
        self._device_rate = self._stream.samplerate
        start_stream(library, "input", device, self._stream)

    @property
    def known_as(self) -> str:
        """Name the device so that it is known again: with its own rate, without its number.

        A headset that also plays runs at a lower rate, and sounds like another one.
        """
        name = _NUMBER.sub("", self.name).strip()
        return f"{name}, {self._device_rate:.0f} Hz"

    def now(self) -> float:
        """Give the seconds of sound that have come in since opening. For any thread."""
        return self._frames / self._device_rate

    def blocks(self) -> Iterator[AudioChunk]:
        """Yield sound in blocks of 20 ms until it is closed. Raises AudioError when it stops."""
        size = round(self._rate * BLOCK)
        stream = soxr.ResampleStream(self._device_rate, self._rate, 1, dtype="float32")
        waiting = np.zeros(0, np.float32)
        start = 0
        while (taken := self._next()) is not None:
            lost, frames = taken
            sound = np.concatenate((np.zeros(lost, np.float32), _mono(frames)))
            new = np.clip(stream.resample_chunk(sound), -1.0, 1.0)
            waiting = np.concatenate((waiting, new))
            while len(waiting) >= size and not self._closed:
                # A copy: whoever keeps a block must not keep what came with it.
                yield AudioChunk(waiting[:size].copy(), self._rate, start / self._rate)
                waiting, start = waiting[size:], start + size

    def close(self) -> None:
        """End the stream. May be called from another thread, and twice."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
                self._stream.close()

    def _next(self) -> tuple[int, Samples] | None:
        """Wait for sound; give None once it is closed."""
        late = 0
        while not self._closed:
            self._check_pace()
            try:
                return self._queue.get(timeout=_WAIT)
            except Empty:
                late = late + 1 if self._clock() - self._last > STALLED else 0
            if late == _LOOKS or self._has_ended():
                raise AudioError(
                    f"The microphone '{self.name}' has stopped sending sound.",
                    fix="Check that it is plugged in and switched on.",
                )
        return None

    def _has_ended(self) -> bool:
        with self._closing:
            return self._frames > 0 and not self._closed and not self._stream.active

    def _check_pace(self) -> None:
        """Raise AudioError where the device has changed its rate: all would sound wrong."""
        frames, last = self._frames, self._last
        before, since = self._paced
        seconds = last - since
        if frames and not before:
            self._paced = (frames, last)
        elif seconds >= PACE_OVER:
            self._paced = (frames, last)
            pace = (frames - before) / seconds / self._device_rate
            # Once may be our own fault: this process was held up as a whole.
            self._strange = self._strange + 1 if abs(pace - 1.0) > PACE else 0
            if self._strange == _TIMES:
                raise AudioError(
                    f"The microphone '{self.name}' has changed its rate.",
                    fix="It is opened again.",
                )

    def _take(self, sound: Samples, frames: int, times: Any, status: Any) -> None:
        """Keep a block. On the device's own thread: copy, count and return."""
        self._last = self._clock()
        if status.input_overflow:
            self.overflows += 1
            # The device has dropped sound before this block; its own clock knows how much.
            gap = (times.inputBufferAdcTime - self._due) * self._device_rate
            self._miss(max(0, round(gap)) if self._due else 0)
        self._due = times.inputBufferAdcTime + frames / self._device_rate
        if self._queue.qsize() * BLOCK >= KEPT:
            self.overflows += 1
            self._miss(frames)
            return
        self._queue.put((self._lost, sound.copy()))
        self._lost = 0
        self._frames += frames

    def _miss(self, frames: int) -> None:
        self._lost += frames
        self._frames += frames


def _mono(frames: NDArray[np.float32]) -> Samples:
    """Give the mean of the channels; what is no number is silence."""
    mean: Samples = frames.mean(axis=1, dtype=np.float32)
    return np.nan_to_num(mean, nan=0.0, posinf=0.0, neginf=0.0)
