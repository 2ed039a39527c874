"""Signs, sentences and syllables of what is read aloud."""

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
    sentences,
    speakable,
    syllables,
)

from .spoken_text import spoken_forms


@pytest.fixture(scope="module")
def spoken() -> SpokenForms:
    return spoken_forms()


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
