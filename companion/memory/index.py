"""What can be searched in the diary: every word that a person said or wrote, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from sqlcipher3.dbapi2 import Connection

from companion.content import Content
from companion.memory.entries import Entry

_PLACES = 2**20
"""In the index for each millisecond. Its order is that of the diary, the newest first: so the
first of many finds are there at once (against its order, the index is slow), and the words of an
entry are found without a look at all others"""
_MOST_WORDS = 32
"""Of one search; more would find nothing that these do not"""


def index(connection: Connection, entry: Entry) -> None:
    """Make an entry's words searchable, before those of the same moment."""
    words = words_of(entry.body)
    if not words:
        return
    first, last = places(entry.at)
    query = "SELECT rowid FROM words WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT 1"
    taken = connection.execute(query, (first, last)).fetchone()
    place = taken[0] - 1 if taken else last
    connection.execute(
        "INSERT INTO words (rowid, id, text) VALUES (?, ?, ?)", (place, entry.id, words)
    )


def forget(connection: Connection, id: str, at: datetime) -> None:
    """Take an entry's words out again."""
    # Without this, what is deleted stays legible in the index until it is next tidied up.
    connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)")
    query = "SELECT rowid FROM words WHERE rowid BETWEEN ? AND ? AND id = ?"
    for (place,) in connection.execute(query, (*places(at), id)).fetchall():
        connection.execute("DELETE FROM words WHERE rowid = ?", (place,))


def places(at: datetime) -> tuple[int, int]:
    """Give the first and the last place of a moment's entries, whose row ids they are."""
    since_1970 = at - datetime(1970, 1, 1, tzinfo=UTC)
    last = since_1970 // timedelta(milliseconds=1) * -_PLACES
    return last - _PLACES + 1, last


def as_query(words: str) -> str:
    """Quote every word, so that nothing a person writes is an operator of the search."""
    legible = words.replace("\0", " ").encode("utf-8", "replace").decode()
    asked = [word for word in legible.split() if any(letter.isalnum() for letter in word)]
    quoted = ['"{}"'.format(word.replace('"', '""')) for word in asked[:_MOST_WORDS]]
    return f"{' '.join(quoted)}*" if quoted else ""


def words_of(body: Content) -> str:
    """Give all that a person said or wrote in a body, a paragraph each."""
    return "\n\n".join(words for words in _words(type(body), body) if words)


def _words(kind: Any, value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name, inner in _fields(type(value)).items():
            yield from _words(inner, getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _words(get_args(kind)[0], item)
    elif get_origin(kind) is Annotated and isinstance(value, str):
        # Of all text in a body, only a person's own has bounds; names and ids are plain.
        yield value


@cache
def _fields(model: type[BaseModel]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}
