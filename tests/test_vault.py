"""The vault: what it keeps, for how long it stays open, and what lies on the disk."""

import os
import shutil
import stat
import threading
import time
from pathlib import Path

import pytest

from companion.errors import VaultError
from companion.memory import keys, schema
from companion.memory.process import seconds_asleep
from companion.memory.slots import as_secret
from companion.memory.vault import FILE, Vault
from tests.vault_child import KEY, NOW, insert, numbers

VAULTS = Path(__file__).parent / "vaults"


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vault(tmp_path, clock):
    vault = Vault(tmp_path / "me", KEY, clock=clock)
    yield vault
    vault.close()


def test_a_value_comes_back_as_it_was(vault):
    """Whatever JSON can hold."""
    vault.put("risk", {"level": "high", "turns": [1, 2], "words": "Zoë 🙂"}, NOW)

    assert vault.get("risk") == {"level": "high", "turns": [1, 2], "words": "Zoë 🙂"}
    assert vault.get("else") is None


def test_a_newer_value_takes_the_place_of_an_older(vault):
    """A name has one value."""
    vault.put("x", 1, NOW)
    vault.put("x", 2, NOW)

    assert vault.get("x") == 2


def test_it_is_there_after_closing(vault):
    """That is the point."""
    vault.put("x", 1, NOW)
    vault.close()

    assert Vault(vault.path.parent, KEY).get("x") == 1


def test_a_block_that_fails_keeps_nothing(vault):
    """One write, whole or not at all."""
    with pytest.raises(ZeroDivisionError), vault.writing() as connection:
        insert(connection, 1)
        raise ZeroDivisionError

    assert numbers(vault) == []


def test_a_write_within_a_write_belongs_to_it(vault):
    """The outer one decides."""
    with pytest.raises(ZeroDivisionError), vault.writing() as connection:
        insert(connection, 1)
        vault.put("x", 1, NOW)
        raise ZeroDivisionError

    assert vault.get("x") is None


def test_a_fault_of_ours_says_no_word_of_the_person(vault):
    """SQLite's own message would quote them."""
    with pytest.raises(VaultError) as caught, vault.writing() as connection:
        connection.execute("SELECT id FROM words WHERE words MATCH ?", ('"my secret',))

    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_threads_take_turns(vault):
    """Each write is whole, whoever makes it."""

    def write(first):
        for number in range(first, first + 25):
            with vault.writing() as connection:
                insert(connection, number)

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert numbers(vault) == [*range(25), *range(100, 125), *range(200, 225)]


# --- locking ----------------------------------------------------------------------


def test_it_locks_itself_when_unused(vault, clock):
    """After five minutes, at the next use or when somebody looks."""
    vault.put("x", 1, NOW)
    clock.now += 301

    with pytest.raises(VaultError, match="The diary is locked"):
        vault.get("x")
    assert vault.locked


def test_use_keeps_it_open(vault, clock):
    """Five minutes count from the last time."""
    for _ in range(3):
        clock.now += 200
        vault.put("x", 1, NOW)

    assert not vault.expire()


def test_it_locks_itself_after_a_suspend(vault):
    """Whoever opens the lid may be somebody else."""
    slept = vault.asleep()
    vault.asleep = lambda: slept + 60

    assert vault.expire()
    assert vault.locked


def test_locked_at_once_and_opened_again(vault):
    """Quick lock; the key brings everything back."""
    vault.put("x", 1, NOW)
    vault.lock()
    with pytest.raises(VaultError, match="locked"), vault.writing():
        pass

    vault.unlock(KEY)

    assert vault.get("x") == 1


def test_a_wrong_key_leaves_it_locked(vault):
    """Also where it was open before."""
    for wrong in (bytes(32), b"short"):
        with pytest.raises(VaultError):
            vault.unlock(wrong)

        assert vault.locked


def test_the_key_is_overwritten(vault):
    """As far as Python lets us."""
    held = vault._key
    vault.lock()

    assert held == bytearray(32)


def test_the_machine_says_how_long_it_slept():
    """Which only grows."""
    assert 0 <= seconds_asleep() <= seconds_asleep() + 1


# --- on the disk ------------------------------------------------------------------


def test_nothing_can_be_read_on_the_disk(tmp_path):
    """Neither in the file nor in its journal, also in the middle of a write."""
    vault = Vault(tmp_path, KEY)
    vault.put("risk", "marker-one", NOW)
    with vault.writing() as connection:
        connection.execute("PRAGMA cache_size = 2")  # so that pages are written before the end
        connection.execute("UPDATE state SET value = '\"marker-two\"'")
        for number in range(100):
            insert(connection, number, 3000)
            connection.execute("INSERT INTO words VALUES (?, 'marker-three')", (str(number),))
        on_disk = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

        assert len(on_disk[f"{FILE}-journal"]) > 512
    on_disk["after"] = (tmp_path / FILE).read_bytes()
    for data in on_disk.values():
        assert b"marker" not in data
        assert b"CREATE TABLE" not in data
    assert not on_disk["after"].startswith(b"SQLite format 3")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_has_rights(tmp_path, umask):
    """Whatever the umask, and also after somebody widened them."""
    folder = tmp_path / "profiles" / "me"
    before = os.umask(umask)
    try:
        vault = Vault(folder, keys.create(folder, "file", bytes(32)))
        vault.put("x", 1, NOW)
        vault.close()
        (folder / FILE).chmod(0o644)
        folder.chmod(0o755)
        vault.unlock(keys.unlock(folder, "file", bytes(32)))
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert set(modes.values()) == {0o600}, modes
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_deleted_is_overwritten(vault):
    """And a commit is on the disk before it is said."""
    with vault.reading() as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("secure_delete", "synchronous", "journal_mode", "temp_store")
        }

    assert settings == {
        "secure_delete": 1, "synchronous": 2, "journal_mode": "truncate", "temp_store": 2,
    }  # fmt: skip


@pytest.mark.parametrize("folder", sorted(VAULTS.iterdir()), ids=lambda folder: folder.name)
def test_every_earlier_vault_still_opens(folder, tmp_path):
    """Each version ever released has one here, with the same things in it."""
    shutil.copytree(folder, tmp_path / "me")
    key = keys.unlock(tmp_path / "me", "passphrase", as_secret("a test and nothing else"))
    vault = Vault(tmp_path / "me", key)
    with vault.reading() as connection:
        rows = connection.execute("SELECT id, kind, body FROM entries").fetchall()
        found = connection.execute("SELECT id FROM words WHERE words MATCH 'kettle'").fetchall()

    assert rows == [("0" * 32, "note", '{"kind": "note", "text": "Invented: the kettle sang."}')]
    assert found == [("0" * 32,)]
    assert vault.get("greeting") == {"words": "invented, too"}


def test_every_version_has_a_vault_here():
    """A step in the schema needs one more: scripts/make_vault_fixture.py."""
    assert {folder.name for folder in VAULTS.iterdir()} == {
        f"version-{number}" for number in range(1, len(schema.STEPS) + 1)
    }


def test_it_opens_quickly_whatever_it_holds(tmp_path):
    """Only the first page is looked at."""
    vault = Vault(tmp_path, KEY)
    with vault.writing() as connection:
        for number in range(20_000):
            insert(connection, number)
    vault.close()

    began = time.perf_counter()
    vault.unlock(KEY)

    assert time.perf_counter() - began < 0.5
