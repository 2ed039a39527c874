"""The diary: add, find, list, search, edit, exclude and delete what is kept in the vault.

Lists are read a page at a time, each from where the last one ended, so that ten entries and
ten years take the same memory, and nobody who writes waits for one who reads.
"""

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Unpack
from uuid import uuid4

from sqlcipher3.dbapi2 import Connection

from companion.errors import VaultError
from companion.memory.entries import Body, Entry
from companion.memory.index import as_query, forget, index
from companion.memory.rows import (
    COLUMNS,
    NewerEntry,
    from_row,
    local_day,
    moment_of,
    stamp,
    to_row,
)
from companion.memory.vault import Vault
from companion.memory.which import Which as Which  # part of what this file offers
from companion.memory.which import conditions, is_day, is_within, places_between

PAGE = 100
"""Entries read at once, where not fewer are wanted"""
SHORTEST = 4
"""Digits by which an entry can be named"""
_ENTRY = ", ".join(f"entries.{name}" for name in COLUMNS)
_Row = tuple[Any, ...]
"""Begins with id, at, zone"""


class Journal:
    """The diary in a vault. Everything here raises VaultError where the vault does."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(
        self, body: Body, *, at: datetime, zone: str, now: datetime, id: str | None = None
    ) -> Entry:
        """Keep something new. Raises VaultError for an id that is there, or a moment that is none.

        `at` without a time zone is the clock on the wall in `zone`; see `rows.moment_of`.
        """
        moment = moment_of(at, zone)
        entry = Entry(id=id or uuid4().hex, at=moment, zone=zone, created=now, body=body)
        if not self.restore([entry]):
            raise VaultError("An entry with this id is there already.")
        return entry

    def restore(self, entries: Iterable[Entry]) -> int:
        """Keep entries just as they are, all or none. Say how many were not there already."""
        with self._vault.writing() as connection:
            return sum(_keep(connection, entry) for entry in entries)

    def put(self, entry: Entry) -> None:
        """Keep an entry in place of the one with its id, if there is one: no change is marked."""
        with self._vault.writing() as connection:
            self.discard(entry.id)
            _keep(connection, entry)

    def discard(self, id: str) -> None:
        """Remove an entry, if it is there."""
        with self._vault.writing() as connection:
            if connection.execute("SELECT 1 FROM entries WHERE id = ?", (id,)).fetchone():
                self.delete(id)

    def get(self, id: str) -> Entry:
        """Give one entry, hidden or not. Raises VaultError where there is none."""
        with self._vault.reading() as connection:
            return _one(connection, id)

    def find(self, prefix: str, *, include_hidden: bool = False) -> Entry:
        """Give the one entry whose id begins so. Raises VaultError for none, several, too short."""
        if not re.fullmatch(f"[0-9a-f]{{{SHORTEST},32}}", prefix):
            raise VaultError(
                "This is no id of an entry.",
                fix=f"Give its first {SHORTEST} or more characters, as the list shows them.",
            )
        query = f"SELECT {_ENTRY} FROM entries WHERE id BETWEEN ? AND ? AND hidden <= ? LIMIT 2"
        last = prefix.ljust(32, "f")
        with self._vault.reading() as connection:
            rows = connection.execute(query, (prefix, last, int(include_hidden))).fetchall()
        if not rows:
            raise _missing()
        if len(rows) > 1:
            raise VaultError(
                "More than one entry has an id that begins so.", fix="Give more of it."
            )
        return from_row(rows[0])

    def list(
        self, *, limit: int | None = None, newest_first: bool = True, **which: Unpack[Which]
    ) -> Iterator[Entry]:
        """Yield entries in the order in which they were lived."""
        rows = self._rows(_ENTRY, newest_first, which, _page(limit))
        yield from islice((from_row(row) for row in rows), limit)

    def search(
        self, words: str, *, limit: int | None = None, **which: Unpack[Which]
    ) -> Iterator[Entry]:
        """Yield entries that hold all words, the newest first; the last word may be cut short."""
        asked = as_query(words)
        if not asked:
            return
        narrowed, values = conditions(which)
        newest, oldest = places_between(which)
        where = " AND ".join(["words MATCH ?", "words.rowid > ?", "words.rowid <= ?", *narrowed])
        query = (
            f"SELECT {_ENTRY}, words.rowid FROM words CROSS JOIN entries ON entries.id = words.id "
            f"WHERE {where} ORDER BY words.rowid LIMIT ?"
        )
        pages = self._pages(
            lambda last: (query, [asked, last[-1] if last else newest, oldest, *values]),
            _page(limit),
        )
        found = (row[:-1] for row in pages if is_within(row[1], row[2], which))
        yield from islice((from_row(row) for row in found), limit)

    def count(self, **which: Unpack[Which]) -> int:
        """Count entries."""
        if is_day(which.get("since")) or is_day(which.get("until")):
            return sum(self.days(**which).values())
        narrowed, values = conditions(which)
        query = f"SELECT count(*) FROM entries WHERE {' AND '.join(narrowed)}"
        with self._vault.reading() as connection:
            return int(connection.execute(query, values).fetchone()[0])

    def days(self, **which: Unpack[Which]) -> dict[date, int]:
        """Count the entries of each day that has some, the oldest first."""
        rows = self._rows("id, at, zone", newest_first=False, which=which, page=PAGE)
        counted = Counter(local_day(at, zone) for _, at, zone in rows)
        return dict(sorted(counted.items()))

    def edit(self, id: str, body: Body, now: datetime) -> Entry:
        """Put another body of the same kind in place of one. Raises VaultError."""
        with self._vault.writing() as connection:
            before = _one(connection, id)
            if isinstance(before, NewerEntry):
                raise VaultError(
                    "A newer version of Companion wrote this entry.", fix="Edit it with that one."
                )
            if before.kind != body.kind:
                raise VaultError("An entry stays of its kind.", fix="Delete it, and add another.")
            entry = before.model_copy(update={"body": body, "edited": now.astimezone(UTC)})
            connection.execute(
                "UPDATE entries SET body = ?, hidden = ?, edited = ? WHERE id = ?",
                (body.model_dump_json(), int(entry.is_hidden), stamp(now), id),
            )
            forget(connection, id, before.at)
            index(connection, entry)
        return entry

    def exclude(self, id: str, excluded: bool, now: datetime) -> Entry:
        """Keep an entry but count it in no trend, or count it again."""
        with self._vault.writing() as connection:
            connection.execute(
                "UPDATE entries SET excluded = ?, edited = ? WHERE id = ? AND excluded <> ?",
                (int(excluded), stamp(now), id, int(excluded)),
            )
            return _one(connection, id)

    def delete(self, id: str) -> None:
        """Remove an entry, and its words from the search index. Raises VaultError for none."""
        with self._vault.writing() as connection:
            row = connection.execute("SELECT at FROM entries WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise _missing()
            connection.execute("DELETE FROM entries WHERE id = ?", (id,))
            forget(connection, id, datetime.fromisoformat(row[0]))

    def _rows(self, columns: str, newest_first: bool, which: Which, page: int) -> Iterator[_Row]:
        kinds = which.get("kinds")
        if kinds is None:
            several = [self._of_one_kind(columns, newest_first, which, page)]
        else:
            # Each kind has its order in an index; together they would have to be sorted.
            one_kind: Sequence[Which] = [{**which, "kinds": (kind,)} for kind in {*kinds}]
            several = [self._of_one_kind(columns, newest_first, one, page) for one in one_kind]
        rows = heapq.merge(*several, key=lambda row: (row[1], row[0]), reverse=newest_first)
        return (row for row in rows if is_within(row[1], row[2], which))

    def _of_one_kind(
        self, columns: str, newest_first: bool, which: Which, page: int
    ) -> Iterator[_Row]:
        narrowed, values = conditions(which)
        order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")

        def after(last: _Row | None) -> tuple[str, list[Any]]:
            place = [] if last is None else [f"(at, id) {beyond} (?, ?)"]
            query = (
                f"SELECT {columns} FROM entries WHERE {' AND '.join([*narrowed, *place])} "
                f"ORDER BY at {order}, id {order} LIMIT ?"
            )
            return query, [*values, *([] if last is None else [last[1], last[0]])]

        return self._pages(after, page)

    def _pages(
        self, query_after: Callable[[_Row | None], tuple[str, Sequence[Any]]], page: int
    ) -> Iterator[_Row]:
        """Yield the rows of one query after the other, each told where the last one ended.

        The last of a query's values, which is added here, is how many rows to give.
        """
        last: _Row | None = None
        while True:
            query, values = query_after(last)
            with self._vault.reading() as connection:
                rows = connection.execute(query, [*values, page]).fetchall()
            yield from rows
            if len(rows) < page:
                return
            last = rows[-1]


def _page(limit: int | None) -> int:
    return PAGE if limit is None else max(1, min(PAGE, limit))


def _keep(connection: Connection, entry: Entry) -> bool:
    row = to_row(entry)
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    statement = f"INSERT OR IGNORE INTO entries ({names}) VALUES ({marks})"
    is_new = bool(connection.execute(statement, tuple(row.values())).rowcount)
    if is_new:
        index(connection, entry)
    return is_new


def _one(connection: Connection, id: str) -> Entry:
    query = f"SELECT {_ENTRY} FROM entries WHERE id = ?"
    row = connection.execute(query, (id,)).fetchone()
    if row is None:
        raise _missing()
    return from_row(row)


def _missing() -> VaultError:
    return VaultError("There is no such entry.", fix="`companion journal list` shows them.")
