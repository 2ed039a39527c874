"""The clock and the place: the only file that asks the system for either."""

import warnings
from datetime import UTC, datetime


def now() -> datetime:
    """Give the moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  commands alone may ask; all else is told


def local_now() -> datetime:
    """Give the moment as the clock on the wall here shows it."""
    return now().astimezone()


def zone_name() -> str:
    """Name the time zone of this device: an IANA name, or an offset such as +02:00."""
    import tzlocal  # reads files, so not before it is needed

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            name = tzlocal.get_localzone_name()
    except (LookupError, OSError, ValueError, UserWarning):
        name = None
    return name or offset(now())


def offset(moment: datetime) -> str:
    """Write the device's distance from UTC at a moment, such as +02:00."""
    text = moment.astimezone().strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
