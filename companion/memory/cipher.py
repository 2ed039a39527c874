"""An encrypted SQLite file: opened with its key, brought up to date, its faults in plain words."""

import os
from contextlib import closing, suppress
from pathlib import Path

from sqlcipher3 import dbapi2
from sqlcipher3.dbapi2 import Connection, Error

from companion.errors import VaultError
from companion.memory import schema

_SETTINGS = (
    "cipher_memory_security = ON",
    "journal_mode = TRUNCATE",
    "synchronous = FULL",
    "fullfsync = ON",  # macOS: past the cache of the disk, too
    "secure_delete = ON",
    "temp_store = MEMORY",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
)
"""One file at rest, and a commit that survives a power cut. No write-ahead log: its index lies
open on the disk, a damaged end of it is dropped in silence, and opening it may write."""

_DAMAGE = (dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB)

_SENTENCES = {
    dbapi2.SQLITE_CORRUPT: (
        "A part of the diary's file is damaged. From now on it is only read, never written.",
        "Export what can be read, and keep a copy of the folder.",
    ),
    dbapi2.SQLITE_BUSY: (
        "Another Companion is writing into this diary.",
        "Wait until it has ended, and try again; nothing was changed.",
    ),
    dbapi2.SQLITE_FULL: (
        "The disk is full: this was not kept; all that was kept before is still there.",
        "Free some space and try again.",
    ),
    dbapi2.SQLITE_READONLY: (
        "The diary lies in a place that cannot be written: this was not kept.",
        "Check the disk, the folder and its rights.",
    ),
    dbapi2.SQLITE_CANTOPEN: (
        "The diary's file cannot be opened.",
        "Check that its folder is there, and its rights.",
    ),
    dbapi2.SQLITE_IOERR: (
        "The disk did not read or write as it should: this was not kept.",
        "Check the disk and its free space, and keep a copy of the folder.",
    ),
}
for _same, _as in (
    (dbapi2.SQLITE_LOCKED, dbapi2.SQLITE_BUSY),
    (dbapi2.SQLITE_PERM, dbapi2.SQLITE_READONLY),
    (dbapi2.SQLITE_NOTADB, dbapi2.SQLITE_CORRUPT),
):
    _SENTENCES[_same] = _SENTENCES[_as]


def connect(path: Path, key: bytes, *, patience: float, read_only: bool = False) -> Connection:
    """Open a file with its 32-byte key. Raises VaultError for a wrong key, Error for other faults.

    `patience` is how many seconds to wait for another process. Only the first page is read.
    """
    how = "ro" if read_only else "rw"
    connection = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode={how}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    # Before the key: with a wrong one, the library would write to the error stream.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    _check_readable(connection, path)
    for setting in _SETTINGS:
        if not (read_only and setting.startswith("journal_mode")):
            connection.execute(f"PRAGMA {setting}")
    return connection


def bring_up_to_date(connection: Connection, path: Path, key: bytes, patience: float) -> None:
    """Take the steps that the file lacks, in one transaction. Raises VaultError and Error.

    A copy, encrypted with the same key, lies beside the file meanwhile.
    """
    if _version(connection) == len(schema.STEPS):
        _remove(backup_of(path))  # of a process that ended between its last two steps
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version:
            _back_up(path, key, patience)
        for step in schema.STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(schema.STEPS)}")
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        _remove(backup_of(path))
        raise
    _remove(backup_of(path))


def is_current(connection: Connection) -> bool:
    """Say whether no step is missing. Raises VaultError for a file from the future."""
    return _version(connection) == len(schema.STEPS)


def backup_of(path: Path) -> Path:
    """Name the copy that is made before a step."""
    return path.with_name(f"{path.name}.backup")


def not_kept(*, damaged: bool) -> VaultError:
    """Say that nothing can be written, which was known before."""
    code = dbapi2.SQLITE_CORRUPT if damaged else dbapi2.SQLITE_READONLY
    problem, fix = _SENTENCES[code]
    return VaultError(problem, fix=fix)


def explain(error: Exception, *, damaged: bool) -> VaultError:
    """Say what happened. The library's own text is left out: it may hold a person's words."""
    code = dbapi2.SQLITE_CORRUPT if damaged else code_of(error)
    if code in _SENTENCES:
        problem, fix = _SENTENCES[code]
        return VaultError(problem, fix=fix)
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    return VaultError(
        f"The diary could not be read or written ({name}).", fix="Please report this as a fault."
    )


def is_damage(error: Exception, *, writable: bool) -> bool:
    """Say whether the file holds something else than was written to it."""
    # After a spoilt page, SQLCipher lets nothing be written; it then calls the file read-only.
    return code_of(error) in (*_DAMAGE, *((dbapi2.SQLITE_READONLY,) if writable else ()))


def code_of(error: Exception) -> int:
    """Give SQLite's own number for what happened; 0 where there is none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def roll_back(connection: Connection) -> None:
    """Undo what a transaction did, if one is open; what fails then ends with the connection."""
    with suppress(Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read, whatever the umask. Raises OSError."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.fchmod(opened, 0o600)
    finally:
        os.close(opened)


def _check_readable(connection: Connection, path: Path) -> None:
    begun = path.stat().st_size > 0
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    except Error as error:
        connection.close()
        if code_of(error) != dbapi2.SQLITE_NOTADB:
            raise
        pages = 0
    # Less than a page, SQLite takes for nothing, and would begin anew.
    if begun and not pages:
        connection.close()
        raise VaultError(
            "The diary does not open with this key: it belongs to another key, or the beginning "
            "of its file is damaged. Nothing was changed.",
            fix="Put vault.db and vault.key back together from one backup, if you have one.",
        )


def _version(connection: Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(schema.STEPS):
        raise VaultError(
            "The diary was written by a newer Companion. Nothing was changed.",
            fix="Update Companion.",
        )
    return version


def _back_up(path: Path, key: bytes, patience: float) -> None:
    copy = backup_of(path)
    _remove(copy)
    make_private(copy)
    # A second connection: the one that writes may not be copied from.
    with (
        closing(connect(path, key, patience=patience, read_only=True)) as source,
        closing(connect(copy, key, patience=patience)) as target,
    ):
        source.backup(target)


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-journal"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()
