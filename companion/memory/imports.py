"""Take an export in again: all of it or nothing.

An entry that is here already, unchanged, is passed over. Where the two differ, the one that was
changed last stays; of two changed at the same moment, the one that is here. Lines are read one by
one: a file may be larger than the memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, BinaryIO

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from companion.errors import VaultError
from companion.memory.entries import Entry
from companion.memory.export import VERSION, Header, Remembered
from companion.memory.journal import Journal
from companion.memory.rows import NewerEntry, entry_of, stamp, to_row
from companion.memory.vault import Vault

LONGEST_LINE = 16 * 2**20
"""Bytes; ten hours of talk, word for word, take one"""
FORESEEN = frozenset({"extra_forbidden", "union_tag_invalid", "literal_error"})
"""What a newer version may bring: a field, a kind or a choice more. All else is a fault"""

_STATES: dict[str, TypeAdapter[Any]] = {
    "country": TypeAdapter(str),
    "minor": TypeAdapter(bool),
    "consents": TypeAdapter(dict[str, Any]),
    "health": TypeAdapter(list[str]),
    "courses": TypeAdapter(dict[str, int]),
    "pause": TypeAdapter(Annotated[float, Field(gt=0, le=60)]),
}
_MARK = b"\xef\xbb\xbf"
"""Some editors put it before UTF-8"""


@dataclass
class Outcome:
    """What became of the entries of a file."""

    added: int = 0
    replaced: int = 0
    """The file's was changed later"""
    same: int = 0
    kept: int = 0
    """Ours was changed later"""
    states: int = 0
    """Of what belongs to the person: taken over, because it was newer"""

    @property
    def entries(self) -> int:
        return self.added + self.replaced + self.same + self.kept


def read_export(vault: Vault, file: BinaryIO) -> Outcome:
    """Take a file of JSON lines in, in one transaction. Raises VaultError naming the line."""
    lines = _lines(file)
    header = _header(next(lines, (1, b"")))
    outcome = Outcome()
    journal = Journal(vault)
    with vault.writing():
        for number, line in lines:
            thing = _read(number, line)
            if isinstance(thing, Remembered):
                outcome.states += _take_state(vault, thing)
            else:
                _take(journal, thing, outcome)
        if outcome.entries != header.count:
            raise VaultError(
                f"The file should hold {header.count} entries, and holds {outcome.entries}: "
                "nothing was taken in.",
                fix="Copy it again, or export again.",
            )
    return outcome


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number the lines that hold something."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _wrong(number, "it is too long")
        if number == 1:
            line = line.removeprefix(_MARK)
        if line.strip():
            yield number, line


def _header(first: tuple[int, bytes]) -> Header:
    fields = _fields(*first) if first[1] else {}
    version = fields.get("companion_export")
    if isinstance(version, int) and version > VERSION:
        raise VaultError(
            "This export was made by a newer Companion; nothing was taken in.",
            fix="Update Companion.",
        )
    try:
        return Header.model_validate(fields)
    except (ValidationError, OverflowError):
        pass  # its text may hold what a person wrote
    raise VaultError(
        "This is no export of Companion; nothing was taken in.",
        fix="Name a file that was made with: companion export --format jsonl --out FILE",
    )


def _read(number: int, line: bytes) -> Entry | Remembered:
    fields = _fields(number, line)
    if "state" not in fields:
        return _entry(number, fields)
    try:
        state = Remembered.model_validate(fields)
        _STATES[state.state].validate_python(state.value, strict=True)
        stamp(state.at)
    except (ValidationError, OverflowError):
        raise _wrong(number, "it is nothing that is kept about a person") from None
    return state


def _entry(number: int, fields: dict[str, Any]) -> Entry:
    try:
        entry = entry_of(fields)
        to_row(entry)
        if not isinstance(entry, NewerEntry) or _is_foreseen(fields):
            return entry
    except (VaultError, OverflowError):
        pass  # said below, with the line
    raise _wrong(number, "it is no entry of a diary")


def _is_foreseen(fields: dict[str, Any]) -> bool:
    """Tell an entry of a newer version from one that is wrong."""
    try:
        Entry.model_validate(fields)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        return all(fault["type"] in FORESEEN for fault in faults)
    return True


def _fields(number: int, line: bytes) -> dict[str, Any]:
    try:
        fields = from_json(line, allow_inf_nan=False)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise _wrong(number, "it is no JSON object") from None
    return fields


def _take(journal: Journal, entry: Entry, outcome: Outcome) -> None:
    if journal.restore([entry]):
        outcome.added += 1
        return
    ours = journal.get(entry.id)
    if ours == entry:
        outcome.same += 1
    elif _changed(entry) > _changed(ours):
        journal.delete(entry.id)
        journal.restore([entry])
        outcome.replaced += 1
    else:
        outcome.kept += 1


def _changed(entry: Entry) -> datetime:
    return entry.edited or entry.created


def _take_state(vault: Vault, state: Remembered) -> bool:
    query = "SELECT at FROM state WHERE name = ?"
    with vault.reading() as connection:
        row = connection.execute(query, (state.state,)).fetchone()
    if row and row[0] >= stamp(state.at):
        return False
    vault.put(state.state, state.value, state.at)
    return True


def _wrong(number: int, why: str) -> VaultError:
    return VaultError(
        f"Line {number} cannot be taken in: {why}. Nothing was taken in.",
        fix="Export again, or take that line out and lower the count in the first line.",
    )
