"""The diary at the command line: edited, left out, deleted; days and times."""

import io
import json
import sys
from datetime import UTC, datetime
from typing import get_args

import pytest

from companion.commands import journal, journal_options
from companion.commands.journal import FORMS
from companion.commands.journal_show import legible
from companion.commands.main import main
from companion.commands.vault import open_vault
from companion.commands.when import read_moment, read_when
from companion.errors import SettingsError
from companion.memory import keys
from companion.memory.entries import Body, Entry, Incident, Note, Plan
from companion.memory.journal import Journal
from companion.memory.rows import stamp
from companion.memory.vault import Vault

from .diary_command import folder as folder
from .diary_command import kept
from .diary_command import run as run

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def put(folder, tmp_path, *bodies, zone=BERLIN):
    """Keep something past the command."""
    vault = Vault(folder, keys.unlock(folder, "file", (tmp_path / "key").read_bytes()) or b"")
    Journal(vault).restore(
        Entry(id=f"{number + 0xABC:032x}", at=NOW, zone=zone, created=NOW, body=body)
        for number, body in enumerate(bodies)
    )
    vault.close()


def test_an_entry_is_edited(run):
    """New words replace the old ones; values can change without a word."""
    run("add", "--kind", "activity", "--minutes", "10", "old")
    id = kept(run)[0]["id"]

    assert run("edit", id, said="new words")[0] == 0
    assert run("edit", id, "--pleasure", "8")[0] == 0

    (entry,) = kept(run)
    assert (entry["body"]["what"], entry["body"]["minutes"]) == ("new words", 10.0)
    assert (entry["body"]["pleasure"], entry["edited"] is not None) == (8, True)
    assert run("edit", id, said="")[0] == 1
    assert kept(run) == [entry]


def test_what_holds_no_words_has_none_to_edit(run):
    """But its values."""
    run("add", "--kind", "sleep", "--quality", "3")
    id = kept(run)[0]["id"]

    assert "no words" in run("edit", id, "words")[2]
    assert run("edit", id, "--quality", "4")[0] == 0
    assert kept(run)[0]["body"]["quality"] == 4


def test_an_entry_is_excluded_and_included(run):
    """The list says so."""
    run("add", "a")
    id = kept(run)[0]["id"]

    assert "no trend" in run("exclude", id)[1]
    assert "counted in no trend" in run("list")[1]
    run("include", id)
    assert kept(run)[0]["excluded"] is False


def test_nothing_is_deleted_unasked(run):
    """Where nobody can be asked, it takes --yes."""
    run("add", "a")
    id = kept(run)[0]["id"]

    assert run("delete", id)[0] == 1
    assert len(kept(run)) == 1
    assert run("delete", id, "--yes")[:2] == (0, "Deleted.\n")
    assert kept(run) == []


def test_without_a_key_nothing_is_kept_or_shown(folder, monkeypatch, capsys):
    """One sentence, exit code 1, nothing asked."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("my words"))

    assert main(["journal", "add"]) == main(["journal", "list"]) == 1
    done = capsys.readouterr()
    assert done.out == ""
    assert "words" not in done.err
    assert not folder.exists()


def test_what_took_long_to_write_is_not_lost(run, monkeypatch):
    """A vault that locked itself meanwhile is opened again."""
    opened = []

    class Slow(io.StringIO):
        def read(self, size=-1):
            opened[0].lock()
            return super().read(size)

    def open_and_note(options, *, required):
        opened.append(open_vault(options, required=required))
        return opened[0]

    monkeypatch.setattr(journal, "open_vault", open_and_note)

    assert run("add", said=Slow("a long letter"))[0] == 0
    monkeypatch.undo()
    monkeypatch.setenv("COMPANION_HOME", str(opened[0].path.parents[2]))
    assert kept(run)[0]["body"]["text"] == "a long letter"


def test_plans_and_incidents_are_in_no_list_that_does_not_name_them(run, folder, tmp_path):
    """And those about danger from others in none."""
    run("add", "a note")
    put(
        folder, tmp_path,
        Incident(level="high", kinds=("suicide",), words="river"),
        Plan(steps=(("river",),)),
        Incident(level="high", kinds=("harm_from_others",), words="river"),
    )  # fmt: skip

    assert [entry["body"]["kind"] for entry in kept(run)] == ["note"]
    assert run("search", "river")[1] == ""
    assert [entry["body"]["kind"] for entry in kept(run, "--kind", "plan")] == ["plan"]
    assert [entry["body"]["kinds"] for entry in kept(run, "--kind", "incident")] == [["suicide"]]
    assert run("show", f"{0xABE:032x}")[0] == 1


def test_an_entry_of_a_newer_version_is_named_as_one(run, folder, tmp_path):
    """It is not lost, and not in the way."""
    run("add", "a note")
    vault = Vault(folder, keys.unlock(folder, "file", (tmp_path / "key").read_bytes()) or b"")
    with vault.writing() as connection:
        connection.execute(
            "INSERT INTO entries (id, kind, at, zone, created, body) VALUES (?, 'x', ?, ?, ?, ?)",
            ("d" * 32, stamp(NOW), "Moon/Base", stamp(NOW), '{"kind": "x", "y": 1}'),
        )
    vault.close()

    assert "an entry of a newer version" in run("list")[1]
    assert "an entry of a newer version" in run("show", "dddd")[1]
    assert json.loads(run("show", "dddd", "--json")[1])["body"] == {"kind": "x", "y": 1}
    assert run("edit", "dddd", "words")[0] == 1
    assert run("delete", "dddd", "--yes")[0] == 0


def test_where_it_was_lived_is_named_when_it_was_elsewhere(run, folder, tmp_path):
    """The time is the one on the wall there."""
    run("add", "--at", "2020-01-01", "a note")
    put(folder, tmp_path, Note(text="far away"), zone="Pacific/Kiritimati")

    assert "02:00  00000000  note           (Pacific/Kiritimati) far away" in run("list")[1]


def test_the_options_know_every_kind():
    """`thought` is what people call a thought record."""
    kinds = {body.model_fields["kind"].default for body in get_args(get_args(Body)[0])}

    assert {kind.replace("thought", "thought_record") for kind in journal_options.KINDS} == kinds
    assert set(FORMS) < kinds


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("today", "2026-11-24"), ("Yesterday", "2026-11-23"), ("2026-11-20", "2026-11-20"),
        ("yesterday 22:30", "2026-11-23T21:30:00+00:00"), ("08:05", "2026-11-24T07:05:00+00:00"),
        ("2026-11-20 22:30", "2026-11-20T21:30:00+00:00"),
        ("2026-11-20T22:30:15", "2026-11-20T21:30:15+00:00"),
        ("2026-11-20 22:30+09:00", "2026-11-20T13:30:00+00:00"),
        ("2026-03-29 02:30", "2026-03-29T01:30:00+00:00"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00+00:00"),
    ],
)  # fmt: skip
def test_days_and_times_are_read_as_people_write_them(text, meant):
    """In Berlin it is past midnight, and so another day than in UTC."""
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    assert read_when(text, late, BERLIN).isoformat() == meant


@pytest.mark.parametrize("text", ["", "now and then", "2026-13-01", "25:00", "22:30 today", "1"])
def test_what_is_no_time_is_refused(text):
    """With examples of what is one."""
    with pytest.raises(SettingsError, match="yesterday"):
        read_when(text, NOW, BERLIN)


def test_another_day_without_a_time_means_its_noon():
    """Today means now."""
    assert read_moment("today", NOW, BERLIN) == NOW
    assert read_moment("2026-06-01", NOW, BERLIN).isoformat() == "2026-06-01T10:00:00+00:00"


def test_what_is_shown_steers_no_terminal():
    """Line breaks stay."""
    assert legible("a\x1b[2J\nb\tc\x07\u200d") == "a[2J\nb c\u200d"
