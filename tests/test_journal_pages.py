"""The pages of a diary, and what is found in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.memory import journal as journal_file
from companion.memory.entries import CheckIn, Note, Said, Talk
from companion.memory.journal import Journal

from .diary_parts import found, keep
from .diary_parts import journal as journal
from .diary_parts import shared as shared
from .diary_parts import vault as vault


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_pages_change_nothing(journal, monkeypatch, page):
    """Read three at a time or all at once; entries of one moment, too."""
    for number in range(12):
        body = Note(text="rain") if number % 3 else CheckIn(valence=0, note="rain")
        keep(journal, body, hours=number // 4)
    asked = [
        lambda: list(journal.list()),
        lambda: list(journal.list(newest_first=False)),
        lambda: list(journal.list(kinds=("note", "checkin"))),
        lambda: list(journal.list(kinds=("checkin",), newest_first=False)),
        lambda: list(journal.search("rain")),
        lambda: list(journal.search("rain", kinds=("note",))),
    ]
    at_once = [ask() for ask in asked]

    monkeypatch.setattr(journal_file, "PAGE", page)

    assert [ask() for ask in asked] == at_once
    assert [len(entries) for entries in at_once] == [12, 12, 12, 4, 12, 8]
    assert at_once[0] == at_once[1][::-1] == at_once[2]


def test_a_list_is_as_long_as_asked_for(journal):
    """And reads no further."""
    for hours in range(5):
        keep(journal, str(hours), hours)

    assert [entry.body.text for entry in journal.list(limit=2)] == ["4", "3"]
    assert [entry.body.text for entry in journal.list(limit=2, newest_first=False)] == ["0", "1"]
    assert list(journal.list(limit=0)) == []


def test_nobody_waits_for_a_reader(journal, vault):
    """Between two pages of a list, the vault can be written to, and lock itself."""
    keep(journal, "first")
    keep(journal, "second", hours=1)
    reader = journal.list()
    next(reader)

    keep(journal, "third", hours=-1)
    vault.lock()

    assert next(reader).body.text == "first"


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("river", True), ("riv", True), ("RIVER", True), ("river walk", True), ("walk riv", True),
        ("wal river", False), ("sea", False), ("don't", True), ("don’t", True), ("", False),
        ("cafe", True), ("café", True), ("*", False), ('"', False), ("river OR sea", False),
        ("river -walk", True), ("text:river", False), ("(river", True), ("river)", True),
        ("NEAR(river walk)", False), ("river\0walk", True), ("{river", True), ("^river", True),
    ],
)  # fmt: skip
def test_words_are_found(journal, asked, is_found):
    """All of them, whole but for the last; nothing a person writes is an operator."""
    kept = keep(journal, "A walk by the river. I don't know. Then the café.")

    assert (found(journal, asked) == {kept.id}) is is_found


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_search_is_an_error(shared, words):
    """Whatever is asked for."""
    assert len(found(Journal(shared), words)) <= Journal(shared).count()


def test_a_very_long_search_is_a_search(journal):
    """Its first words are looked for."""
    kept = keep(journal, "rain")

    assert found(journal, "rain " * 10_000) == {kept.id}
    assert found(journal, "x" * 200_000) == set()
    assert found(journal, "\ud800") == set()


def test_the_newest_is_found_first(journal):
    """Also of those that were kept later than they happened."""
    for hours in (3, 1, 2):
        keep(journal, f"rain {hours}", hours)

    newest = [entry.body.text for entry in journal.search("rain", limit=2)]

    assert newest == ["rain 3", "rain 2"]


def test_all_that_was_said_in_a_talk_is_found(journal):
    """On both sides, where its owner wanted transcripts."""
    said = Said(heard="the river", said=("and the bridge",), act="reflect")
    kept = keep(journal, Talk(transcript=(said,)))

    assert found(journal, "river") == found(journal, "bridge") == {kept.id}
    assert not found(journal, "reflect")
