"""What the diary gives a talk to know, and keeps of it: facts, and what questionnaires came to."""

from collections.abc import Iterator
from datetime import datetime

from companion.memory import entries
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from companion.records import Fact, Known, Total

MOST = 200
"""Facts that a talk begins with: the newest"""


class KnowledgeKeeper:
    """Gives what is known when a talk begins, and keeps what changes of the facts."""

    def __init__(self, vault: Vault, zone: str, *, learns: bool) -> None:
        """`learns`: facts are remembered."""
        self._vault = vault
        self._journal = Journal(vault)
        self._zone = zone
        self._learns = learns
        self._facts: dict[str, Fact] = {}

    def known(self, now: datetime) -> Known:
        """Give what earlier talks left. Raises VaultError."""
        facts = tuple(self._read()) if self._learns else ()
        self._facts = {fact.id: fact for fact in facts}
        kept = not self._vault.read_only
        totals, learns = tuple(self._totals()), kept and self._learns
        return Known(kept, totals, now, learns=learns, facts=facts)

    def keep(self, known: Known, now: datetime) -> None:
        """Write what was learnt, mended and forgotten since. Raises VaultError."""
        facts = {fact.id: fact for fact in known.facts}
        if facts == self._facts:
            return
        with self._vault.writing():
            for id, fact in facts.items():
                if fact != self._facts.get(id):
                    self._write(fact, now)
            for id in self._facts.keys() - facts.keys():
                self._journal.discard(id)
        self._facts = facts

    def _write(self, fact: Fact, now: datetime) -> None:
        body = entries.Fact.model_validate(
            {
                "about": fact.about,
                "text": fact.text,
                "what": fact.what,
                "sensitive": fact.sensitive,
                "asked": fact.asked,
            }
        )
        at = fact.at or now
        entry = entries.Entry(id=fact.id, at=at, zone=self._zone, created=now, body=body)
        self._journal.put(entry)

    def _read(self) -> Iterator[Fact]:
        newest = list(self._journal.list(kinds=("fact",), limit=MOST))
        for entry in reversed(newest):
            if isinstance(body := entry.body, entries.Fact):
                yield Fact(
                    entry.id,
                    body.about,
                    body.text,
                    body.what,
                    body.sensitive,
                    body.asked,
                    entry.at,
                )

    def _totals(self) -> Iterator[Total]:
        """Give the last of each questionnaire that came to a total."""
        found: set[str] = set()
        for entry in self._journal.list(kinds=("questionnaire",)):
            body = entry.body
            if not isinstance(body, entries.Questionnaire) or body.total is None:
                continue
            if body.instrument not in found:
                found.add(body.instrument)
                yield Total(body.instrument, entry.at, body.total)
