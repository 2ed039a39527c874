"""Consent to have one's tone of voice looked at, its end, and a cold that mutes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.records import Form
from companion.risk import RiskState
from companion.tone import Tone, ToneState
from companion.values import (
    AnswerKind,
    Expected,
    MindState,
    State,
)

from .tone_turns import AGREED, ASKING, said, turn
from .tones import LATER, talk


def test_consent_is_asked_for_in_plain_words_before_anything_is_looked_at():
    """What it means, what is kept, how to end it; then a question."""
    asked = talk().answer(turn("look at my voice", ToneState()))

    assert "own usual voice" in said(asked)
    assert "never the sound" in said(asked)
    assert "stop looking at my voice" in said(asked)
    assert asked.expected.kind is AnswerKind.YES_NO  # type: ignore[union-attr]
    assert asked.tone == ToneState(asked="agree")  # type: ignore[union-attr]
    assert not asked.tone.looks  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "looks"),
    [("yes", True), ("yes please", True), ("no", False), ("no thanks", False)],
)
def test_only_a_clear_yes_is_consent(text, looks):
    """To the question that was just asked."""
    asked = ToneState(asked="agree")
    plan = talk().answer(turn(text, asked, expected=Expected(AnswerKind.YES_NO)))

    assert plan is not None and plan.tone == ToneState(agreed=looks)


@pytest.mark.parametrize("text", ["maybe", "my day was long", "i don't know"])
def test_anything_else_is_no_consent_and_goes_on_as_talk(text):
    """Nothing is assumed."""
    asked = ToneState(asked="agree")

    assert talk().answer(turn(text, asked, expected=Expected(AnswerKind.YES_NO))) is None
    assert not asked.settled.agreed and not asked.settled.asked


def test_a_yes_to_another_question_is_no_consent():
    """Once the talk went on, the question is gone."""
    later = ToneState(asked="agree").settled

    assert talk().answer(turn("yes", later, expected=Expected(AnswerKind.YES_NO))) is None


@pytest.mark.parametrize(
    "text", ["stop looking at my voice", "please don't look at my voice",
             "i want you to stop comparing my voice because it feels strange to me today"],
)  # fmt: skip
def test_it_ends_at_once_wherever_that_is_said(text):
    """Also in a long sentence; then what is kept may go, too."""
    plan = talk().answer(turn(text))

    assert plan is not None and plan.tone is not None
    assert not plan.tone.looks
    assert plan.tone.asked == "forget"
    assert "delete" in said(plan)


@pytest.mark.parametrize(("text", "forget"), [("yes", True), ("no", False)])
def test_what_was_kept_is_erased_if_wished(text, forget):
    """Asked once."""
    stopped = ToneState(asked="forget")
    plan = talk().answer(turn(text, stopped, expected=Expected(AnswerKind.YES_NO)))

    assert plan is not None and plan.tone == ToneState(forget=forget)


def test_it_can_be_erased_in_one_sentence():
    """Without being asked first."""
    plan = talk().answer(turn("delete what you know about my voice"))

    assert plan is not None and plan.tone == ToneState(forget=True)


def test_the_voice_of_somebody_under_eighteen_is_not_looked_at():
    """Whatever they say, and whatever was agreed."""
    young, said_so = ToneState(agreed=True, minor=True), RiskState(age=15)

    assert not young.looks
    assert not State(tone=AGREED, risk=said_so).hears_tone
    assert "eighteen" in said(talk().answer(turn("look at my voice", risk=said_so)))
    assert talk().add(turn(risk=said_so), ASKING) == ASKING
    assert "eighteen" in said(talk().answer(turn("look at my voice", young)))
    assert "only listen to your words" in said(talk().answer(turn("how do i sound", young)))


@pytest.mark.parametrize(
    ("text", "why", "hours"),
    [("I have a cold.", "cold", 120), ("I've just been running", "exercise", 1),
     ("i just woke up", "other", 12)],
)  # fmt: skip
def test_a_cold_a_run_or_a_short_night_mute_it_for_a_while(text, why, hours):
    """And it says for how long."""
    plan = talk().answer(turn(text))

    assert plan is not None and plan.tone is not None
    assert plan.tone.muted == why
    assert plan.tone.muted_until == LATER + timedelta(seconds=60, hours=hours)
    assert "compare" in said(plan)


def test_a_cold_told_in_passing_mutes_it_and_the_talk_goes_on():
    """The answer is about what they said, not about the cold."""
    long = turn("i have a cold and my boss shouted at me again in front of the whole team")
    plan = talk().add(long, ASKING)

    assert talk().answer(long) is None
    assert plan.lines == ASKING.lines
    assert plan.tone is not None and plan.tone.muted == "cold"


@pytest.mark.parametrize("text", ["my sister has a cold", "he was cold to me", "i ran away"])
def test_what_only_sounds_like_it_mutes_nothing(text):
    """Somebody else's cold; a cold person; another running."""
    plain = turn(text, tone=Tone())

    assert talk().answer(plain) is None
    assert talk().add(plain, ASKING) == ASKING


def test_when_the_cold_is_gone_it_compares_again():
    """Said once."""
    muted = replace(AGREED, muted="cold", muted_until=LATER + timedelta(days=4))
    plan = talk().answer(turn("my cold is gone", muted))

    assert plan is not None and plan.tone == AGREED
    assert talk().answer(turn("my cold is gone")) is None


FORM = Form("checkin", "sleep")


def test_the_answer_to_a_question_of_a_form_is_not_taken_away():
    """ "I just woke up" answers what was asked; all the same nothing is compared then."""
    asked = turn("i just woke up", mind=MindState(form=FORM))
    plan = replace(ASKING, act="checkin", mind=MindState(form=FORM))

    assert talk().answer(asked) is None
    added = talk().add(asked, plan)
    assert added.lines == plan.lines and added.tone.muted == "other"  # type: ignore[union-attr]
    assert talk().answer(turn("i just woke up", mind=MindState(form=replace(FORM, done=True))))


def test_within_a_form_it_still_ends_at_once():
    """Whoever wants out is not asked to finish first."""
    asked = turn("stop looking at my voice", mind=MindState(form=FORM))
    plan = talk().answer(asked)

    assert plan is not None and plan.tone is not None and not plan.tone.agreed
    assert plan.mind.form == FORM


def test_without_consent_a_cold_is_only_a_cold():
    """Nothing is compared, so nothing is muted."""
    assert talk().answer(turn("i have a cold", ToneState())) is None
