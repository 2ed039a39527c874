"""The check-in: five short answers, each of which may be left out or put right."""

import pytest

from companion import paths
from companion.answers import Answers
from companion.care.checkin_words import read_words
from companion.guard.outgoing import ScopeGuard
from companion.records import Known
from companion.values import AnswerKind

from .care_made import Person, ShortAnswersEar

ENGLISH = paths.content() / "en"


def test_a_check_in_takes_five_short_turns():
    """One question a turn, and one sentence back."""
    person = Person(known=Known(kept=True))
    answers = person.says_all(
        "check in", "pretty rough", "four hours, badly", "two", "work", "done"
    )

    assert [answer.count("?") for answer in answers] == [1, 1, 1, 1, 1, 0]
    assert answers[-1] == (
        "I've written this down: unpleasant; mostly work; four hours of sleep; "
        "sleep two of ten; energy two of ten."
    )
    assert person.form.done


def test_without_a_diary_it_says_that_nothing_is_kept():
    """Nobody believes that something is written down which is not."""
    person = Person()
    told = person.says_all("check in", "fine, slept well, energy seven, the gym", "done")[-1]

    assert "nothing of it is kept" in told
    assert "written" not in told


def test_every_part_may_be_left_out():
    """Left out is not zero."""
    person = Person()
    last = person.says_all("check in", "skip", "pass", "next", "i'd rather not say", "done")[-1]

    assert "nothing to write down" in last
    assert set(person.given().values()) == {None}


def test_what_is_told_back_wrongly_can_be_put_right():
    """At once, and in the person's own words."""
    person = Person(known=Known(kept=True))
    person.says_all("check in", "okay, slept four hours, energy three, money", "done")
    told = person.says("no, five hours")

    assert "five hours" in told
    assert next(one for one in person.form.given if one.part == "asleep").edited
    assert "instead" in person.says("that's wrong")
    assert "energy eight" in person.says("energy eight")
    assert "very pleasant" in person.says("no, it is great")


def test_a_bare_no_after_it_is_no_correction():
    """The talk goes on."""
    person = Person()
    person.says_all("check in", "okay, slept four hours, energy three, money", "done")
    person.says("no")

    assert person.acts[-1] != "form"


def test_going_back_asks_for_the_last_part_anew():
    """A slip of the tongue costs one turn."""
    person = Person()
    person.says_all("check in", "good", "four hours")
    assert "sleep" in person.says("go back")
    person.says("seven hours")

    assert person.given()["asleep"] == 420


def test_who_is_not_understood_is_asked_more_narrowly_and_then_left_alone():
    """Nobody is pressed."""
    person = Person()
    first, *_, last = person.says_all("check in", "blue", "purple", "green")

    assert "How is it" in first
    assert "we leave that one" in last
    assert "sleep" in last
    assert person.given() == {"mood": None}


def test_a_long_story_in_place_of_an_answer_is_listened_to():
    """And the check-in waits until it is wanted."""
    person = Person()
    person.says("check in")
    story = "well the landlord wrote again and then the boiler broke so I sat there with a blanket"
    told = person.says(story)

    assert person.acts[-1] != "form"
    assert "go on" in told
    assert told.count("?") <= 1
    assert "How is it right now?" in person.says("go on")


def test_who_tells_something_twice_has_moved_on():
    """The first time it is asked again; then somebody listens."""
    person = Person()
    person.says("check in")
    person.says("my boss again")
    assert person.acts[-1] == "form"
    told = person.says("he shouted at me")

    assert person.acts[-1] != "form"
    assert "go on" in told


def test_danger_comes_before_any_form():
    """It is answered, and what was given stays."""
    person = Person()
    person.says_all("check in", "terrible", "two hours")
    told = person.says("I want to kill myself")

    assert person.acts[-1] == "safety"
    assert "ending your life" in told
    assert person.given() == {"mood": -1.0, "asleep": 120.0}
    person.denies()
    assert "energy" in person.says("go on").casefold()


def test_help_and_stop_work_in_the_middle():
    """After help, the question still waits for its answer; after stop, nothing is added."""
    person = Person()
    person.says_all("check in", "okay")
    assert "112" in person.says("help")
    assert "energy" in person.says("five hours").casefold()
    assert "go on" not in person.says("stop")
    assert person.acts[-1] == "stop"
    assert "energy" in person.says("continue").casefold()


def test_an_ear_for_short_answers_asks_for_numbers():
    """Every question has a grammar, in which skip and the words that always work stand."""
    person = Person(ear=ShortAnswersEar)
    for answer in ("check in", "six", "five", "seven", "three"):
        person.says(answer)
        if not person.form.done:
            expected = person.state.expected
            phrases = person.talk.recogniser and Answers(ENGLISH).phrases(expected)
            assert expected.kind is AnswerKind.SCALE
            assert {"skip", "help", "stop"} <= set(phrases)

    assert person.given() == {
        "mood": pytest.approx(0.2), "asleep": 300.0, "quality": 7, "energy": 3,
    }  # fmt: skip
    assert person.form.done


def test_going_back_with_such_an_ear_asks_only_what_it_can_hear():
    """Also where something else was understood on the way."""
    person = Person(ear=ShortAnswersEar)
    person.says_all("check in", "about a six, mostly work")

    assert "zero" in person.says("go back")
    assert person.form.part == "mood"


def test_what_was_not_in_the_grammar_is_asked_again():
    """Other speech is not forced into an answer."""
    person = Person(ear=ShortAnswersEar)
    person.says("check in")

    assert "number will do" in person.says("six", rejected=True)


def test_every_sentence_of_it_may_be_spoken():
    """Our own guard passes them all."""
    person = Person()
    guard = person.talk.guards.outgoing
    assert isinstance(guard, ScopeGuard)
    words = read_words(ENGLISH)
    sentences = [*words.ask.values(), *words.ask_closed.values(), *words.again.values(),
                 words.given_up, words.changed, words.told["nothing"]]  # fmt: skip
    everything = "; ".join((*list(words.feelings)[:3], *list(words.contexts)[:3]))
    sentences += [words.told[name].format(parts=everything) for name in ("kept", "not_kept")]

    assert {text: guard.reason(text) for text in sentences if guard.reason(text)} == {}
