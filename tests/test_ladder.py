"""The ladder of questions: one a turn, in order, each answer with its level."""

import pytest

from companion.guard.protocol import MOST_ASKED
from companion.guard.reviewed import LEVELS
from companion.risk import Risk
from tests.danger import PROTOCOL, Talk

WISH = "i wish i was dead"
ONWARD = {"ask-suicide": "yes", "ask-done": "no", "ask-today": "no", "ask-prepared": "no"}
"""Answers that lead from rung to rung without immediate danger"""


def climb(talk: Talk, answers: dict[str, str]) -> list[str]:
    """Answer every question as given, else with yes; give the questions in their order."""
    asked = [talk.say(WISH)[-1]]
    for _ in range(20):
        said = talk.say(answers.get(asked[-1], "yes"))
        if not said or said[-1] not in PROTOCOL.questions:
            break
        asked.append(said[-1])
    return asked


def test_all_of_it_is_asked_in_order_one_question_a_turn():
    """A wish to be dead was said already, so the thoughts come first."""
    asked = climb(Talk(), {**ONWARD, "ask-before-when": "years ago", "ask-keeps": "my sister"})

    rungs = [line for line in asked if line in PROTOCOL.ladder]
    assert rungs == list(PROTOCOL.ladder[1:])
    assert asked.index("ask-before-when") == asked.index("ask-before") + 1


@pytest.mark.parametrize(
    ("rung", "level"),
    [
        ("ask-suicide", "concern"), ("ask-how", "high"), ("ask-reach", "high"),
        ("ask-intent", "high"), ("ask-done", "immediate"), ("ask-today", "immediate"),
        ("ask-prepared", "immediate"), ("ask-before", "concern"),
    ],
)  # fmt: skip
def test_a_yes_to_a_rung_shows_its_level(rung, level):
    """And the level is known before a word of the answer is said."""
    talk = Talk()
    answers = {**ONWARD, "ask-how": "no", "ask-intent": "no"}
    if rung in ("ask-reach", "ask-today"):
        answers |= {"ask-how": "yes", "ask-intent": "yes"}
    talk.say(WISH)
    while talk.state.asked != rung:
        assert talk.say(answers.get(talk.state.asked, "no"))
    talk.say("yes", told=False)

    assert talk.state.level >= LEVELS[level]
    assert talk.state.firm


def test_the_ladder_stops_at_immediate_danger():
    """From there on it is about safety alone."""
    talk = Talk()
    talk.say(WISH)
    talk.say("yes")
    said = talk.say("yes, i did")

    assert said[0] == "now-call"
    assert talk.state.level is Risk.IMMEDIATE
    for words in ("i don't know", "i like trains", "leave me alone"):
        assert not set(talk.say(words)) & set(PROTOCOL.ladder)


def test_a_denial_is_thanked_and_only_what_was_done_is_still_asked():
    """Nobody is pressed through twelve questions; the subject stays open."""
    talk = Talk()
    talk.say(WISH)

    assert talk.say("no") == ["told-no", "ask-done"]
    assert talk.say("no") == ["ladder-end", "plan-offer"]
    assert talk.say("the weather is nice") == []
    assert talk.state.level is Risk.CONCERN


def test_no_rung_is_asked_anew_once_it_was_answered():
    """Nor more than twice before, also of someone who says the same again and again."""
    talk, asked = Talk(), []
    for number in range(30):
        said = talk.say(WISH if number % 2 == 0 else ONWARD.get(talk.state.asked, "no"))
        asked += [line for line in said if line in PROTOCOL.ladder]

    counts = [asked.count(rung) for rung in set(asked)]
    assert max(counts) <= MOST_ASKED
    runs = [rung for at, rung in enumerate(asked) if at == 0 or asked[at - 1] != rung]
    assert len(runs) == len(set(runs))


def test_words_that_answered_a_rung_already_are_not_asked_about():
    """Somebody who has a plan is not asked whether they have thought of a way."""
    talk = Talk()
    talk.say("i have a plan to kill myself")

    assert {"ask-wish", "ask-suicide", "ask-how"} <= set(talk.state.passed)


def test_an_unclear_time_is_asked_after_the_first_sentence_of_safety():
    """ "I have a plan": first a person to be with, then: now, or earlier?"""
    talk = Talk()
    said = talk.say("i have a plan to kill myself")

    assert talk.state.level is Risk.HIGH
    assert said[0] == "person-today" and said[-1] == "ask-now"
    assert talk.say("tonight")[0] == "now-call"
    assert talk.state.level is Risk.IMMEDIATE


@pytest.mark.parametrize(
    ("when", "level"),
    [
        ("two days ago", Risk.IMMEDIATE), ("last night", Risk.IMMEDIATE),
        ("three weeks ago", Risk.HIGH), ("two months ago", Risk.HIGH),
        ("years ago when i was nineteen", Risk.CONCERN),
    ],
)  # fmt: skip
def test_an_attempt_counts_by_how_long_ago_it_was(when, level):
    """Seven days: immediate. Three months: high. Longer: what else was said."""
    talk = Talk()
    talk.say(WISH)
    while talk.state.asked != "ask-before":
        talk.say(ONWARD.get(talk.state.asked, "no") if talk.state.asked != "ask-suicide" else "yes")
    assert talk.say("yes")[-1] == "ask-before-when"
    talk.say(when)

    assert talk.state.level is level


def test_an_answer_that_was_talked_over_still_gets_its_reply():
    """The level is kept at once; the sentences are owed."""
    talk = Talk()
    talk.say(WISH)
    talk.say("yes")
    talk.say("yes", told=False)
    said = talk.say("um i mean")

    assert said[0] == "now-call"


def test_danger_that_was_talked_over_still_gets_its_answer():
    """Until its first sentence was heard."""
    talk = Talk()
    talk.say("i am going to kill myself tonight", told=False)

    assert talk.say("anyway how was your day")[0] == "now-call"
