"""Mel cepstra as Kaldi computes them, so that training sees what Vosk will see.

The steps are those of Kaldi's feature-window.cc, mel-computations.cc and feature-mfcc.cc,
with the settings of conf/mfcc.conf. A test compares them with kaldi-native-fbank.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Hertz"""
LENGTH, SHIFT, PADDED = 400, 160, 512
"""Samples: a frame, the way to the next, and the size of the Fourier transform"""
BINS = 40
"""Mel bands, and as many coefficients"""
LOWEST, HIGHEST = 20.0, 7_600.0
"""Hertz"""
EMPHASIS = 0.97
LIFTER = 22.0
SMALLEST = float(np.finfo(np.float32).eps)
FULL_SCALE = 32_768
"""Vosk gives Kaldi whole numbers of 16 bits"""
SETTINGS = f"""\
--use-energy=false
--dither=0
--num-mel-bins={BINS}
--num-ceps={BINS}
--low-freq={LOWEST:.0f}
--high-freq={HIGHEST:.0f}
"""
"""conf/mfcc.conf"""

Floats = NDArray[np.float32]


def mfcc(sound: Floats) -> Floats:
    """Give a row of coefficients for each frame of sound at 16 kHz, whose full scale is 1."""
    count = max(0, 1 + (len(sound) - LENGTH) // SHIFT)
    if not count:
        return np.zeros((0, BINS), np.float32)
    whole = np.round(np.clip(sound, -1, 1) * (FULL_SCALE - 1)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(whole, LENGTH)[::SHIFT][:count]
    frames = frames - frames.mean(axis=1, keepdims=True, dtype=np.float64)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - EMPHASIS * before) * _window(), PADDED)[:, :-1]
    power = spectrum.real**2 + spectrum.imag**2
    bands = np.log(np.maximum(power @ _bands(), SMALLEST))
    return np.asarray(bands @ _cosines(), np.float32)


@cache
def _window() -> Floats:
    """Give Povey's window."""
    turns = np.arange(LENGTH) / (LENGTH - 1)
    return ((0.5 - 0.5 * np.cos(2 * np.pi * turns)) ** 0.85).astype(np.float32)


def _mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(np.asarray(hertz) / 700.0))


@cache
def _bands() -> Floats:
    """Give the weight of each frequency in each band: triangles on the mel scale."""
    mel = _mel(np.arange(PADDED // 2) * RATE / PADDED)[:, None]
    edges = np.linspace(_mel(LOWEST), _mel(HIGHEST), BINS + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((mel - low) / (middle - low), (high - mel) / (high - middle))
    return np.maximum(triangles, 0).astype(np.float32)


@cache
def _cosines() -> Floats:
    """Give the cosine transform, with the lifter."""
    number = np.arange(BINS)
    waves = np.sqrt(2 / BINS) * np.cos(np.pi / BINS * np.outer(number + 0.5, number))
    waves[:, 0] /= np.sqrt(2)
    lifter = 1 + 0.5 * LIFTER * np.sin(np.pi * number / LIFTER)
    return np.asarray(waves * lifter, np.float32)
