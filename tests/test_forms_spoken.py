"""Forms by voice: speech without commas, time to think, few turns, and totals that may be said."""

import pytest

from companion import paths
from companion.answers import Answers
from companion.care.checkin_words import CheckInReader, read_words
from companion.care.instruments import read_instruments
from companion.hear.typed import TypedRecogniser
from companion.records import Known
from companion.skills import Skills

from .care_made import Person

ENGLISH = paths.content() / "en"
READER = CheckInReader(read_words(ENGLISH), Answers(ENGLISH))
SKILLS = Skills(ENGLISH)
INSTRUMENTS = read_instruments(ENGLISH)


class GoodEar(TypedRecogniser):
    """What is said is heard, as a good recogniser hears it."""

    name = "good"


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ("i am fine i slept well my energy is seven", {"mood": 0.33, "quality": 8, "energy": 7}),
        ("fine slept well energy seven", {"mood": 0.33, "quality": 8, "energy": 7}),
        (
            "i'm a bit low slept four hours energy two",
            {"mood": -0.33, "asleep": 240, "energy": 2},
        ),
        (
            "pretty rough i slept four hours badly my energy is two",
            {"mood": -0.67, "asleep": 240, "quality": 2, "energy": 2},
        ),
        ("not bad i slept okay i have no energy", {"mood": 0.33, "quality": 5, "energy": 0}),
        ("i hardly slept my energy is low", {"quality": 1, "energy": 3}),
        ("i've slept badly", {"quality": 2}),
    ],
)
def test_a_check_in_is_read_from_speech_without_commas(heard, told):
    """A recogniser writes none; what is fine and what was slept well are kept apart."""
    assert {one.part: one.number for one in READER.read(heard, "mood")} == told


def test_a_check_in_by_voice_is_two_questions():
    """Each turn costs a silence at its end; what it is about and the line are one question."""
    person = Person(ear=GoodEar, known=Known(kept=True))
    answers = person.says_all(
        "check in", "pretty rough i slept four hours badly energy is two", "work"
    )

    assert [answer.count("?") for answer in answers] == [1, 1, 0]
    assert person.form.done
    assert "unpleasant; mostly work; four hours of sleep" in answers[-1]


def test_more_than_a_few_words_of_what_it_is_about_are_the_line():
    """And the person's words are not said back."""
    person = Person(ear=GoodEar)
    line = "my boss wants the report by friday and nobody helps"
    person.says_all("check in", "bad slept six hours energy three", line)

    assert person.given()["line"] == (line,)
    assert person.given()["about"] == ("work",)


def test_what_was_left_out_of_the_one_answer_is_asked_for():
    """Nothing is guessed, and nothing is lost."""
    person = Person(ear=GoodEar)
    person.says_all("check in", "good")

    assert person.form.part == "sleep"


@pytest.mark.parametrize("begins", ["check in", "worry questions", "a kind minute"])
@pytest.mark.parametrize("ear", [TypedRecogniser, GoodEar])
def test_who_says_wait_is_given_time(begins, ear):
    """The question stands; it is not asked again, and it is not counted as no answer."""
    person = Person(ear=ear)
    person.says(begins)
    before, expected = person.form, person.state.expected
    answer = person.says("wait a moment")

    assert "?" not in answer and "time" in answer
    assert (person.form, person.state.expected) == (before, expected)


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, at) for name, one in INSTRUMENTS.items() for at in range(len(one.options))],
)
def test_every_total_is_said(name, option):
    """The guard refuses figures of three, as a number to call that nobody gave us: 100 is words."""
    instrument, person = INSTRUMENTS[name], Person(ear=GoodEar)
    person.says(instrument.asks_for[0])
    for number in range(1, len(instrument.items) + 1):
        chosen = 0 if number == instrument.danger else option
        answer = person.says(instrument.options[chosen].label)

    assert person.form.done and "That makes" in answer


@pytest.mark.parametrize("phrase", [phrase for name in SKILLS for phrase in SKILLS[name].asked])
def test_every_name_of_an_exercise_begins_it(phrase):
    """Also one that sounds like a question: "tell me about sleep" """
    assert SKILLS.asked(phrase) in set(SKILLS)
    assert SKILLS.explained(f"what is {phrase}") or phrase.startswith(("what", "tell me"))
