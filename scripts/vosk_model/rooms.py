"""Make clean speech sound as a microphone might give it: far, muffled, noisy, quiet, loud."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosk_model.features import RATE, Floats

CLEAN = 0.1
"""Share that is left without noise: in a test, quiet is exact zeros"""
LEVELS = (-42.0, -12.0)
"""dBFS of the speech"""
RATIOS = (4.0, 40.0)
"""Decibels from the noise up to the speech"""
SLOPES = {"white": 0.0, "pink": -0.5, "brown": -1.0}
"""Power of the frequency that the amplitude of a noise follows"""
ECHOING, MUFFLED, NARROW = 0.4, 0.5, 0.2
"""Shares that are in a room, through a poor microphone, through a telephone"""
TELEPHONE = 3_600
"""Hertz: its highest"""


def record(clean: Floats, chance: np.random.Generator) -> Floats:
    """Give speech, with the quiet around it, as it was recorded somewhere."""
    if chance.random() < CLEAN:
        return clean * np.float32(_level(chance) / _loudness(clean))
    size = 1 << (len(clean) + RATE // 2).bit_length()
    spectrum = np.fft.rfft(clean, size) * _place(size, chance)
    sound = np.fft.irfft(spectrum, size)[: len(clean)]
    noise = _noise(len(clean), chance)
    ratio = 10 ** (-chance.uniform(*RATIOS) / 20)
    mixed = sound / _loudness(sound) + ratio * noise
    return np.asarray(np.clip(_level(chance) * mixed, -1, 1), np.float32)


def nothing(seconds: float, chance: np.random.Generator) -> Floats:
    """Give noise alone, from nearly none to loud."""
    noise = _noise(int(seconds * RATE), chance)
    level = 10 ** (chance.uniform(-90, -25) / 20)
    return np.asarray(np.clip(level * noise, -1, 1), np.float32)


def _level(chance: np.random.Generator) -> float:
    return float(10 ** (chance.uniform(*LEVELS) / 20))


def _loudness(sound: NDArray[np.floating[Any]]) -> float:
    """Give the root mean square of the louder half, so that quiet around speech counts little."""
    squares = np.sort(sound.astype(np.float64) ** 2)[len(sound) // 2 :]
    return float(np.sqrt(squares.mean()) + 1e-9)


def _place(size: int, chance: np.random.Generator) -> NDArray[np.complex128]:
    """Give what a room and a microphone do to a spectrum."""
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    response = np.ones(len(hertz), np.complex128)
    if chance.random() < ECHOING:
        fade = chance.uniform(0.1, 0.5)  # seconds to fall by 60 dB
        time = np.arange(int(fade * RATE)) / RATE
        echo = chance.standard_normal(len(time)) * 10 ** (-3 * time / fade)
        echo *= chance.uniform(0.1, 0.7) / np.sqrt((echo**2).sum())
        echo[0] = 1
        response *= np.fft.rfft(echo, size)
    if chance.random() < MUFFLED:
        bumps = chance.uniform(-6, 6, 8)  # decibels, evenly on the scale of the ear
        places = np.linspace(0, np.log1p(RATE / 2 / 700), 8)
        response *= 10 ** (np.interp(np.log1p(hertz / 700), places, bumps) / 20)
    if chance.random() < NARROW:
        response *= 1 / (1 + (hertz / TELEPHONE) ** 16)
    return response


def _noise(length: int, chance: np.random.Generator) -> Floats:
    """Give noise of one colour with a loudness of 1, that swells now and then."""
    size = 1 << max(length, 16).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    slope = SLOPES[str(chance.choice(list(SLOPES)))]
    colour = np.maximum(hertz, 60) ** slope
    noise = np.fft.irfft(np.fft.rfft(chance.standard_normal(size)) * colour, size)[:length]
    waves = np.sin(np.arange(length) / RATE * chance.uniform(1, 9))
    noise *= 10 ** (chance.uniform(0, 6) / 20 * waves)
    return np.asarray(noise / (np.sqrt((noise**2).mean()) + 1e-12), np.float32)
