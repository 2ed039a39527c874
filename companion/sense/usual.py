"""Work out what is usual in a history of utterances, and how far another lies from it.

Centre: the median, with half the weight for what lies 50 utterances or three weeks
back; plus an offset for the time of day, drawn towards none. Spread:
s^2 = (n (1.4826 MAD)^2 + 8 p^2) / (n + 8), p what healthy voices vary by. Without
that second part five utterances would give a wild spread. All constants are ours,
set by hand from published figures; none is fitted to recordings.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from companion.sense.frames import Floats

PITCH = ("pitch_level", "pitch_floor", "pitch_top")
PACE = ("nuclei_rate", "pause_share")
TIMBRE = ("alpha", "hammarberg", "mfcc_1")
ECHO = "echo"
BANDS = tuple(f"band_{number}" for number in range(1, 11))

WEIGHTS = {
    "pitch_level": 0.2,
    "pitch_floor": 0.2,
    "pitch_top": 0.1,
    "nuclei_rate": 0.1,
    "pause_share": -0.1,
    "alpha": 0.1,
    "hammarberg": -0.1,
    "mfcc_1": -0.1,
}
"""The index: pitch for half, the effort in the timbre for a third (on a known microphone
alone), pace for the rest. The signs are those that hold from study to study; regularity,
harmonicity and level change theirs, and have no part in it"""
SPREADS = {
    "pitch_level": 1.2,
    "pitch_floor": 1.2,
    "pitch_top": 1.5,
    "nuclei_rate": 0.7,
    "pause_share": 0.12,
    "alpha": 2.5,
    "hammarberg": 3.0,
    "mfcc_1": 3.0,
    ECHO: 0.06,
} | dict.fromkeys(BANDS, 3.0)
"""How much a voice varies from one utterance to the next, in each feature's unit"""
SPREAD_WORTH = 8
"""Utterances that those spreads count for"""
HALF_UTTERANCES, HALF_DAYS = 50, 21
MORNING_ENDS, EVENING_BEGINS = 11, 18
"""Hours"""
OFFSET_WORTH = 10
"""Utterances at a time of day that bring half of its offset"""
MOST_SPREADS = 3.0
"""A single feature counts for no more (softly: 3 tanh(z / 3)), however far it is off"""
LEAST_OWN = 8
"""Utterances through this microphone before its timbre is compared"""
MOST_COMPARED = 60
"""The newest utterances whose own scores are compared with"""

Values = Mapping[str, float]


class Usual:
    """A person's usual voice at one time of day, through one microphone."""

    def __init__(
        self,
        values: Sequence[Values],
        times: Sequence[datetime],
        now: datetime,
        *,
        own_device: Sequence[bool],
        unusual: Sequence[bool],
    ) -> None:
        """Take a history, oldest first. Timbre is looked at on the own device alone."""
        count = len(values)
        self._rows = values[-MOST_COMPARED:]
        self._first = count - len(self._rows)
        age = np.array([(now - at).total_seconds() / 86_400 for at in times])
        rank = np.arange(count, 0, -1) - 1.0
        self._weight = 0.5 ** np.maximum(rank / HALF_UTTERANCES, age / HALF_DAYS)
        self._weight[np.array(unusual, bool)] = 0.0
        self._bin = np.array([_part_of_day(at) for at in times], int)
        self._own = np.array(own_device, bool)
        self._now = _part_of_day(now)
        self._columns = {
            name: np.array([row.get(name, np.nan) for row in values], float) for name in SPREADS
        }
        self._calm: dict[frozenset[str], Floats] = {}

    @property
    def count(self) -> int:
        """Utterances that are compared with."""
        return len(self._rows)

    @cached_property
    def worth(self) -> float:
        """Give the sum of weights: how many utterances the usual rests on."""
        return float(self._weight.sum())

    def centre(self, name: str) -> float | None:
        """Give the usual value now; None where there is none."""
        found = self._usual(name, self._now, None)
        return found[0] if found else None

    def spread(self, name: str) -> float:
        """Give how much a value varies."""
        found = self._usual(name, self._now, None)
        return found[1] if found else SPREADS[name]

    def apart(self, values: Values, name: str) -> float | None:
        """Say by how many spreads a value lies above the usual."""
        return self._apart(values, name, self._now, None)

    def score(self, values: Values, names: frozenset[str] | None = None) -> float | None:
        """Give the index of an utterance, in spreads above the usual."""
        return self._score(values, names or self.names(values), self._now, None)

    def names(self, values: Values) -> frozenset[str]:
        """Name the features of the index that both the utterance and the history have."""
        known = self._own.all() or np.count_nonzero(self._own) >= LEAST_OWN
        wanted = (n for n in WEIGHTS if known or n not in TIMBRE)
        return frozenset(n for n in wanted if n in values and self.centre(n) is not None)

    def calm(self, names: frozenset[str]) -> Floats:
        """Score each utterance of the history against all others (jackknife), oldest first."""
        if names not in self._calm:
            rows = [
                (at, row)
                for at, row in enumerate(self._rows, self._first)
                if self._own[at] or not names & frozenset(TIMBRE)
            ]
            scores = (self._score(row, names, int(self._bin[at]), at) for at, row in rows)
            self._calm[names] = np.array([score for score in scores if score is not None])
        return self._calm[names]

    def _score(
        self, values: Values, names: frozenset[str], part: int, without: int | None
    ) -> float | None:
        total = weight = 0.0
        # In a fixed order: the order of a sum changes its last digit.
        for name in (name for name in WEIGHTS if name in names):
            apart = self._apart(values, name, part, without)
            if apart is not None:
                total += WEIGHTS[name] * MOST_SPREADS * np.tanh(apart / MOST_SPREADS)
                weight += abs(WEIGHTS[name])
        return float(total / weight) if weight else None

    def _apart(self, values: Values, name: str, part: int, without: int | None) -> float | None:
        found = self._usual(name, part, without)
        if found is None or name not in values:
            return None
        return (values[name] - found[0]) / found[1]

    def _usual(self, name: str, part: int, without: int | None) -> tuple[float, float] | None:
        """Give centre and spread, for a time of day, without one of the utterances."""
        column = self._columns[name]
        held = ~np.isnan(column) & (self._weight > 0)
        if name not in (*PITCH, *PACE, ECHO):
            held &= self._own
        if without is not None:
            held[without] = False
        if not held.any():
            return None
        values, weight, parts = column[held], self._weight[held], self._bin[held]
        centre = _median(values, weight)
        deviation = _median(np.abs(values - centre), weight)
        here = parts == part
        if here.any() and not here.all():
            pull = here.sum() / (here.sum() + OFFSET_WORTH)
            centre += pull * (_median(values[here], weight[here]) - centre)
        count = len(values)
        squares = count * (1.4826 * deviation) ** 2 + SPREAD_WORTH * SPREADS[name] ** 2
        return centre, float(np.sqrt(squares / (count + SPREAD_WORTH)))


def strangeness(usual: Usual, values: Values) -> float:
    """Say how far the bands lie from the usual ones, in spreads: 0 where none are known."""
    apart = [usual.apart(values, name) for name in BANDS]
    known = [abs(one) for one in apart if one is not None]
    return sum(known) / len(known) if known else 0.0


def _median(values: Floats, weight: Floats) -> float:
    """Give the value with half of the weight on either side."""
    order: NDArray[np.intp] = np.argsort(values, kind="stable")
    ranks = np.cumsum(weight[order]) - 0.5 * weight[order]
    return float(np.interp(0.5 * weight.sum(), ranks, values[order]))


def _part_of_day(at: datetime) -> int:
    return int(at.hour >= MORNING_ENDS) + int(at.hour >= EVENING_BEGINS)
