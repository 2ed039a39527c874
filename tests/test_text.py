"""Written text is read as a person would read it aloud."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from companion import paths
from companion.content import read
from companion.errors import SettingsError
from companion.signs import Speech
from companion.text import (
    LONGEST,
    SpokenForms,
    read_spoken_forms,
    sentences,
    speakable,
    syllables,
)

HELPLINES = ("988", "116 123", "1-800-799-7233", "HOME to 741741", "13 11 14", "112", "024")


@pytest.fixture(scope="module")
def spoken() -> SpokenForms:
    return read_spoken_forms(paths.content() / "en", HELPLINES)


# --- telephone numbers ----------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Call 988.", "Call nine eight eight."),
        ("Call 116 123 now.", "Call one one six, one two three now."),
        ("Call 116123.", "Call one one six, one two three."),
        ("Call 116-123.", "Call one one six, one two three."),
        ("It is 112, always.", "It is one one two, always."),
        ("It is 024.", "It is zero two four."),
        ("13 11 14", "one three, one one, one four"),
        (
            "Ring 1-800-799-7233.",
            "Ring one, eight zero zero, seven nine nine, seven two three three.",
        ),
        ("Text HOME to 741741.", "Text HOME to seven four one, seven four one."),
        ("988lifeline.org", "nine eight eight lifeline dot org"),
    ],
)
def test_a_known_helpline_is_read_digit_by_digit(
    spoken: SpokenForms, written: str, said: str
) -> None:
    """In the groups in which it is written, with a short pause between them."""
    assert speakable(written, spoken) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dial 911!", "Dial nine one one!"),
        ("Text SHOUT to 85258", "Text SHOUT to eight five two, five eight"),
        ("08457 90 90 90", "zero eight four, five seven, nine zero, nine zero, nine zero"),
        ("0800-0113", "zero eight zero zero, zero one one three"),
        ("9152987821", "nine one five, two nine eight, seven eight two one"),
        ("(555) 123-4567", "five five five, one two three, four five six seven"),
        ("+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("0800 111 0 111", "zero eight zero zero, one one one, zero, one one one"),
    ],
)
def test_what_looks_like_a_telephone_number_is_read_digit_by_digit(
    spoken: SpokenForms, written: str, said: str
) -> None:
    """By its length, its groups, or the word before it."""
    assert speakable(written, spoken) == said


def test_every_helpline_of_every_country_is_read_digit_by_digit() -> None:
    """No number of `hotlines.yaml` is said as a count, whatever its form."""
    numbers = [
        line.split('"')[1]
        for line in (paths.content() / "hotlines.yaml").read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith("call: ") and line.count('"') == 2
    ]
    dialled = [number for number in numbers if any(char.isdigit() for char in number)]
    spoken = read_spoken_forms(paths.content() / "en", dialled)
    digits = "zero one two three four five six seven eight nine".split()

    for number in dialled:
        said = speakable(f"Please call {number} today.", spoken)
        words = said.removeprefix("Please call ").removesuffix(" today.").replace(",", "").split()
        expected = [digits[int(char)] for char in number if char.isdigit()]
        assert [word for word in words if word != "plus"] == expected, number
    assert len(dialled) > 50


# --- numbers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3", "three"),
        ("1,234,567 steps", "one million two hundred and thirty-four thousand five hundred and"),
        ("-3", "minus three"),
        ("−3 °C", "minus three degrees Celsius"),
        ("3.50", "three point five zero"),
        ("0.25", "zero point two five"),
        ("the 1st and the 22nd", "the first and the twenty-second"),
        ("3-5 times", "three to five times"),
        ("3–5 times", "three to five times"),
        ("a 4-7-8 breath", "a four seven eight breath"),
        ("5-4-3-2-1", "five four three two one"),
        ("10%", "ten percent"),
        ("5%-10%", "five percent to ten percent"),
        ("5/10", "five out of ten"),
        ("1/2", "a half"),
        ("5 1/2 hours", "five and a half hours"),
        ("5½ hours", "five and a half hours"),
        ("1 km, 2.5 km", "one kilometre, two point five kilometres"),
        ("70kg", "seventy kilograms"),
        ("a 5-minute break", "a five-minute break"),
        ("007", "zero zero seven"),
        ("10000 steps", "ten thousand steps"),
        ("Version 1.2.3", "Version one point two point three"),
        ("B12", "B twelve"),
        ("PHQ-9", "PHQ nine"),
        ("#1", "number one"),
        ("2 + 2 = 4", "two plus two equals four"),
        ("٣", "three"),
    ],
)
def test_a_number_is_read_as_it_is_meant(spoken: SpokenForms, written: str, said: str) -> None:
    """Counts, ranges, parts and measures have their own words."""
    assert speakable(written, spoken).startswith(said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("22:30", "ten thirty PM"),
        ("10:05", "ten oh five"),
        ("07:00", "seven o'clock"),
        ("00:00", "midnight"),
        ("00:15", "twelve fifteen AM"),
        ("7 am", "seven AM"),
        ("7:30pm", "seven thirty PM"),
        ("At 7 a.m. every day", "At seven AM every day"),
        ("At 7 p.m. Then sleep", "At seven PM. Then sleep"),
        ("10:00-20:00", "ten o'clock to eight PM"),
        ("9am-5pm", "nine AM to five PM"),
        ("3 May 2026", "the third of May twenty twenty-six"),
        ("the 3rd of May", "the third of May"),
        ("May 3, 2026", "May third twenty twenty-six"),
        ("2026-05-03", "the third of May twenty twenty-six"),
        ("3/5/2026", "three, five, twenty twenty-six"),
        ("3 May 2026 22:30", "the third of May twenty twenty-six ten thirty PM"),
        ("in 1998", "in nineteen ninety-eight"),
        ("2019-2024", "twenty nineteen to twenty twenty-four"),
        ("the 1990s, in your 30s", "the nineteen nineties, in your thirties"),
        ("You may rate it 5. May I?", "You may rate it five. May I?"),
        ("99 May 2026", "ninety-nine May twenty twenty-six"),
    ],
)
def test_dates_and_times_are_read(spoken: SpokenForms, written: str, said: str) -> None:
    """A clock has twelve hours; a day comes before or after its month, as written."""
    assert speakable(written, spoken) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("£5", "five pounds"),
        ("£1", "one pound"),
        ("$3.50", "three dollars fifty"),
        ("€10", "ten euros"),
        ("10 €", "ten euros"),
        ("£0.50", "fifty pence"),
        ("£1,000", "one thousand pounds"),
        ("£5-£10", "five pounds to ten pounds"),
    ],
)
def test_money_is_read(spoken: SpokenForms, written: str, said: str) -> None:
    """The coin is said after the sum."""
    assert speakable(written, spoken) == said


# --- signs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("e.g. a walk, etc.", "for example a walk, and so on."),
        ("Dr. Smith & co", "Doctor Smith and co"),
        ("Open 24/7", "Open twenty-four hours a day, seven days a week"),
        ("rest and/or sleep", "rest and or sleep"),
        ("tea/coffee", "tea or coffee"),
        ("**Bold** and _soft_ and `plain`", "Bold and soft and plain"),
        ("# Heading\n\nText", "Heading. Text"),
        ("Try this:\n- breathe\n- walk", "Try this. breathe. walk"),
        ("1. Sit\n2. Breathe", "Sit. Breathe"),
        ("[our page](https://example.org/x)", "our page"),
        ("a pause (a short one), then", "a pause, a short one, then"),
        ("your friend(s)", "your friends"),
        ("well... maybe", "well, maybe"),
        ("I see… Tell me", "I see. Tell me"),
        ("so — yes", "so, yes"),
        ("“Quoted” and ‘so’", "Quoted and so"),
        ("it’s, don't", "it's, don't"),
        ("What?!", "What?"),
        ("  much \t space\n here ", "much space here"),
        ("a ^ b | c \\ d ~ e", "a b c d about e"),
        ("I <3 you ;-)", "I heart you"),
        ("café, naïve, Zoë, 北京", "café, naïve, Zoë, 北京"),
        ("", ""),
        ("...", ""),
        ("***", ""),
        ("\x01so\x00 \x1b[it is", "so, it is"),
    ],
)
def test_signs_are_read_or_dropped(spoken: SpokenForms, written: str, said: str) -> None:
    """What has no words of its own is left out, with a pause where one belongs."""
    assert speakable(written, spoken) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Proud of you 💙💙💙!", "Proud of you, blue heart!"),
        ("👍🏽", "thumbs up"),
        ("❤️", "red heart"),
        ("🥇 and 1️⃣", "first place medal, and, keycap one"),
    ],
)
def test_emoji_are_named(spoken: SpokenForms, written: str, said: str) -> None:
    """Once each, and without the tone of the skin."""
    assert speakable(written, spoken) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("https://www.samaritans.org/help?x=1", "samaritans dot org"),
        ("See findahelpline.com.", "See findahelpline dot com."),
        ("Write to jo@samaritans.org!", "Write to jo at samaritans dot org!"),
    ],
)
def test_sites_are_read_by_name(spoken: SpokenForms, written: str, said: str) -> None:
    """Nobody can listen to the rest of an address."""
    assert speakable(written, spoken) == said


def test_no_digit_is_left(spoken: SpokenForms) -> None:
    """Whatever digits and signs stand next to each other."""
    signs = "0123456789" * 3 + " .,:/-+()%£$kgm\n"
    state = 1
    for _ in range(300):
        text = ""
        for _ in range(30):
            state = state * 1_103_515_245 + 12_345 & 0x7FFFFFFF
            text += signs[state >> 8 & 0x3F] if state >> 8 & 0x3F < len(signs) else "a"
        assert not any(char.isdecimal() for char in speakable(text, spoken)), text


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "1,", "1-", "1/", "1:", "10:", "(", "[", "a.", " ", "\n ", "'", "\0", "ab "]
)
def test_a_long_text_of_one_kind_is_read_in_time(spoken: SpokenForms, unit: str) -> None:
    """No pattern needs the square of the length: a test of 20,000 characters ends at once."""
    began = time.process_time()
    speakable(unit * (20_000 // len(unit)), spoken)
    speakable("0." + unit * 5_000, spoken)

    assert time.process_time() - began < 20


def test_a_misspelt_key_is_named(tmp_path: Path) -> None:
    """The file tells its editor what is wrong."""
    written = (paths.content() / "en" / "speech.yaml").read_text(encoding="utf-8")
    (tmp_path / "speech.yaml").write_text(written.replace("minus: minus", "minsu: minus"))

    with pytest.raises(SettingsError, match=r"line \d+: 'words.minus' is missing"):
        read(tmp_path / "speech.yaml", Speech)


def test_number_words_and_emoji_are_loaded_only_when_met() -> None:
    """A command that speaks nothing does not wait for them."""
    code = "import sys, companion.text; print({'num2words', 'emoji'} & set(sys.modules))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert loaded.stdout.strip() == "set()"


# --- sentences ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith is in. Go.", ["Dr. Smith is in.", "Go."]),
        ("It is 3.5 km. Go e.g. Monday.", ["It is 3.5 km.", "Go e.g. Monday."]),
        ("Well... I see.", ["Well...", "I see."]),
        ("well... maybe so.", ["well... maybe so."]),
        ('He said: "Stop." Then he left.', ['He said: "Stop."', "Then he left."]),
        ("It is I. J. Smith agrees.", ["It is I.", "J. Smith agrees."]),
        ("Really?! Yes…", ["Really?!", "Yes…"]),
        ("One\n- two\n- three\n\nFour", ["One", "- two", "- three", "Four"]),
        ("1. Sit. 2. Breathe.", ["1. Sit.", "2. Breathe."]),
        ("no end", ["no end"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_text_is_cut_into_sentences(text: str, expected: list[str]) -> None:
    """At what ends a sentence, not at every dot."""
    assert list(sentences(text)) == expected


@pytest.mark.parametrize(
    "text", ["and so on, " * 100, "word " * 200, "x" * 1_000, "a; b — c " * 90]
)
def test_a_long_sentence_is_cut_where_it_breathes(text: str) -> None:
    """At its clauses, else between words, else anywhere; nothing is lost."""
    parts = list(sentences(text))

    assert max(map(len, parts)) <= LONGEST
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_long_sentence_is_cut_after_a_comma() -> None:
    """A part ends with the mark at which it was cut."""
    parts = list(sentences("I hear that this is hard, " * 20))

    assert all(part.endswith("hard,") for part in parts)


# --- syllables ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("breathe", 1),
        ("little", 2),
        ("wanted", 2),
        ("worked", 1),
        ("lonely", 2),
        ("going", 2),
        ("anxious", 2),
        ("couldn't", 2),
        ("radio", 3),
        ("Understanding", 4),
        ("the", 1),
        ("mmm", 1),
        ("", 0),
        ("...", 0),
    ],
)
def test_syllables_are_counted(word: str, count: int) -> None:
    """By groups of vowels, less a silent e."""
    assert syllables(word) == count
