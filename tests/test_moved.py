"""A voice settles what words leave open about how strong a feeling is, and no more."""

import pytest

from companion.parts import build_policy, read_parts
from companion.risk import Assessment, RiskState
from companion.settings import Settings
from companion.stages import Policy
from companion.think.moved import moved
from companion.tone import Tone
from companion.values import (
    Exchange,
    Expected,
    MindState,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .test_talking import STUDENT

MOST = 0.7


@pytest.fixture(scope="module")
def policy() -> Policy:
    return build_policy(read_parts(Settings()))


def answered(policy: Policy, weight: float, *lines: str) -> list[Plan]:
    """Hold a talk in which the voice weighs so much in every turn."""
    plans: list[Plan] = []
    mind, expected = MindState(), Expected()
    history: tuple[Exchange, ...] = ()
    for number, line in enumerate(lines, start=1):
        words, tone = Transcript(line), Tone(weight=weight)
        turn = Turn(
            Utterance(TurnId(number), words), words, Assessment(), RiskState(), expected,
            history=history, free_talk=True, mind=mind, tone=tone,
        )  # fmt: skip
        plan = policy.choose(turn)
        mind, expected = plan.mind or mind, plan.expected
        history += (Exchange(line, tuple(said.text for said in plan.lines), plan.act),)
        plans.append(plan)
    return plans


@pytest.mark.parametrize("weight", [-MOST, 0.0, MOST])
@pytest.mark.parametrize("strength", ["strong", "light"])
def test_words_win_over_the_voice(strength, weight):
    """Whoever tells it lightly is believed, and whoever tells it strongly."""
    assert moved(strength, "sad", weight) == strength


def test_where_words_leave_it_open_an_unusual_voice_settles_it():
    """A calm one, and a bit of difference, do not."""
    assert [moved("", "sad", weight) for weight in (-MOST, 0.0, 0.4, MOST)] == [
        "",
        "",
        "",
        "strong",
    ]


def test_without_a_feeling_in_words_the_voice_says_nothing():
    """Loud talk about a train is talk about a train."""
    assert moved("", "", MOST) == ""


def test_no_voice_changes_what_is_done(policy):
    """The acts of a whole talk, and the exercises in it, are the same with any voice."""
    talks = [answered(policy, weight, *STUDENT) for weight in (-MOST, 0.0, MOST)]
    acts = [[(plan.act, plan.task, plan.expected) for plan in plans] for plans in talks]

    assert acts[0] == acts[1] == acts[2]


def test_it_may_change_how_a_feeling_is_said_back(policy):
    """Else it would be of no use."""
    calm, unusual = (
        [line.text for plan in answered(policy, weight, "hi", "I feel sad about it today")
         for line in plan.lines]
        for weight in (0.0, MOST)
    )  # fmt: skip

    assert calm != unusual
