"""An export taken in again: nothing is lost, and nothing wrong comes in."""

import io
import json
import tempfile
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from companion.errors import VaultError
from companion.memory import entries as e
from companion.memory.imports import LONGEST_LINE, read_export
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from tests.diaries import ALL, NOW, any_diary, entry, exported, filled, one_of_each, vault


def take(opened: Vault, text: bytes):
    return read_export(opened, io.BytesIO(text))


def changed(text: bytes, number: int, **fields) -> bytes:
    """Change the fields of one line, counted from 0."""
    lines = text.splitlines()
    lines[number] = json.dumps(json.loads(lines[number]) | fields).encode()
    return b"\n".join(lines) + b"\n"


@settings(max_examples=40, deadline=None, database=None)
@given(made=any_diary)
def test_nothing_is_lost_on_the_way_through_a_file(made):
    """Whatever a diary holds: out, into an empty one, and out again gives the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        first = filled(Path(folder, "a"), made)
        first.put("country", "GB", NOW)
        text = exported(first)
        second = vault(Path(folder, "b"))
        outcome = take(second, text)

        assert outcome.added == len(made)
        assert exported(second) == text
        assert {one.id: one for one in Journal(second).list(include_hidden=True)} == {
            one.id: one for one in made
        }
        first.close()
        second.close()


def test_the_same_file_twice_adds_nothing(tmp_path):
    """What is here already is passed over."""
    opened = filled(tmp_path, one_of_each())
    text = exported(opened)

    outcome = take(opened, text)

    assert (outcome.same, outcome.added, outcome.replaced, outcome.kept) == (12, 0, 0, 0)
    assert exported(opened) == text


def test_what_was_changed_last_stays(tmp_path):
    """The file's entry or ours, whichever was edited later."""
    ours, theirs = entry(1, e.Note(text="a")), entry(2, e.Note(text="b"))
    opened = filled(tmp_path / "a", [ours, theirs])
    text = exported(opened)
    Journal(opened).edit(ours.id, e.Note(text="ours"), NOW + timedelta(days=1))
    later = (NOW + timedelta(days=2)).isoformat()
    text = changed(text, 2, edited=later, body={"kind": "note", "text": "theirs"})

    outcome = take(opened, text)

    assert (outcome.kept, outcome.replaced) == (1, 1)
    assert [one.body.text for one in Journal(opened).list(newest_first=False)] == ["ours", "theirs"]
    assert not list(Journal(opened).search("b"))
    assert len(list(Journal(opened).search("theirs"))) == 1


def test_of_two_changed_at_the_same_moment_ours_stays(tmp_path):
    """A tie changes nothing."""
    opened = filled(tmp_path, [entry(1, e.Note(text="ours"))])
    text = changed(exported(opened), 1, body={"kind": "note", "text": "theirs"})

    assert take(opened, text).kept == 1
    assert Journal(opened).get(f"{1:032x}").body.text == "ours"


def test_hidden_is_found_anew_from_what_an_entry_holds(tmp_path):
    """No file can make a hidden incident show in a list."""
    made = [entry(1, e.Incident(level="high", kinds=("harm_from_others",)))]
    text = exported(filled(tmp_path / "a", made))
    opened = vault(tmp_path / "b")

    take(opened, text)

    assert not list(Journal(opened).list())
    assert list(Journal(opened).list(include_hidden=True))


@pytest.mark.parametrize(
    "line",
    [
        b"not json marker",
        b"[1, 2]",
        b'{"marker": 1}',
        b'{"state": "risk", "value": "marker", "at": "2026-01-01T00:00:00Z"}',
        b'{"state": "minor", "value": "marker", "at": "2026-01-01T00:00:00Z"}',
        b'{"state": "country", "value": "GB", "at": "2026-01-01"}',
        b"\xff\xfe marker",
        b'"' + b"x" * LONGEST_LINE + b'"',
        b"[" * 100_000,
    ],
    ids=["words", "list", "strange", "risk", "type", "naive", "encoding", "long", "deep"],
)
def test_a_wrong_line_is_named_by_its_number_and_nothing_is_taken_in(tmp_path, line):
    """Not even the lines before it, and its words are in no message."""
    text = exported(filled(tmp_path / "a", [entry(1, e.Note(text="a"))]))
    opened = vault(tmp_path / "b")

    with pytest.raises(VaultError, match="Line 3 ") as error:
        take(opened, text + line + b"\n")

    assert "marker" not in str(error.value)
    assert Journal(opened).count(include_hidden=True) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "0"},
        {"at": "2026-01-01T00:00:00"},
        {"at": "0001-01-01T00:00:00+02:00"},
        {"at": "9999-12-31T23:59:59Z"},
        {"zone": "Mars/Marker"},
        {"excluded": "marker"},
        {"body": {"kind": "checkin", "valence": 2}},
        {"body": {"kind": "note"}},
        {"body": {"kind": "sleep", "minutes_asleep": float("inf")}},
        {"body": None},
    ],
    ids=str,
)
def test_a_wrong_entry_is_refused(tmp_path, fields):
    """Types, ranges and moments hold for a file, too."""
    text = exported(filled(tmp_path / "a", [entry(1, e.Note(text="a"))]))
    opened = vault(tmp_path / "b")

    with pytest.raises(VaultError, match="Line 2 ") as error:
        take(opened, changed(text, 1, **fields))

    assert "arker" not in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "note", "text": "a", "colour": "red"},
        {"kind": "dream", "text": "a"},
        {"kind": "sleep", "mode": "guessed"},
    ],
    ids=["field", "kind", "choice"],
)
def test_what_a_newer_version_added_goes_through_untouched(tmp_path, body):
    """It is kept, and written out again."""
    text = exported(filled(tmp_path / "a", [entry(1, e.Note(text="a"))]))
    text = changed(text, 1, body=body)
    opened = vault(tmp_path / "b")

    take(opened, text)

    assert json.loads(exported(opened).splitlines()[1]) == json.loads(text.splitlines()[1])


def test_an_export_of_the_future_is_refused_with_a_fix(tmp_path):
    """A higher version of the format."""
    text = changed(exported(vault(tmp_path)), 0, companion_export=2, secret=1)

    with pytest.raises(VaultError, match=r"newer Companion.*Update"):
        take(vault(tmp_path), text)


@pytest.mark.parametrize("text", [b"", b"\n\n", b"id,at\n", b'{"companion_export": 1}\n', b"[]\n"])
def test_another_file_is_no_export(tmp_path, text):
    """One sentence, with the command that makes one."""
    with pytest.raises(VaultError, match=r"no export of Companion|Line 1 "):
        take(vault(tmp_path), text)


@pytest.mark.parametrize("lines", [12, 14])
def test_a_file_that_was_cut_off_or_added_to_is_refused(tmp_path, lines):
    """The header says how many entries there are."""
    text = exported(filled(tmp_path / "a", one_of_each())).splitlines(keepends=True)
    more = json.dumps(json.loads(text[-1]) | {"id": "f" * 32}).encode() + b"\n"
    opened = vault(tmp_path / "b")

    with pytest.raises(VaultError, match="should hold 12 entries"):
        take(opened, b"".join([*text, more][:lines]))

    assert Journal(opened).count(include_hidden=True) == 0


def test_an_editor_may_have_touched_the_ends_of_lines(tmp_path):
    """A mark at the beginning, other ends of lines, an empty line at the end."""
    text = exported(filled(tmp_path / "a", one_of_each()))

    outcome = take(vault(tmp_path / "b"), b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n") + b"\r\n")

    assert outcome.added == 12


def test_what_belongs_to_the_person_follows_the_newer_one(tmp_path):
    """An old file does not undo a later decision."""
    opened = vault(tmp_path / "a")
    opened.put("consents", {"voice": True}, NOW)
    opened.put("country", "GB", NOW)
    text = exported(opened)
    other = vault(tmp_path / "b")
    other.put("consents", {"voice": False}, NOW + timedelta(days=1))
    other.put("country", "DE", NOW - timedelta(days=1))

    outcome = take(other, text)

    assert outcome.states == 1
    assert other.get("consents") == {"voice": False}
    assert other.get("country") == "GB"


def test_a_long_file_takes_little_memory(tmp_path):
    """Lines are read one by one."""
    made = [entry(number, e.Note(text="word " * 200)) for number in range(2_000)]
    path = tmp_path / "export.jsonl"
    path.write_bytes(exported(filled(tmp_path / "a", made)))
    opened = vault(tmp_path / "b")
    tracemalloc.start()
    with path.open("rb") as file:
        read_export(opened, file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert path.stat().st_size > 2_000_000
    assert peak < 1_000_000
    assert exported(opened, ALL) == path.read_bytes()
