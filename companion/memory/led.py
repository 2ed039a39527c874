"""Keep what an exercise came to, and what rules exercises out for this person."""

from datetime import datetime
from uuid import uuid4

from companion.memory import entries
from companion.memory.journal import Journal
from companion.memory.rows import moment_of
from companion.memory.vault import Vault
from companion.mindstate import MindState
from companion.records import Led

HEALTH = "health"
"""Where the health list is kept"""
MOST = 200
"""Exercises that are remembered: the last ones"""


class LedKeeper:
    """Keeps the exercises of a talk up to date in the diary."""

    def __init__(self, vault: Vault, zone: str) -> None:
        self._vault = vault
        self._journal = Journal(vault)
        self._zone = zone
        self._kept: Led | None = None
        self._id = ""
        self._at: datetime | None = None
        self._told: tuple[str, ...] | None = None

    def health(self) -> tuple[str, ...] | None:
        """Give what rules exercises out; None: nobody has asked. Raises VaultError."""
        return health_of(self._vault)

    def before(self) -> tuple[Led, ...]:
        """Give the exercises that were done, the last one first. Raises VaultError."""
        found = []
        for entry in self._journal.list(kinds=("exercise",)):
            body = entry.body
            if isinstance(body, entries.Exercise) and not entry.excluded:
                found.append(Led(body.name, body.before, body.after, body.again, body.unpleasant))
            if len(found) >= MOST:
                break
        return tuple(found)

    def keep(self, mind: MindState, now: datetime) -> None:
        """Write what was told so far. Raises VaultError."""
        if mind.health is not None and mind.health != self._told:
            keep_health(self._vault, mind.health, now)
            self._told = mind.health
        led = mind.led
        if led is None or led.after is None or led == self._kept:
            return
        if not self._kept or (led.name, led.after) != (self._kept.name, self._kept.after):
            self._id, self._at = uuid4().hex, now
        self._kept = led
        body = entries.Exercise(
            name=led.name,
            seconds=60 * (led.minutes or 0.0),
            before=led.before,
            after=led.after,
            again=led.again,
            unpleasant=led.unpleasant,
        )
        at = moment_of(self._at or now, self._zone)
        entry = entries.Entry(id=self._id, at=at, zone=self._zone, created=now, body=body)
        self._journal.put(entry)


def health_of(vault: Vault) -> tuple[str, ...] | None:
    """Give the health list of a vault; None: nobody has asked. Raises VaultError."""
    kept = vault.get(HEALTH)
    return None if kept is None else tuple(kept)


def keep_health(vault: Vault, health: tuple[str, ...], now: datetime) -> None:
    """Keep a health list. Raises VaultError."""
    vault.put(HEALTH, list(health), now)
