"""What a language model is asked."""

import re

import pytest

from companion import paths
from companion.content import read
from companion.errors import SettingsError
from companion.risk import Assessment, RiskState
from companion.think.prompt import Persona, Prompter
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

ENGLISH = paths.content() / "en"
TALK = tuple(Exchange(f"heard {at}", (f"Said {at}.",), "reflect") for at in range(30))


def turn(words: str, history: tuple[Exchange, ...] = ()) -> Turn:
    said = Transcript(words)
    return Turn(
        Utterance(TurnId(1), said), said, Assessment(), RiskState(), Expected(), MindState(),
        history, free_talk=True,
    )  # fmt: skip


PLAN = Plan("reflect", (), task="reflect")


def test_the_order_is_fixed():
    """Persona, talk, words, and what is wanted last: so the beginning can be kept."""
    system, *talk, last = Prompter(ENGLISH).ask(turn("I am so tired", TALK[:2]), PLAN)

    assert system["role"] == "system"
    assert [message["content"] for message in talk] == ["heard 0", "Said 0.", "heard 1", "Said 1."]
    assert last["role"] == "user"
    assert last["content"].startswith("I am so tired\n\n(")


def test_what_was_told_in_earlier_talks_stands_in_the_last_message():
    """So the beginning stays as it was; without any, nothing of it is there."""
    known = Plan("reflect", (), task="reflect", memories=("you are worried about your exam",))
    *same, last = Prompter(ENGLISH).ask(turn("I am so tired", TALK[:2]), known)
    *before, plain = Prompter(ENGLISH).ask(turn("I am so tired", TALK[:2]), PLAN)

    assert same == before
    assert "you are worried about your exam" in last["content"]
    assert "earlier talk" not in plain["content"]


def test_words_still_being_spoken_are_the_beginning_of_the_prompt():
    """What was read ahead is not read again."""
    prompter = Prompter(ENGLISH)
    *before, last = prompter.partial("I am so", TALK[:2])
    *same, whole = prompter.ask(turn("I am so tired", TALK[:2]), PLAN)

    assert before == same
    assert whole["content"].startswith(last["content"])


def test_the_talk_that_is_shown_grows_and_seldom_moves():
    """Each move costs the model all that it has read; and the talk stays short."""
    prompter = Prompter(ENGLISH)
    firsts = []
    for length in range(1, 31):
        # The conversation itself remembers twelve exchanges.
        messages = prompter.partial("", TALK[max(0, length - 12) : length])
        firsts.append(messages[1]["content"])
        assert len(messages) <= 2 + 2 * 9

    assert len(set(firsts)) <= 6


def test_a_very_long_speech_is_shown_in_part():
    """Its beginning and its end."""
    words = "start " + "word " * 2_000 + "end"
    content = Prompter(ENGLISH).ask(turn(words), PLAN)[-1]["content"]

    assert len(content) < 1_500
    assert content.startswith("start word") and "word end\n" in content


def test_a_task_without_a_line_is_named():
    """The stage then fails, and the written reply is given."""
    with pytest.raises(SettingsError, match="no task 'dance'"):
        Prompter(ENGLISH).ask(turn("hello"), Plan("dance", (), task="dance"))


def test_every_task_of_the_policy_is_written():
    """The steps of the policy and persona.yaml agree."""
    steps = [path.read_text() for path in (paths.PACKAGE / "think").glob("*.py")]
    tasks = read(ENGLISH / "persona.yaml", Persona).tasks

    assert {task for step in steps for task in re.findall(r'task="(\w+)"', step)} == set(tasks)
