"""What the loudspeaker plays next: one queue in, faded sound at the device's rate out.

The one idea: the device's callback alone resamples, fades and counts. So nothing has to
be locked there, and the order in which sound and the order to stop were given is the
order in which they happen.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from queue import SimpleQueue

import numpy as np
import soxr

from companion.values import Samples

FADE = 0.008
"""Seconds in which sound swells at its start and dies away at its end: without them it clicks"""


BACK = 0.25
"""Seconds before a pause in which the quietest moment is where it goes on: a word that was cut
is said again, and no other"""
DUCKED = 0.25
"""Times as loud (-12 dB) while somebody may be there: our words can still be followed"""
DUCKING, RISING = 0.02, 0.3
"""Seconds in which it becomes so, and loud again"""
DIP = 0.02
"""Seconds of such a moment"""


class Order(Enum):
    """What the device is told to do."""

    STOP = auto()
    """Fall silent, and forget what came before"""
    PAUSE = auto()
    """Fall silent, and keep it"""
    RESUME = auto()
    """Go on with it"""
    DUCK = auto()
    """Be softer from now on: somebody may be there"""
    LOUD = auto()
    """Be as loud as before"""


@dataclass(frozen=True)
class Piece:
    """A little sound on its way to the device."""

    samples: Samples
    rate: int
    """Hertz"""
    end: float
    """Seconds of sound given since opening, with this piece"""
    order: Order | None = None
    """No sound, but this"""


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
        self._loudness = self._wanted = 1.0
        """Times as loud as given, now and soon"""
        self._stopping = False
        self._last = self._later = np.zeros(0, np.float32)
        """What was played last, and what is kept while it is paused"""
        self._paused = False

    def next(self, frames: int) -> Samples:
        """Give the next frames; fewer where the sound ends."""
        self._collect()
        while len(self._ready) < frames + self._fade and self._fetch():
            pass
        whole = len(self._ready)
        sound, self._ready = self._ready[:frames], self._ready[frames:]
        if len(sound):
            self._last = np.concatenate((self._last, sound))[-round(BACK * self._rate) :]
        elif not self._paused:
            self._last = sound
        if not len(self._ready):
            self._stopping = False
        waiting = len(self._ready) + len(self._later) + self._held
        self.taken = self._end - waiting / self._rate
        return self._ducked(self._faded(sound, whole))

    def _collect(self) -> None:
        while not self._queue.empty():
            piece = self._queue.get_nowait()
            match piece.order:
                case None:
                    self._waiting.append(piece)
                case Order.STOP:
                    self._waiting.clear()
                    self._stream, self._held = None, 0.0
                    self._fall_silent()
                    self._later = self._last = self._later[:0]
                    self._paused, self._end = False, piece.end
                    self._wanted = 1.0
                case Order.PAUSE if not self._paused:
                    self._paused = True
                    self._fall_silent()
                case Order.RESUME if self._paused:
                    self._go_on()
                case Order.DUCK:
                    self._wanted = DUCKED
                case Order.LOUD:
                    self._wanted = 1.0

    def _fall_silent(self) -> None:
        """Leave just enough to die away; the rest is for later."""
        self._later = np.concatenate((self._ready[self._fade :], self._later))
        self._ready = self._ready[: self._fade]
        self._stopping = len(self._ready) > 0

    def _go_on(self) -> None:
        """Go on from the quietest moment shortly before the pause."""
        self._paused = self._stopping = False
        played = self._last
        size = max(1, round(DIP * self._rate))
        count = len(played) // size
        power = np.square(played[len(played) - count * size :]).reshape(count, size).sum(axis=1)
        back = (count - int(np.argmin(power))) * size if count else 0
        again = played[len(played) - back :] if back else played[:0]
        self._ready = np.concatenate((again, self._ready, self._later))
        self._later, self._last = self._later[:0], self._last[:0]

    def _fetch(self) -> bool:
        """Make more sound ready; say whether there was any."""
        if self._stopping or self._paused:
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

    def _ducked(self, sound: Samples) -> Samples:
        """Go towards the loudness that is wanted, without a click."""
        now, wanted = self._loudness, self._wanted
        if now == wanted == 1.0 or not len(sound):
            return sound
        seconds = np.arange(1, len(sound) + 1) / self._rate
        if wanted < now:
            gain = np.maximum(wanted, now - seconds * (1 - DUCKED) / DUCKING)
        else:
            gain = np.minimum(wanted, now + seconds * (1 - DUCKED) / RISING)
        self._loudness = float(gain[-1])
        return sound * gain.astype(np.float32)
