"""What is said about the tone of voice, and when nothing is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.guard.outgoing import ScopeGuard
from companion.guard.words import read_normaliser
from companion.records import Form
from companion.risk import Assessment, Risk, RiskState
from companion.tone import Tone, ToneLevel, ToneState
from companion.values import (
    AnswerKind,
    Exchange,
    Expected,
    Line,
    MindState,
    Plan,
    State,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .tones import FOLDER, LATER, WORDS, talk

AGREED = ToneState(agreed=True)
CLEAR = Tone(
    ToneLevel.CLEARLY, 1.5, (1.0, 2.0), 0.6, "", ("It was different.", "It may be a cold.", "You?"),
    ("I compared.",), {"voiced": 4.0}, times=3,
)  # fmt: skip
TALKED = (Exchange("hello", ("Hello.",), "greet"),) * 2
ASKING = Plan(
    "ask", (Line("That sounds hard."), Line("What else?")), Expected(after_question=True),
    task="ask",
)  # fmt: skip


def turn(text: str = "my day was long", state: ToneState = AGREED, **changes: object) -> Turn:
    utterance = Utterance(TurnId(3), Transcript(text), committed=60.0)
    given = {
        "assessment": Assessment(), "risk": RiskState(), "expected": Expected(),
        "mind": MindState(), "history": TALKED, "free_talk": True, "began": LATER,
        "tone": CLEAR, "tone_state": state,
    } | changes  # fmt: skip
    return Turn(utterance, utterance.transcript or Transcript(), **given)  # type: ignore[arg-type]


def said(plan: Plan | None) -> str:
    assert plan is not None
    return " ".join(line.text for line in plan.lines)


# --- consent ------------------------------------------------------------------------------


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


# --- a cold -------------------------------------------------------------------------------


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


# --- telling ------------------------------------------------------------------------------


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


# --- the words ----------------------------------------------------------------------------


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
