"""What is erased is gone from every page of the file, and what is not is untouched."""

import io
import json
import os
import pty
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from companion import paths
from companion.commands.main import main
from companion.errors import VaultError
from companion.memory import entries as e
from companion.memory import keys
from companion.memory.cipher import backup_of
from companion.memory.erase import count_range, erase_all, erase_range
from companion.memory.imports import read_export
from companion.memory.journal import Journal
from companion.memory.vault import FILE, Vault
from tests.diaries import KEY, NOW, entry, exported, filled, one_of_each

PAGE = 4096
RESERVED = 80
"""Bytes at the end of each page: its initialisation vector, then its check sum"""
SALT = 16
"""Bytes at the beginning of the file that are not encrypted"""
MARKER = "zebrafish"
DAY = NOW.date()


def legible(folder: Path) -> bytes:
    """Decrypt every page of every file, also those that no table uses any more."""
    return b"".join(
        _page(block, first=at == 0)
        for path in sorted(folder.iterdir())
        for at, block in _blocks(path.read_bytes())
    )


def _blocks(data: bytes):
    return ((at, data[at : at + PAGE]) for at in range(0, len(data), PAGE))


def _page(block: bytes, first: bool) -> bytes:
    if len(block) < PAGE:
        return block
    start = SALT if first else 0
    vector = block[PAGE - RESERVED : PAGE - RESERVED + 16]
    reader = Cipher(algorithms.AES(KEY), modes.CBC(vector)).decryptor()
    return reader.update(block[start : PAGE - RESERVED]) + reader.finalize()


def months() -> list[e.Entry]:
    """Three entries a day for thirty days, those of days 10 to 19 marked."""
    made = []
    for number in range(90):
        day = number // 3
        word = f"{MARKER}{number}" if 10 <= day < 20 else f"harmless{number}"
        body = (
            e.Note(text=f"{word} " * 400),
            e.CheckIn(valence=0, note=word),
            e.Incident(level="high", kinds=("harm_from_others",), words=word),
        )[number % 3]
        made.append(entry(number, body, day=day))
    return made


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A data folder with a diary that a key file opens."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMPANION_PASSPHRASE", raising=False)
    (tmp_path / "key").write_bytes(KEY)
    folder = paths.profile_folder("me")
    opened = Vault(folder, keys.create(folder, "file", KEY))
    Journal(opened).restore(one_of_each())
    opened.close()
    return tmp_path


def run(home: Path, *words: object) -> int:
    return main(["--key-file", str(home / "key"), *map(str, words)])


def test_no_page_of_the_file_holds_what_was_erased(tmp_path):
    """Decrypted page by page, with those that are free; it was found so before."""
    opened = filled(tmp_path, months())
    assert MARKER.encode() in legible(tmp_path)

    counts = erase_range(opened, DAY + timedelta(10), DAY + timedelta(19))

    opened.close()
    assert counts == {"checkin": 10, "incident": 10, "note": 10}
    left = legible(tmp_path)
    assert MARKER.encode() not in left.lower()
    assert b"harmless0" in left and b"harmless89" in left


def test_what_was_erased_before_leaves_nothing_either(tmp_path):
    """An entry that was edited or deleted one by one."""
    opened = filled(tmp_path, months())
    Journal(opened).edit(f"{30:032x}", e.Note(text="plain"), NOW)
    Journal(opened).delete(f"{31:032x}")

    erase_range(opened, DAY + timedelta(10), DAY + timedelta(19))

    opened.close()
    assert MARKER.encode() not in legible(tmp_path).lower()


def test_all_else_is_as_it_was(tmp_path):
    """Entries, search and what is kept of the person."""
    opened = filled(tmp_path, months())
    opened.put("country", "GB", NOW)
    before = {one.id: one for one in Journal(opened).list(include_hidden=True)}

    erase_range(opened, DAY + timedelta(10), DAY + timedelta(19))

    journal = Journal(opened)
    gone = {f"{number:032x}" for number in range(30, 60)}
    after = {one.id: one for one in journal.list(include_hidden=True)}
    assert after == {id: one for id, one in before.items() if id not in gone}
    assert not list(journal.search(MARKER, include_hidden=True))
    assert len(list(journal.search("harmless0"))) == 1
    assert opened.get("country") == "GB"
    with opened.reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    assert sorted(path.name for path in tmp_path.iterdir() if path.stat().st_size) == [FILE]


@pytest.mark.parametrize(
    ("since", "until", "left"), [(5, None, 5), (None, 5, 6), (None, None, 0), (99, None, 12)]
)
def test_a_range_may_be_open(tmp_path, since, until, left):
    """From a day on, up to a day, both included."""
    opened = filled(tmp_path, one_of_each())

    def day(number: int | None) -> date | None:
        return None if number is None else DAY + timedelta(number)

    erase_range(opened, day(since), day(until))

    assert Journal(opened).count(include_hidden=True) == left


def test_a_count_says_what_would_go(tmp_path):
    """Hidden entries, too."""
    counts = count_range(filled(tmp_path, one_of_each()), None, None)

    assert counts["incident"] == 2
    assert sum(counts.values()) == 12


def test_nothing_is_erased_while_another_reads(tmp_path):
    """It is said, and the diary is as it was."""
    opened = filled(tmp_path, months())
    other = Vault(tmp_path, KEY)
    impatient = Vault(tmp_path, KEY, patience=0.01)
    with other.reading() as connection:
        reader = connection.execute("SELECT id FROM entries")
        reader.fetchone()
        with pytest.raises(VaultError, match="Another Companion"):
            erase_range(impatient, None, None)
        reader.close()

    assert Journal(opened).count(include_hidden=True) == 90


def test_a_file_that_cannot_be_written_anew_is_said(tmp_path):
    """The entries are gone all the same, and their places overwritten."""
    opened = filled(tmp_path, months())
    backup_of(opened.path).mkdir()

    with pytest.raises(VaultError, match="could not be written anew"):
        erase_range(opened, None, None)

    opened.close()
    backup_of(opened.path).rmdir()
    assert MARKER.encode() not in legible(tmp_path).lower()


def test_after_all_nothing_is_left_and_nothing_opens(home, capsys):
    """Not even a copy of the diary, with the key file that opened it."""
    folder = paths.profile_folder("me")
    copy = (folder / FILE).read_bytes()

    assert run(home, "erase", "--all", "--yes") == 0

    assert not folder.exists()
    said = capsys.readouterr().out
    assert "vault.db" in said and "vault.key" in said
    assert "12 entries" in said and "backup" in said
    folder.mkdir()
    (folder / FILE).write_bytes(copy)
    assert run(home, "export") == 1
    assert "vault.key is missing" in capsys.readouterr().err
    assert (folder / FILE).read_bytes() == copy


def test_the_key_goes_first(home, monkeypatch):
    """Whatever stops the rest: nobody can read it any more."""
    folder = paths.profile_folder("me")
    (folder / FILE).unlink()
    (folder / FILE).mkdir()

    with pytest.raises(VaultError):
        erase_all(folder)

    assert not keys.exists(folder)


def test_who_forgot_the_passphrase_can_still_erase(home, capsys):
    """No secret is needed; then nothing can be counted."""
    assert main(["erase", "--all", "--yes"]) == 0
    assert "could not be counted" in capsys.readouterr().out
    assert not paths.profile_folder("me").exists()


def test_other_files_of_the_folder_go_too(home):
    """The profile is gone as a whole, and other profiles stay."""
    other = paths.profile_folder("sam")
    keys.create(other, "file", KEY)
    folder = paths.profile_folder("me")
    (folder / "inner").mkdir()
    (folder / "inner" / "more").write_text("a")

    gone = erase_all(folder)

    assert "inner/more" in gone.names
    assert not folder.exists()
    assert keys.exists(other)


class Ring:
    """A keyring that remembers what it was told to forget."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None:
        self.forgotten.append(username)


def test_the_keyring_forgets_its_key(tmp_path):
    """Though it opens nothing any more."""
    keys.create(tmp_path / "me", "keyring", KEY)
    ring = Ring()
    names = [slot.id for slot in keys.slots(tmp_path / "me")]

    gone = erase_all(tmp_path / "me", lambda: ring)

    assert gone.ring_items == 1
    assert ring.forgotten == names


def test_a_profile_that_is_not_there_is_said_and_not_made(home, capsys):
    """One sentence."""
    assert run(home, "--profile", "sam", "erase", "--all", "--yes") == 1
    assert "no such profile" in capsys.readouterr().err
    assert not paths.profile_folder("sam").exists()


@pytest.mark.parametrize("words", [[], ["--all", "--since", "2026-01-01"]])
def test_what_to_erase_must_be_said(home, words, capsys):
    """Everything or some days, never guessed."""
    assert run(home, "erase", *words, "--yes") == 1
    assert "What should be erased?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--all"], ["--since", "2026-03-01"]])
def test_without_a_terminal_yes_must_be_said(home, words, capsys):
    """Nothing is erased by a script that did not mean it."""
    assert run(home, "erase", *words) == 1
    assert "--yes" in capsys.readouterr().err
    assert keys.exists(paths.profile_folder("me"))


@pytest.mark.parametrize(("typed", "is_gone"), [("me\n", True), ("yes\n", False), ("\n", False)])
def test_at_a_terminal_the_profiles_name_is_typed(home, typed, is_gone):
    """A yes is typed too easily."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "companion", "--key-file", str(home / "key"),
         "erase", "--all"],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=paths.PACKAGE.parent,
    ) as child:  # fmt: skip
        os.write(ours, typed.encode())
        out, said = child.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)

    assert "12 entries" in said and "Type the profile's name, me" in said
    assert (child.returncode == 0) is is_gone
    assert ("Erased" in out) is is_gone
    assert keys.exists(paths.profile_folder("me")) is not is_gone


def test_out_in_again_and_some_days_erased_from_the_command_line(home, tmp_path, capsys):
    """The way of a diary from one machine to another."""
    out = tmp_path / "out.jsonl"
    run(home, "export", "--with-incidents", "--with-hidden", "--out", out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    run(home, "erase", "--all", "--yes")
    (home / "key").unlink()

    assert run(home, "import", out) == 0
    assert "New: 12." in capsys.readouterr().out
    assert run(home, "erase", "--since", "2026-03-02", "--until", "2026-03-03", "--yes") == 0

    said = capsys.readouterr().out
    assert "Erased: 2 entries (checkin 1, questionnaire 1)." in said
    assert "What may remain" in said


def test_an_import_that_cannot_be_read_is_said(home, capsys):
    """One sentence, with what to do."""
    assert run(home, "import", "nowhere.jsonl") == 1
    assert "nowhere.jsonl cannot be read" in capsys.readouterr().err


def test_what_was_erased_comes_back_only_from_a_file(tmp_path):
    """Docs say so."""
    opened = filled(tmp_path, one_of_each())
    text = exported(opened)
    erase_range(opened, None, None)

    assert json.loads(exported(opened).splitlines()[0])["count"] == 0
    assert read_export(opened, io.BytesIO(text)).added == 12
    assert exported(opened) == text
