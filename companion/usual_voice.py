"""Read what is usual for a voice from the diary: its utterances, as they were kept.

Nothing else is kept of it. The microphones and the first usual values, which stay the
reference, follow from the utterances; so whoever erases or excludes some has all of it changed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from companion.memory.entries import Entry, Voice
from companion.memory.journal import Journal
from companion.sense.baseline import (
    FROZEN_AT,
    MOST_KEPT,
    Baseline,
    Observation,
    Week,
    medians,
    weeks,
)

KINDS = ("voice",)
WEEKS = 26


def read_usual(journal: Journal) -> Baseline:
    """Read the newest utterances, and the first ones for reference. Raises VaultError."""
    newest = journal.list(kinds=KINDS, include_excluded=False, limit=MOST_KEPT)
    known = tuple(_observations(reversed(list(newest))))
    oldest = journal.list(kinds=KINDS, include_excluded=False, newest_first=False, limit=FROZEN_AT)
    first = list(_observations(oldest))
    return Baseline(
        observations=known,
        calibrated=any(one.calibration for one in known),
        microphones=_microphones(one.device for one in known),
        reference=medians(first) if len(first) >= FROZEN_AT else {},
    )


def read_weeks(journal: Journal, now: datetime) -> list[Week]:
    """Read the last weeks of a voice, the oldest first. Raises VaultError."""
    since = now - timedelta(weeks=WEEKS)
    listed = journal.list(kinds=KINDS, include_excluded=False, since=since, newest_first=False)
    return weeks(_observations(listed))


def _observations(entries: Iterable[Entry]) -> Iterator[Observation]:
    """Give each usable utterance."""
    for entry in entries:
        body = entry.body
        if isinstance(body, Voice) and body.usable:
            values = {n: m.value for n, m in body.features.items() if m.value is not None}
            yield Observation(
                at=entry.local,
                device=body.microphone,
                voiced=values.pop("voiced", 0.0),
                values=values,
                unusual=body.unusual,
                calibration=body.calibration,
            )


def _microphones(devices: Iterable[str]) -> dict[str, int]:
    """Find how often each device turned out to be another: they are called name#1, name#2."""
    found: dict[str, int] = {}
    for device in devices:
        name, _, number = device.rpartition("#")
        if number.isdigit():
            found[name] = max(found.get(name, 1), int(number))
    return {name: number for name, number in found.items() if number > 1}
