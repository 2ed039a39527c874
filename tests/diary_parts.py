"""What the tests of a diary's changes share."""

from datetime import UTC, datetime, timedelta

import pytest

from companion.memory.entries import Note
from companion.memory.journal import Journal
from companion.memory.vault import Vault

KEY = bytes(range(32))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path):
    vault = Vault(tmp_path / "me", KEY)
    yield vault
    vault.close()


@pytest.fixture
def journal(vault):
    return Journal(vault)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A vault for many examples, which begin by emptying it."""
    vault = Vault(tmp_path_factory.mktemp("shared") / "me", KEY)
    yield vault
    vault.close()


def keep(journal, body, hours=0):
    if isinstance(body, str):
        body = Note(text=body)
    return journal.add(body, at=NOW + timedelta(hours=hours), zone="UTC", now=NOW)


def found(journal, words, **which):
    return {entry.id for entry in journal.search(words, **which)}
