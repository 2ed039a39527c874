"""Measure frames of sound, each from its spectrum: level, timbre and pitch candidates.

The grid is fixed: a frame of 40 ms every 10 ms. Only two things look beyond a
frame, flux and the smoothing of the cepstrum, and they look back; so the frames
can be measured while the person speaks. All floors are shares of the frame's own
energy: turned up or down, a sound measures the same in everything but its level.

- Pitch candidates: P. Boersma, "Accurate short-term analysis of the fundamental
  frequency and the harmonics-to-noise ratio of a sampled sound", IFA Proceedings
  17 (1993), 97-110, with the weights his program Praat has by default. A window
  spans three periods of the lowest pitch; its autocorrelation is divided by the
  window's own. It is taken from the power spectrum below 4 kHz alone: the sound
  resampled to 8 kHz with no filter to run. Zeros above fill in every second lag,
  for between the lags of 8 kHz the peaks of a high voice fall too low and lose to
  the octave below.
- Alpha, Hammarberg, slopes, flux: as F. Eyben et al. define them, "The Geneva
  Minimalistic Acoustic Parameter Set", IEEE Trans. Affective Computing 7 (2016),
  190-202; alpha here is high over low, so that it rises with effort.
- Mel cepstrum: 26 bands from 20 to 8000 Hz; mel = 1127 ln(1 + f / 700).
- Cepstral peak: J. Hillenbrand and R. A. Houde, "Acoustic correlates of breathy
  vocal quality", J. Speech Hearing Research 39 (1996), 311-321: the cepstrum is
  smoothed over time (here 3 frames) and quefrency (here 0.5 ms) before its peak is
  held against a straight line through all of it above 1 ms.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from companion.values import Samples

Floats = NDArray[np.float64]

RATE = 16_000
"""Hertz"""
HOP = 160
"""Samples from one frame to the next: 10 ms"""
STEP = HOP / RATE
"""Seconds from one frame to the next"""
WINDOW = 640
"""Samples in a frame: three periods of the lowest pitch"""
FFT = 1024
"""At least a window and the longest lag, so that the autocorrelation does not wrap around"""

LOWEST, HIGHEST = 75.0, 500.0
"""Hertz"""
PITCH_BAND = 4000.0
"""Hertz: the autocorrelation looks at nothing above"""
CANDIDATES = 5
VOICED_ABOVE = 0.45
OCTAVE_COST = 0.01  # of two equal peaks the shorter period wins

BANDS = (0, 150, 300, 500, 750, 1100, 1600, 2300, 3300, 4800, 8000)
"""Hertz: the edges of the ten bands in which a microphone is recognised"""
BRIGHT_FROM, BRIGHT_TO = 4400.0, 7600.0  # hertz: only a wide-band microphone hears these
BAND_SUMS, MEL_SUMS = slice(5, 15), slice(15, None)
"""Columns of `_Tables.sums`"""
MEL_BANDS, MEL_LOWEST, MEL_HIGHEST = 26, 20.0, 8000.0
SMOOTHED_FRAMES, SMOOTHED_LAGS = 3, 9
LEAST_QUEFRENCY = 0.001
"""Seconds: below, a cepstrum tells of the vowel and not of the voice"""
FLOOR = 1e-9
"""Of a frame's energy: 90 dB below it nothing is measured"""
TINY = 1e-30

MEASURES = (
    "power", "peak", "bright", "alpha", "hammarberg", "slope_low", "slope_high", "centroid", "flux",
    "mfcc_1", "mfcc_2", "mfcc_3", "mfcc_4", "cpps", "cepstral_hertz",
    *(f"band_{number}" for number in range(1, 11)),
)  # fmt: skip
"""What is measured in each frame, in the order of the columns"""


@dataclass(frozen=True)
class Frames:
    """Some frames in a row."""

    measures: Floats
    """A row a frame, a column for each of MEASURES"""
    hertz: Floats
    """Pitch candidates; 0 where there are fewer"""
    strength: Floats
    """Height of their peaks in the autocorrelation, of 1"""
    peaks: Floats
    """The highest sample in the middle of each frame"""


class Meter:
    """Measures the frames of one utterance, in order."""

    def __init__(self) -> None:
        self._tables = _tables()
        self._cepstra = np.zeros((SMOOTHED_FRAMES - 1, FFT // 2))
        self._shape = np.zeros((1, FFT // 2 + 1))

    def measure(self, sound: Samples) -> Frames:
        """Measure every frame that lies whole in `sound`."""
        frames, power, spectrum = self._spectra(sound, HOP)
        hertz, strength = self._candidates(spectrum)
        total = spectrum.sum(axis=1, keepdims=True)
        spectrum += FLOOR * total + TINY
        sums = spectrum @ self._tables.sums
        level = decibels(spectrum)
        middle = frames[:, WINDOW // 3 : 2 * WINDOW // 3]
        peaks = np.abs(middle).max(axis=1, keepdims=True)
        measures = [power, peaks, self._timbre(spectrum, level, sums), self._cepstral(level)]
        shares = sums[:, BAND_SUMS] / (total + TINY)
        return Frames(np.hstack([*measures, shares]), hertz, strength, peaks[:, 0])

    def melody(self, sound: Samples, hop: int) -> Floats:
        """Give mean square, most likely pitch in hertz (0: none) and its strength, a row a frame.

        `hop` in samples. A third of the work of `measure`: for what cannot wait.
        """
        _, power, spectrum = self._spectra(sound, hop)
        hertz, strength = self._candidates(spectrum)
        worth = strength + OCTAVE_COST * np.log2(np.maximum(hertz, LOWEST))
        best = np.arange(len(hertz)), worth.argmax(axis=1)
        return np.column_stack([power, hertz[best], strength[best]])

    def _spectra(self, sound: Samples, hop: int) -> tuple[Floats, Floats, Floats]:
        frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::hop].astype(np.float64)
        frames -= frames.mean(axis=1, keepdims=True)
        power = np.einsum("ij,ij->i", frames, frames)[:, None] / WINDOW
        transform = np.fft.rfft(frames * self._tables.window, FFT)
        return frames, power, transform.real**2 + transform.imag**2

    def _timbre(self, spectrum: Floats, level: Floats, sums: Floats) -> Floats:
        tables = self._tables
        low, high, bright, all, moment = sums[:, : BAND_SUMS.start].T
        columns = (
            bright / all,
            decibels(high) - decibels(low),
            level[:, tables.to_2k].max(axis=1) - level[:, tables.to_5k].max(axis=1),
            level[:, tables.to_500] @ tables.line_to_500,
            level[:, tables.to_1500] @ tables.line_to_1500,
            moment / all,
            self._flux(spectrum),
        )
        mel = np.log(sums[:, MEL_SUMS] + TINY)
        return np.column_stack([*columns, mel @ tables.cosines])

    def _flux(self, spectrum: Floats) -> Floats:
        """Sum the squared change of each bin's share of the amplitude."""
        shape = np.sqrt(spectrum)
        shape /= shape.sum(axis=1, keepdims=True)
        before = np.vstack([self._shape, shape[:-1]])
        self._shape = shape[-1:]
        flux: Floats = ((shape - before) ** 2).sum(axis=1)
        return flux

    def _cepstral(self, level: Floats) -> Floats:
        """Give the smoothed cepstral peak of the frame *before* each, in dB, and its pitch."""
        tables = self._tables
        cepstra = np.fft.irfft(level, FFT)[:, : FFT // 2] ** 2
        line = np.vstack([self._cepstra, cepstra])
        self._cepstra = line[-(SMOOTHED_FRAMES - 1) :]
        over_time = sum(line[n : n + len(cepstra)] for n in range(SMOOTHED_FRAMES))
        sums = np.cumsum(over_time, axis=1)
        reach = SMOOTHED_LAGS // 2
        smooth = sums[:, SMOOTHED_LAGS:] - sums[:, :-SMOOTHED_LAGS]
        height = decibels(smooth)  # of the lags from reach + 1 on
        line_part = height[:, tables.quefrency_from - reach - 1 :]
        slope = line_part @ tables.line_of_quefrency
        start, stop = int(RATE / HIGHEST) - reach - 1, int(RATE / LOWEST) - reach
        peak = height[:, start:stop].argmax(axis=1)
        lag = peak + start + reach + 1
        middle = line_part.mean(axis=1) + slope * (lag - tables.middle_lag)
        return np.column_stack([height[np.arange(len(lag)), lag - reach - 1] - middle, RATE / lag])

    def _candidates(self, spectrum: Floats) -> tuple[Floats, Floats]:
        first, lags = self._tables.first_lag, self._tables.by_shape.shape[1]
        r = _autocorrelation(spectrum)[:, :lags]
        r = r / (r[:, :1] + TINY) * self._tables.by_shape
        here = r[:, first:-1]
        peak = (
            (here > r[:, first - 1 : -2]) & (here >= r[:, first + 1 :]) & (here > VOICED_ABOVE / 2)
        )
        rows, at = np.nonzero(peak)
        before, top, after = r[rows, at + first - 1], r[rows, at + first], r[rows, at + first + 1]
        # The parabola through three points has its top within half a sample of the
        # middle one; rounding may say otherwise, and a wild top would never be a pitch.
        offset = np.clip(0.5 * (before - after) / (before - 2 * top + after), -0.5, 0.5)
        tall = top - 0.25 * (before - after) * offset
        hertz, height, worth = np.zeros_like(here), np.zeros_like(here), np.full_like(here, -np.inf)
        hertz[rows, at] = RATE / (first + at + offset)
        height[rows, at] = np.where(tall > 1, 1 / np.maximum(tall, 1), tall)
        worth[rows, at] = height[rows, at] - OCTAVE_COST * np.log2(LOWEST / hertz[rows, at])
        best = np.argpartition(-worth, CANDIDATES, axis=1)[:, :CANDIDATES]
        return np.take_along_axis(hertz, best, axis=1), np.take_along_axis(height, best, axis=1)


def decibels(power: Floats | float) -> Floats:
    """Give 10 log10; nothing at all is -300 dB."""
    return 10 * np.log10(np.asarray(power) + TINY)


def _autocorrelation(spectrum: Floats) -> Floats:
    return np.fft.irfft(spectrum[:, : int(FFT * PITCH_BAND / RATE) + 1], FFT)


@dataclass(frozen=True)
class _Tables:
    window: Floats
    by_shape: Floats
    """One over the window's own autocorrelation"""
    first_lag: int
    sums: Floats
    """Columns that add up 50 to 1000 Hz, 1000 to 5000 Hz, what is bright, all, all times hertz;
    then the bands of a microphone, then those of mel"""
    to_2k: slice
    to_5k: slice
    to_500: slice
    to_1500: slice
    line_to_500: Floats
    line_to_1500: Floats
    cosines: Floats
    quefrency_from: int
    line_of_quefrency: Floats
    middle_lag: float


@cache
def _tables() -> _Tables:
    window = np.hanning(WINDOW + 2)[1:-1]
    own = _autocorrelation(np.abs(np.fft.rfft(window[None], FFT)) ** 2)
    hertz: Floats = np.fft.rfftfreq(FFT, 1 / RATE).astype(np.float64)
    to_500, to_1500 = _between(hertz, 20, 500), _between(hertz, 500, 1500)
    first_line_lag = round(LEAST_QUEFRENCY * RATE)
    lags = np.arange(first_line_lag, FFT // 2 - SMOOTHED_LAGS // 2)
    edges = zip(BANDS, BANDS[1:], strict=False)
    numbers = np.arange(MEL_BANDS) + 0.5
    return _Tables(
        window=window,
        by_shape=(own[:, :1] / own)[:, : int(RATE / LOWEST) + 2],
        first_lag=int(RATE / HIGHEST),
        sums=np.column_stack(
            [
                _columns(hertz, ((50, 1000), (1000, 5000), (BRIGHT_FROM, BRIGHT_TO))),
                np.ones_like(hertz),
                hertz,
                _columns(hertz, tuple(edges)),
                _mel(hertz),
            ]
        ),  # fmt: skip
        to_2k=_between(hertz, 0, 2000),
        to_5k=_between(hertz, 2000, 5000),
        to_500=to_500,
        to_1500=to_1500,
        line_to_500=_line(hertz[to_500] / 1000),
        line_to_1500=_line(hertz[to_1500] / 1000),
        cosines=np.sqrt(2 / MEL_BANDS)
        * np.cos(np.pi / MEL_BANDS * np.outer(numbers, np.arange(1, 5))),
        quefrency_from=first_line_lag,
        line_of_quefrency=_line(lags.astype(np.float64)),
        middle_lag=float(lags.mean()),
    )


def _between(hertz: Floats, low: float, high: float) -> slice:
    return slice(int(np.searchsorted(hertz, low)), int(np.searchsorted(hertz, high)))


def _columns(hertz: Floats, edges: tuple[tuple[float, float], ...]) -> Floats:
    return np.column_stack([(hertz >= low) & (hertz < high) for low, high in edges]).astype(float)


def _line(at: Floats) -> Floats:
    """Give the weights whose sum with values is the slope of their regression line."""
    centred = at - at.mean()
    weights: Floats = centred / (centred @ centred)
    return weights


def _mel(hertz: Floats) -> Floats:
    """Give 26 triangles, evenly spaced in mel."""
    ends = 1127 * np.log1p(np.array([MEL_LOWEST, MEL_HIGHEST]) / 700)
    edges = 700 * np.expm1(np.linspace(ends[0], ends[1], MEL_BANDS + 2) / 1127)
    below, top, above = edges[:-2], edges[1:-1], edges[2:]
    at = hertz[:, None]
    rise, fall = (at - below) / (top - below), (above - at) / (above - top)
    triangles: Floats = np.maximum(0.0, np.minimum(rise, fall))
    return triangles
