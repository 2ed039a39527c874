"""Questionnaires as data: word for word, scored exactly, answered in people's own words."""

import pytest

from companion import paths
from companion.answers import Answers
from companion.care.form_words import read_form_words
from companion.care.instruments import NAMES, read_instruments, score, verbatim
from companion.care.options import OptionReader
from companion.errors import SettingsError
from companion.records import Form, Given

from .care_made import Person

ENGLISH = paths.content() / "en"
ANSWERS, WORDS = Answers(ENGLISH), read_form_words(ENGLISH)
INSTRUMENTS = read_instruments(ENGLISH)


def reader(name: str) -> OptionReader:
    return OptionReader(INSTRUMENTS[name].options, ANSWERS, WORDS.loose, WORDS.weekly)


def filled(name: str, *values: int | None) -> Form:
    given = tuple(Given(f"{name}-{number}", value) for number, value in enumerate(values, 1))
    return Form(name, given=given)


# --- their words ------------------------------------------------------------------------


def test_every_questionnaire_is_there_with_its_licence_and_source():
    """And as many items as its name says."""
    assert tuple(INSTRUMENTS) == NAMES
    for name, one in INSTRUMENTS.items():
        assert len(one.items) == int(name[-1])
        assert one.licence and one.source


def test_short_forms_are_the_first_items_of_the_long_ones():
    """Word for word."""
    for short, long in (("phq8", "phq9"), ("phq2", "phq9"), ("gad2", "gad7")):
        count = len(INSTRUMENTS[short].items)
        assert INSTRUMENTS[short].items == INSTRUMENTS[long].items[:count]
        assert INSTRUMENTS[short].stem == INSTRUMENTS[long].stem
        assert INSTRUMENTS[short].options == INSTRUMENTS[long].options


def test_what_is_said_is_word_for_word_what_stands_in_the_file():
    """Our guard passes it by its id, and nothing is added to it."""
    person = Person()
    lines = [line for line in person.says_all("phq-9", *["not at all"] * 8)]

    for item, said in zip(INSTRUMENTS["phq9"].items, lines, strict=True):
        assert item in said
    assert INSTRUMENTS["phq9"].stem in lines[0]
    assert "Not at all, several days, more than half the days, or nearly every day." in lines[0]
    assert lines[1] == INSTRUMENTS["phq9"].items[1]


def test_a_changed_wording_is_refused(tmp_path):
    """A questionnaire in other words is another questionnaire."""
    folder = tmp_path / "questionnaires"
    folder.mkdir()
    for name in NAMES:
        text = (ENGLISH / "questionnaires" / f"{name}.yaml").read_text()
        (folder / f"{name}.yaml").write_text(text.replace("Poor appetite", "No appetite"))

    with pytest.raises(SettingsError, match="phq9.yaml: its wording was changed"):
        read_instruments(tmp_path)


# --- scoring ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "total"),
    [
        ("phq9", (0,) * 9, 0), ("phq9", (3,) * 9, 27), ("phq9", (1, 2, 3, 0, 1, 2, 3, 0, 1), 13),
        ("phq8", (3,) * 8, 24), ("phq2", (2, 1), 3), ("gad7", (1,) * 7, 7), ("gad2", (3, 3), 6),
        ("who5", (5,) * 5, 25), ("who5", (0, 1, 2, 3, 4), 10),
        ("phq9", (3, None, 3, 3, 3, 3, 3, 3, 3), None), ("who5", (5, 5, 5, 5, None), None),
        ("gad7", (), None), ("gad2", (3,), None),
    ],
)  # fmt: skip
def test_a_total_is_the_sum_of_all_items_or_there_is_none(name, values, total):
    """A missing answer is never 0."""
    assert score(filled(name, *values), INSTRUMENTS[name]).total == total


def test_without_the_last_item_the_first_eight_still_count():
    """They are the PHQ-8."""
    assert score(filled("phq9", *[1] * 8, None), INSTRUMENTS["phq9"]).without_last == 8
    assert score(filled("phq9", *[1] * 7, None, None), INSTRUMENTS["phq9"]).without_last is None


@pytest.mark.parametrize(
    ("name", "before", "total", "sign"),
    [("phq9", 5, 10, 0), ("phq9", 5, 11, 1), ("phq9", 16, 10, -1), ("gad7", 4, 8, 1),
     ("gad7", 4, 7, 0), ("who5", 15, 12, 1), ("who5", 15, 13, 0), ("who5", 10, 13, -1),
     ("phq2", 0, 6, 0)],
)  # fmt: skip
def test_only_more_than_chance_is_called_a_change(name, before, total, sign):
    """6 for the PHQ-9, 4 for the GAD-7, 10 of 100 for the WHO-5; the shortest are not compared."""
    moved = INSTRUMENTS[name].changed(total, before)

    assert (moved > 0) - (moved < 0) == sign


# --- answers in people's own words -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "option", "plain"),
    [
        ("Not at all.", 0, True), ("several days", 1, True), ("nearly every day I think", 3, True),
        ("more than half", 2, True), ("um, several", 1, True), ("most days", 2, False),
        ("hardly ever", 1, False), ("every day", 3, False), ("no", 0, False), ("never", 0, False),
        ("three days", 1, False), ("four days a week", 2, False), ("12 days", 3, False),
        ("two or three days", 1, False), ("zero days", 0, False), ("a lot", 2, False),
        ("ten out of fourteen days", 2, False), ("2", 2, False), ("three", 3, False),
        ("oh all the time love", 3, False), ("not much tbh", 1, False), ("once", 1, False),
    ],
)  # fmt: skip
def test_an_answer_of_a_frequency(text, option, plain):
    """Plain in the questionnaire's own words; else it is said back."""
    meant = reader("phq9").read(text)

    assert meant is not None
    assert (meant.option.value, meant.plain) == (option, plain)


@pytest.mark.parametrize(
    "text",
    ["", "yes", "I don't know", "it depends", "not every day", "not nearly every day",
     "several days, no wait, nearly every day", "half the days", "my mum died", "maybe", "17 days",
     "well some days it's fine but most days no", "every other day", "four", "seven hundred"],
)  # fmt: skip
def test_what_is_no_answer_is_not_taken_for_one(text):
    """Or could be two."""
    assert reader("phq9").read(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("most of the time", 4), ("all the time", 5), ("more than half of the time", 3),
     ("less than half the time I suppose", 2), ("some of the time", 1), ("at no time", 0),
     ("never", 0), ("mostly", 4), ("sometimes", 1), ("5", 5), ("rarely", 1)],
)  # fmt: skip
def test_an_answer_of_a_share_of_the_time(text, value):
    """Its options are others."""
    meant = reader("who5").read(text)

    assert meant is not None and meant.option.value == value


@pytest.mark.parametrize("text", ["half the time", "not all the time", "yes", "", "several"])
def test_no_share_of_the_time(text):
    """Nor is it guessed."""
    assert reader("who5").read(text) is None


@pytest.mark.parametrize("name", NAMES)
def test_every_option_may_be_said_by_its_label(name):
    """And plainly so."""
    for option in INSTRUMENTS[name].options:
        meant = reader(name).read(option.label)
        assert meant is not None and meant.plain and meant.option == option


def test_every_line_of_theirs_has_its_own_id():
    """None stands in the place of a sentence for danger."""
    reviewed = set(verbatim(ENGLISH))
    person = Person()

    assert all(person.talk.guards.outgoing.reviewed(line) for line in reviewed)
    assert not reviewed & {"help-numbers", "stopped", "ear-limited", "guard-fault"}
