"""Tell whether a helpline is open: "24/7", "Mon-Fri 09:00-17:00, Sat 10:00-14:00", or not known."""

import re
from datetime import datetime

from companion.errors import SettingsError

ALWAYS = "24/7"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(?:(\w{3})(?:-(\w{3}))? )?(\d\d):(\d\d)-(\d\d):(\d\d)")
_DAY = 24 * 60
"""Minutes"""


def is_open(hours: str, now: datetime | None) -> bool | None:
    """Say whether it is open at a local time; None where that is not known.

    Raises SettingsError where the hours cannot be read.
    """
    if hours == ALWAYS:
        return True
    spans = [_read(span) for span in hours.split(", ")] if hours else []
    if not spans or now is None:
        return None
    minute = now.hour * 60 + now.minute
    return any(
        (now.weekday() in days and begins <= minute < ends)
        # Open beyond midnight: the end belongs to the day before.
        or ((now.weekday() - 1) % 7 in days and minute < ends - _DAY)
        for days, begins, ends in spans
    )


def _read(text: str) -> tuple[frozenset[int], int, int]:
    """Give the days on which it begins, and minutes since midnight."""
    span = _SPAN.fullmatch(text.strip())
    try:
        if span is None:
            raise ValueError
        first = _DAYS.index(span[1].lower()) if span[1] else 0
        last = _DAYS.index(span[2].lower()) if span[2] else first if span[1] else 6
    except ValueError:
        raise SettingsError(
            f"These hours cannot be read: '{text}'.", fix="Write them as Mon-Fri 09:00-17:00."
        ) from None
    begins, ends = (int(span[at]) * 60 + int(span[at + 1]) for at in (3, 5))
    days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(days), begins, ends if ends > begins else ends + _DAY
