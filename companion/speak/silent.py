"""A voice that keeps quiet for as long as speaking would take: for typed talks and tests."""

from collections.abc import Iterator

import numpy as np

from companion.text import syllables
from companion.values import AudioChunk, Cleared, Style

_RATE = 16_000
_CHUNK = 800
"""Samples: 50 ms"""
_PACE = 3.0
"""Syllables a second at the usual speed"""


class SilentVoice:
    """Says nothing, at the pace of speech."""

    name = "silent"

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield quiet in chunks of 50 ms, as long as the sentence."""
        seconds = sum(map(syllables, text.split())) / (_PACE * max(style.speed, 0.1))
        length = round(seconds * _RATE)
        for start in range(0, length, _CHUNK):
            quiet = np.zeros(min(_CHUNK, length - start), np.float32)
            yield AudioChunk(quiet, _RATE, start / _RATE)
