"""Questionnaires in a talk: said back, put right, resumed; safe at the item about being safe."""

from datetime import UTC, datetime, timedelta

import pytest

from companion import paths
from companion.answers import Answers
from companion.care.instruments import NAMES, read_instruments
from companion.events import Checked, Kept, Said
from companion.memory.entries import Questionnaire
from companion.memory.filled import bodies
from companion.records import Form, Given, Known, Total
from companion.risk import Kind, Risk
from companion.values import AnswerKind

from .care_made import Person, ShortAnswersEar

ENGLISH = paths.content() / "en"
ANSWERS = Answers(ENGLISH)
INSTRUMENTS = read_instruments(ENGLISH)
NOW = datetime(2026, 3, 1, 21, tzinfo=UTC)
PLAIN = ("not at all", "several days", "more than half the days", "nearly every day")


def after(person: Person, name: str, *answers: str) -> str:
    """Answer a whole questionnaire; give the end of it."""
    return person.says_all(INSTRUMENTS[name].asks_for[0], *answers)[-1]


# --- the dialogue ------------------------------------------------------------------------------


def test_a_questionnaire_ends_in_a_number_and_never_in_a_name():
    """Low: the number alone."""
    person = Person(known=Known(kept=True))

    assert after(person, "gad7", *["not at all"] * 7) == (
        "That makes 0 out of 21. You find it in your diary."
    )
    assert person.form.total == 0


@pytest.mark.parametrize("name", NAMES)
def test_no_questionnaire_names_a_disorder(name):
    """Not in its words, not in its highest total."""
    person = Person()
    worst = INSTRUMENTS[name].options[-1].label
    words = " ".join(person.says_all(INSTRUMENTS[name].asks_for[0], *[worst] * 7)).casefold()

    for disorder in ("depression", "disorder", "anxiety", "severe", "moderate", "symptom"):
        assert disorder not in words.replace("depressed", "")


def test_a_high_total_is_worth_taking_to_a_doctor():
    """From the cut-off on, and not below."""
    assert "doctor" in after(Person(), "gad7", *["several days"] * 6, "more than half the days")
    assert "doctor" not in after(Person(), "gad7", *["several days"] * 7)
    assert "doctor" in after(Person(), "who5", *["less than half of the time"] * 5)
    assert "doctor" not in after(Person(), "who5", *["more than half of the time"] * 5)


def test_a_rise_beyond_chance_is_worth_taking_to_a_doctor():
    """Also where the total is low; a smaller one is about the same."""
    before = Known(totals=(Total("gad7", NOW - timedelta(days=20), 1),), at=NOW)
    rise = after(Person(known=before), "gad7", *["several days"] * 5, *["not at all"] * 2)
    same = after(Person(known=before), "gad7", *["several days"] * 4, *["not at all"] * 3)

    assert "doctor" in rise and "9 February" in rise
    assert "about the same" in same and "doctor" not in same


def test_under_18_no_cut_off_of_adults_is_told():
    """A number, and an adult they feel safe with where it rose."""
    young = Known(totals=(Total("gad7", NOW - timedelta(days=20), 1),), at=NOW)
    told = after(Person(known=young, age=15), "phq2", "nearly every day", "nearly every day")
    risen = after(Person(known=young, age=15), "gad7", *["nearly every day"] * 7)

    assert "6 out of 6" in told
    assert "doctor" not in told + risen
    assert "an adult you feel safe with" in risen


def test_what_is_not_plain_is_said_back_before_it_counts():
    """Agreed to, denied, or said anew."""
    person = Person()
    person.says("phq-2")
    assert "more than half the days?" in person.says("most days")
    assert not person.form.given
    assert "Which one fits best?" in person.says("no")
    assert "several days?" in person.says("hardly ever")
    assert "nearly every day" not in person.says("no, not at all")
    person.says("every day")
    assert "3 out of 6" in person.says("yes")

    assert [(one.number, one.confirmed) for one in person.form.given] == [(0, True), (3, True)]


def test_a_skipped_item_is_missing_and_never_0():
    """There is no total then."""
    person = Person()
    told = after(person, "phq2", "skip", "several days")

    assert "no total" in told
    assert [one.number for one in person.form.given] == [None, 1]


def test_an_answer_can_be_put_right():
    """One step back, from a statement or from the end."""
    person = Person()
    person.says_all("phq-2", "several days")
    assert INSTRUMENTS["phq2"].items[0] in person.says("that's wrong")
    person.says_all("not at all", "not at all")
    assert person.form.total == 0
    assert INSTRUMENTS["phq2"].items[1] in person.says("go back")
    assert "3 out of 6" in person.says("nearly every day")
    assert [one.edited for one in sorted(person.form.given, key=lambda g: g.part)] == [True, True]


def test_who_is_not_understood_hears_the_options_and_is_then_left_alone():
    """The item stays missing."""
    person = Person()
    answers = person.says_all("phq-2", "banana", "apple", "pear")

    assert "any of these, or say skip" in answers[1]
    assert INSTRUMENTS["phq2"].items[1] in answers[3]
    assert person.form.given == (Given("phq2-1"),)


def test_it_is_not_asked_more_often_than_it_looks_back():
    """Two weeks for the PHQ-9, one for the shortest."""
    known = Known(totals=(Total("phq9", NOW - timedelta(days=13), 4),), at=NOW)
    person = Person(known=known)

    assert "2 March" in person.says("phq-9")
    assert person.form.done
    old = Known(totals=(Total("phq9", NOW - timedelta(days=14), 4),), at=NOW)
    assert INSTRUMENTS["phq9"].items[0] in Person(known=old).says("phq-9")


def test_which_one_is_asked_where_only_a_questionnaire_is_wanted():
    """One question, three words."""
    person = Person()
    assert "which one?" in person.says("a questionnaire, please")
    assert "well-being" in person.says("hm")
    assert INSTRUMENTS["gad7"].items[0] in person.says("worry")
    assert "leave it there" in person.says("leave it").casefold()


def test_an_interruption_keeps_it_and_go_on_resumes():
    """Help answers at once and the item still waits; anything else is a talk again."""
    person = Person()
    person.says_all("gad-7", "several days")
    assert "112" in person.says("help")
    person.says("not at all")
    told = person.says("my boss shouted at me today and I just stood there like a child, you know")
    assert "go on" in told and person.acts[-1] != "form"
    again = person.says("go on")

    assert INSTRUMENTS["gad7"].items[2] in again
    assert INSTRUMENTS["gad7"].stem in again
    assert len(person.form.given) == 2


def test_say_that_again_says_the_item_again():
    """Word for word, with what may be answered."""
    person = Person()
    person.says_all("who five", "most of the time")
    again = person.says("say that again")

    assert INSTRUMENTS["who5"].items[1] in again
    assert INSTRUMENTS["who5"].stem in again
    assert len(person.form.given) == 1


# --- the item about being safe --------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["several days", "sometimes", "Nearly every day", "every day"])
def test_an_answer_above_0_is_asked_about_at_once(answer):
    """Through the guard, as any other danger, whether it was plain or not; whatever the total."""
    person = Person()
    told = after(person, "phq9", *["not at all"] * 8, answer)

    checked = [event for event in person.events if isinstance(event, Checked)]
    assert checked[-1].assessment.why == ("questionnaire-phq9-9",)
    assert checked[-1].assessment.kinds == (Kind.SUICIDE,)
    assert person.state.risk.level is Risk.CONCERN
    assert person.acts[-1] == "safety"
    assert person.state.risk.asked
    assert told.endswith("?") and told.count("?") == 1
    assert person.form.find("phq9-9").number > 0


def test_the_danger_is_known_before_a_word_of_the_answer_is_said():
    """Somebody may talk over it."""
    person = Person()
    after(person, "phq9", *["not at all"] * 8, "several days")
    before_said = []
    for event in person.events:
        if isinstance(event, Said):
            break
        if isinstance(event, Kept):
            before_said.append(event.state.risk.level)

    assert before_said[-1] is Risk.CONCERN


def test_after_the_danger_it_goes_on_only_as_the_person_wishes():
    """A no to the direct question, a hint, and the number when they ask for it."""
    person = Person(known=Known(kept=True))
    after(person, "phq9", *["not at all"] * 8, "several days")
    person.denies()
    assert "go on" in person.says("okay")
    assert "1 out of 27" in person.says("go on")


def test_0_there_is_an_answer_like_any_other():
    """No question is raised by it."""
    person = Person()
    assert "0 out of 27" in after(person, "phq9", *["not at all"] * 9)
    assert person.state.risk.level is Risk.NONE


def test_a_skipped_one_is_asked_about_once_and_stays_missing():
    """Gently, and the number of the other eight is told."""
    person = Person()
    once = after(person, "phq9", *["several days"] * 8, "skip")
    assert "being safe" in once and INSTRUMENTS["phq9"].items[8] in once
    end = person.says("I'd rather not")

    assert person.acts[-1] == "form"
    assert "8 out of 24" in end
    assert person.form.find("phq9-9").number is None
    assert person.form.total is None


def test_one_that_is_answered_when_asked_again_counts():
    """Also towards danger."""
    person = Person()
    after(person, "phq9", *["not at all"] * 8, "skip")
    person.says("several days")

    assert person.acts[-1] == "safety"


def test_where_the_guard_does_not_work_nobody_is_asked_what_cannot_be_followed_up():
    """The eight questions without it."""
    person = Person()
    person.state = person.state.__class__(guard_works=False)
    person.says("phq-9")

    assert person.form.name == "phq8"


# --- ears, diary --------------------------------------------------------------------------


def test_an_ear_for_short_answers_can_do_it_too():
    """Every item has a grammar of its options, skip, and the words that always work."""
    person = Person(ear=ShortAnswersEar)
    person.says("phq two")
    expected = person.state.expected
    assert expected.kind is AnswerKind.CHOICE
    assert {*PLAIN, "skip", "help", "stop"} <= set(ANSWERS.phrases(expected))
    assert "Several days." in person.says("several days")
    person.says("not at all")

    assert person.form.total == 1
    assert person.form.spoken


@pytest.mark.parametrize("name", ["phq9", "who5"])
def test_all_that_such_an_ear_may_hear_is_understood(name):
    """Each phrase of the grammar is an option, or one of the words that help."""
    person = Person(ear=ShortAnswersEar)
    person.says(INSTRUMENTS[name].asks_for[0])
    expected = person.state.expected

    assert [p for p in ANSWERS.phrases(expected) if not ANSWERS.read(expected, p)] == []


def test_what_is_kept_of_one_says_how_it_came_about():
    """Partial, spoken, by which recogniser, confirmed, edited; in the order of the items."""
    given = (Given("gad7-2", 1, confirmed=True), Given("gad7-1", 3, edited=True), Given("gad7-3"))
    (body,) = bodies(Form("gad7", given=given, spoken=True), "vosk")

    assert isinstance(body, Questionnaire)
    assert [(one.item, one.value) for one in body.answers] == [
        ("gad7-1", 3), ("gad7-2", 1), ("gad7-3", None),
    ]  # fmt: skip
    assert (body.mode, body.recogniser, body.total) == ("spoken", "vosk", None)
    assert (body.answers[0].edited, body.answers[1].confirmed) == (True, True)
