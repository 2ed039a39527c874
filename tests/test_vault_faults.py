"""What the vault does when a process dies, a disk is full, a file is damaged or a key is wrong."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from companion.errors import VaultError
from companion.memory import cipher, schema
from companion.memory.vault import FILE, Vault
from tests.vault_child import KEY, NOW, insert, numbers

ROOT = Path(__file__).parents[1]


def child(what, folder, *rest, check=True):
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault_child", what, str(folder), *map(str, rest)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=check,
    )  # fmt: skip
    return json.loads(done.stdout) if done.returncode == 0 else done.returncode


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def full(tmp_path):
    """A closed vault with 300 entries, some of them in several pages of an index."""
    vault = Vault(tmp_path / "me", KEY)
    with vault.writing() as connection:
        for number in range(300):
            insert(connection, number, 500)
            connection.execute("INSERT INTO words VALUES (?, ?)", (f"{number:032x}", "a marker"))
    vault.put("greeting", "hello", NOW)
    vault.close()
    return tmp_path / "me"


def test_a_killed_writer_loses_at_most_what_it_was_writing(tmp_path):
    """200 rounds of SIGKILL: every acknowledged entry is there, and no half of another."""
    found = child("kill", tmp_path / "me", 200, 1)

    assert found["rounds"] == 200
    assert (found["lost"], found["extra"], found["wrong"]) == (0, 0, 0)
    assert found["hot"] > 20, "the moments were not in the middle of writes"


def test_a_step_that_dies_half_way_is_taken_again(full, monkeypatch):
    """The copy beside it is encrypted, and goes when all is well."""
    assert child("die_in_migration", full, check=False) == -9
    backup = cipher.backup_of(full / FILE)

    assert backup.stat().st_mode & 0o777 == 0o600
    assert not backup.read_bytes().startswith(b"SQLite")
    assert b"marker" not in backup.read_bytes()

    monkeypatch.setattr(
        schema, "STEPS", (*schema.STEPS, ("ALTER TABLE state ADD COLUMN future TEXT",))
    )
    vault = Vault(full, KEY)

    assert numbers(vault) == list(range(300))
    assert not backup.exists()


def test_the_copy_made_before_a_step_opens_with_the_same_key(full, tmp_path):
    """Whoever must go back, can."""
    child("die_in_migration", full, check=False)
    before = tmp_path / "before"
    before.mkdir()
    shutil.copy(cipher.backup_of(full / FILE), before / FILE)

    assert numbers(Vault(before, KEY)) == list(range(300))


def test_a_step_that_fails_changes_nothing(full, monkeypatch):
    """One sentence, and the old Companion still opens it."""
    steps = schema.STEPS
    monkeypatch.setattr(schema, "STEPS", (*steps, ("DROP TABLE words", "NOT SQL")))
    with pytest.raises(VaultError, match="could not be read or written"):
        Vault(full, KEY)
    monkeypatch.setattr(schema, "STEPS", steps)

    assert not cipher.backup_of(full / FILE).exists()
    assert numbers(Vault(full, KEY)) == list(range(300))


def test_a_vault_from_the_future_is_left_alone(full, monkeypatch):
    """Update Companion; nothing is touched."""
    steps = schema.STEPS
    monkeypatch.setattr(schema, "STEPS", (*steps, ("CREATE TABLE future (x)",)))
    Vault(full, KEY).close()
    monkeypatch.setattr(schema, "STEPS", steps)
    before = files(full)

    with pytest.raises(VaultError, match=r"newer Companion.*Update Companion"):
        Vault(full, KEY)

    assert files(full) == before


def test_a_wrong_key_is_one_sentence_and_nothing_is_touched(full, capfd):
    """Not a byte, and not a word on the error stream."""
    before = files(full)
    with pytest.raises(VaultError, match="does not open with this key"):
        Vault(full, bytes(32))

    assert files(full) == before
    assert capfd.readouterr() == ("", "")


def test_a_wrong_key_after_a_crash_costs_nothing(full):
    """What the killed writer left is still mended with the right one."""
    found = child("kill", full.parent / "other", 20, 7)
    other = full.parent / "other"
    with pytest.raises(VaultError):
        Vault(other, bytes(32))

    assert numbers(Vault(other, KEY)) == list(range(found["kept"]))


def test_a_second_process_that_writes_is_waited_for_and_then_named(full):
    """Not for ever; and afterwards everything works."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.vault_child", "hold", str(full)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout.readline() == b"holding\n"
        vault = Vault(full, KEY, patience=0.1)
        with pytest.raises(VaultError, match="Another Companion is writing"):
            vault.put("x", 1, NOW)
        assert vault.get("greeting") == "hello"
        other.stdin.close()
        other.wait(20)
    vault.put("x", 2, NOW)

    assert vault.get("x") == 2
    assert 999 in numbers(vault)


def test_two_processes_write_in_turn(full):
    """Nobody's entry is lost."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.vault_child", "fill", str(full), str(first), "40"],
            cwd=ROOT, stdout=subprocess.DEVNULL,
        )
        for first in (1000, 2000)
    ]  # fmt: skip
    codes = [writer.wait(60) for writer in writers]

    assert codes == [0, 0]
    assert numbers(Vault(full, KEY))[300:] == [*range(1000, 1040), *range(2000, 2040)]


def test_a_file_that_may_not_grow_is_said_and_survived(tmp_path):
    """All that was kept before is still there, and can be read."""
    found = child("no_room", tmp_path / "me", 300_000)

    assert found["kept"] == found["written"] > 3
    assert found["whole"] == "ok"
    assert "this was not kept" in found["problem"]


def test_a_full_disk_is_said_and_survived(tmp_path):
    """The same on a disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("root may mount a small disk; others may not")
    try:
        found = child("no_room", disk / "me", 0)
    finally:
        subprocess.run(["umount", str(disk)], check=True)

    assert found["kept"] == found["written"] > 3
    assert found["whole"] == "ok"
    assert found["problem"].startswith("The disk is full")


def test_a_write_works_again_when_there_is_room_again(full):
    """A full disk is no reason to start anew."""
    vault = Vault(full, KEY)
    with pytest.raises(VaultError, match="disk is full"), vault.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1")
        insert(connection, 500, 100_000)
    vault.put("x", 1, NOW)

    assert vault.get("x") == 1
    assert numbers(vault) == list(range(300))


def test_what_cannot_be_written_is_only_read(full):
    """A disk that is locked, or a folder of somebody else."""
    disk = full.parent / "disk"
    disk.mkdir()
    shutil.copytree(full, disk / "me")
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "--bind", "-o", "ro", str(disk), str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("root may mount a disk that is read only; others may not")
    try:
        vault = Vault(disk / "me", KEY)
        kept, value, read_only = numbers(vault), vault.get("greeting"), vault.read_only
        with pytest.raises(VaultError, match="cannot be written: this was not kept"):
            vault.put("x", 1, NOW)
        vault.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)

    assert (kept, value, read_only) == (list(range(300)), "hello", True)


def read_by_pieces(vault):
    found = []
    for start in range(0, 300, 4):
        try:
            with vault.reading() as connection:
                span = (f"{start:032x}", f"{start + 3:032x}")
                query = "SELECT id FROM entries WHERE id BETWEEN ? AND ?"
                found += connection.execute(query, span).fetchall()
        except VaultError as error:
            assert "damaged" in error.problem
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_flipped_bit_is_found_and_never_written_over(full, seed):
    """Read as far as it goes; never a crash, never a wrong word, never a changed byte."""
    path, chance = full / FILE, random.Random(seed)
    whole = path.read_bytes()
    for _ in range(20):
        place = chance.randrange(4096, len(whole))
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << chance.randrange(8)
        path.write_bytes(spoilt)
        vault = Vault(full, KEY)
        try:
            assert numbers(vault) == list(range(300))
        except VaultError as error:
            assert "damaged" in error.problem
            assert vault.read_only
            read_by_pieces(vault)
            with pytest.raises(VaultError, match="only read, never written"):
                vault.put("x", 1, NOW)
            vault.close()
            assert path.read_bytes() == bytes(spoilt)
        finally:
            vault.close()


def test_a_damaged_page_costs_only_its_own_entries(full):
    """The others can be read one by one."""
    path = full / FILE
    spoilt = bytearray(path.read_bytes())
    spoilt[30 * 4096 + 50] ^= 1
    path.write_bytes(spoilt)

    assert 280 <= len(read_by_pieces(Vault(full, KEY))) <= 300


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 5000])
def test_a_file_cut_short_is_a_sentence_or_is_read_as_far_as_it_goes(full, size):
    """And stays as it is; one that is empty is a new one."""
    path = full / FILE
    path.write_bytes(path.read_bytes()[:size])
    try:
        vault = Vault(full, KEY)
        numbers(vault)
    except VaultError:
        assert path.stat().st_size == size
    else:
        assert size == 0


def test_a_damaged_beginning_is_one_sentence_and_stays(full):
    """There is nothing to hold on to, but nothing is overwritten either."""
    path = full / FILE
    path.write_bytes(b"not a vault, " * 1000)
    before = files(full)
    with pytest.raises(VaultError, match="beginning of its file is damaged"):
        Vault(full, KEY)

    assert files(full) == before


def test_a_process_with_an_open_vault_leaves_no_core_dump(tmp_path):
    """Nor may others of the same login read its memory or its first environment."""
    assert child("cores", tmp_path / "me") == {"core": [0, 0], "dumpable": 0}
