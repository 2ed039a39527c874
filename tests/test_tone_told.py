"""What is said about the tone of voice, and when nothing is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.guard.outgoing import ScopeGuard
from companion.guard.words import read_normaliser
from companion.records import Form
from companion.risk import Risk, RiskState
from companion.tone import ToneLevel, ToneState
from companion.values import (
    AnswerKind,
    Expected,
    Line,
    MindState,
)

from .tone_turns import AGREED, ASKING, CLEAR, TALKED, said, turn
from .tones import FOLDER, LATER, WORDS, talk


def test_asked_how_it_sounds_it_tells_and_explains_when_asked_again():
    """Then, and only then, "how do you know?" is about the voice."""
    told = talk().answer(turn("how do I sound?"))

    assert said(told) == "It was different. It may be a cold. You?"
    assert told.tone.how == ("I compared.",)  # type: ignore[union-attr]
    assert said(talk().answer(turn("how do you know that?", told.tone))) == "I compared."  # type: ignore[union-attr, arg-type]
    assert talk().answer(turn("how do you know that?", AGREED)) is None


def test_asked_without_consent_it_says_how_to_give_it():
    """It does not look first and ask later."""
    assert "say: look at my voice" in said(talk().answer(turn("how do i sound", ToneState())))


def test_a_clear_difference_takes_the_place_of_an_open_question():
    """The reflection stays; no model words it; the time is noted."""
    plan = talk().add(turn(), ASKING)

    assert said(plan) == "That sounds hard. It was different. It may be a cold. You?"
    assert plan.task == ""
    assert plan.act == "ask"
    assert plan.tone is not None and plan.tone.remarked == LATER + timedelta(seconds=60)


NOT_NOW = {
    "it was told this morning": {
        "state": replace(AGREED, remarked=LATER - timedelta(hours=11)),
    },
    "nobody knows the time": {"began": None},
    "the talk has only begun": {"history": TALKED[:1]},
    "there is danger": {"risk": RiskState(level=Risk.SOFT)},
    "it was so only twice in a row": {"tone": replace(CLEAR, times=2)},
    "it is as usual": {"tone": replace(CLEAR, level=ToneLevel.USUAL, times=0)},
    "this ear may miss danger": {"free_talk": False},
    "a form is filled in": {"mind": MindState(form=Form("checkin", "sleep"))},
}


@pytest.mark.parametrize("changes", NOT_NOW.values(), ids=NOT_NOW)
def test_it_is_told_no_more_often_than_is_fitting(changes):
    """Else the plan is left as it is."""
    assert talk().add(turn(**changes), ASKING) == ASKING


@pytest.mark.parametrize(
    "plan",
    [
        replace(ASKING, expected=Expected()),
        replace(ASKING, expected=Expected(AnswerKind.SCALE, after_question=True)),
        replace(ASKING, act="lead", skill="breathing"),
        replace(ASKING, act="checkin"),
        replace(ASKING, lines=(Line(reviewed="help-numbers", essential=True),)),
    ],
    ids=["a statement", "a scale", "an exercise", "a check-in", "a line of safety"],
)
def test_a_voice_alone_begins_nothing(plan):
    """Only where an open question was due anyway is it another question."""
    assert talk().add(turn(), plan) == plan


def test_every_sentence_may_be_said_and_is_plain():
    """Each passes the outgoing guard, asks one thing at the most, and is short."""
    safety = FOLDER / "safety"
    guard = ScopeGuard(safety, {}, read_normaliser(safety))
    answers = WORDS.answers.model_dump()
    for name, lines in answers.items():
        assert " ".join(lines).count("?") <= 1, name
        for line in lines:
            assert guard.reason(line) is None, line
            assert len(line.split()) <= 24, line
    for why in WORDS.reasons.values():
        assert guard.reason(WORDS.none.format(why=why)) is None, why


def test_no_phrase_hides_another():
    """Each is found under its own name."""
    found = {name: forms for name, forms in WORDS.asked}
    for name, forms in found.items():
        for form in forms:
            assert talk()._wish(form) == name, form
