"""Breaths made of noise: one swell in, one out, at a known pace."""

import numpy as np

from companion.sense.breathing import BreathReader
from companion.values import AudioChunk, Samples

RATE = 16_000
ROOM = 1e-3
"""Root mean square of the room without them"""
JITTER = 0.05
"""Share by which breaths differ from one another"""


def noise(frames: int, seed: int = 0) -> Samples:
    return np.random.default_rng(seed).standard_normal(frames).astype(np.float32)


def banded(sound: Samples, low: float, high: float) -> Samples:
    spectrum = np.fft.rfft(sound)
    pitches = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum *= np.clip((pitches - low) / 200, 0, 1) * np.clip((high - pitches) / 1_000, 0, 1)
    made = np.fft.irfft(spectrum, len(sound))
    return (made / made.std()).astype(np.float32)


def breathing(
    a_minute: float, seconds: float, above: float = 10.0, seed: int = 0, out: float = 0.6
) -> Samples:
    """Make breaths whose loudest is `above` dB over the room; `out`: loudness of the way out."""
    frames = round(seconds * RATE)
    rng, swells = np.random.default_rng(seed), np.zeros(frames + 20 * RATE, np.float32)
    at = rng.uniform(0, 1)
    while at < seconds:
        whole = 60 / a_minute * (1 + JITTER * rng.standard_normal())
        for begins, lasts, loud in ((0.0, 0.38, 1.0), (0.45, 0.4, out)):
            count = round(lasts * whole * RATE)
            start = round((at + begins * whole) * RATE)
            swells[start : start + count] = loud * np.sin(np.pi * np.arange(count) / count)
        at += whole
    breath = banded(noise(frames, seed + 1), 200, 3_500) * swells[:frames]
    return ROOM * (10 ** (above / 20) * breath + noise(frames, seed + 2))


def hum(frames: int, loud: float) -> Samples:
    """Make the hum of a fan, loud against the room."""
    seconds = np.arange(frames) / RATE
    waves = sum(np.sin(2 * np.pi * 60 * k * seconds) / k for k in range(1, 12))
    return np.asarray(loud * ROOM * waves, np.float32)


def heard(sound: Samples, ours: tuple[tuple[float, float], ...] = ()) -> BreathReader:
    """Let it be heard; `ours`: seconds from which until which something of ours sounded."""
    reader = BreathReader()
    for first in range(0, len(sound) - 319, 320):
        chunk = AudioChunk(sound[first : first + 320], RATE, first / RATE)
        reader.accept(chunk, ours=any(a < chunk.end and chunk.start < b for a, b in ours))
    return reader
