"""Find syllables and pauses in the level of a voice.

Syllables: the voiced peaks of intensity with a dip of at least 2 dB on both sides
(N. H. de Jong and T. Wempe, "Praat script to detect syllable nuclei and measure
speech rate automatically", Behavior Research Methods 41 (2009), 385-390).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.sense.frames import STEP, Floats, decibels
from companion.values import Transcript

DIP = 2.0
"""Decibels between two syllables"""
HEARD_WITHIN = 25.0
"""Decibels below the loudest hundredth of frames: quieter is a pause"""
LEAST_PAUSE = 0.2
"""Seconds; shorter ones belong to consonants"""
SMOOTHED = 5
"""Frames"""
LEAST_CONFIDENCE = 0.6
"""Words that the recogniser believes in less are not counted"""
AGREE = 0.25
"""How far two counts of syllables may lie apart"""


@dataclass(frozen=True)
class Pace:
    """Syllables and pauses of one utterance."""

    syllables: int
    span: float
    """Seconds from the first to the last speech"""
    pauses: tuple[float, ...]
    """Seconds of each"""

    @property
    def spoken(self) -> float:
        """Seconds of speech without its pauses."""
        return max(self.span - sum(self.pauses), LEAST_PAUSE)


def pace(power: Floats, voiced: NDArray[np.bool_], background: float) -> Pace | None:
    """Measure from mean squares, frame by frame; None where nobody speaks.

    `background` is the level in dB below which nothing is speech.
    """
    weights = np.hanning(SMOOTHED + 2)[1:-1]
    padded = np.pad(power, SMOOTHED // 2)
    level = decibels(np.convolve(padded, weights / weights.sum(), "valid"))
    # A lone click is no measure of how loud the speech is: only voiced frames are.
    loud = level[voiced] if voiced.any() else level
    threshold = max(float(np.percentile(loud, 99)) - HEARD_WITHIN, background)
    heard = np.flatnonzero(level > threshold)
    if not len(heard) or not voiced.any():
        return None
    gaps = np.diff(heard) - 1
    pauses = tuple(gap * STEP for gap in gaps.tolist() if gap * STEP >= LEAST_PAUSE)
    span = (int(heard[-1]) - int(heard[0]) + 1) * STEP
    return Pace(_nuclei(level, voiced, threshold), span, pauses)


def words_rate(transcript: Transcript) -> float | None:
    """Give words a minute from the times of words; None without times."""
    words = transcript.words
    spoken = words[-1].end - words[0].start if words else 0.0
    return 60 * len(words) / spoken if spoken > 0 else None


def articulation_rate(transcript: Transcript, measured: Pace | None) -> float | None:
    """Give syllables a second of speech, by the words; None where the sound says otherwise.

    Words tell how many syllables, sound how long: recognisers swallow short pauses.
    """
    words = [word for word in transcript.words if word.confidence >= LEAST_CONFIDENCE]
    if measured is None or not words or len(words) < len(transcript.words):
        return None
    from companion.text import syllables  # 100 ms that silence does not need

    count = sum(syllables(word.text) for word in words)
    if abs(count - measured.syllables) > AGREE * max(count, measured.syllables):
        return None
    return count / measured.spoken


def _nuclei(level: Floats, voiced: NDArray[np.bool_], threshold: float) -> int:
    rises = (level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:]) & (level[1:-1] > threshold)
    kept: list[int] = []
    for at in (np.flatnonzero(rises) + 1).tolist():
        if kept:
            dip = float(level[kept[-1] : at + 1].min())
            if min(level[at], level[kept[-1]]) - dip < DIP:
                kept[-1] = at if level[at] > level[kept[-1]] else kept[-1]
                continue
        kept.append(at)
    return int(np.count_nonzero(voiced[kept])) if kept else 0
