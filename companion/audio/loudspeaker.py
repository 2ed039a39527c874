"""The loudspeaker of this computer."""

import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio import portaudio
from companion.audio.devices import choose, list_devices
from companion.audio.mixture import FADE, Mixture, Order, Piece
from companion.audio.portaudio import PortAudio
from companion.audio.reference import Reference
from companion.audio.streams import open_stream, start_stream
from companion.errors import AudioError
from companion.stages import Clock
from companion.values import AudioChunk, Samples

LONGEST = 120.0
"""Seconds of sound that may wait to be heard"""
LATENCY = 0.06
"""Seconds between a callback and the air: another thread may keep Python to itself for 45 ms
before the loudspeaker runs dry, and `stop` is heard within 80 ms (measured)"""
STALLED = 0.6
"""Seconds without a callback after which a loudspeaker may have gone"""
SLOW_START = 5.0
"""Seconds until the first callback: a wireless headset must change its mode first"""
SURELY = 0.3
"""Seconds after the first look that found none: after this it has"""

_PIECE = 0.05
"""Seconds of sound that the callback resamples at once"""
_NOTHING: Samples = np.zeros(0, np.float32)


class DeviceSpeaker:
    """A loudspeaker that is open, and silent until something is played."""

    def __init__(
        self,
        name: str = "",
        *,
        now: Callable[[], float],
        backend: PortAudio | None = None,
        clock: Clock = time.monotonic,
        reference: Reference | None = None,
    ) -> None:
        """Open the device with this name, or a part of it; empty: the system's. Raises AudioError.

        `now` tells the time of the talk in seconds of audio: the microphone's. `reference` is
        told what the device has taken, for whoever takes it out of what is heard.
        """
        library = backend or portaudio.load()
        device = choose(name, "output", list_devices(library))
        self.name = device.name
        self.underruns = 0
        """How often the device ran dry while something was to be heard"""
        self._now = now
        self._clock = clock
        self._queue: SimpleQueue[Piece] = SimpleQueue()
        # For those who play and stop, from whatever thread; the callback never waits for it.
        self._lock = Lock()
        self._closed = False
        self._given = 0.0
        self._stopped = 0.0
        """Seconds of sound given since opening, and of those what `stop` has ended"""
        self._taken = 0.0
        """Of what was given, the seconds that the device has taken"""
        self._silent_at = 0.0
        self._last = clock() + SLOW_START - STALLED
        self._late_since: float | None = None
        self._reference = reference
        self._stream = open_stream(library, "output", device, self._fill, LATENCY)
        self._latency = self._stream.latency
        self._rate = self._stream.samplerate
        self._mixture = Mixture(self._rate, self._queue)
        start_stream(library, "output", device, self._stream)

    def play(self, chunk: AudioChunk) -> None:
        """Queue a chunk of any rate; return before it has been heard.

        Raises AudioError when the loudspeaker has gone, or when too much waits.
        """
        self._check()
        sound = np.nan_to_num(chunk.samples, nan=0.0, posinf=0.0, neginf=0.0)
        size = round(chunk.rate * _PIECE)
        with self._lock:
            if self._waiting() + chunk.seconds > LONGEST:
                raise AudioError(
                    f"More than {LONGEST:.0f} seconds of sound wait to be heard.",
                    fix="Say it in shorter parts.",
                )
            for start in range(0, len(sound), size):
                samples = sound[start : start + size]
                self._given += len(samples) / chunk.rate
                self._queue.put(Piece(samples, chunk.rate, self._given))

    def drained(self) -> float:
        """Say until what time, in seconds of the talk, the sound lasts, or when it ended.

        Raises AudioError when the loudspeaker has gone before all was heard.
        """
        waiting = self._waiting()
        if waiting <= 0.0:
            return self._silent_at
        self._check()
        return self._now() + waiting + self._latency

    def stop(self) -> None:
        """Fall silent within a block, softly, and forget what is queued."""
        with self._lock:
            if self._waiting() > 0.0:
                # Until the callback knows better.
                self._silent_at = self._now() + self._latency + FADE
            self._stopped = self._given
            self._queue.put(Piece(_NOTHING, 0, self._given, Order.STOP))

    def pause(self) -> None:
        """Fall silent within a block, softly, and keep what is queued."""
        self._queue.put(Piece(_NOTHING, 0, self._given, Order.PAUSE))

    def resume(self) -> None:
        """Go on from the quietest moment shortly before the pause, so that no word is halved."""
        self._queue.put(Piece(_NOTHING, 0, self._given, Order.RESUME))

    def duck(self, on: bool) -> None:
        """Be softer within a block, or as loud as before. After `stop` it is as loud as before."""
        self._queue.put(Piece(_NOTHING, 0, self._given, Order.DUCK if on else Order.LOUD))

    def close(self) -> None:
        """Give the device back. May be called from another thread, and twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._stream.close()

    def _waiting(self) -> float:
        """Give the seconds of sound that the device has not taken."""
        return self._given - max(self._taken, self._stopped)

    def _check(self) -> None:
        """Raise AudioError where the device is closed or gone."""
        now = self._clock()
        if now - self._last <= STALLED:
            self._late_since = None
        elif self._late_since is None:
            # One late look may be our own fault: this process was held up as a whole.
            self._late_since = now
        surely = self._late_since is not None and now - self._late_since > SURELY
        if surely or self._has_ended():
            raise AudioError(
                f"The loudspeaker '{self.name}' has stopped taking sound.",
                fix="Check that it is plugged in and switched on.",
            )

    def _has_ended(self) -> bool:
        with self._lock:
            return self._closed or (self._taken > 0.0 and not self._stream.active)

    def _fill(self, out: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        """Fill a block. On the device's own thread: it waits for nothing."""
        self._last = self._clock()
        self.underruns += bool(status.output_underflow) and self._waiting() > 0.0
        sound = self._mixture.next(frames)
        out[: len(sound)] = sound[:, np.newaxis]
        out[len(sound) :] = 0.0
        if self._reference:
            self._reference.note(sound, frames, self._rate, self._now())
        if len(sound) and self._mixture.taken >= self._given:
            self._silent_at = self._now() + self._latency + len(sound) / self._rate
        # Last: whoever sees that nothing waits must find when it ended.
        self._taken = self._mixture.taken
