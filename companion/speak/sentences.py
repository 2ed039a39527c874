"""What all voices share: a text becomes sound sentence by sentence, in short chunks."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from companion.text import SpokenForms, sentences, speakable
from companion.values import AudioChunk, Samples

CHUNK = 0.06
"""Seconds of sound in a chunk: to stop is to close between two of them"""
BETWEEN = 0.35
"""Seconds of quiet between two sentences given as one text; else pauses are the caller's"""
WITHIN = 0.15
"""Seconds of quiet between two pieces of a long sentence, as at a comma"""
BEFORE, AFTER = 0.01, 0.04
"""Seconds of quiet left at the ends of a sentence"""
AUDIBLE = 0.002


def in_chunks(
    text: str, spoken: SpokenForms, rate: int, make: Callable[[str], Iterable[Samples]]
) -> Iterator[AudioChunk]:
    """Yield what `make` makes of each sentence, in one piece or several, at `rate` hertz."""
    size, start = round(CHUNK * rate), 0
    for sentence in sentences(text):
        said = speakable(sentence, spoken)
        if not any(char.isalpha() for char in said):
            continue
        quiet = BETWEEN if start else 0.0
        for sound in make(said):
            padded = np.concatenate((np.zeros(round(quiet * rate), np.float32), sound))
            for first in range(0, len(padded), size):
                yield AudioChunk(padded[first : first + size], rate, (start + first) / rate)
            start += len(padded)
            quiet = WITHIN


def trimmed(sound: Samples, rate: int) -> Samples:
    """Leave the same short quiet before and behind what can be heard."""
    audible = np.flatnonzero(np.abs(sound) > AUDIBLE)
    if not len(audible):
        return sound[:0]
    before, behind = round(BEFORE * rate), round(AFTER * rate)
    padded = np.concatenate((np.zeros(before, np.float32), sound, np.zeros(behind, np.float32)))
    return padded[audible[0] : audible[-1] + before + behind + 1]
