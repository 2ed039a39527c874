"""What the loudspeaker plays next: one queue in, faded sound at the device's rate out.

The one idea: the device's callback alone resamples, fades and counts. So nothing has to
be locked there, and the order in which sound and the order to stop were given is the
order in which they happen.
"""

from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import soxr

from companion.values import Samples

FADE = 0.008
"""Seconds in which sound swells at its start and dies away at its end: without them it clicks"""


@dataclass(frozen=True)
class Piece:
    """A little sound on its way to the device."""

    samples: Samples
    rate: int
    """Hertz; 0: this is the order to stop, and forget what came before"""
    end: float
    """Seconds of sound given since opening, with this piece"""


class Mixture:
    """Sound on its way to one device. Only the device's callback calls `next`."""

    def __init__(self, rate: float, queue: "SimpleQueue[Piece]") -> None:
        """Serve a device that plays `rate` frames a second."""
        self.taken = 0.0
        """Seconds of what was given that have been played, or forgotten"""
        self._rate = rate
        self._queue = queue
        self._fade = round(rate * FADE)
        self._waiting: deque[Piece] = deque()
        self._ready = np.zeros(0, np.float32)
        self._end = 0.0
        """What `taken` is once all that was fetched has been played"""
        self._stream: soxr.ResampleStream | None = None
        self._stream_rate = 0
        self._held = 0.0
        """Frames that the resampler still holds back"""
        self._gain = 0.0
        self._stopping = False

    def next(self, frames: int) -> Samples:
        """Give the next frames; fewer where the sound ends."""
        self._collect()
        while len(self._ready) < frames + self._fade and self._fetch():
            pass
        whole = len(self._ready)
        sound, self._ready = self._ready[:frames], self._ready[frames:]
        if not len(self._ready):
            self._stopping = False
        self.taken = self._end - (len(self._ready) + self._held) / self._rate
        return self._faded(sound, whole)

    def _collect(self) -> None:
        while not self._queue.empty():
            piece = self._queue.get_nowait()
            if piece.rate:
                self._waiting.append(piece)
                continue
            # What is left of it is just enough to die away.
            self._waiting.clear()
            self._stream, self._held = None, 0.0
            self._ready = self._ready[: self._fade]
            self._end, self._stopping = piece.end, len(self._ready) > 0

    def _fetch(self) -> bool:
        """Make more sound ready; say whether there was any."""
        if self._stopping:
            return False
        if not self._waiting or (self._stream and self._waiting[0].rate != self._stream_rate):
            return self._flush()
        piece = self._waiting.popleft()
        if self._stream is None:
            self._stream = soxr.ResampleStream(piece.rate, self._rate, 1, dtype="float32")
            self._stream_rate = piece.rate
        made = self._add(self._stream.resample_chunk(piece.samples))
        self._held += len(piece.samples) * self._rate / piece.rate - made
        self._end = piece.end
        return True

    def _flush(self) -> bool:
        """End the stretch that is being resampled; say whether there was one."""
        if self._stream is None:
            return False
        self._add(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))
        self._stream, self._held = None, 0.0
        return True

    def _add(self, sound: Samples) -> int:
        self._ready = np.concatenate((self._ready, np.clip(sound, -1.0, 1.0)))
        return len(sound)

    def _faded(self, sound: Samples, whole: int) -> Samples:
        """Let sound swell from where the last block ended, and die away towards its end."""
        count = len(sound)
        if not count:
            self._gain = 0.0
        elif self._gain < 1.0 or whole < count + self._fade:
            swelling = self._gain + np.arange(1, count + 1) / self._fade
            dying = np.arange(whole - 1, whole - 1 - count, -1) / self._fade
            gain = np.minimum(1.0, np.minimum(swelling, dying)).astype(np.float32)
            self._gain = float(gain[-1])
            sound = sound * gain
        return sound
