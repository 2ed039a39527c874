"""The vault on the command line: what its commands do and say, without anybody at a terminal."""

import json
import os
from dataclasses import dataclass

import pytest

from companion import paths
from companion.commands import vault as command
from companion.commands.main import main
from companion.commands.now import now, offset, zone_name
from companion.commands.vault import make
from companion.errors import VaultError
from companion.memory.entries import zone_of
from companion.memory.secrets import Sources
from tests.vault_made import Ring, Told


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMPANION_PASSPHRASE", raising=False)
    monkeypatch.setattr(command, "at_terminal", lambda: None)
    monkeypatch.setattr("companion.commands.keys.at_terminal", lambda: None)
    return tmp_path / "home"


@dataclass
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        return json.loads(self.out)


@pytest.fixture
def companion(monkeypatch, capsys):
    """Runs a command in this process."""

    def run(*arguments, passphrase=None):
        with monkeypatch.context() as for_now:
            if passphrase is not None:
                for_now.setenv("COMPANION_PASSPHRASE", passphrase)
            capsys.readouterr()
            return Done(main(list(arguments)), *capsys.readouterr())

    return run


STATUS = ("vault", "status", "--json")


def test_the_keys_of_a_vault_can_be_changed(companion, tmp_path):
    """Without a terminal, step by step."""
    stick = tmp_path / "stick"
    nothing = companion(*STATUS).data
    companion("vault", "new", passphrase="old words")
    added = companion("vault", "key", "add-file", str(stick), passphrase="old words")
    first, second = companion(*STATUS).data["keys"]
    removed = companion("--key-file", str(stick), "vault", "key", "remove", first["id"])

    assert nothing == {
        "profile": "me", "exists": False, "keys": [], "bytes": 0, "entries": None,
    }  # fmt: skip
    assert (added.code, removed.code) == (0, 0)
    assert (first["kind"], second["kind"]) == ("passphrase", "file")
    assert companion(*STATUS, passphrase="old words").code == 1
    assert companion("--key-file", str(stick), *STATUS).data["entries"] == 0


def handed(text):
    read, write = os.pipe()
    os.write(write, text)
    os.close(write)
    return str(read)


def test_a_passphrase_comes_and_changes_through_descriptors(companion):
    """For machines with nobody in front."""
    companion("vault", "new", passphrase="old words")
    done = companion(
        "--key-descriptor", handed(b"old words\n"),
        "vault", "key", "change", "--new-descriptor", handed(b"new words\n"),
    )  # fmt: skip

    assert done.code == 0
    assert "A copy of vault.key from before" in done.out
    assert companion(*STATUS, passphrase="old words").code == 1
    assert companion(*STATUS, passphrase="new words").data["entries"] == 0


def test_the_status_shows_what_opens_it_without_opening_it(companion):
    """Nobody is asked."""
    companion("vault", "new", passphrase="old words")
    done = companion("vault", "status")

    assert "a passphrase" in done.out
    assert "It is locked now." in done.out
    assert "There is no recovery key" in done.out


def test_each_profile_has_a_vault_of_its_own(companion):
    """By name, in either case of letters."""
    companion("--profile", "Sam", "vault", "new", passphrase="of sam")
    companion("vault", "new", passphrase="my own")

    assert companion("vault", "profiles").out == "me\nsam\n"
    assert companion("--profile", "sam", *STATUS, passphrase="my own").code == 1
    assert companion("--profile", "SAM", *STATUS, passphrase="of sam").data["entries"] == 0


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "-x", "a b", "x" * 33, "con", "é"])
def test_a_name_that_is_none_is_refused(name):
    """Nothing outside the folder is ever reached."""
    with pytest.raises(VaultError, match="cannot be the name"):
        paths.profile_folder(name)


def test_locking_says_honestly_what_it_does(companion):
    """Between commands nothing is open anyway."""
    companion("vault", "new", passphrase="old words")
    done = companion("vault", "lock")

    assert done.code == 0
    assert "Between commands the diary is always locked" in done.out


def test_locking_takes_the_key_out_of_the_keyring(companion, home, monkeypatch):
    """Unless it is the only one."""
    ring = Ring()
    monkeypatch.setattr("companion.memory.secrets.system_ring", lambda: ring)
    companion("vault", "new", passphrase="old words")
    companion("vault", "key", "add-keyring", passphrase="old words")
    counted = companion(*STATUS).data["entries"]
    companion("vault", "lock")

    assert counted == 0
    assert ring.kept == {}
    assert [key["kind"] for key in companion(*STATUS).data["keys"]] == ["passphrase"]


def test_a_diary_that_only_the_keyring_opens_cannot_be_locked(companion, home, monkeypatch):
    """That is said, and nothing is lost."""
    ring = Ring()
    monkeypatch.setattr("companion.memory.secrets.system_ring", lambda: ring)
    make(home / "profiles" / "me", Sources(ring=lambda: ring), Told("yes", "no", "no").person)
    done = companion("vault", "lock")

    assert done.code == 1
    assert "Choose a passphrase first" in done.err
    assert companion(*STATUS).data["entries"] == 0


@pytest.mark.parametrize("what", ["change", "add-recovery"])
def test_what_must_be_seen_or_typed_needs_a_terminal(companion, what):
    """A recovery key is never written into a file."""
    companion("vault", "new", passphrase="old words")
    done = companion("vault", "key", what, passphrase="old words")

    assert done.code == 1
    assert "needs somebody at a terminal" in done.err


# --- the clock --------------------------------------------------------------------


def test_the_moment_and_the_place_are_known():
    """In UTC, and by a name that the diary understands."""
    assert now().utcoffset().total_seconds() == 0
    zone_of(zone_name())
    zone_of(offset(now()))


def test_a_device_without_a_zone_gives_its_offset(monkeypatch):
    """A container, for one."""

    def fails():
        raise LookupError

    monkeypatch.setattr("tzlocal.get_localzone_name", fails)

    assert zone_of(zone_name())
