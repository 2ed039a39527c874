"""What was erased is in no page of the file."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from companion.errors import VaultError
from companion.memory import entries as e
from companion.memory.cipher import backup_of
from companion.memory.erase import count_range, erase_range
from companion.memory.journal import Journal
from companion.memory.vault import FILE, Vault
from tests.diaries import KEY, NOW, entry, filled, one_of_each

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
