"""Where the key of a vault comes from, and in which order the places are asked.

COMPANION_PASSPHRASE, when set, is the only one tried. Else what was handed over through a
descriptor, a key file that was named, the system's keyring, and at last the person.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from companion.errors import VaultError
from companion.memory import keys
from companion.memory.slots import REMEMBERED, as_secret, new_name
from companion.memory.vault import KEY_BYTES

TRIES = 3
"""At a prompt"""
SHORTEST = 8
"""Characters of a passphrase that a person chooses (NIST SP 800-63B)"""
MOST_HANDED = 4096
"""Bytes read from a descriptor"""
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a recovery key; the missing ones look like others (Crockford's base 32)"""
GROUPS = 8
_LOOK_ALIKE = str.maketrans("OIL", "011", " -\t")


class Ring(Protocol):
    """The system's keyring, as the package `keyring` shows it."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


@dataclass(frozen=True)
class Sources:
    """What may be asked for a key."""

    passphrase: bytes | None = field(default=None, repr=False)
    """COMPANION_PASSPHRASE"""
    handed: bytes | None = field(default=None, repr=False)
    """Read from a descriptor"""
    key_file: Path | None = None
    ring: Callable[[], Ring | None] = lambda: None
    ask: Callable[[str], str] | None = None
    """Asks a person without showing the answer; None: there is nobody to ask"""

    @property
    def words(self) -> bytes | None:
        """A passphrase that was given before anybody is asked."""
        return self.handed if self.passphrase is None else self.passphrase


def find_key(folder: Path, sources: Sources, *, again: bool = False) -> bytes:
    """Give the data key of a vault. Raises VaultError for a wrong secret, or for none.

    `again`: a person who could be asked is asked, although the keyring would open it.
    """
    kinds = {slot.kind for slot in keys.slots(folder)}
    if sources.words is not None:
        return _require(try_words(folder, sources.words))
    if sources.key_file is not None:
        secret = read_key_file(sources.key_file)
        return _require(keys.unlock(folder, "file", secret))
    remembered = not kinds.isdisjoint(REMEMBERED)
    if not (again and remembered) and (key := _from_ring(folder, sources)):
        return key
    if sources.ask is not None and remembered:
        return _require(_ask(folder, sources.ask))
    raise VaultError(
        "The diary is locked, and nothing was given that opens it.",
        fix="Use a terminal, or give --key-file FILE or --key-descriptor N.",
    )


def try_words(folder: Path, words: bytes) -> bytes | None:
    """Try a passphrase, and the same words as a recovery key. Raises VaultError."""
    if key := keys.unlock(folder, "passphrase", words):
        return key
    recovery = read_recovery_key(words.decode("utf-8", "replace"))
    return keys.unlock(folder, "recovery", recovery) if recovery else None


def _ask(folder: Path, ask: Callable[[str], str]) -> bytes | None:
    question = "Passphrase: "
    for _ in range(TRIES):
        words = ask(question)
        if not words:
            raise VaultError("The diary stays locked.")
        if key := try_words(folder, as_secret(words)):
            return key
        question = "That does not open it. Passphrase, or recovery key: "
    return None


def _require(key: bytes | None) -> bytes:
    if key is None:
        raise VaultError(
            "This does not open the diary; nothing was changed.",
            fix="Try again, or use your recovery key in its place.",
        )
    return key


# --- the keyring ------------------------------------------------------------------

_SERVICE = "companion"
_SAFE = ("SecretService", "libsecret", "macOS", "Windows", "kwallet")
"""Back ends of `keyring` that encrypt; others keep secrets in plain files, or keep none"""


def system_ring() -> Ring | None:
    """Find a keyring that encrypts, or None."""
    import keyring  # slow, and rarely needed

    return safe_ring(keyring.get_keyring())


def safe_ring(chosen: Any) -> Ring | None:
    """Give the keyring, or that one within it, that encrypts; None: others write plain files."""
    for ring in (chosen, *getattr(chosen, "backends", ())):
        module = type(ring).__module__.split(".")
        if module[:2] == ["keyring", "backends"] and module[2] in _SAFE:
            found: Ring = ring
            return found
    return None


def put_into_ring(ring: Ring, folder: Path, key: bytes | None) -> bytes:
    """Let a keyring open the vault; `key` None makes a new vault. Gives the data key.

    Raises VaultError where the keyring refuses; then nothing is changed.
    """
    from keyring.errors import KeyringError

    secret, name = secrets.token_bytes(KEY_BYTES), new_name()
    refused = VaultError(
        "The system's keyring did not take the key.", fix="Choose a passphrase instead."
    )
    try:
        ring.set_password(_SERVICE, name, secret.hex())
        taken = ring.get_password(_SERVICE, name) == secret.hex()
    except (KeyringError, OSError):
        raise refused from None
    if not taken:
        raise refused
    try:
        if key is None:
            return keys.create(folder, "keyring", secret, name=name)
        keys.add(folder, key, "keyring", secret, name)
    except BaseException:
        forget_in_ring(ring, name)
        raise
    return key


def forget_in_ring(ring: Ring, name: str) -> None:
    """Take one slot's secret out of a keyring, if it is there."""
    from keyring.errors import KeyringError

    with suppress(KeyringError, OSError):
        ring.delete_password(_SERVICE, name)


def _from_ring(folder: Path, sources: Sources) -> bytes | None:
    from keyring.errors import KeyringError

    names = [slot.id for slot in keys.slots(folder) if slot.kind == "keyring"]
    ring = sources.ring() if names else None
    if ring is None:
        return None
    for name in names:
        with suppress(KeyringError, OSError, ValueError):
            kept = ring.get_password(_SERVICE, name)
            if kept and (key := keys.unlock(folder, "keyring", bytes.fromhex(kept))):
                return key
    return None


# --- files, descriptors, recovery keys --------------------------------------------


def read_descriptor(number: int) -> bytes:
    """Read a passphrase that another program hands over, and close its end. Raises VaultError."""
    data = b""
    try:
        while len(data) <= MOST_HANDED and (more := os.read(number, MOST_HANDED)):
            data += more
        if number > 2:  # the others are still needed
            os.close(number)
    except OSError as error:
        raise VaultError(
            f"Descriptor {number} cannot be read ({error.strerror}).",
            fix=f"Open it for us, such as: companion --key-descriptor {number} … {number}<FILE",
        ) from None
    data = data.removesuffix(b"\n").removesuffix(b"\r")
    if not data or len(data) > MOST_HANDED:
        raise VaultError(
            f"What came through descriptor {number} is no passphrase: it is empty or too long.",
            fix=f"Hand over up to {MOST_HANDED} bytes.",
        )
    return as_secret(data.decode("utf-8", "surrogateescape"))


def read_key_file(path: Path) -> bytes:
    """Read the random bytes of a key file. Raises VaultError."""
    try:
        with path.open("rb") as file:
            data = file.read(KEY_BYTES + 1)
    except OSError as error:
        raise VaultError(
            f"The key file {path} cannot be read ({error.strerror}).",
            fix="Check that the disk with it is there.",
        ) from None
    if len(data) != KEY_BYTES:
        raise VaultError(
            f"{path} is no key file: it should hold {KEY_BYTES} bytes.",
            fix="Name the file that Companion made.",
        )
    return data


def make_key_file(path: Path, folder: Path) -> bytes:
    """Write random bytes into a new file that only its owner can read. Raises VaultError."""
    if path.absolute().resolve().is_relative_to(folder.absolute().resolve()):
        raise VaultError(
            "A key beside its lock protects nothing.",
            fix="Put the key file elsewhere, such as on a disk that you keep with you.",
        )
    secret = secrets.token_bytes(KEY_BYTES)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            os.fchmod(opened, 0o600)
            file.write(secret)
            file.flush()
            os.fsync(opened)
    except OSError as error:
        raise VaultError(
            f"The key file {path} cannot be written ({error.strerror}).",
            fix="Name a file that is not there yet, in a folder that is.",
        ) from None
    return secret


def new_recovery_key() -> str:
    """Make a key to print: eight groups of four random letters (160 bits) and a check letter."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(GROUPS)]
    return "-".join(group + _check_letter(group, at) for at, group in enumerate(groups))


def read_recovery_key(text: str) -> bytes | None:
    """Read a recovery key as a person types it, or give None where it is none."""
    plain = text.strip().upper().translate(_LOOK_ALIKE)
    if len(plain) != 5 * GROUPS:
        return None
    groups = [plain[start : start + 5] for start in range(0, len(plain), 5)]
    right = all(_check_letter(group[:4], at) == group[4] for at, group in enumerate(groups))
    return plain.encode() if right else None


def _check_letter(group: str, at: int) -> str:
    """Make mistyped letters and swapped groups show (31 of 32 of them)."""
    return LETTERS[hashlib.sha256(f"{at}{group}".encode()).digest()[0] % len(LETTERS)]
