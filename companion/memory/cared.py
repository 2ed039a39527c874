"""Keep a person's country, their being young, and each version of their safety plan."""

from collections.abc import Callable
from datetime import datetime

from companion.cares import CareState
from companion.memory import unlocked
from companion.memory.entries import Plan
from companion.memory.journal import Journal
from companion.memory.planned import kept_plan
from companion.memory.vault import Vault
from companion.memory.voices import MINOR
from companion.values import State

COUNTRY = "country"


class CareKeeper:
    """Keeps what a talk changes of it, at once: a program may be killed."""

    def __init__(self, vault: Vault, *, now: Callable[[], datetime], zone: str) -> None:
        """`zone` is where the talk is held."""
        self._vault = vault
        self._journal = Journal(vault)
        self._now = now
        self._zone = zone
        self._known = CareState()
        self._minor = False

    def remembered(self) -> CareState:
        """Give what is known when a talk begins. Raises VaultError."""
        talks = self._journal.list(limit=1, kinds=("talk",), include_hidden=True)
        last = next(iter(talks), None)
        self._minor = bool(self._vault.get(MINOR))
        self._known = CareState(
            country=self._vault.get(COUNTRY) or "",
            last=last.local if last else None,
            plan=kept_plan(self._journal),
        )
        return self._known

    def keep(self, state: State) -> None:
        """Keep what is new. Raises VaultError."""
        care, known = state.care, self._known
        if care.country != known.country:
            self._vault.put(COUNTRY, care.country, self._now())
        if care.plan != known.plan:
            body = Plan(steps=care.plan.steps)
            now = self._now()
            self._journal.add(body, at=now, zone=self._zone, now=now)
            unlocked.renew(self._vault.path.parent, care.plan)
        self._known = care
        if state.risk.is_minor and not self._minor:
            self._vault.put(MINOR, True, self._now())
            self._minor = True
