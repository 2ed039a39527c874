"""Loudness as a sign of speech: a detector that needs no model, for tests."""

import numpy as np

from companion.values import AudioChunk, Samples

QUIETEST = -120.0
"""dBFS given to digital silence"""


def level(samples: Samples) -> float:
    """Measure loudness in dBFS (root mean square; a full-scale sine has -3)."""
    if not len(samples):
        return QUIETEST
    power = float(np.dot(samples, samples)) / len(samples)
    return max(QUIETEST, 10 * float(np.log10(power + 1e-12)))


class EnergyDetector:
    """Takes anything louder than the threshold for speech."""

    def __init__(self, threshold: float = -40.0) -> None:
        """`threshold` in dBFS."""
        self._threshold = threshold

    def probability(self, chunk: AudioChunk) -> float:
        """Say 1 for loud, 0 for quiet."""
        return 1.0 if level(chunk.samples) > self._threshold else 0.0
