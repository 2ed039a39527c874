"""What the tests of a personal baseline share: a made history, and a usual voice."""

from datetime import UTC, datetime, timedelta

import numpy as np

from companion.sense import baseline as base
from companion.sense.baseline import Baseline, Observation
from companion.sense.stress import (
    Judgement,
    judge,
)
from companion.sense.usual import BANDS, SPREADS, WEIGHTS

START = datetime(2026, 1, 5, 14, tzinfo=UTC)
CENTRES = {
    "pitch_level": 12.0, "pitch_floor": 10.0, "pitch_top": 14.0, "nuclei_rate": 4.0,
    "pause_share": 0.2, "alpha": -12.0, "hammarberg": 20.0, "mfcc_1": 10.0,
} | dict.fromkeys(BANDS, -15.0)  # fmt: skip


def heard(
    random: np.random.Generator, at: datetime, *, raised: float = 0.0, device: str = "desk"
) -> Observation:
    """Speak as usual, or with the whole index raised by so many spreads."""
    values = {
        name: centre
        + SPREADS[name] * 0.7 * random.standard_normal()
        + raised * SPREADS[name] * np.sign(WEIGHTS.get(name, 0))
        for name, centre in CENTRES.items()
    }
    return Observation(at=at, device=device, voiced=4.0, values=values)


def history(count: int, *, days: float = 10, seed: int = 0) -> Baseline:
    random = np.random.default_rng(seed)
    found = Baseline()
    for number in range(count):
        at = START + timedelta(days=number * days / count)
        found = base.learn(found, heard(random, at))
    return found


LATER = START + timedelta(days=11)


def judged(known: Baseline, observation: Observation) -> Judgement:
    return judge(known, observation)
