"""Hand the diary out: JSON lines, in which nothing is lost, or tables for a spreadsheet.

Entries are read a page at a time, twice: once to count them, once to write them. What a damaged
file still holds is handed out, and what it does not is counted. The format is described in
docs/export.md.
"""

import csv
import io
import json
import os
import secrets
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, get_args

from pydantic import AwareDatetime, Field, JsonValue

from companion import __version__
from companion.content import Content
from companion.errors import VaultError
from companion.memory.entries import Body, Entry
from companion.memory.journal import Journal, Which
from companion.memory.vault import Vault

VERSION: Literal[1] = 1
"""Of the JSON lines; a higher one means that an older program cannot read them"""
PLAIN = "This file is plain text: anyone who can open it can read it."
BODIES: dict[str, type[Content]] = {
    body.model_fields["kind"].default: body for body in get_args(get_args(Body)[0])
}
"""Every kind of entry, and what it holds"""
ENTRY_COLUMNS = ("id", "at", "zone", "local", "created", "edited", "excluded")
"""First in every table; `local` is the clock on the wall, as a spreadsheet reads it"""
BEGINS_FORMULA = tuple("=+-@\t\r＝＋－＠'")
"""A text that begins so gets a ' before it; the ' itself is here so that this can be undone"""
_FIRST_OF_ZIP = (1980, 1, 1, 0, 0, 0)
"""No ZIP archive knows an earlier time; a clock without a battery may start before"""


class Header(Content):
    """The first line of an export."""

    companion_export: Literal[1] = VERSION
    """Version of the format"""
    made_at: AwareDatetime
    zone: str
    """Where it was made: an IANA name or an offset"""
    program_version: str = __version__
    count: Annotated[int, Field(ge=0)]
    """Entries that follow"""


class Remembered(Content):
    """A line for something that belongs to the person and is no entry."""

    state: Literal["country", "minor", "consents", "health", "courses", "pause"]
    """Two letters, or empty; whether they are under 18; what they agreed to; what rules
    exercises out; how many days of each course were done; for how many seconds they usually pause
    """
    value: JsonValue
    at: AwareDatetime
    """Since when"""


@dataclass(frozen=True)
class Choice:
    """What is handed out."""

    since: date | None = None
    until: date | None = None
    """Days as they were lived; both are included"""
    kinds: frozenset[str] = frozenset()
    """Empty: all"""
    incidents: bool = False
    hidden: bool = False
    """With incidents: also those about danger from others"""

    @property
    def is_all(self) -> bool:
        """Whether it is narrowed neither by time nor by kind."""
        return not (self.since or self.until or self.kinds)

    def takes(self, entry: Entry) -> bool:
        """Tell whether an entry is handed out."""
        if entry.kind == "incident" and not self.incidents or entry.is_hidden and not self.hidden:
            return False
        day = entry.day
        return (
            (not self.kinds or entry.kind in self.kinds)
            and (not self.since or day >= self.since)
            and (not self.until or day <= self.until)
        )


@dataclass
class Chosen:
    """What is chosen of a vault. Raises VaultError where it cannot be read at all."""

    vault: Vault
    choice: Choice
    counts: dict[str, int] = field(default_factory=dict)
    """Entries of each kind"""
    unreadable: int = 0
    """Entries that a damaged file does not give back"""

    def __post_init__(self) -> None:
        for entry in self._read():
            self.counts[entry.kind] = self.counts.get(entry.kind, 0) + 1

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    def entries(self, kind: str = "") -> Iterator[Entry]:
        """Yield them in the order in which they were lived; only one kind if it is named."""
        expected = self.counts.get(kind, 0) if kind else self.count
        for entry in self._read(kind):
            expected -= 1
            yield entry
        if expected:
            raise VaultError("The diary was changed while it was written out.", fix="Do it again.")

    def states(self) -> Iterator[Remembered]:
        """Yield what belongs to the person and is no entry."""
        query = "SELECT name, value, at FROM state ORDER BY name"
        with self.vault.reading() as connection:
            rows = connection.execute(query).fetchall()
        names = get_args(Remembered.model_fields["state"].annotation)
        for name, value, at in rows:
            if name in names:
                yield Remembered(state=name, value=json.loads(value), at=at)

    def _read(self, kind: str = "") -> Iterator[Entry]:
        which = self._which(kind)
        last = None
        try:
            for last in Journal(self.vault).list(newest_first=False, **which):
                if self.choice.takes(last):
                    yield last
        except VaultError:
            if not self.vault.read_only:
                raise
            yield from self._saved_from_damage(last, kind)

    def _which(self, kind: str) -> Which:
        kinds = {kind} if kind else self.choice.kinds
        return {
            "since": self.choice.since,
            "until": self.choice.until,
            "kinds": kinds or None,
            "include_hidden": self.choice.incidents and self.choice.hidden,
        }

    def _saved_from_damage(self, last: Entry | None, kind: str) -> Iterator[Entry]:
        """Go on after the last entry that could be read, one by one."""
        journal = Journal(self.vault)
        self.unreadable = 0
        with self.vault.reading() as connection:
            # The index alone: the table would be read where it is damaged.
            query = "SELECT id FROM entries INDEXED BY entries_at ORDER BY at, id"
            ids = [row[0] for row in connection.execute(query)]
        for id in ids[ids.index(last.id) + 1 if last else 0 :]:
            try:
                entry = journal.get(id)
            except VaultError:
                if self.vault.locked:
                    raise
                self.unreadable += 1
                continue
            if self.choice.takes(entry) and entry.kind == (kind or entry.kind):
                yield entry


def write_json_lines(chosen: Chosen, out: BinaryIO, made_at: datetime, zone: str) -> None:
    """Write a header, then a line for each entry. Raises VaultError and OSError."""
    header = Header(made_at=made_at, zone=zone, count=chosen.count)
    out.write(_line(header))
    if chosen.choice.is_all:
        for state in chosen.states():
            out.write(_line(state))
    for entry in chosen.entries():
        out.write(_line(entry))


def _line(content: Content) -> bytes:
    return content.model_dump_json().encode() + b"\n"


def write_tables(chosen: Chosen, out: BinaryIO, made_at: datetime) -> None:
    """Write a ZIP archive with one CSV table for each kind. Raises VaultError and OSError."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in sorted(chosen.counts.keys() & BODIES.keys()):
            info = zipfile.ZipInfo(f"{kind}.csv", max(made_at.timetuple()[:6], _FIRST_OF_ZIP))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o600) << 16
            with archive.open(info, "w", force_zip64=True) as raw:
                # With the mark at its beginning, every spreadsheet takes it for UTF-8.
                with io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
                    rows = csv.writer(text)
                    rows.writerow(columns(kind))
                    rows.writerows(_row(entry) for entry in chosen.entries(kind))


def columns(kind: str) -> tuple[str, ...]:
    """Name the columns of the table of a kind."""
    return (*ENTRY_COLUMNS, *(name for name in BODIES[kind].model_fields if name != "kind"))


def _row(entry: Entry) -> list[str]:
    fields = entry.model_dump(mode="json")
    fields["local"] = f"{entry.local:%Y-%m-%d %H:%M:%S}"
    fields |= fields.pop("body")
    return [_cell(fields.get(name)) for name in columns(entry.kind)]


def _cell(value: Any) -> str:
    """Write a value: a list as JSON, and a text so that no spreadsheet calculates it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(BEGINS_FORMULA) else value
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def private_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Write a file that its owner alone can read: it is there whole, or not at all.

    Raises VaultError where it is there already, or cannot be written.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    if not replace and os.path.lexists(path):
        raise _is_there(path)
    try:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "wb") as file:
                yield file
                file.flush()
                os.fsync(opened)
            _name(part, path, replace)
        finally:
            with suppress(OSError):
                part.unlink()
    except OSError as error:
        raise VaultError(
            f"{path} cannot be written ({error.strerror}).",
            fix="Name a file in a folder that you may write to, with enough space.",
        ) from None


def _name(part: Path, path: Path, replace: bool) -> None:
    if replace:
        part.replace(path)
        return
    try:
        # Unlike a renaming, a link never takes the place of a file that has come meanwhile.
        os.link(part, path)
    except FileExistsError:
        raise _is_there(path) from None
    except OSError:  # a disk that knows no links
        part.rename(path)


def _is_there(path: Path) -> VaultError:
    return VaultError(
        f"{path} is there already; nothing was written.", fix="Choose another name, or add --force."
    )
