"""What the tests of the check-in share: a day, a person who checks in, and what was kept of it."""

import os
from datetime import UTC, datetime

from companion.memory.journal import Journal
from companion.memory.keeping import Keeper
from companion.memory.vault import Vault

from .care_made import Person, ShortAnswersEar

NOW = datetime(2026, 3, 1, 21, tzinfo=UTC)


def held(folder, *texts: str, at: datetime = NOW, ear: str = "") -> Person:
    """Hold a kept talk; the machine loses power after the last thing said."""
    folder.mkdir(exist_ok=True)
    key = folder / "key"
    if not key.exists():
        key.write_bytes(os.urandom(32))
    vault = Vault(folder, key.read_bytes())
    keeper = Keeper(vault, now=lambda: at, zone="Europe/Berlin", ear=ear)
    person = Person(ear=ShortAnswersEar) if ear else Person()
    person.state = keeper.remembered()
    for text in texts:
        person.says(text)
        for event in person.events:
            keeper.take(event)
    assert keeper.problem is None
    vault.close()
    return person


def kept(folder) -> list:
    vault = Vault(folder, (folder / "key").read_bytes())
    found = [entry.body for entry in Journal(vault).list(newest_first=False)]
    vault.close()
    return [body for body in found if body.kind != "talk"]
