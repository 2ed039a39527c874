"""A model's sentences are held to the act."""

import pytest

from companion import paths
from companion.think.contract import Contract
from companion.values import Exchange, Line, Plan

from .test_prompt import turn

CONTRACT = Contract(paths.content() / "en")
REFLECT = Plan("reflect", (Line("I hear you."),), task="reflect")
ASK = Plan("ask", (Line("That is a lot."), Line("What helps?")), task="ask")
HEARD = "I was late for the third time this week and my boss just looked at me and sighed"


def kept(plan: Plan, *sentences: str, heard: str = HEARD, said: tuple[str, ...] = ()) -> list[str]:
    history = (Exchange("x", said, "reflect"),) if said else ()
    return list(CONTRACT.keep(sentences, turn(heard, history), plan))


def test_a_good_reflection_passes():
    """Nothing of it is changed."""
    good = ("Being late again hurt.", "And that sigh stays with you.")

    assert kept(REFLECT, *good) == list(good)


def test_where_it_was_told_to_listen_it_asks_nothing():
    """The question ends it."""
    assert kept(REFLECT, "That hurt.", "Why were you late?", "Tell me.") == ["That hurt."]
    assert kept(REFLECT, "Why were you late?") == []


def test_a_question_is_one_and_last_and_the_written_one_follows_where_none_came():
    """The act is to ask."""
    assert kept(ASK, "That hurt.", "What was it like?", "And then?") == [
        "That hurt.", "What was it like?",
    ]  # fmt: skip
    assert kept(ASK, "That hurt.") == ["That hurt.", "What helps?"]
    assert kept(ASK, "That hurt.", "You mind it.", "It is much.") == [
        "That hurt.", "You mind it.", "What helps?",
    ]  # fmt: skip
    assert kept(ASK, "You should talk to him.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "You should talk to your boss.",
        "Have you tried an alarm clock?",
        "I know how you feel.",
        "Everything will be okay.",
        "I'm here to help you with anything.",
        "You were late for the third time this week and your boss sighed.",
        "I was late for the third time this week and my boss looked.",
        "word " * 31,
        "",
        "...",
    ],
)
def test_habits_of_small_models_end_the_reply(sentence):
    """Advice, empty comfort, parroting, endless sentences."""
    assert kept(REFLECT, sentence, "That hurt.") == []


def test_nothing_is_said_twice():
    """Not in one reply, and not again later."""
    assert kept(REFLECT, "That hurt.", "That hurt!") == ["That hurt."]
    assert kept(REFLECT, "That hurt.", said=("That hurt.",)) == []
