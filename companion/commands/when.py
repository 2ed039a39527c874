"""Days and times as a person writes them."""

import re
from datetime import date, datetime, time, timedelta

from companion.errors import SettingsError
from companion.memory.entries import zone_of
from companion.memory.rows import moment_of

_NAMED = {"today": 0, "yesterday": -1}
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")


def read_when(text: str, now: datetime, zone: str) -> date | datetime:
    """Read a day, or a moment, which without an offset is the clock on the wall in `zone`.

    Raises SettingsError for anything else, and VaultError for a year that no diary has.
    """
    today = now.astimezone(zone_of(zone)).date()
    first, _, rest = text.strip().partition(" ")
    if first.lower() in _NAMED:
        first = (today + timedelta(_NAMED[first.lower()])).isoformat()
    elif _TIME.fullmatch(first) and not rest:
        first, rest = today.isoformat(), first
    whole = f"{first} {rest}".strip()
    try:
        return date.fromisoformat(whole)
    except ValueError:
        pass
    try:
        return moment_of(datetime.fromisoformat(whole), zone)
    except ValueError:
        raise SettingsError(
            "This is no day or time that I know.",
            fix='Write today, yesterday, 22:30, 2026-11-20 or "2026-11-20 22:30".',
        ) from None


def read_moment(text: str, now: datetime, zone: str) -> datetime:
    """Read a moment: of today it is now, of another day its noon. Raises as `read_when` does."""
    when = read_when(text, now, zone)
    if isinstance(when, datetime):
        return when
    if when == now.astimezone(zone_of(zone)).date():
        return now
    return moment_of(datetime.combine(when, time(12)), zone)
