"""A soft chime in place of a sentence: the last voice, which cannot fail.

The sentence is on the screen then; the chime says that there is something to read.
"""

from collections.abc import Iterator

import numpy as np

from companion.values import AudioChunk, Cleared, Style

RATE = 22_050
"""Hertz"""
SECONDS = 0.5
NOTES = (523.25, 659.26)
"""Hertz: C5 and E5, a major third"""
LOUDNESS = 0.15


class ChimeVoice:
    """Sounds the same for every sentence."""

    name = "chime"

    def __init__(self) -> None:
        """Make the sound, so that nothing can go wrong later."""
        time = np.arange(round(SECONDS * RATE)) / RATE
        # It swells over 20 ms and dies away, so that it neither clicks nor startles.
        shape = np.minimum(time / 0.02, 1) * np.exp(-time / 0.12)
        tone = sum(np.sin(2 * np.pi * note * time) for note in NOTES) / len(NOTES)
        self._sound = (LOUDNESS * shape * tone).astype(np.float32)

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the chime."""
        yield AudioChunk(self._sound * np.float32(style.volume), RATE)
