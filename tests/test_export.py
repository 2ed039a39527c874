"""The diary handed out as JSON lines and as tables."""

import csv
import io
import json
import stat
import sys
import zipfile
from datetime import date

import pytest

from companion import paths
from companion.commands.main import main
from companion.errors import VaultError
from companion.memory import entries as e
from companion.memory import keys
from companion.memory.export import (
    BEGINS_FORMULA,
    BODIES,
    PLAIN,
    Choice,
    Chosen,
    private_file,
    write_tables,
)
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from tests.diaries import A_FACT, ALL, KEY, NOW, entry, exported, filled, one_of_each, vault

sys.path.insert(0, str(paths.PACKAGE.parent / "scripts"))
import describe_export  # noqa: E402


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command on a diary that a key file opens."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMPANION_PASSPHRASE", raising=False)
    key_file = tmp_path / "key"
    key_file.write_bytes(KEY)
    folder = paths.profile_folder("me")
    with_key = Vault(folder, keys.create(folder, "file", KEY))
    Journal(with_key).restore(one_of_each())
    with_key.close()
    return lambda *words: main(["--key-file", str(key_file), *map(str, words)])


def kinds(text: bytes) -> list[str]:
    return [row["body"]["kind"] for row in map(json.loads, text.splitlines()) if "body" in row]


def tables(opened: Vault, choice: Choice = ALL) -> dict[str, list[dict[str, str]]]:
    out = io.BytesIO()
    write_tables(Chosen(opened, choice), out, NOW)
    with zipfile.ZipFile(out) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }


def test_the_first_line_says_what_follows(tmp_path):
    """Version, moment, place, program and how many."""
    header = json.loads(exported(filled(tmp_path, one_of_each())).splitlines()[0])

    assert header["companion_export"] == 1
    assert header["made_at"] == "2026-03-01T12:00:00Z"
    assert header["zone"] == "UTC"
    assert header["program_version"]
    assert header["count"] == 12


def test_entries_come_in_the_order_in_which_they_were_lived(tmp_path):
    """Whatever the order in which they were kept."""
    text = exported(filled(tmp_path, reversed(one_of_each())))

    assert kinds(text) == [one.kind for one in one_of_each()]


HIDDEN_KIND = b"harm_from_others"


def test_moments_of_danger_go_out_only_when_asked_for(tmp_path):
    """And those that no list shows only when asked for twice."""
    opened = filled(tmp_path, one_of_each())

    assert "incident" not in kinds(exported(opened, Choice()))
    assert "incident" not in kinds(exported(opened, Choice(hidden=True)))
    assert kinds(exported(opened, Choice(incidents=True))).count("incident") == 1
    assert kinds(exported(opened, ALL)).count("incident") == 2
    assert HIDDEN_KIND not in exported(opened, Choice(incidents=True))
    assert b"incident" not in exported(opened, Choice(kinds=frozenset({"incident"})))


def test_days_are_those_where_it_was_lived_and_both_ends_are_included(tmp_path):
    """Half past eleven in the evening in New York is the next day in UTC."""
    evening = entry(0, e.Note(text="a"), zone="-12:00")
    opened = filled(tmp_path, [evening, entry(1, e.Note(text="b"), day=1)])
    day = date(2026, 3, 1)

    assert len(kinds(exported(opened, Choice(since=day, until=day)))) == 1
    assert len(kinds(exported(opened, Choice(since=day, until=date(2026, 3, 2))))) == 2
    assert len(kinds(exported(opened, Choice(until=date(2026, 2, 28))))) == 0


def test_what_belongs_to_the_person_goes_along_unless_the_export_is_narrowed(tmp_path):
    """Country, age and consents; not the state of the program, such as a danger of today."""
    opened = filled(tmp_path, one_of_each())
    opened.put("country", "GB", NOW)
    opened.put("minor", False, NOW)
    opened.put("consents", {"voice": True}, NOW)
    opened.put("risk", {"level": 3}, NOW)

    rows = [json.loads(line) for line in exported(opened).splitlines()]
    narrowed = exported(opened, Choice(kinds=frozenset({"note"})))

    assert [row["state"] for row in rows if "state" in row] == ["consents", "country", "minor"]
    assert rows[2] == {"state": "country", "value": "GB", "at": "2026-03-01T12:00:00Z"}
    assert b'"state"' not in narrowed


def test_every_kind_has_its_table_with_every_field(tmp_path):
    """One CSV file for each, within one archive."""
    made = tables(filled(tmp_path, [*one_of_each(), entry(99, A_FACT)]))

    assert made.keys() == {f"{kind}.csv" for kind in BODIES}
    for kind, body in BODIES.items():
        assert set(body.model_fields) - {"kind"} <= made[f"{kind}.csv"][0].keys()
    assert made["sleep.csv"][0]["minutes_asleep"] == "400.0"
    assert made["sleep.csv"][0]["minutes_in_bed"] == ""
    assert made["sleep.csv"][0]["local"] == "2026-03-07 13:06:00"
    assert made["checkin.csv"][0]["valence"] == "-0.5"
    assert json.loads(made["checkin.csv"][0]["labels"]) == ["anxious"]
    assert len(made["incident.csv"]) == 2


@pytest.mark.parametrize("begin", [*BEGINS_FORMULA, "=1+2\n", "'=1"])
def test_no_text_is_calculated_by_a_spreadsheet_and_none_is_lost(tmp_path, begin):
    """One ' before it, which can be taken away again."""
    made = filled(tmp_path, [entry(1, e.Note(text=begin + "cmd|' /C calc'!A0"))])

    cell = tables(made)["note.csv"][0]["text"]

    assert cell == f"'{begin}cmd|' /C calc'!A0"


def test_any_text_comes_through_a_table(tmp_path):
    """Commas, quotes, ends of lines and every alphabet."""
    text = 'a,b;c "d"\r\ne\nf\u2028 日本 \x00 🌧'

    assert tables(filled(tmp_path, [entry(1, e.Note(text=text))]))["note.csv"][0]["text"] == text


def test_what_a_damaged_file_still_holds_is_handed_out(tmp_path):
    """And what it does not is counted."""
    made = [entry(number, e.Note(text=f"{number} " + "word " * 300)) for number in range(60)]
    opened = filled(tmp_path, made)
    opened.close()
    damaged = bytearray(opened.path.read_bytes())
    page = len(damaged) // 4096 // 2 * 4096
    damaged[page : page + 16] = bytes(16)
    opened.path.write_bytes(damaged)

    chosen = Chosen(vault(tmp_path), ALL)
    texts = {one.id for one in chosen.entries()}

    assert 0 < len(texts) < 60
    assert len(texts) == chosen.count
    assert len(texts) + chosen.unreadable == 60


def test_a_change_in_the_middle_is_noticed(tmp_path):
    """The header would be wrong."""
    opened = filled(tmp_path, one_of_each())
    chosen = Chosen(opened, ALL)
    Journal(opened).delete(one_of_each()[0].id)

    with pytest.raises(VaultError, match="changed while"):
        list(chosen.entries())


def test_a_file_is_private_and_whole_or_not_there(tmp_path):
    """Nothing is left of one that failed; what is there is not replaced unasked."""
    path = tmp_path / "out.jsonl"
    with pytest.raises(VaultError), private_file(path) as file:
        file.write(b"half")
        assert [stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()] == [0o600]
        raise VaultError("no")
    assert not list(tmp_path.iterdir())

    with private_file(path) as file:
        file.write(b"whole")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    with pytest.raises(VaultError, match="is there already"), private_file(path) as file:
        pass
    with private_file(path, replace=True) as file:
        file.write(b"newer")
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path):
    """The name is taken only at the end."""
    path = tmp_path / "out.jsonl"

    with pytest.raises(VaultError, match="is there already"), private_file(path) as file:
        file.write(b"ours")
        path.write_bytes(b"theirs")

    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    """One sentence, with what to do."""
    with pytest.raises(VaultError, match="cannot be written"), private_file(tmp_path / "a" / "b"):
        pass


def test_the_command_says_plain_text_before_it_writes(run, tmp_path, capsys):
    """And then where it is and what is in it."""
    out = tmp_path / "out.jsonl"

    assert run("export", "--out", out) == 0

    said = capsys.readouterr().err
    assert said.startswith(PLAIN)
    assert f"Written to {out}: 10 entries" in said
    assert "--with-incidents" in said
    assert len(kinds(out.read_bytes())) == 10
    assert run("export", "--out", out) == 1
    assert run("export", "--out", out, "--force") == 0


def test_without_a_file_it_goes_to_standard_output(run, capsysbinary):
    """Plain text is said on the error stream, so that a pipe holds the export alone."""
    assert run("export", "--kind", "note", "--kind", "sleep") == 0

    shown = capsysbinary.readouterr()
    assert kinds(shown.out) == ["sleep", "note"]
    assert PLAIN.encode() in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ["--kind", "dream"],
        ["--with-hidden"],
        ["--format", "fhir", "--with-incidents"],
        ["--format", "fhir", "--kind", "voice"],
    ],
)
def test_what_makes_no_sense_is_said(run, capsys, words):
    """One sentence, and nothing is written."""
    assert run("export", *words) == 1
    assert not capsys.readouterr().out


def test_the_secret_is_asked_for_again(run, monkeypatch, tmp_path, capsys):
    """Nothing goes out without it."""
    assert main(["export", "--out", str(tmp_path / "out")]) == 1
    assert "locked" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_profile_without_a_diary_is_said(run, capsys):
    """And none is made."""
    assert run("--profile", "sam", "export") == 1
    assert "no diary of 'sam'" in capsys.readouterr().err
    assert not paths.profile_folder("sam").exists()


def test_a_day_is_written_as_a_day(run):
    """All else is wrong usage."""
    with pytest.raises(SystemExit, match="2"):
        run("export", "--since", "yesterday")


def test_the_described_fields_are_those_of_today():
    """docs/export.md is written by its script."""
    page = describe_export.PAGE.read_text(encoding="utf-8")

    assert describe_export.written(page) == page
