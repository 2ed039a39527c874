"""Find the pulses of a voice, to measure how regular they are (jitter, shimmer).

From the highest sample of a voiced stretch's middle we walk outwards, period by
period: the next period lies where the sound is most like this one (waveform
matching, as in Praat's "Sound & Pitch: To PointProcess (cc)"). Period pairs that
differ by more than a factor of 1.3, and amplitudes by more than 1.6, are errors of
the walk and not of the voice (Praat's limits). For diagnosis alone: even the best
program halves the true jitter in running speech.
"""

from dataclasses import dataclass

import numpy as np

from companion.sense.frames import HIGHEST, HOP, RATE, Floats

SHORTEST, LONGEST = 0.8, 1.25
"""Of the expected period: where the next one is looked for"""
LEAST_LIKENESS = 0.3
"""Correlation with the next period, of 1"""
PERIOD_LIMIT, HEIGHT_LIMIT = 1.3, 1.6
LEAST_FRAMES = 5
TINY = 1e-30


@dataclass(frozen=True)
class Regularity:
    """Sums over the periods of a stretch; they can be added up over stretches."""

    period_change: float = 0.0
    """Seconds"""
    period_changes: int = 0
    period: float = 0.0
    """Seconds"""
    periods: int = 0
    height_change: float = 0.0
    height_changes: int = 0
    height: float = 0.0

    def __add__(self, other: "Regularity") -> "Regularity":
        names = self.__dataclass_fields__
        return Regularity(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def jitter(self) -> float | None:
        """Say the mean change from one period to the next, of the mean period."""
        if not self.period_changes:
            return None
        return self.period_change / self.period_changes / (self.period / self.periods)

    @property
    def shimmer(self) -> float | None:
        """Say the mean change of height from one period to the next, of the mean height."""
        if not self.height_changes:
            return None
        return self.height_change / self.height_changes / (self.height / self.periods)


def regularity(sound: Floats, hertz: Floats) -> Regularity:
    """Measure a voiced stretch: its sound, and its pitch in frames from its first sample on."""
    if len(hertz) < LEAST_FRAMES:
        return Regularity()
    periods = RATE / hertz
    middle = min(len(hertz) // 2 * HOP, len(sound) - 1)
    half = int(periods[len(hertz) // 2] / 2)
    around = np.abs(sound[max(0, middle - half) : middle + half + 1])
    if not around.size or not around.max() > 0:
        return Regularity()
    start = max(0, middle - half) + int(around.argmax())
    forwards = _walk(sound, periods, start)
    backwards = _walk(sound[::-1], periods[::-1], len(sound) - 1 - start)
    back = len(sound) - 1 - np.array(backwards[:0:-1])
    return _sums(sound, np.concatenate([back, forwards]))


def _walk(sound: Floats, periods: Floats, start: int) -> list[float]:
    """Give the places of pulses from `start` on, in samples, each nearer the end."""
    energy = np.concatenate([[0.0], np.cumsum(sound**2)])
    lengths: list[float] = periods.tolist()
    places = [float(start)]
    while len(places) <= len(sound) * HIGHEST / RATE + 1:
        here = round(places[-1])
        period = lengths[min(here // HOP, len(lengths) - 1)]
        half, shortest, longest = int(period / 2), int(SHORTEST * period), int(LONGEST * period) + 1
        first = here - half + shortest - 1
        last = here + half + longest + 2
        if here < half or last > len(sound):
            break
        size = 2 * half + 1
        likeness = np.correlate(sound[first:last], sound[here - half : here + half + 1], "valid")
        own = energy[here + half + 1] - energy[here - half]
        ends = energy[first + size : last + 1] - energy[first : last + 1 - size]
        likeness /= np.sqrt(ends * own + TINY)
        best = int(likeness[1:-1].argmax()) + 1
        if likeness[best] < LEAST_LIKENESS:
            break
        before, top, after = likeness[best - 1 : best + 2]
        bend = before - 2 * top + after
        # Kept within half a sample: a flat top would send the walk anywhere, or back.
        offset = min(max(0.5 * (before - after) / bend, -0.5), 0.5) if bend < 0 else 0.0
        places.append(max(first + half + best + offset, places[-1] + period / 2))
    return places


def _sums(sound: Floats, places: Floats) -> Regularity:
    periods = np.diff(places)
    if len(periods) < 3:
        return Regularity()
    starts = np.maximum(0, places[:-1] - 0.2 * periods).astype(int)
    ends = (places[1:] - 0.2 * periods).astype(int)
    edges = np.column_stack([starts, np.maximum(ends, starts + 1)]).ravel()
    heights = np.maximum.reduceat(sound, edges)[::2] - np.minimum.reduceat(sound, edges)[::2]
    period_change = _changes(periods, PERIOD_LIMIT)
    height_change = _changes(heights, HEIGHT_LIMIT)
    return Regularity(
        float(period_change.sum()) / RATE,
        len(period_change),
        float(periods.sum()) / RATE,
        len(periods),
        float(height_change.sum()),
        len(height_change),
        float(heights.sum()),
    )


def _changes(values: Floats, limit: float) -> Floats:
    """Give the changes from each to the next, less those that are no voice's."""
    small, large = np.minimum(values[1:], values[:-1]), np.maximum(values[1:], values[:-1])
    changes: Floats = (large - small)[large < limit * small]
    return changes
