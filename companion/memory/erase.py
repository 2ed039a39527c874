"""Erase: a range of days so that no page of the file holds it, or everything at once.

To erase everything is to destroy the wrapped keys first: from then on, nobody can read the rest,
wherever copies of it lie.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Unpack

from companion.errors import VaultError
from companion.memory import keys, unlocked
from companion.memory.cipher import backup_of
from companion.memory.journal import Journal, Which
from companion.memory.planned import renew_copy
from companion.memory.secrets import Ring, forget_in_ring
from companion.memory.vault import Vault


@dataclass(frozen=True)
class Gone:
    """What an erasure of everything removed."""

    names: tuple[str, ...]
    """Of files, within the folder"""
    bytes: int
    ring_items: int
    """Keys in the system's keyring that were forgotten"""


def count_range(vault: Vault, since: date | None, until: date | None) -> dict[str, int]:
    """Count the entries of each kind in a range of days, hidden ones too. Raises VaultError."""
    return _counted(_chosen(vault, {"since": since, "until": until}))


def erase_range(vault: Vault, since: date | None, until: date | None) -> dict[str, int]:
    """Remove every entry of a range of days, and all its traces in the file. Raises VaultError.

    Days are those where an entry was lived, and both ends are included; None has no end. Gives
    the number of entries of each kind.
    """
    return _erase(vault, since=since, until=until)


def erase_kind(vault: Vault, kind: str) -> int:
    """Remove every entry of a kind, and all its traces in the file. Raises VaultError.

    Gives their number.
    """
    return _erase(vault, kinds=(kind,)).get(kind, 0)


def _erase(vault: Vault, **which: Unpack[Which]) -> dict[str, int]:
    with vault.writing() as connection:
        found = _chosen(vault, which)
        connection.executemany("DELETE FROM entries WHERE id = ?", [(id,) for id, _ in found])
        # What is unfinished holds answers, too; how long somebody pauses is soon learned anew.
        connection.execute("DELETE FROM state WHERE name IN ('form', 'pause')")
        # One by one, the search index would be tidied up after each; here it is built anew, or
        # marks of what was deleted would stay in it.
        connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 0)")
        connection.execute("DELETE FROM words WHERE id NOT IN (SELECT id FROM entries)")
        connection.execute("INSERT INTO words (words) VALUES ('rebuild')")
        connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)")
    _tidy_up(vault)
    renew_copy(vault)
    return _counted(found)


def _chosen(vault: Vault, which: Which) -> list[tuple[str, str]]:
    all_of: Which = {**which, "include_hidden": True}
    entries = Journal(vault).list(**all_of)
    return [(entry.id, entry.kind) for entry in entries]


def _counted(found: list[tuple[str, str]]) -> dict[str, int]:
    return dict(sorted(Counter(kind for _, kind in found).items()))


def _tidy_up(vault: Vault) -> None:
    """Write the file anew, without the places where something was. Raises VaultError."""
    try:
        backup_of(vault.path).unlink(missing_ok=True)
        with vault.reading() as connection:
            connection.execute("VACUUM")
    except (VaultError, OSError):
        raise VaultError(
            "The entries are gone and their places overwritten, but the file could not be "
            "written anew.",
            fix="Close every other Companion, free some space, and erase the same days again.",
        ) from None


def erase_all(folder: Path, ring: Callable[[], Ring | None] = lambda: None) -> Gone:
    """Destroy the keys of a profile, then remove its folder. It need not be open.

    Raises VaultError where there is nothing, or where something cannot be removed.
    """
    require_folder(folder)
    slots = _names_in_ring(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = tuple(str(path.relative_to(folder)) for path in files)
    size = sum(path.lstat().st_size for path in files)
    unlocked.forget(folder)
    keys.destroy(folder)
    found = ring() if slots else None
    if found:
        for name in slots:
            forget_in_ring(found, name)
    _remove(folder)
    return Gone(names, size, len(slots) if found else 0)


def require_folder(folder: Path) -> None:
    """Raise VaultError where nothing of such a profile is there."""
    if not folder.is_dir():
        raise VaultError(
            "There is no such profile; nothing was erased.",
            fix="Name one with --profile; the default is 'me'.",
        )


def _names_in_ring(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(slot.id for slot in keys.slots(folder) if slot.kind == "keyring")
    except VaultError:
        return ()  # without its key file, nothing in a keyring opens it


def _remove(folder: Path) -> None:
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise VaultError(
            f"The keys are destroyed, but {error.filename or folder} could not be removed "
            f"({error.strerror}).",
            fix="Remove it by hand; nobody can read it any more.",
        ) from None
