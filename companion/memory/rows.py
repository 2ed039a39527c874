"""Between an entry and its row: moments as text, bodies as JSON, and back.

What this version cannot read was written by a newer one. It is given as it stands, in a
`NewerEntry`, and goes out again untouched.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ConfigDict, ValidationError, field_validator
from pydantic_core import from_json

from companion.content import Content
from companion.errors import VaultError
from companion.memory.entries import FIRST, LAST, Entry, zone_of

COLUMNS = ("id", "at", "zone", "created", "edited", "excluded", "body")
"""Of a row from which an entry is read, in this order"""


class NewerBody(Content):
    """What a newer version kept: its kind, and whatever else it holds."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        # All else may be a person's own words.
        yield "kind", self.kind


class NewerEntry(Entry):
    """An entry of a newer version. It can be listed, excluded and deleted, but not edited."""

    body: NewerBody  # type: ignore[assignment]  # wider on purpose: any object with a kind

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        return zone

    @property
    def local(self) -> datetime:
        """The clock on the wall at that moment; in UTC where its zone is not known here."""
        return local_time(self.at, self.zone)

    @property
    def is_hidden(self) -> bool:
        """Whether ordinary lists leave it out: nobody can tell what a newer incident says."""
        return self.kind == "incident" or bool((self.body.model_extra or {}).get("hidden"))


def stamp(moment: datetime) -> str:
    """Write a moment so that earlier ones sort before later ones. Raises ValueError for naive."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(at: datetime, zone: str) -> datetime:
    """Read a time on the wall where one is; an aware one is taken as it is. Raises VaultError.

    A time that came twice, when clocks went back, means the first of the two (its `fold` of 1
    the second). A time that was skipped, when they went forward, is counted on from before
    the change: 02:30 becomes 03:30.
    """
    try:
        place = zone_of(zone)
    except ValueError:
        raise VaultError("The time zone is not known.", fix="Name one as Europe/Berlin.") from None
    try:
        moment = (at if at.tzinfo else at.replace(tzinfo=place)).astimezone(UTC)
    except OverflowError:
        moment = None
    if moment is None or not FIRST <= moment.year < LAST:
        raise VaultError(
            f"The diary has no year {at.year}.", fix=f"Name one from {FIRST} to {LAST - 1}."
        )
    return moment


def local_time(at: datetime, zone: str) -> datetime:
    """Give the clock on the wall at a moment, in UTC where the zone is not known here."""
    try:
        return at.astimezone(zone_of(zone))
    except ValueError:
        return at.astimezone(UTC)


def local_day(at: str, zone: str) -> date:
    """Give the day to which a row belongs."""
    return local_time(datetime.fromisoformat(at), zone).date()


def entry_of(fields: Mapping[str, Any]) -> Entry:
    """Read an entry from its fields. Raises VaultError for what not even a newer version wrote."""
    try:
        return Entry.model_validate(fields)
    except (ValidationError, OverflowError):
        pass  # its text holds what a person wrote
    try:
        return NewerEntry.model_validate(fields)
    except (ValidationError, OverflowError):
        raise VaultError("This is no entry of a diary.") from None


def from_row(row: tuple[Any, ...]) -> Entry:
    """Read an entry from the columns of COLUMNS. Raises VaultError."""
    fields = dict(zip(COLUMNS, row, strict=True))
    try:
        fields["body"] = from_json(fields["body"])
    except ValueError:
        raise VaultError("An entry of the diary cannot be read.") from None
    return entry_of(fields)


def to_row(entry: Entry) -> dict[str, Any]:
    """Give the columns of an entry."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "at": stamp(entry.at),
        "zone": entry.zone,
        "created": stamp(entry.created),
        "edited": stamp(entry.edited) if entry.edited else None,
        "excluded": int(entry.excluded),
        "hidden": int(entry.is_hidden),
        "body": entry.body.model_dump_json(),
    }
