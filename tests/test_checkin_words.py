"""What people say of their mood, their night, their energy: read, or asked for; never guessed."""

import pytest

from companion import paths
from companion.answers import Answers
from companion.care.checkin_words import ABOUT, ENERGY, MOOD, SLEEP, CheckInReader, read_words
from companion.errors import SettingsError

ENGLISH = paths.content() / "en"
READER = CheckInReader(read_words(ENGLISH), Answers(ENGLISH))


def read(text: str, asked: str) -> dict[str, object]:
    return {given.part: given.words or given.number for given in READER.read(text, asked)}


@pytest.mark.parametrize(
    ("text", "valence"),
    [
        ("pretty rough", -0.67), ("about a six", 0.2), ("not great to be honest", -0.33),
        ("not bad", 0.33), ("meh", -0.33), ("Okay, I guess.", 0.0), ("7", 0.4), ("zero", -1.0),
        ("TERRIBLE!!", -1.0), ("I'm fine thanks dear", 0.33), ("not good at all", -0.67),
        ("i feel like crap tbh", -0.67), ("very good indeed", 1.0), ("so-so", 0.0),
        ("neither good nor bad", 0.0), ("can't complain", 0.33), ("out of ten, three", -0.4),
    ],
)  # fmt: skip
def test_a_mood_in_many_words(text, valence):
    """Young, old, terse: what they say has a place between -1 and 1."""
    assert read(text, MOOD)["mood"] == pytest.approx(valence)


@pytest.mark.parametrize(
    "text",
    ["", "hm", "well, you know", "I was good this morning and now it is awful", "better",
     "my sister is fine", "I don't know", "sad", "ask me tomorrow", "two or nine", "eleven",
     "I am not happy", "five minutes ago"],
)  # fmt: skip
def test_a_mood_that_is_not_plain_is_not_read(text):
    """It is asked for, and not guessed from a feeling, from two moods, or from someone else's."""
    assert "mood" not in read(text, MOOD)


@pytest.mark.parametrize(
    ("text", "asleep", "in_bed", "quality"),
    [
        ("four hours, badly", 240, None, 2),
        ("six and a half hours", 390, None, None),
        ("six or seven hours, on and off", 390, None, 3),
        ("from eleven to seven", 480, None, None),
        ("11pm to 6:30am", 450, None, None),
        ("I went to bed at eleven, asleep by one, up at half six", 330, 450, None),
        ("in bed from ten till eight, slept about five hours", 300, 600, None),
        ("bed at midnight, up at six thirty", None, 390, None),
        ("not at all", 0, None, 0),
        ("didn't sleep a wink", 0, None, None),
        ("like a log", None, None, 10),
        ("not too bad", None, None, 6),
        ("eight out of ten", None, None, 8),
        ("five hours and forty minutes", 340, None, None),
        ("an hour and a half", 90, None, None),
        ("7h30", 450, None, None),
        ("about six", 360, None, None),
        ("twenty hours", None, None, None),
        ("quarter past six", None, None, None),
        ("I had a cup of tea", None, None, None),
    ],
)
def test_a_night_in_many_words(text, asleep, in_bed, quality):
    """Hours, times of the clock, or how well: each as far as it was said."""
    found = read(text, SLEEP)

    assert found.get("asleep") == asleep
    assert found.get("in_bed") == in_bed
    assert found.get("quality") == quality


@pytest.mark.parametrize(
    ("text", "energy"),
    [("two", 2), ("low", 3), ("about a three I'd say", 3), ("none really", 0), ("loads", 9),
     ("seven out of ten", 7), ("not much", 2), ("erm", None), ("twelve", None)],
)  # fmt: skip
def test_energy_in_many_words(text, energy):
    """A number, or a word that has one."""
    assert read(text, ENERGY).get("energy") == energy


def test_all_of_it_at_once_is_taken_at_once():
    """Each number goes to what it counts."""
    found = read("pretty rough, slept four hours badly, work, energy two", MOOD)

    assert found == {
        "mood": -0.67, "asleep": 240.0, "quality": 2, "energy": 2, "about": ("work",),
    }  # fmt: skip


def test_what_others_feel_is_not_ones_own():
    """Who it is about still counts."""
    assert read("my sister is sad and I'm anxious", MOOD) == {
        "feelings": ("anxious",), "about": ("family",),
    }  # fmt: skip
    assert "feelings" not in read("I'm not anxious, not lonely either", MOOD)


def test_every_context_and_feeling_can_be_said_by_its_name():
    """What the diary names, a person may say."""
    words = read_words(ENGLISH)

    for name in words.contexts:
        assert read(name, ABOUT)["about"] == (name,)
    for name in words.feelings:
        assert name in read(f"i feel {name}", MOOD)["feelings"]


def test_content_with_a_hole_is_refused_with_its_name(tmp_path):
    """Before anybody is asked."""
    text = (ENGLISH / "checkin.yaml").read_text().replace('  energy: "Your energy', '  nrg: "Your')
    (tmp_path / "checkin.yaml").write_text(text)

    with pytest.raises(SettingsError, match="checkin.yaml.*'ask' has no 'energy'"):
        read_words(tmp_path)
