"""Keep what a talk leaves behind, where its owner has a diary and it can be opened."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from companion import paths
from companion.cares import CareState, SafetyPlan
from companion.commands.now import now, zone_name
from companion.commands.vault import open_vault
from companion.events import Event
from companion.memory import unlocked
from companion.memory.journal import Journal
from companion.memory.keeping import Keeper
from companion.sense.baseline import Baseline
from companion.settings import Settings
from companion.tone import ToneState
from companion.usual_voice import read_usual
from companion.values import State


class Memory:
    """What is known when a talk begins, and takes what happens in it; or neither."""

    def __init__(
        self,
        keeper: Keeper | None,
        settings: Settings,
        usual: Callable[[], Baseline] = Baseline,
        plan: SafetyPlan | None = None,
    ) -> None:
        """`usual` reads what is known of the person's voice.

        `plan` is the part of the safety plan that may be read while the diary is locked.
        """
        self._keeper = keeper
        agreed = settings.sense.agreed
        self.state = (
            keeper.remembered(voice_agreed=agreed)
            if keeper
            else State(tone=ToneState(agreed=agreed), care=_locked(plan or SafetyPlan()))
        )
        self.keeps = keeper is not None
        self.usual = usual

    def watch(self, events: Iterator[Event]) -> Iterator[Event]:
        """Pass the events of a talk on, and keep what is to be kept."""
        for event in events:
            self.take(event)
            yield event

    def take(self, event: Event) -> None:
        """Keep what is to be kept of one event; say once where that is not possible any more."""
        if self._keeper is None:
            return
        self._keeper.take(event)
        if self._keeper.problem:
            print(f"{self._keeper.problem} Nothing more of this talk is kept.", file=sys.stderr)
            self._keeper, self.keeps = None, False


def _locked(plan: SafetyPlan) -> CareState:
    return CareState(plan=plan, locked=not plan.is_empty)


def begin(state: State, settings: Settings, at: datetime) -> State:
    """Let a talk begin at `at`, local time, with somebody of the age that was set."""
    ages = [age for age in (state.risk.age, _age(settings, at)) if age is not None]
    return replace(state, began=at, risk=replace(state.risk, age=min(ages, default=None)))


def _age(settings: Settings, at: datetime) -> int | None:
    """Give the years that somebody surely has: the birthday may be still to come."""
    born = settings.person.born
    return None if born is None else max(0, at.year - born - 1)


@contextmanager
def memory(options: argparse.Namespace, settings: Settings, ear: str = "") -> Iterator[Memory]:
    """Open the diary for one talk, where there is one and it is wanted.

    `ear` names the recogniser of a talk that is spoken.
    """
    vault = open_vault(options) if settings.memory.keep else None
    if vault is None:
        copy = unlocked.read(paths.profile_folder(options.person))
        yield Memory(None, settings, plan=copy)
        return
    try:
        with Keeper(
            vault,
            now=now,
            zone=zone_name(),
            transcripts=settings.memory.transcripts,
            ear=ear,
            facts=settings.memory.facts,
        ) as keeper:
            yield Memory(keeper, settings, partial(read_usual, Journal(vault)))
    finally:
        vault.close()
