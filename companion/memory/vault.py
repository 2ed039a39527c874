"""The vault: one encrypted SQLite file a profile, open only as long as it is used.

`reading()` and `writing()` give the connection; every fault comes out as one sentence. A write
is one transaction: it is on the disk when the block ends, or nothing of it is.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlcipher3.dbapi2 import Connection, Error

from companion.errors import VaultError
from companion.memory import cipher
from companion.memory.process import keep_memory_to_oneself, keep_out_of_swap, seconds_asleep, wipe
from companion.stages import Clock

FILE = "vault.db"
KEY_BYTES = 32
IDLE = 300.0
"""Seconds unused after which it locks itself"""
PATIENCE = 2.0
"""Seconds to wait for another process that writes"""
_NAP = 1.0
"""Seconds between two clocks that are no suspend"""


class Vault:
    """What is kept for one person. Any thread may use it; they wait for one another."""

    def __init__(
        self,
        folder: Path,
        key: bytes,
        *,
        clock: Clock = time.monotonic,
        idle: float = IDLE,
        patience: float = PATIENCE,
    ) -> None:
        """Open, make or bring up to date the file in a folder. Raises VaultError.

        `idle` and `patience` are seconds, `key` has 32 bytes.
        """
        self.read_only = False
        """A damaged file, or a place that cannot be written"""
        self.asleep: Callable[[], float] = seconds_asleep
        """Seconds that the machine was suspended since it started"""
        self._damaged = False
        self._path = folder / FILE
        self._clock = clock
        self._idle = idle
        self._patience = patience
        self._mutex = threading.RLock()
        self._connection: Connection | None = None
        self._key = bytearray()
        keep_memory_to_oneself()
        self.unlock(key)

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._path

    @property
    def locked(self) -> bool:
        """Whether a key is needed again."""
        self.expire()
        return not self._key

    def unlock(self, key: bytes) -> None:
        """Open it with its key again. Raises VaultError, and then stays locked."""
        if len(key) != KEY_BYTES:
            raise VaultError("This is no key of a diary.", fix="Open it with your passphrase.")
        with self._mutex:
            self._forget()
            self._key = bytearray(key)
            keep_out_of_swap(self._key)
            try:
                with self._said():
                    self._open_first()
            except BaseException:
                self._forget()
                raise
            self._used()

    def lock(self) -> None:
        """Forget the key and close the file; what is being written is finished before."""
        with self._mutex:
            self._forget()

    def close(self) -> None:
        """Lock it."""
        self.lock()

    def expire(self) -> bool:
        """Lock it if it was unused for too long, or the machine slept. Say whether it did."""
        with self._mutex:
            unused = self._clock() - self._last > self._idle
            if self._key and (unused or self.asleep() - self._slept > _NAP):
                self._forget()
                return True
            return False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection, to read. Raises VaultError."""
        with self._mutex, self._said():
            connection = self._ready()
            yield connection
            self._used()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the connection in one transaction, which the end of the block commits.

        Raises VaultError; then, and on any other exception, nothing of it is kept. A block
        within a block belongs to the outer one.
        """
        with self._mutex, self._said():
            connection = self._ready()
            if connection.in_transaction:
                yield connection
                return
            if self.read_only:
                raise cipher.not_kept(damaged=self._damaged)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                cipher.roll_back(connection)
                raise
            self._used()

    def get(self, name: str) -> Any | None:
        """Give a kept value, or None. Raises VaultError."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, name: str, value: Any, now: datetime) -> None:
        """Keep a value that JSON can hold. Raises VaultError."""
        at = now.astimezone(UTC).isoformat(timespec="microseconds")
        text = json.dumps(value, ensure_ascii=False)
        with self.writing() as connection:
            connection.execute("REPLACE INTO state VALUES (?, ?, ?)", (name, text, at))

    # --- the connection -----------------------------------------------------------

    def _open_first(self) -> None:
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._path.exists():
                cipher.make_private(self._path)
            writable = os.access(folder, os.W_OK) and os.access(self._path, os.W_OK)
            self.read_only = self._damaged or not writable
            if not self.read_only:
                folder.chmod(0o700)
                self._path.chmod(0o600)
        except OSError as error:
            raise VaultError(
                f"{error.filename or folder} cannot be used ({error.strerror}).",
                fix="Check the folder and its rights.",
            ) from None
        connection = self._connect()
        if not self.read_only:
            cipher.bring_up_to_date(connection, self._path, bytes(self._key), self._patience)
        elif not cipher.is_current(connection):
            raise VaultError(
                "The diary is from an older Companion and must be brought up to date, but its "
                "folder cannot be written.",
                fix="Check the rights of the folder.",
            )

    def _connect(self) -> Connection:
        self._connection = cipher.connect(
            self._path, bytes(self._key), patience=self._patience, read_only=self.read_only
        )
        return self._connection

    def _ready(self) -> Connection:
        self.expire()
        if not self._key:
            raise VaultError("The diary is locked.", fix="Open it with your passphrase.")
        return self._connection or self._connect()

    def _used(self) -> None:
        self._last = self._clock()
        self._slept = self.asleep()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn a fault into one sentence, and leave a connection that can be used."""
        try:
            yield
        except Error as error:
            damaged = cipher.is_damage(error, writable=not self.read_only)
            if damaged:
                self.read_only = self._damaged = True
            # After a fault of file or disk, only a new connection is trusted.
            self._disconnect()
            raise cipher.explain(error, damaged=damaged) from None

    def _disconnect(self) -> None:
        if self._connection is not None:
            cipher.roll_back(self._connection)
            with suppress(Error):
                self._connection.close()
            self._connection = None

    def _forget(self) -> None:
        self._disconnect()
        wipe(self._key)
        self._key = bytearray()
