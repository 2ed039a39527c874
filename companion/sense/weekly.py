"""Slow change of a voice: each week against the first usual values, which are frozen.

It is told as slower, faster, higher, lower, more or fewer pauses than this person's own
first days, and never as a score of anything. Speaking slower with more and longer pauses
goes along with low mood in groups of patients (J. C. Mundt et al., J. Neurolinguistics 20
(2007), 50-64: correlations of 0.2 to 0.4), far too loosely to say anything of one person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from companion.sense.baseline import Week
from companion.sense.usual import SPREADS
from companion.sense.words import STEP, Words, amount

LEAST = 8
"""Utterances in a week that is told of"""
TOLD_FROM = 0.5
"""Spreads by which the median of a week must lie apart"""


@dataclass(frozen=True)
class Change:
    """One week, as it differs from the first usual values."""

    week: Week
    apart: dict[str, float]
    """In each feature's own unit; empty where there is no reference yet"""


def changes(weeks: list[Week], reference: dict[str, float]) -> list[Change]:
    """Hold each week against the reference, the oldest first."""
    return [
        Change(
            week,
            {
                name: value - reference[name]
                for name, value in week.usual.items()
                if name in reference
            },
        )
        for week in weeks
    ]


def tell(words: Words, found: list[Change]) -> tuple[str, ...]:
    """Say what the last week shows, in sentences."""
    told = words.weekly
    whole = [change for change in found if change.week.utterances >= LEAST]
    if not whole:
        return (told.none,)
    if not whole[-1].apart:
        return (told.early,)
    noticed = list(_noticed(words, whole[-1].apart))
    if not noticed:
        return (told.same,)
    return (told.changed.format(noticed=_listed(words, noticed)), told.doubt)


def _noticed(words: Words, apart: dict[str, float]) -> Iterator[str]:
    told = words.weekly
    for name, more, less in (
        ("nuclei_rate", told.pace_faster, told.pace_slower),
        ("pause_share", told.pauses_more, told.pauses_fewer),
        ("pitch_level", told.pitch_higher, told.pitch_lower),
    ):
        by = apart.get(name, 0.0)
        if abs(by) >= TOLD_FROM * SPREADS[name]:
            far = amount(words.amounts, round(abs(by) / STEP))
            yield (more if by > 0 else less).format(amount=far)


def _listed(words: Words, noticed: list[str]) -> str:
    *first, last = noticed
    return words.joined.join([", ".join(first), last] if first else [last])
