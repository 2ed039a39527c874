"""The copy of two parts of the safety plan that can be read while the diary is locked.

It exists only where its owner chose it. It holds what one can do alone and the professionals,
nothing else of a diary, and is encrypted (AES-GCM, NIST SP 800-38D) under a key of its own that
opens nothing else. That key lies beside it, because nobody is asked for one: whoever can read the
files of this login can read these two parts. To forget it is to destroy the key first.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from companion.cares import SHARED, STEPS, SafetyPlan
from companion.errors import VaultError

COPY, KEY = "plan.copy", "plan.key"
_BOUND_TO = b"companion: safety plan, the parts that may be read unlocked, 1"
_KEY_BYTES, _NONCE_BYTES = 32, 12


def exists(folder: Path) -> bool:
    """Tell whether the owner of the profile chose a copy."""
    return (folder / KEY).exists()


def keep(folder: Path, plan: SafetyPlan) -> None:
    """Keep the shared parts of a plan, under a new key. Raises VaultError."""
    text = json.dumps([plan.steps[step] for step in SHARED], ensure_ascii=False).encode()
    key, nonce = token_bytes(_KEY_BYTES), token_bytes(_NONCE_BYTES)
    try:
        _write(folder / KEY, key)
        _write(folder / COPY, nonce + AESGCM(key).encrypt(nonce, text, _BOUND_TO))
    except OSError as error:
        raise VaultError(
            f"The copy of the plan could not be kept ({error.strerror}).",
            fix="Free some space, and check the rights of the data folder.",
        ) from None


def renew(folder: Path, plan: SafetyPlan) -> None:
    """Bring the copy up to date, where there is one. Raises VaultError."""
    if exists(folder):
        keep(folder, plan)


def read(folder: Path) -> SafetyPlan:
    """Give the parts that may be read while locked; an empty plan where there are none."""
    try:
        key, sealed = (folder / KEY).read_bytes(), (folder / COPY).read_bytes()
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        parts = json.loads(AESGCM(key).decrypt(nonce, text, _BOUND_TO))
        steps = dict(zip(SHARED, (tuple(map(str, part)) for part in parts), strict=True))
    except (OSError, ValueError, TypeError, InvalidTag):
        return SafetyPlan()
    return SafetyPlan(tuple(steps.get(step, ()) for step in range(STEPS)))


def forget(folder: Path) -> bool:
    """Destroy the key, then the copy; tell whether there was one. Raises VaultError."""
    there = exists(folder)
    try:
        for name in (KEY, f"{KEY}.new", COPY, f"{COPY}.new"):
            with suppress(FileNotFoundError):
                _destroy(folder / name)
    except OSError as error:
        raise VaultError(
            f"The copy of the plan could not be removed ({error.strerror}).",
            fix="Check the rights of the data folder, and try again.",
        ) from None
    return there


def _write(path: Path, data: bytes) -> None:
    """Put a file in place whole, or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _destroy(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
