"""What narrows a list, a search and a count of the diary: days or moments, kinds, and the rest."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypedDict, TypeGuard

from companion.memory.index import places
from companion.memory.rows import local_day, stamp

_END = 2**63 - 1
"""No place in the index lies beyond"""


class Which(TypedDict, total=False):
    """What narrows a list, a search and a count."""

    since: date | datetime | None
    """A day as it was lived, or a moment with its time zone; both are included"""
    until: date | datetime | None
    """A day is included, a moment is not"""
    kinds: Iterable[str] | None
    """Of body; None: all"""
    include_hidden: bool
    """Also incidents about danger from others: only after the key was asked for again"""
    include_excluded: bool
    """Also what is counted in no trend; that is the rule"""


def conditions(which: Which) -> tuple[list[str], list[Any]]:
    """Narrow a query as far as SQL can."""
    found = ["hidden <= ?"]
    values: list[Any] = [which.get("include_hidden", False)]
    if not which.get("include_excluded", True):
        found.append("excluded = 0")
    since, until = _edges(which)
    if since:
        found.append("at >= ?")
        values.append(stamp(since))
    if until:
        found.append("at < ?")
        values.append(stamp(until))
    if (kinds := which.get("kinds")) is not None:
        several = tuple(kinds)
        found.append(f"kind IN ({', '.join('?' * len(several))})")
        values.extend(several)
    return found, values


def places_between(which: Which) -> tuple[int, int]:
    """Bound a search in the index: it begins after the first of these, and ends with the second."""
    since, until = _edges(which)
    newest = places(until)[0] - 1 if until else -_END
    oldest = places(since)[1] if since else _END
    return max(newest, -_END), min(oldest, _END)


def _edges(which: Which) -> tuple[datetime | None, datetime | None]:
    """Give moments between which all lies: days differ by zone, so they are let in generously."""
    since, until = which.get("since"), which.get("until")
    return _moved(since, timedelta(days=-1)), _moved(until, timedelta(days=2))


def _moved(bound: date | datetime | None, by: timedelta) -> datetime | None:
    if bound is None or isinstance(bound, datetime):
        return bound
    with suppress(OverflowError):  # else it is the first or the last day there is
        bound += by
    return datetime.combine(bound, time(), UTC)


def is_within(at: str, zone: str, which: Which) -> bool:
    """Tell whether what SQL has let in lies within the days, as they were lived there."""
    since, until = which.get("since"), which.get("until")
    if not (is_day(since) or is_day(until)):
        return True
    day = local_day(at, zone)
    return not (is_day(since) and day < since or is_day(until) and day > until)


def is_day(bound: date | datetime | None) -> TypeGuard[date]:
    """Tell a day from a moment, which Python takes for a day, too."""
    return isinstance(bound, date) and not isinstance(bound, datetime)
