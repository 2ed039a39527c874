"""The words of an exercise as sound, and where in a cue its first vowel begins.

A listener takes a word to happen at the start of its first vowel, not of its first
consonant (the "perceptual centre": Morton, Marcus and Frankish 1976). So a cue is laid
with that moment on the beat.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import soxr

from companion.errors import SpeakError
from companion.sessions.tones import RATE, soft_edges
from companion.stages import Voice
from companion.text import syllables
from companion.values import Cleared, Samples, Style

_HOP = 0.002
_WINDOW = 0.02
"""Seconds"""
_VOICED = (150.0, 1_000.0)
"""Hertz: here a vowel has most of its power, and a consonant such as h, s or t next to none"""
_SHARE_OF_PEAK = 0.09
"""Of the voiced power of the first vowel: -10 dB, for a vowel swells over some 50 ms"""
_FIRST_VOWEL = 0.35
"""Seconds from the first sound in which the first vowel must reach its peak"""
_AUDIBLE = 0.01
"""Share of the peak power of all"""
_PACE = 3.3
"""Syllables a second, and
"""
_PAUSE = 0.35
"""seconds after a full stop: for a guess at how long a sentence takes before it is made"""


@dataclass(frozen=True)
class Spoken:
    """Words as sound."""

    samples: Samples = field(repr=False)
    onset: int = 0
    """Frames from the start to the first vowel"""

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


class Speech(Protocol):
    """Makes words into sound, at the rate of a session."""

    def sentence(self, text: Cleared) -> Spoken:
        """Say it at the usual pace."""
        ...

    def cue(self, text: Cleared) -> Spoken:
        """Say a cue word; find its first vowel."""
        ...


class VoicedSpeech:
    """Speaks with the best voice that works, and keeps the cues."""

    def __init__(
        self,
        voices: Sequence[Voice],
        style: Style | None = None,
        at_once: Mapping[str, Voice] | None = None,
    ) -> None:
        """`at_once` are sentences that may not wait for the best voice, and which one says them."""
        self._voices = list(voices)
        self._style = style or Style()
        self._at_once = at_once or {}
        self._cues: dict[str, Spoken] = {}

    def sentence(self, text: Cleared) -> Spoken:
        """Say it at the usual pace. Raises SpeakError when no voice can."""
        return Spoken(self._sound(text))

    def cue(self, text: Cleared) -> Spoken:
        """Say a cue word; find its first vowel. Raises SpeakError when no voice can."""
        if text not in self._cues:
            sound = self._sound(text)
            self._cues[text] = Spoken(sound, vowel_onset(sound))
        return self._cues[text]

    def _sound(self, text: Cleared) -> Samples:
        if quick := self._at_once.get(text):
            with suppress(SpeakError):
                return _joined(quick, text, self._style)
        while True:
            try:
                return _joined(self._voices[0], text, self._style)
            except SpeakError:
                # A voice that fails once is not waited for again in the middle of a breath.
                if len(self._voices) == 1:
                    raise
                self._voices.pop(0)


class GuessedSpeech:
    """Says nothing, for as long as it would take: to plan with, before a voice is loaded."""

    def sentence(self, text: Cleared) -> Spoken:
        """Give quiet of the likely length."""
        return Spoken(np.zeros(round(guess(text) * RATE), np.float32))

    def cue(self, text: Cleared) -> Spoken:
        """Give quiet of the likely length."""
        return self.sentence(text)


def guess(text: str) -> float:
    """Guess the seconds that a voice takes for a text."""
    stops = len([sign for sign in text.rstrip(".?! ") if sign in ".?!"])
    return math.fsum((sum(map(syllables, text.split())) / _PACE, stops * _PAUSE))


def vowel_onset(sound: Samples) -> int:
    """Find the frame at which the first vowel of a cue begins; 0 in silence."""
    window, hop = round(_WINDOW * RATE), round(_HOP * RATE)
    if len(sound) < window:
        return 0
    frames = np.lib.stride_tricks.sliding_window_view(sound, window)[::hop]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) ** 2
    pitches = np.fft.rfftfreq(window, 1 / RATE)
    whole = spectrum.sum(axis=1)
    if not whole.max() > 0.0:
        return 0
    voiced = spectrum[:, (pitches >= _VOICED[0]) & (pitches <= _VOICED[1])].sum(axis=1)
    first = int(np.argmax(whole > _AUDIBLE * whole.max()))
    peak = voiced[first : first + round(_FIRST_VOWEL / _HOP)].max()
    found = first + int(np.argmax(voiced[first:] > _SHARE_OF_PEAK * peak))
    # The window first sees half of the vowel when its middle stands on the onset.
    return found * hop + window // 2


def _joined(voice: Voice, text: Cleared, style: Style) -> Samples:
    chunks = list(voice.synthesize(text, style))
    if not chunks:
        return np.zeros(0, np.float32)
    sound = np.concatenate([chunk.samples for chunk in chunks])
    if chunks[0].rate != RATE:
        sound = np.asarray(soxr.resample(sound, chunks[0].rate, RATE), np.float32)
    return soft_edges(np.clip(sound, -1.0, 1.0))
