"""What a talk leaves behind."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.memory.entries import Incident, Talk
from companion.memory.journal import Journal
from companion.memory.keeping import Keeper
from companion.memory.vault import Vault
from companion.risk import Kind, Risk, RiskState
from companion.values import State

from .parts import conversation, last_state, said_by

START = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)


class Calendar:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault(tmp_path, os.urandom(32))
    yield vault
    vault.close()


def hold(vault: Vault, *words: str, now: Calendar | None = None, **options: bool) -> State:
    """Hold a typed talk that is kept; give its last state."""
    now = now or Calendar()
    with Keeper(vault, now=now, zone="Europe/Berlin", **options) as keeper:
        state = keeper.remembered()
        for number, text in enumerate(words, start=1):
            events = list(conversation().answer(said_by(text, number), state))
            for event in events:
                keeper.take(event)
            state = last_state(events)
            now.moment += timedelta(seconds=30)
    return state


def kept(vault: Vault, kind: type) -> list:
    return [
        entry.body
        for entry in Journal(vault).list(include_hidden=True)
        if isinstance(entry.body, kind)
    ]


def test_facts_of_a_talk_are_kept_and_not_its_words(vault):
    """How long, how many turns, what was done."""
    hold(vault, "i am so very tired", "and sad")

    (talk,) = kept(vault, Talk)
    assert (talk.seconds, talk.turns, talk.acts) == (60.0, 2, ("reflect", "reflect"))
    assert talk.highest == "none"
    assert "tired" not in "".join(entry.model_dump_json() for entry in Journal(vault).list())


def test_words_are_kept_only_where_they_were_asked_for(vault):
    """Then both sides of them."""
    hold(vault, "i am so very tired", transcripts=True)

    (talk,) = kept(vault, Talk)
    assert talk.transcript[0].heard == "i am so very tired"
    assert talk.transcript[0].said == ("I hear you.",)


def test_danger_is_remembered_for_three_days(vault):
    """From one talk to the next, and kept at once: a program may be killed."""
    now = Calendar()
    hold(vault, "danger", now=now)

    now.moment = START + timedelta(hours=71)
    risk = Keeper(vault, now=now, zone="UTC").remembered().risk
    assert (risk.level, risk.kinds, risk.answered) == (
        Risk.IMMEDIATE, (Kind.SUICIDE,), Risk.IMMEDIATE,
    )  # fmt: skip
    assert risk.asked == ""

    now.moment = START + timedelta(hours=73)
    assert Keeper(vault, now=now, zone="UTC").remembered().risk == RiskState()


def test_an_incident_is_kept_with_its_rule_and_without_its_words(vault):
    """What was decided, and why."""
    hold(vault, "danger")

    (incident,) = kept(vault, Incident)
    assert (incident.level, incident.kinds, incident.words) == ("immediate", ("suicide",), "")


def test_an_incident_tells_what_was_said_and_the_words_only_where_they_are_kept(vault):
    """By the ids of the reviewed sentences, once the talk went on or ended."""
    hold(vault, "danger here", "and then", transcripts=True)

    (incident,) = kept(vault, Incident)
    assert incident.lines == ("now-call", "now-someone")
    assert incident.words == "danger here"


def test_the_kind_of_a_danger_stands_in_no_ordinary_entry(vault):
    """Whoever looks over a shoulder must not learn of it from a list of talks."""
    hold(vault, "danger")

    (talk,) = kept(vault, Talk)
    assert talk.skills == ()


def test_a_vault_that_fails_ends_the_keeping_and_not_the_talk(vault):
    """It says so once."""
    with Keeper(vault, now=Calendar(), zone="UTC") as keeper:
        vault.close()
        for event in conversation().answer(said_by("danger"), State()):
            keeper.take(event)

    assert keeper.problem


def test_nothing_is_kept_of_a_talk_in_which_nobody_spoke(vault):
    """An empty evening is no entry."""
    hold(vault)

    assert kept(vault, Talk) == []
