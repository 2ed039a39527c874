"""The pace of a breath, from what the untouched microphone hears between our own sounds.

It serves one thing: an exercise begins about where the person is. It is no measurement of
health, nothing is said about it, and nothing of it is kept, not even the sound: only how loud each
tenth of a second was. Where it is not sure it says so, and nobody is led by it.

Breath is noise that swells twice a breath, in and out. So the loudness of the band in which
it stands out is compared with itself some seconds later, over whatever was neither ours nor
speech; the shortest time after which it is alike again is a breath. That the loudness of breath
sounds gives the rate through an ordinary microphone: Y. Nam, B. A. Reyes and K. H. Chon,
"Estimation of respiratory rates using the built-in microphone of a smartphone or headset",
IEEE J. Biomed. Health Inform. 20 (6), 2016.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from companion.exercise import BreathPace
from companion.values import AudioChunk

FRAME = 0.1
"""Seconds"""
BAND = (400.0, 4_000.0)
"""Hertz: above the hum of fans and mains, and where breath at a microphone is loud"""
KEPT = 45.0
"""Seconds that are looked at: some breaths, and not what was before"""
LEAST = 12.0
"""Seconds of quiet from us without which nothing is said"""
QUICKEST, SLOWEST = 1.5, 10.0
"""Seconds of a breath: forty and six a minute"""
CYCLES = 2.5
"""Breaths that must have been heard: of what is compared"""
ALIKE = 0.5
"""Correlation from which it is sure. Of noise alone it is below (tests/test_breathing.py)"""
AS_GOOD = 0.02
"""By how much less alike a shorter time may be: twice a breath is alike, too"""
SWELLS = 0.5
"""Decibels (standard deviation) by which loudness changes at least where a breath is heard"""
LOUD, TONAL = 8.0, 0.12
"""Decibels above the median, and spectral flatness: what is louder and flatter less is a voice"""
AROUND = 2
"""Frames to either side of a voice or of our own sound that are left out with it"""
SMOOTH = 3
"""Frames over which loudness is smoothed"""
PRESSES = (4, 8)
"""Presses of a key that are needed, and the last that count"""
EVEN = 0.25
"""Share by which the time between two presses may differ from the others' median"""

_Floats = NDArray[np.float64]


class BreathReader:
    """Follows a breath. One thread lets it hear, and another may ask."""

    def __init__(self) -> None:
        count = round(KEPT / FRAME)
        self._frames: deque[tuple[float, float]] = deque(maxlen=count)
        """Decibels and flatness of each; NaN where nothing may be known"""
        self._piece: list[NDArray[np.float32]] = []
        self._rate, self._seconds, self._ours = 0, 0.0, False
        self._pressed: deque[float] = deque(maxlen=PRESSES[1])
        self._now = 0.0

    def accept(self, chunk: AudioChunk, *, ours: bool = False) -> None:
        """Take the next sound. `ours`: the person speaks, or something of ours may be in it."""
        if chunk.rate != self._rate:
            self._piece, self._seconds, self._rate = [], 0.0, chunk.rate
        self._now += chunk.seconds
        self._seconds += chunk.seconds
        self._ours |= ours
        self._piece.append(chunk.samples)
        if self._seconds >= FRAME - 1e-9:
            sound = np.concatenate(self._piece)
            self._frames.append((np.nan, np.nan) if self._ours else _heard(sound, self._rate))
            self._piece, self._seconds, self._ours = [], 0.0, False

    def press(self) -> bool:
        """Take it that a breath in begins now: a key was pressed. Tell that the pace is known now,
        and was not before.
        """
        before = self._told()
        self._pressed.append(self._now)
        return self._told().sure and not before.sure

    def pace(self) -> BreathPace:
        """Give the seconds of a breath; what was told with a key is believed before all else."""
        if (told := self._told()).sure:
            return told
        frames = np.array(self._frames.copy()).reshape(-1, 2)
        return _pace(frames[:, 0], frames[:, 1])

    def _told(self) -> BreathPace:
        return _between(np.array(self._pressed.copy()), self._now)


def _between(pressed: _Floats, now: float) -> BreathPace:
    """Give the time between the last presses, where they are even and not long ago."""
    pressed = pressed[pressed > now - KEPT]
    if len(pressed) < PRESSES[0]:
        return BreathPace()
    times = np.diff(pressed)
    middle = float(np.median(times))
    even = np.abs(times - middle) <= EVEN * middle
    if QUICKEST <= middle <= SLOWEST and np.mean(even) >= 0.7:
        return BreathPace(middle, sure=True, told=True)
    return BreathPace()


def _heard(sound: NDArray[np.float32], rate: int) -> tuple[float, float]:
    """Give how loud a frame is in the band, in decibels, and how flat its spectrum."""
    if not np.isfinite(sound).all():
        return np.nan, np.nan
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    pitches = np.fft.rfftfreq(len(sound), 1 / rate)
    power = power[(pitches >= BAND[0]) & (pitches <= BAND[1])] / len(sound)
    mean = float(power.mean()) if len(power) else 0.0
    if mean <= 1e-12:
        # A tap that is closed, not a quiet room.
        return np.nan, np.nan
    # The mean of decibels, not of power: lines of a hum stand in few places of the spectrum.
    level = float(np.mean(10 * np.log10(power + 1e-20)))
    return level, 10 ** (level / 10) / mean


def _pace(level: _Floats, flat: _Floats) -> BreathPace:
    known = np.isfinite(level)
    if known.sum() * FRAME < LEAST:
        return BreathPace()
    voice = (level > np.nanmedian(level) + LOUD) & (flat < TONAL)
    out = np.convolve(voice | ~known, np.ones(2 * AROUND + 1), "same") > 0
    if (~out).sum() * FRAME < LEAST:
        return BreathPace()
    heard = _level(level, ~out)
    if np.std(heard[~out]) < SWELLS:
        return BreathPace()
    return _alike(heard, (~out).astype(np.float64))


def _level(level: _Floats, known: NDArray[np.bool_]) -> _Floats:
    """Smooth what is known, and take away how it rises or falls over the whole; else 0."""
    at = np.arange(len(level), dtype=np.float64)
    kernel = np.ones(SMOOTH)
    filled = np.where(known, level, 0.0)
    smooth = np.convolve(filled, kernel, "same") / np.maximum(
        np.convolve(known, kernel, "same"), 1.0
    )
    trend = np.polyfit(at[known], smooth[known], 1)
    return np.where(known, smooth - np.polyval(trend, at), 0.0)


def _alike(heard: _Floats, known: _Floats) -> BreathPace:
    """Find the shortest time after which it is about as much like itself as ever."""
    first, last = round(QUICKEST / FRAME), round(SLOWEST / FRAME) + 1
    span = known.sum() / CYCLES
    lags = np.arange(first - 1, min(last + 1, int(span) + 1))
    if len(lags) < 3:
        return BreathPace()
    alike = np.array([_correlation(heard, known, int(lag)) for lag in lags])
    tops = [at for at in range(1, len(lags) - 1) if alike[at - 1] <= alike[at] > alike[at + 1]]
    if not tops or (best := max(alike[at] for at in tops)) < ALIKE:
        return BreathPace()
    top = next(at for at in tops if alike[at] >= best - AS_GOOD)
    if 2 * lags[top] * FRAME <= SLOWEST and 2 * lags[top] > lags[-1]:
        # In and out sound alike: this may be half a breath, and the whole was too long to compare.
        return BreathPace()
    before, here, after = alike[top - 1 : top + 2]
    # The top of a parabola through three points.
    beside = 0.5 * (before - after) / (before - 2 * here + after)
    return BreathPace(float(lags[top] + beside) * FRAME, sure=True)


def _correlation(heard: _Floats, known: _Floats, lag: int) -> float:
    """Compare a level with itself `lag` frames later, over what is known of both."""
    one, other = heard[:-lag], heard[lag:]
    both = known[:-lag] * known[lag:]
    if both.sum() < lag or both.sum() * FRAME < LEAST / 3:
        return -1.0
    energy = float((both * one**2).sum() * (both * other**2).sum())
    return float((both * one * other).sum()) / np.sqrt(energy) if energy > 0 else -1.0
