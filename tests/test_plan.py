"""The safety plan: one utterance away, filled in by voice, kept."""

import json
import os

import pytest

from companion import app
from companion.cares import SafetyPlan
from companion.commands.main import main
from companion.events import Chosen, Kept, Said
from companion.hear.typed import TypedRecogniser
from companion.memory.cared import CareKeeper
from companion.memory.journal import Journal
from companion.memory.planned import kept_plan
from companion.memory.vault import Vault
from companion.parts import read_parts
from companion.settings import Settings
from companion.values import State, Transcript, TurnId, Utterance

from .test_keeping import Calendar


@pytest.fixture(scope="module")
def talk():
    return app.build_conversation(read_parts(Settings()), TypedRecogniser(), aloud=False)


def say(talk, state: State, *texts: str) -> tuple[list[str], State, str]:
    """Say things one after the other; give what was said last, the state, and the act."""
    said, act = [], ""
    for number, text in enumerate(texts, start=1):
        heard = Transcript(text, typed=True)
        events = list(talk.answer(Utterance(TurnId(number), heard), state))
        said = [event.text for event in events if isinstance(event, Said)]
        act = next((event.act for event in events if isinstance(event, Chosen)), "")
        state = [event.state for event in events if isinstance(event, Kept)][-1]
    return said, state, act


def test_it_is_filled_in_by_voice_part_by_part(talk):
    """In the person's own words, and read back."""
    _, state, act = say(
        talk, State(), "hello", "my plan", "yes", "I stop answering the phone",
        "next", "a walk by the river", "music", "later",
    )  # fmt: skip

    assert act == "plan"
    assert state.care.plan.steps[:3] == (
        ("I stop answering the phone",), ("a walk by the river", "music"), (),
    )  # fmt: skip
    said, state, _ = say(talk, state, "my plan")
    assert "a walk by the river" in said and said[-1].endswith("now?")


def test_it_goes_on_at_the_first_empty_part(talk):
    """Another day, or after something else came between."""
    plan = SafetyPlan((("a",), ("b",), (), (), (), ()))
    state = State()
    state = say(talk, state, "hello")[1]
    state = type(state)(**{**vars(state), "care": type(state.care)(plan=plan)})
    said, state, _ = say(talk, state, "add to my plan")

    assert said[-1].startswith("Which people or places")
    said, state, act = say(talk, state, "help")
    assert act == "help" and state.care.waits == ""
    assert state.care.plan == plan


def test_danger_comes_first_and_the_plan_is_not_lost(talk):
    """Whatever was said into a part of it."""
    _, state, act = say(talk, State(), "hello", "my plan", "yes", "i want to kill myself")

    assert act == "safety"
    assert state.care.plan.is_empty
    _, state, act = say(talk, state, "my plan")
    assert act == "plan"


def test_it_can_be_read_in_immediate_danger(talk):
    """One's own plan helps more than any number."""
    plan = SafetyPlan(((), ("cold water",), (), ("Ada, 01234",), (), ()))
    state = type(State())(care=type(State().care)(plan=plan))
    state = say(talk, state, "i am going to kill myself tonight")[1]
    said, _, act = say(talk, state, "my plan")

    assert act == "plan" and "Ada, 01234" in said


@pytest.mark.parametrize("steps", [((),) * 6, ((), ("cold water",), (), (), (), ())])
def test_nobody_is_asked_to_fill_it_in_while_the_danger_is_immediate(talk, steps):
    """Where there is none yet, the emergency number stands in its place."""
    state = type(State())(care=type(State().care)(plan=SafetyPlan(steps)))
    state = say(talk, state, "i am going to kill myself tonight")[1]
    said, state, _ = say(talk, state, "my plan")

    assert not any("begin" in text or "fill" in text for text in said)
    assert state.care.waits == ""
    assert any(steps) or "emergency number" in said[0]


def test_how_a_crisis_is_handled_is_not_explained_in_the_middle_of_one(talk):
    """The answer is a sentence of safety."""
    state = say(talk, State(), "i am going to kill myself tonight")[1]

    assert say(talk, state, "how do you handle a crisis")[2] == "safety"


def test_ones_own_people_stand_above_the_numbers(talk):
    """On the screen, where help is asked for."""
    plan = SafetyPlan(((), (), (), ("Ada, 01234",), (), ()))
    state = type(State())(care=type(State().care)(plan=plan))
    said, _, act = say(talk, state, "help")

    assert act == "help"
    assert said.index("Ada, 01234") < next(i for i, text in enumerate(said) if "Emergency" in text)


def test_every_version_is_kept_at_once(tmp_path):
    """In the vault, and found again."""
    vault = Vault(tmp_path, os.urandom(32))
    keeper = CareKeeper(vault, now=Calendar(), zone="UTC")
    care = keeper.remembered()
    plan = SafetyPlan().adding(1, "a walk")
    keeper.keep(State(care=type(care)(plan=plan, country="IE")))

    assert kept_plan(Journal(vault)) == plan
    again = CareKeeper(vault, now=Calendar(), zone="UTC").remembered()
    assert (again.plan, again.country) == (plan, "IE")
    vault.close()


def test_the_command_fills_reads_and_clears_it(tmp_path, monkeypatch, capsys):
    """Without any model."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    monkeypatch.setenv("COMPANION_PASSPHRASE", "a long passphrase")
    typed = tmp_path / "typed"
    typed.write_text("a walk\nmusic\n")
    with monkeypatch.context() as patched, typed.open() as lines:
        patched.setattr("sys.stdin", lines)
        assert main(["plan", "--add", "2"]) == 0
    capsys.readouterr()

    assert main(["plan", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"][1] == ["a walk", "music"]
    assert main(["plan"]) == 0
    assert "2. What I can do by myself." in capsys.readouterr().out
    assert main(["plan", "--clear", "2"]) == 0
    assert "nothing in it yet" in capsys.readouterr().out
    assert main(["plan", "--add", "7"]) == 1
