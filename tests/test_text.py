"""How numbers, dates, money and telephone numbers are read aloud."""

import pytest

from companion import paths
from companion.text import (
    SpokenForms,
    read_spoken_forms,
    speakable,
)

from .spoken_text import spoken_forms


@pytest.fixture(scope="module")
def spoken() -> SpokenForms:
    return spoken_forms()


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
