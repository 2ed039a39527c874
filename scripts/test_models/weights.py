"""Random weights that are the same in every version of NumPy.

NumPy promises that of a generator's raw bits alone, not of its distributions.
"""

from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Weights:
    """A stream of numbers from a seed."""

    def __init__(self, seed: int) -> None:
        """Start the stream."""
        self._bits = np.random.PCG64(seed)

    def floats(self, *shape: int, spread: float) -> Floats:
        """Give numbers around 0 with a standard deviation of `spread`, evenly distributed."""
        raw = self._bits.random_raw(prod(shape)) >> 40
        even = raw.astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)
        return (even * np.float32(spread * sqrt(12))).reshape(shape)

    def octets(self, *shape: int) -> NDArray[np.uint8]:
        """Give random bytes."""
        size = prod(shape)
        raw = self._bits.random_raw(-(-size // 8)).astype("<u8")
        return raw.view(np.uint8)[:size].reshape(shape)
