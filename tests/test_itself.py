"""What this program says of itself: a table of when, and every way of asking (docs/crisis.md)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from companion import paths
from companion.care.itself import ItselfPolicy
from companion.cares import CareState
from companion.guard.helplines import Helplines
from companion.risk import Assessment, RiskState
from companion.values import (
    Expected,
    Line,
    MindState,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = 3600.0


class Reflects:
    """Always reflects, or does what it is told."""

    def __init__(self, act: str = "reflect") -> None:
        self._act = act

    def choose(self, turn: Turn) -> Plan:
        return Plan(self._act, (Line("I hear you."),), mind=turn.mind, task="reflect")


NAMES = Helplines(paths.content() / "hotlines.yaml", "").names


def policy(act: str = "reflect") -> ItselfPolicy:
    return ItselfPolicy(paths.content() / "en", NAMES, Reflects(act))


POLICY = policy()


def say(
    text: str, care: CareState | None = None, *, at: float = 0, age: int | None = None,
    began: datetime | None = NOON, by: ItselfPolicy = POLICY,
) -> Plan:  # fmt: skip
    """Say something at so many seconds of a talk."""
    heard = Transcript(text, typed=True)
    utterance = Utterance(TurnId(1), heard, start=at, end=at, committed=at)
    turn = Turn(
        utterance, heard, Assessment(), RiskState(age=age), Expected(), MindState(), (), True,
        began=began, care=care or CareState(),
    )  # fmt: skip
    return by.choose(turn)


def ids(plan: Plan) -> list[str]:
    return [line.reviewed or line.text for line in plan.lines]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (None, ["i-am"]),
        (NOON - timedelta(days=8), ["i-am"]),
        (NOON - timedelta(days=6), ["i-am-short"]),
        (NOON - timedelta(hours=1), ["i-am-short"]),
    ],
)
def test_a_talk_begins_with_what_this_is(last, said):
    """In full at the first run and after more than seven days."""
    plan = say("hello there", CareState(last=last))

    assert ids(plan) == [*said, "I hear you."]
    assert plan.task == ""
    assert plan.care is not None and ids(say("and so on", plan.care, at=20)) == ["I hear you."]


@pytest.mark.parametrize(
    ("age", "after", "said"),
    [
        (None, 2.9 * HOUR, []), (None, 3.1 * HOUR, ["i-am-again"]),
        (16, 0.9 * HOUR, []), (16, 1.1 * HOUR, ["i-am-again", "break-minor"]),
        (34, 1.1 * HOUR, []),
    ],
)  # fmt: skip
def test_it_is_said_again_after_three_hours_and_to_a_minor_each_hour(age, after, said):
    """With a break for the young."""
    told = CareState(began=NOON.timestamp(), told=NOON.timestamp(), nudged=True)

    assert ids(say("so", told, at=after, age=age)) == [*said, "I hear you."]


def test_the_clock_of_a_file_runs_too():
    """Where the time of day is not known, seconds of sound do."""
    first = say("so", began=None, at=5.0)
    assert first.care is not None

    nudged = replace(first.care, nudged=True)
    assert ids(say("so", nudged, began=None, at=5.0 + 3.1 * HOUR))[0] == "i-am-again"


def test_a_pause_is_suggested_once_after_three_quarters_of_an_hour():
    """After the reply, and never again."""
    told = CareState(began=NOON.timestamp(), told=NOON.timestamp())
    plan = say("so", told, at=46 * 60)

    assert ids(plan) == ["I hear you.", "break-long"]
    assert plan.care is not None and ids(say("so", plan.care, at=60 * 60)) == ["I hear you."]


@pytest.mark.parametrize("act", ["stop", "lead"])
def test_nothing_is_added_to_silence_and_to_an_exercise(act):
    """It is said with the next reply."""
    plan = say("so", by=policy(act))

    assert ids(plan) == ["I hear you."]
    assert plan.care is not None and plan.care.told is None


TOLD = CareState(began=NOON.timestamp(), told=NOON.timestamp())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("are you human?", "i-am"), ("wait, am I talking to a real person", "i-am"),
        ("you're a real person right", "i-am"), ("is this chatgpt", "i-am"),
        ("be honest, are you conscious", "i-am"), ("is anybody there", "i-am"),
        ("pretend to be human please", "i-am"), ("will you be my girlfriend", "i-am"),
        ("who are you", "i-am"), ("what's your name", "i-am"), ("how old are you", "i-am"),
        ("are you a therapist", "not-a-therapist"), ("can you diagnose me", "not-a-therapist"),
        ("you are my therapist now", "not-a-therapist"),
        ("do you love me", "no-feelings"), ("do you even care", "no-feelings"),
        ("what can you do", "can-do"), ("what are your limits", "i-am-limits"),
        ("how often are you wrong", "wrong-1"), ("can I trust you", "wrong-1"),
        ("is this private", "private-1"), ("are you recording", "private-1"),
        ("can you call an ambulance for me", "cannot-call"), ("send help", "cannot-call"),
        ("how do you handle a crisis?", "crisis-1"),
        ("what happens if i tell you something bad", "crisis-1"),
        ("promise you won't tell anyone", "secret-1"), ("can you keep a secret", "secret-1"),
        ("will you always be there", "not-always"), ("you're all I have", "not-always"),
        ("who made you", "made-by"),
    ],
)  # fmt: skip
def test_every_way_of_asking_gets_a_true_answer(text, first):
    """Whatever persona was wished for."""
    plan = say(text, TOLD)

    assert plan.act == "about" and ids(plan)[0] == first
    assert all(line.reviewed for line in plan.lines) and plan.task == ""


@pytest.mark.parametrize(
    "text", ["i am so tired", "my boss is not human", "she asked who i was", "what a day"]
)
def test_ordinary_talk_is_not_about_the_program(text):
    """It goes on as always."""
    assert say(text, TOLD).act == "reflect"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("I'm in Ireland", "IE"), ("i live in the uk", "GB"), ("my country is Germany", "DE"),
        ("i'm in America by the way", "US"), ("i'm in bed", ""), ("france is nice", ""),
        ("i live in a small flat with my mother who comes from france originally", ""),
    ],
)  # fmt: skip
def test_a_country_is_taken_as_said_and_never_guessed(text, country):
    """From then on its numbers are named."""
    plan = say(text, TOLD)

    assert plan.care is not None and plan.care.country == country
    assert (plan.act == "about") is bool(country)
