"""Tell within a few blocks whether anybody but us is in what the microphone hears.

An echo canceller takes our voice away, but also much of whoever speaks at the same time; what it
leaves says little about who it was. So a second, linear view is kept beside it: an adaptive filter
that learns the way from the loudspeaker to the microphone, and how far it may be wrong. What stands
out of that, band by band, is somebody: the likelihood ratio of J. Sohn, N. S. Kim and W. Sung, "A
statistical model-based voice activity detection" (1999), with what is left of our echo as noise.
The filter is the partitioned Kalman filter of F. Kuech et al., "State-space architecture of the
partitioned-block-based acoustic echo controller" (2014), after G. Enzner and P. Vary (2006).
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from companion.values import Samples

BLOCK = 320
"""Samples that are judged at once: 20 ms at 16 kHz"""
PARTITIONS = 30
"""Blocks (0.6 s) of the way that are learned: the delay of the devices and the room"""
KEPT = 0.999
"""Share of what was learned that holds from block to block (Kuech's A): a room changes"""
UNSURE = 0.01
"""Variance of the filter when nothing is known"""
SMOOTH = 0.5
"""Of the power that is no echo, from block to block"""
LITTLE = 1e-6
"""Power of a bin below which nothing is divided"""
EDGES = (
    200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400,
    5300,
)  # fmt: skip
"""Hertz between the bands: critical bands (E. Zwicker, 1961) in which a voice is"""
USUAL, STEP = 0.9, 0.25
"""The share of blocks in which a band is left below its bound while only we speak, and the decibels
by which that bound moves: no filter is right about every room and every clock"""
SOMEBODY, SLOWLY = 4.0, 0.1
"""Decibels of evidence from which the bound moves only by this share: it is not our echo"""
MOST = 15.0
"""Decibels that one band can count: one whistle is no voice"""
ROOM = 100
"""Blocks (2 s) without us of which the quietest fifth is the noise of the room"""
ABOVE = 3.0
"""Times that: as loud as a steady noise is now and then"""
QUIET = 1e-7
"""Mean square (-70 dBFS) of a room of which nothing is known yet"""

_BINS = np.round(np.array(EDGES) * 2 * BLOCK / 16_000).astype(int)
_Power = NDArray[np.float32]


class NearEnd:
    """Judges the sound at one microphone beside one loudspeaker, both at 16 kHz."""

    def __init__(self) -> None:
        """Know nothing of the room."""
        shape = (PARTITIONS, BLOCK + 1)
        self._far = np.zeros(shape, np.complex64)
        """Spectra of what was played, the newest first"""
        self._way = np.zeros(shape, np.complex64)
        self._variance = np.full(shape, UNSURE, np.float32)
        self._others = np.full(BLOCK + 1, 1e-3, np.float32)
        """Power of what is no echo"""
        self._last = np.zeros(BLOCK, np.float32)
        """What was played in the block before"""
        self._checked = 0
        """Of the partitions, the one whose turn it is to be kept causal"""
        self._bound = np.zeros(len(EDGES) - 1)
        """Decibels"""
        self._room: deque[_Power] = deque(maxlen=ROOM)
        self._noise = np.full(len(EDGES) - 1, QUIET * BLOCK * np.diff(_BINS), np.float32)

    def rest(self, near: Samples) -> None:
        """Take a block without us: the noise of the room."""
        if len(near) != BLOCK:
            return
        if self._far.any():
            self._far[:], self._last[:] = 0.0, 0.0
        self._room.append(_bands(_power(_spectrum(near))))
        self._noise = ABOVE * np.percentile(np.array(self._room), 20, axis=0)

    def evidence(self, near: Samples, far: Samples) -> float | None:
        """Say by how many decibels a block stands out of our echo, in the mean of all bands.

        `far` is what the loudspeaker played meanwhile. Our own echo alone gives hardly more than 3,
        somebody as loud as it some 10. None: a block of another length is not judged.
        """
        if not len(near) == len(far) == BLOCK:
            return None
        left, echo = self._filter(near, far)
        ratio = _bands(left) / (_bands(echo) + self._noise + LITTLE)
        over = 10 * np.log10(ratio + LITTLE) - self._bound
        found = float(np.clip(over, 0.0, MOST).mean())
        pace = STEP * (SLOWLY if found > SOMEBODY else 1.0)
        self._bound += pace * np.where(over > 0, USUAL, USUAL - 1.0)
        return found

    def _filter(self, near: Samples, far: Samples) -> tuple[_Power, _Power]:
        """Give the power of what the filter leaves, and how much of it may be our echo."""
        spectrum = np.fft.rfft(np.concatenate((self._last, far))).astype(np.complex64)
        self._last = far
        self._far = np.roll(self._far, 1, axis=0)
        self._far[0] = spectrum
        echo = np.fft.irfft((self._far * self._way).sum(axis=0))[BLOCK:]
        error = _spectrum(near - echo.astype(np.float32))
        left = _power(error)
        may_be_echo = (_power(self._far) * self._variance).sum(axis=0) / 2
        self._learn(error, may_be_echo + self._others + LITTLE)
        self._others += (1 - SMOOTH) * (left - self._others)
        return left, may_be_echo

    def _learn(self, error: NDArray[np.complex64], power: _Power) -> None:
        gain = self._variance * self._far.conj() / power
        self._way += gain * error
        certain = np.clip(1 - (gain * self._far).real / 2, 0.0, 1.0)
        self._variance *= KEPT**2 * certain
        self._variance += (1 - KEPT**2) * _power(self._way)
        # What would come before its sound is no way; one partition a block is enough (Speex's MDF).
        self._checked = (self._checked + 1) % PARTITIONS
        response = np.fft.irfft(self._way[self._checked])
        response[BLOCK:] = 0.0
        self._way[self._checked] = np.fft.rfft(response)


def _spectrum(block: Samples) -> NDArray[np.complex64]:
    return np.fft.rfft(np.concatenate((np.zeros_like(block), block))).astype(np.complex64)


def _power(spectrum: NDArray[np.complex64]) -> _Power:
    return np.square(spectrum.real) + np.square(spectrum.imag)


def _bands(power: _Power) -> _Power:
    return np.add.reduceat(power[_BINS[0] : _BINS[-1]], _BINS[:-1] - _BINS[0])
