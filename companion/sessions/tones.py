"""The sounds of an exercise: soft tones that rise and fall with the breath, a bell, a bed of noise.

Each tone starts within 15 ms, so that its beat can be heard to the moment, goes on
swelling or fading, and has died away before the next. Nothing is shorter than 5 ms, or
it would click.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from companion.sessions.steps import Sound
from companion.values import Samples

RATE = 22_050
"""Hertz of all that a session plays"""
RAMP = 0.012
"""Seconds in which a tone starts"""
RELEASE = 0.09
"""Seconds in which it ends, before the next beat"""
BELL_SECONDS = 2.5

_EDGE = 0.006
"""Seconds in which speech, too, starts and ends"""
_OCTAVE = 0.15
"""Share of the octave above: it makes the pitch easier to hear on small loudspeakers"""
_LOUDNESS = 0.16
_BED_SECONDS = 16.0
_BED_LOUDNESS = 0.02
"""Root mean square: -34 dBFS"""
_BED_TOP = 900.0
"""Hertz above which there is hardly any: like a far-off shore, not a hiss"""


@dataclass(frozen=True)
class _Tone:
    start: float
    end: float
    """Hertz"""
    starts_at: float
    ends_at: float
    """Share of its loudness"""


_TONES: Mapping[Sound, _Tone] = {
    Sound.IN: _Tone(196.0, 294.0, 0.5, 1.0),
    Sound.SIP: _Tone(294.0, 330.0, 0.7, 1.0),
    Sound.OUT: _Tone(294.0, 196.0, 1.0, 0.35),
    Sound.HOLD: _Tone(247.0, 247.0, 0.35, 0.35),
    Sound.TENSE: _Tone(220.0, 233.0, 0.5, 0.9),
    Sound.EASE: _Tone(262.0, 165.0, 0.8, 0.05),
}


@lru_cache(maxsize=32)
def tone(sound: Sound, frames: int) -> Samples:
    """Make the sound of a step that lasts so many frames; a bell rings on as long as bells do.

    A rhythm asks for the same ones again and again: nobody may change what is given.
    """
    return _bell() if sound is Sound.BELL else _swell(_TONES[sound], frames)


def soft_edges(sound: Samples) -> Samples:
    """Let a sound start and end softly."""
    ramp = min(round(_EDGE * RATE), len(sound) // 2)
    shape = np.ones(len(sound), np.float32)
    shape[:ramp] = _rising(ramp)
    shape[len(sound) - ramp :] = _rising(ramp)[::-1]
    return np.asarray(sound * shape, np.float32)


@cache
def bed() -> Samples:
    """Make noise that can be repeated without a seam (it is made of whole waves)."""
    count = round(_BED_SECONDS * RATE)
    pitches = np.fft.rfftfreq(count, 1 / RATE)
    random = np.random.default_rng(4).standard_normal((2, len(pitches)))
    level = 1 / np.sqrt(np.maximum(pitches, 60.0)) / (1 + (pitches / _BED_TOP) ** 4)
    level[pitches < 30.0] = 0.0
    noise = np.fft.irfft((random[0] + 1j * random[1]) * level, count)
    loud = _BED_LOUDNESS / float(np.sqrt(np.mean(noise**2)))
    return np.asarray(noise * loud, np.float32)


def _swell(kind: _Tone, frames: int) -> Samples:
    along = np.arange(frames) / max(1, frames)
    wave = _wave(kind.start * (kind.end / kind.start) ** along)
    level = kind.starts_at * (kind.ends_at / kind.starts_at) ** along
    return np.asarray(_LOUDNESS * _ends(frames) * level * wave, np.float32)


@cache
def _bell() -> Samples:
    seconds = np.arange(round(BELL_SECONDS * RATE)) / RATE
    partials = ((440.0, 1.0, 0.7), (882.0, 0.35, 0.45), (1_321.0, 0.12, 0.3))
    wave = sum(
        share * np.sin(2 * np.pi * pitch * seconds) * np.exp(-seconds / decay)
        for pitch, share, decay in partials
    )
    return np.asarray(_LOUDNESS * _ends(len(seconds)) * wave, np.float32)


def _wave(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    turns = 2 * np.pi * np.cumsum(pitch) / RATE
    return (np.sin(turns) + _OCTAVE * np.sin(2 * turns)) / (1 + _OCTAVE)


def _ends(frames: int) -> NDArray[np.float64]:
    shape = np.ones(frames)
    attack = min(round(RAMP * RATE), frames // 2)
    release = min(round(RELEASE * RATE), frames - attack)
    shape[:attack] = _rising(attack)
    shape[frames - release :] *= _rising(release)[::-1]
    return shape


def _rising(frames: int) -> NDArray[np.float32]:
    """Give half a wave from 0 to 1: it has no corner that could be heard."""
    along = (np.arange(frames, dtype=np.float32) + 0.5) / max(1, frames)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * along), np.float32)
