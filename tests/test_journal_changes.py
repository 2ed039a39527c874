"""An entry is changed, left out, deleted; what is hidden stays hidden."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.errors import VaultError
from companion.memory.entries import Entry, Incident, Note, Sleep
from companion.memory.journal import Journal
from companion.memory.rows import NewerEntry, entry_of, stamp

from .diary_parts import NOW, found, keep
from .diary_parts import journal as journal
from .diary_parts import shared as shared
from .diary_parts import vault as vault

WORDS = ("river", "garden", "bridge", "rain")
HIDDEN = Incident(level="high", kinds=("harm_from_others",), words="river")


def emptied(vault):
    with vault.writing() as connection:
        connection.execute("DELETE FROM entries")
        connection.execute("DELETE FROM words")
    return Journal(vault)


def test_an_entry_can_be_edited(journal):
    """Its moment stays; the old words are found no more."""
    kept = keep(journal, "river")
    later = NOW + timedelta(days=1)

    edited = journal.edit(kept.id, Note(text="garden"), later)

    assert edited == journal.get(kept.id)
    assert (edited.at, edited.created, edited.edited) == (kept.at, kept.created, later)
    assert (found(journal, "river"), found(journal, "garden")) == (set(), {kept.id})


def test_an_entry_stays_of_its_kind(journal):
    """A note does not become a night."""
    kept = keep(journal, "river")

    with pytest.raises(VaultError, match="of its kind"):
        journal.edit(kept.id, Sleep(quality=3), NOW)
    assert journal.get(kept.id) == kept


def test_an_entry_can_be_excluded_and_included(journal):
    """It is kept and listed, but not where trends are made."""
    kept = keep(journal, "river")
    later = NOW + timedelta(days=1)

    excluded = journal.exclude(kept.id, True, later)

    assert excluded == kept.model_copy(update={"excluded": True, "edited": later})
    assert journal.exclude(kept.id, True, later + timedelta(1)) == excluded
    assert (journal.count(), journal.count(include_excluded=False)) == (1, 0)
    assert list(journal.list(include_excluded=False)) == []
    assert found(journal, "river") == {kept.id}
    assert not journal.exclude(kept.id, False, later).excluded


def test_what_is_deleted_is_gone(journal, vault):
    """From the search, too, and from the index under it."""
    kept = keep(journal, "zanzibar")
    other = keep(journal, "river")
    journal.delete(kept.id)

    assert [entry.id for entry in journal.list()] == [other.id]
    assert not found(journal, "zanzibar")
    with vault.reading() as connection:
        blocks = connection.execute("SELECT block FROM words_data").fetchall()
        rows = connection.execute("SELECT c1 FROM words_content").fetchall()
    assert not [block for (block,) in blocks if b"anzibar" in bytes(block)]
    assert rows == [("river",)]


@pytest.mark.parametrize("change", ["get", "edit", "exclude", "delete"])
def test_what_is_not_there_cannot_be_changed(journal, change):
    """And is not made by the attempt."""
    rest = {"edit": (Note(text="a"), NOW), "exclude": (True, NOW)}.get(change, ())

    with pytest.raises(VaultError, match="no such entry"):
        getattr(journal, change)("0" * 32, *rest)
    assert journal.count() == 0


operations = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "edit", "exclude", "delete")),
        st.integers(0, 20),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(operations)
def test_the_diary_is_what_was_done_to_it(shared, done):
    """However it was changed: it holds what a list in memory would hold, and finds it."""
    model: dict[str, Entry] = {}
    journal = emptied(shared)
    for what, number, text in done:
        if what == "add":
            entry = keep(journal, text, hours=number // 3)
            model[entry.id] = entry
        elif model:
            id = sorted(model)[number % len(model)]
            if what == "edit":
                model[id] = journal.edit(id, Note(text=text), NOW)
            elif what == "exclude":
                model[id] = journal.exclude(id, bool(number % 2), NOW)
            else:
                journal.delete(id)
                del model[id]

    expected = sorted(model.values(), key=lambda entry: (entry.at, entry.id), reverse=True)
    assert list(journal.list()) == expected
    assert journal.count() == len(model)
    for word in WORDS:
        with_word = {entry.id for entry in expected if word in entry.body.text.split()}
        assert found(journal, word) == found(journal, word[:3]) == with_word


def test_danger_from_others_is_in_no_ordinary_list(journal):
    """Not in a search or a count either; only where it is asked for by name."""
    hidden = keep(journal, HIDDEN)
    shown = keep(journal, Incident(level="high", kinds=("suicide",), words="river"))

    assert [entry.id for entry in journal.list()] == [shown.id]
    assert found(journal, "river") == {shown.id}
    assert journal.count() == sum(journal.days().values()) == 1
    assert journal.count(kinds=("incident",)) == 1
    with pytest.raises(VaultError):
        journal.find(hidden.id)

    assert found(journal, "river", include_hidden=True) == {shown.id, hidden.id}
    assert journal.count(include_hidden=True) == 2
    assert len(journal.days(include_hidden=True)) == 1
    assert journal.find(hidden.id, include_hidden=True) == hidden


def test_an_edit_can_hide_an_incident(journal):
    """It is hidden by what it holds."""
    kept = keep(journal, Incident(level="high", kinds=("suicide",)))
    journal.edit(kept.id, HIDDEN, NOW)

    assert journal.count() == 0


def newer(journal, vault, body='{"kind":"dream","told":"secret","x":[1.50]}', hidden=0):
    """Let a newer version keep something."""
    with vault.writing() as connection:
        connection.execute(
            "INSERT INTO entries (id, kind, at, zone, created, hidden, body) "
            "VALUES (?, 'dream', ?, 'UTC', ?, ?, ?)",
            ("d" * 32, stamp(NOW), stamp(NOW), hidden, body),
        )
    return body


def test_what_a_newer_version_kept_is_not_lost(journal, vault):
    """It is listed, can be excluded, and stays on the disk to the letter."""
    body = newer(journal, vault)
    keep(journal, "a")

    (_, dream) = sorted(journal.list(), key=lambda entry: entry.kind == "dream")
    journal.exclude("d" * 32, True, NOW)

    assert isinstance(dream, NewerEntry)
    with vault.reading() as connection:
        query = "SELECT body FROM entries WHERE kind = 'dream' AND excluded"
        assert connection.execute(query).fetchall() == [(body,)]
    with pytest.raises(VaultError, match="newer version"):
        journal.edit("d" * 32, Note(text="a"), NOW)
    journal.delete("d" * 32)
    assert journal.count() == 1


def test_what_a_newer_version_hides_is_hidden(journal, vault):
    """Its mark counts, not what this version can read."""
    newer(journal, vault, hidden=1)

    assert journal.count() == 0


def test_an_export_of_a_newer_version_can_be_taken_in(journal):
    """And gives back what it was given."""
    dream = entry_of(
        {"id": "c" * 32, "at": NOW, "zone": "UTC", "created": NOW, "body": {"kind": "x", "y": 1}}
    )
    journal.restore([dream])

    assert journal.get(dream.id) == dream
