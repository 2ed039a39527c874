"""Take our own voice out of what the microphone hears, so that one may speak over it.

WebRTC's echo canceller (AEC3) by way of `pywebrtc-audio`, fed with what the loudspeaker has
really played. It never changes how loud a person is. How much of our voice it takes away is
measured while we speak (echo return loss enhancement, ITU-T G.168); where that is too
little, we must not listen while we speak, or we would answer ourselves. What it leaves of our
voice sounds like a voice, so it is heard only where `near_end.py` finds somebody.
"""

import importlib.util
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from companion.audio.near_end import NearEnd
from companion.audio.reference import RATE, Reference
from companion.values import AudioChunk, Samples

ENOUGH = 10.0
"""Decibels that must be taken away; less is heard as speech"""
PERHAPS, SURELY = 2.0, 4.0
"""Decibels by which a sound stands out of our own echo: from the first on it is listened to, from
the second on somebody is there. In simulated rooms (docs/echo.md) our echo alone goes over the
first in 1 to 3 blocks of 100, where the clocks drift apart, and hardly ever over the second"""
LISTENS = 0.5
"""Seconds for which it is listened to after that: a voice has gaps"""
STANDS_OUT = 10.0
"""Decibels above the quiet room from which our voice is heard in a block at all"""
JUDGED = 300
"""Blocks (6 s at 20 ms) whose median counts: a person who speaks over us does not change it"""
FIRST = 25
"""Blocks of echo before anything is known (0.5 s)"""
SETTLED, WORST = 100, 10
"""Blocks of echo (2 s), and the percentile of them that must have enough taken away before it
is believed: in a hard room the canceller takes four seconds to learn, and half of our voice is
gone before the rest is"""
UNHEARD = 50
"""Blocks of our voice without any echo (1 s) after which there is none: headphones, say"""
TAIL = 0.7
"""Seconds that delay and room may add to what was played"""
ROOM = 100
"""Blocks (2 s) before we spoke of which the quietest fifth is the noise of the room"""
AUDIBLE = -60.0
"""dBFS of our voice from which an echo is to be expected"""
QUIET = -70.0
"""dBFS of a room of which nothing is known yet"""
SILENCE = 1e-12
"""Power of digital silence, -120 dBFS"""
FRAME = RATE // 100
"""Samples that the canceller takes at once"""

Cancel = Callable[[Samples, Samples], Samples]
"""Takes microphone and loudspeaker, gives the microphone without the loudspeaker"""
Duck = Callable[[bool], None]
"""Makes the loudspeaker softer, or as loud as before"""


class Headphones:
    """In place of a canceller: the microphone cannot hear the loudspeaker."""

    apart = works = True
    near = False

    def cancel(self, chunk: AudioChunk) -> AudioChunk:
        """Give the sound as it is."""
        return chunk

    def soften(self, on: bool) -> None:
        """Need not: a voice is heard beside ours without it."""


class EchoCanceller:
    """Serves one microphone beside one loudspeaker. For one thread."""

    apart = False

    def __init__(
        self, reference: Reference, cancel: Cancel | None = None, duck: Duck | None = None
    ) -> None:
        """Load the canceller, which must be there: `echo_library_is_present`."""
        self._reference = reference
        self._duck = duck
        self._near_end = NearEnd()
        self._evidence = 0.0
        """Decibels by which the last block stood out of our echo"""
        self._listens = -1e9
        """Seconds: until when what is left of our echo is listened to"""
        self._cancel = cancel or _webrtc()
        self._levels: deque[tuple[float, float]] = deque(maxlen=JUDGED)
        """Decibels of blocks with our voice, before and after"""
        self._room: deque[float] = deque(maxlen=ROOM)
        """dBFS of blocks while we are silent"""
        self._has_settled = False

    def cancel(self, chunk: AudioChunk) -> AudioChunk:
        """Give a block at 16 kHz without our voice; untouched while we are silent."""
        if not self._reference.audible(chunk.start, TAIL):
            self._room.append(_level(chunk.samples))
            self._near_end.rest(chunk.samples)
            self._evidence = 0.0
            return chunk
        far = self._reference.take(chunk.start, len(chunk.samples))
        clean = self._frames(chunk.samples, far)
        before, after = _level(chunk.samples), _level(clean)
        if _level(far) > AUDIBLE:
            self._levels.append((before, after))
            self._has_settled = self._has_settled or self._settles()
        evidence = self._near_end.evidence(chunk.samples, far)
        if evidence is None or evidence > PERHAPS:
            self._listens = chunk.end + LISTENS
        self._evidence = evidence or 0.0
        return replace(chunk, samples=clean if chunk.start < self._listens else 0.0 * clean)

    @property
    def near(self) -> bool:
        """Whether somebody besides us is in the last block: speech, or any other sound."""
        return self._evidence > SURELY and self.works

    def soften(self, on: bool) -> None:
        """Speak more softly, so that whoever is there is heard better; or as loud as before."""
        if self._duck:
            self._duck(on)

    @property
    def erle(self) -> float | None:
        """Decibels of our voice that are taken away; None: not known, or none was heard."""
        heard = self._echoes()
        if len(heard) < FIRST:
            return None
        return float(np.median([before - after for before, after in heard]))

    @property
    def works(self) -> bool:
        """Whether one may speak over us: it is known that enough is taken away."""
        if (erle := self.erle) is not None:
            return self._has_settled and erle >= ENOUGH
        return len(self._levels) >= UNHEARD

    def _settles(self) -> bool:
        heard = self._echoes()[-SETTLED:]
        taken = [before - after for before, after in heard]
        return len(heard) == SETTLED and float(np.percentile(taken, WORST)) >= ENOUGH

    def _echoes(self) -> list[tuple[float, float]]:
        # What is taken away below the noise of the room counts as noise.
        noise = float(np.percentile(self._room, 20)) if self._room else QUIET
        return [
            (before, max(after, noise))
            for before, after in self._levels
            if before > noise + STANDS_OUT
        ]

    def _frames(self, near: Samples, far: Samples) -> Samples:
        whole = len(near) // FRAME * FRAME
        clean = self._cancel(np.ascontiguousarray(near[:whole]), np.ascontiguousarray(far[:whole]))
        # Blocks of 20 ms, as devices give them, are whole frames; a rest keeps its own sound.
        return np.concatenate((clean, near[whole:]))


def _level(samples: Samples) -> float:
    """Measure loudness in dBFS."""
    return 10 * float(np.log10(np.dot(samples, samples) / max(1, len(samples)) + SILENCE))


def echo_library_is_present() -> bool:
    """Say whether the canceller can be loaded: not every Python and machine has a wheel."""
    return importlib.util.find_spec("pywebrtc_audio") is not None


def _webrtc() -> Cancel:
    from pywebrtc_audio import AudioProcessor

    processor = AudioProcessor(sample_rate=RATE, echo_cancellation=True)
    return lambda near, far: np.asarray(processor.process(near, far), np.float32)
