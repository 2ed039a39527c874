"""All of a profile goes, its key first, and nobody loses it by a slip."""

import io
import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from companion import paths
from companion.commands.main import main
from companion.errors import VaultError
from companion.memory import keys
from companion.memory.erase import erase_all, erase_range
from companion.memory.imports import read_export
from companion.memory.journal import Journal
from companion.memory.vault import FILE, Vault
from tests.diaries import KEY, exported, filled, one_of_each


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
