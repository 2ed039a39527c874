"""The keys of a vault: one random data key, wrapped once for each way to open it.

`vault.key` holds slots. Each has the data key encrypted (AES-256-GCM) under a key that a
passphrase, a printed recovery key, a file or the system's keyring gives. So a passphrase can
change without encrypting the diary anew, and destroying this small file destroys the diary.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from companion.content import Content
from companion.errors import VaultError
from companion.memory.cipher import backup_of
from companion.memory.slots import VERSION, Cost, Kind, Slot, unwrap, wrap
from companion.memory.vault import FILE, KEY_BYTES

KEY_FILE = "vault.key"
_LOCK = "vault.lock"
_MOST_BYTES = 65_536
"""Of a file with slots; a slot takes about 350"""


class _Slots(Content):
    version: Literal[1] = VERSION
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=64)]


def exists(folder: Path) -> bool:
    """Say whether a vault was made in this folder."""
    return (folder / KEY_FILE).exists()


def create(
    folder: Path, kind: Kind, secret: bytes, cost: Cost | None = None, name: str = ""
) -> bytes:
    """Make a data key that one secret opens. Raises VaultError where there is a vault already."""
    with _alone(folder):
        if exists(folder) or (folder / FILE).exists():
            raise VaultError(
                "There is a diary here already; nothing was changed.",
                fix="Choose another profile, or put its vault.key back.",
            )
        key = secrets.token_bytes(KEY_BYTES)
        _write(folder, (wrap(key, kind, secret, cost, name),))
        return key


def slots(folder: Path) -> tuple[Slot, ...]:
    """Read the slots. Raises VaultError."""
    path = folder / KEY_FILE
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except FileNotFoundError:
        if not (folder / FILE).exists():
            raise VaultError(
                "There is no diary of this name yet.", fix="Make one: companion vault new"
            ) from None
        raise VaultError(
            f"{path} is missing; without it nobody can open the diary.",
            fix="Put it back from a backup, if you have one.",
        ) from None
    except OSError as error:
        raise _refused(path, error) from None
    try:
        return _Slots.model_validate_json(data).slots
    except ValidationError:
        raise VaultError(
            f"{path} is damaged, or from a newer Companion. Nothing was changed.",
            fix="Update Companion, or put the file back from a backup.",
        ) from None


def unlock(folder: Path, kind: Kind, secret: bytes) -> bytes | None:
    """Give the data key, or None where this secret is a wrong one. Raises VaultError."""
    for slot in slots(folder):
        if slot.kind == kind and (key := unwrap(slot, secret)):
            return key
    return None


def add(folder: Path, key: bytes, kind: Kind, secret: bytes, name: str = "") -> Slot:
    """Let one more secret open the vault. Raises VaultError."""
    with _alone(folder):
        slot = wrap(key, kind, secret, name=name)
        _write(folder, (*slots(folder), slot))
        return slot


def replace(folder: Path, old: str, key: bytes, kind: Kind, secret: bytes) -> Slot:
    """Put a new secret in the place of one slot. Raises VaultError."""
    with _alone(folder):
        kept = slots(folder)
        _find(kept, old)
        slot = wrap(key, kind, secret)
        _write(folder, tuple(slot if one.id == old else one for one in kept))
        return slot


def remove(folder: Path, old: str) -> Slot:
    """Take one slot away. Raises VaultError for the last way to open the vault."""
    with _alone(folder):
        kept = slots(folder)
        found = _find(kept, old)
        if len(kept) == 1:
            raise VaultError(
                "This is the only way to open the diary, so it stays.",
                fix="Add another first: companion vault key change, or key add-recovery.",
            )
        _write(folder, tuple(one for one in kept if one.id != old))
        return found


def destroy(folder: Path) -> tuple[str, ...]:
    """Overwrite and remove the wrapped keys, then the vault; name what went. Raises VaultError.

    From the first of these on, nobody can read the rest.
    """
    vault = folder / FILE
    backup = backup_of(vault)
    gone = []
    with _alone(folder):
        for name in (
            KEY_FILE,
            f"{KEY_FILE}.new",
            FILE,
            f"{FILE}-journal",
            backup.name,
            f"{backup.name}-journal",
        ):
            path = folder / name
            try:
                if name.startswith(KEY_FILE):
                    _overwrite(path)
                path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _refused(path, error) from None
            gone.append(name)
        _sync(folder)
    with suppress(OSError):
        (folder / _LOCK).unlink()
        folder.rmdir()
    return tuple(gone)


def _find(kept: tuple[Slot, ...], name: str) -> Slot:
    for slot in kept:
        if slot.id == name:
            return slot
    raise VaultError(f"There is no key '{name}'.", fix="The list: companion vault status")


# --- the file ---------------------------------------------------------------------


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time change the keys. Raises VaultError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        opened = os.open(folder / _LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise _refused(folder, error) from None
    try:
        # The system lets go of it when the process ends, however it ends.
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise VaultError(
            "Another Companion is changing the keys of this diary.",
            fix="Wait until it has ended, and try again.",
        ) from None
    finally:
        os.close(opened)


def _write(folder: Path, kept: tuple[Slot, ...]) -> None:
    """Put the file in its place whole; overwrite the one that was there."""
    path, fresh = folder / KEY_FILE, folder / f"{KEY_FILE}.new"
    text = json.dumps(_Slots(slots=kept).model_dump(), indent=1)
    try:
        with suppress(FileNotFoundError):
            fresh.unlink()
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as file:
            os.fchmod(opened, 0o600)
            file.write(text)
            file.flush()
            os.fsync(opened)
        with path.open("r+b") if path.exists() else nullcontext() as old:
            fresh.replace(path)
            _sync(folder)
            if old is not None:
                # What it held should not open the diary any more; a worn disk may keep a copy.
                _zero(old.fileno())
    except OSError as error:
        raise _refused(path, error) from None


def _overwrite(path: Path) -> None:
    opened = os.open(path, os.O_WRONLY)
    try:
        _zero(opened)
    finally:
        os.close(opened)


def _zero(opened: int) -> None:
    os.pwrite(opened, bytes(os.fstat(opened).st_size), 0)
    os.fsync(opened)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refused(path: Path, error: OSError) -> VaultError:
    return VaultError(
        f"{error.filename or path} cannot be used ({error.strerror}).",
        fix="Check the disk, the folder and its rights.",
    )
