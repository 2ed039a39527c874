"""One way to open a vault: its data key, encrypted under a key that a secret gives."""

import secrets
import unicodedata
from typing import Annotated, Literal

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field

from companion.content import Content
from companion.memory.vault import KEY_BYTES

Kind = Literal["passphrase", "recovery", "file", "keyring"]
Hex = Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$", max_length=200)]
VERSION: Literal[1] = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12
REMEMBERED: tuple[Kind, ...] = ("passphrase", "recovery")
"""Kinds whose secret a person remembers or types: trying one is made slow"""


class Cost(Content):
    """What it costs to try one passphrase (Argon2id, RFC 9106).

    The floor is OWASP's least for Argon2id; the ceiling keeps a spoilt file from filling the
    memory.
    """

    memory: Annotated[int, Field(ge=19_456, le=1_048_576)] = 65_536
    """KiB"""
    passes: Annotated[int, Field(ge=2, le=64)] = 3
    lanes: Annotated[int, Field(ge=1, le=64)] = 4


class Slot(Content):
    """The data key, wrapped for one way to open it."""

    kind: Kind
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    salt: Hex
    cost: Cost | None
    """None: the secret is as random as a key"""
    nonce: Hex
    wrapped: Hex = Field(repr=False)


def new_name() -> str:
    """Make a name for a slot."""
    return secrets.token_hex(4)


def as_secret(words: str) -> bytes:
    """Turn a passphrase into bytes: the same however a keyboard composes its accents."""
    return unicodedata.normalize("NFC", words).encode("utf-8", "surrogateescape")


def wrap(key: bytes, kind: Kind, secret: bytes, cost: Cost | None = None, name: str = "") -> Slot:
    """Encrypt a data key under a secret; without a name it gets a new one."""
    slow = (cost or Cost()) if kind in REMEMBERED else None
    name, salt = name or new_name(), secrets.token_bytes(_SALT_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    wrapped = AESGCM(_stretch(secret, salt, slow)).encrypt(nonce, key, _bound_to(kind, name))
    return Slot(
        kind=kind, id=name, salt=salt.hex(), cost=slow, nonce=nonce.hex(), wrapped=wrapped.hex()
    )


def unwrap(slot: Slot, secret: bytes) -> bytes | None:
    """Give the data key, or None where the secret is a wrong one."""
    if slot.cost is None and slot.kind in REMEMBERED:
        return None  # nobody who keeps to the floor wrote this
    try:
        wrapping = _stretch(secret, bytes.fromhex(slot.salt), slot.cost)
        key = AESGCM(wrapping).decrypt(
            bytes.fromhex(slot.nonce), bytes.fromhex(slot.wrapped), _bound_to(slot.kind, slot.id)
        )
    except (InvalidTag, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _stretch(secret: bytes, salt: bytes, cost: Cost | None) -> bytes:
    """Make a wrapping key: slowly from what a person remembers, as it is from random bytes."""
    if cost is None:
        return secret if len(secret) == KEY_BYTES else bytes(0)
    return hash_secret_raw(secret, salt, cost.passes, cost.memory, cost.lanes, KEY_BYTES, Type.ID)


def _bound_to(kind: Kind, name: str) -> bytes:
    return f"companion vault {VERSION} {kind} {name}".encode()
