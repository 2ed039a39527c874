"""What has helped this person, as ranges: much doubt, and never a winner.

The fall in strength (before less after) is adjusted for where it began, because whoever begins
high falls by chance alone (regression to the mean; analysis of covariance), and each exercise is
drawn towards the person's own average (a Gaussian hierarchy: D. V. Lindley and A. F. M. Smith,
"Bayes estimates for the linear model", Journal of the Royal Statistical Society B 34 (1972)).
The noise of one rating and the spread between exercises are set, not fitted: a few dozen ratings
cannot tell them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from companion.records import Led

NOISE, SPREAD = 1.6, 0.5
"""Standard deviations, in points of the scale: of one rating, and between exercises"""
ENOUGH, EACH = 10, 4
"""Ratings in all, and of an exercise, before anything is said of it"""
HALF_LIFE = 90
"""Exercises after which one counts half"""
WIDTH = 1.28
"""Standard deviations to either side: eight of ten"""


@dataclass(frozen=True)
class Help:
    """By how much the strength fell with an exercise, compared with doing any of them."""

    name: str
    low: float
    high: float
    """Points on the scale, 0 to 10; a fall counts as positive"""
    usual: float
    """The same for all exercises together"""
    ratings: int

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


def helped(done: Sequence[Led]) -> tuple[Help, ...]:
    """Tell what seems to help, the likeliest first; nothing as long as little is known.

    `done` has the last one first.
    """
    rated = [(at, led) for at, led in enumerate(done) if _is_rated(led)]
    if len(rated) < ENOUGH:
        return ()
    weights = np.array([0.5 ** (at / HALF_LIFE) for at, _ in rated])
    before = np.array([float(led.before or 0) for _, led in rated])
    falls = before - np.array([float(led.after or 0) for _, led in rated])
    adjusted = _adjusted(before, falls, weights)
    names = [led.name for _, led in rated]
    overall = float(np.average(adjusted, weights=weights))
    return tuple(_sorted(_each(names, adjusted, weights, overall)))


def _adjusted(before: np.ndarray, falls: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Take out what follows from where it began."""
    middle = np.average(before, weights=weights)
    spread = np.average((before - middle) ** 2, weights=weights)
    if spread < 0.25:
        return falls
    mean = np.average(falls, weights=weights)
    slope = np.average((before - middle) * (falls - mean), weights=weights) / spread
    return np.asarray(falls - slope * (before - middle))


def _each(
    names: Sequence[str],
    adjusted: np.ndarray,
    weights: np.ndarray,
    overall: float,
) -> Iterable[Help]:
    for name in dict.fromkeys(names):
        mine = np.array([other == name for other in names])
        if int(mine.sum()) < EACH:
            continue
        worth = float(weights[mine].sum()) / NOISE**2
        precision = worth + 1 / SPREAD**2
        mean = float(np.average(adjusted[mine], weights=weights[mine]))
        middle = (worth * mean + overall / SPREAD**2) / precision
        off = WIDTH / math.sqrt(precision)
        yield Help(name, middle - off, middle + off, overall, int(mine.sum()))


def _sorted(found: Iterable[Help]) -> list[Help]:
    return sorted(found, key=lambda help: -help.middle)


def _is_rated(led: Led) -> bool:
    return led.before is not None and led.after is not None


def by_name(found: Iterable[Help]) -> Mapping[str, Help]:
    """Give them by name."""
    return {help.name: help for help in found}
