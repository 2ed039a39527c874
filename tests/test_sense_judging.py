"""What may be said from a baseline: ranks, levels, weights, and the words."""

from datetime import timedelta

import numpy as np
import pytest

from companion import paths
from companion.sense import baseline as base
from companion.sense.stress import (
    MOST_WEIGHT,
    Judgement,
    level,
    log_ratio,
)
from companion.sense.words import describe, explain, read_words
from companion.tone import ToneLevel

from .made_voices import LATER, START, heard, history, judged


def test_no_p_is_below_what_the_history_allows():
    """Of k utterances, 1 / (k + 1) at the least."""
    known = history(12)

    assert judged(known, heard(np.random.default_rng(0), LATER, raised=9)).p == 1 / 13


def test_false_alarms_are_as_rare_as_said():
    """At a nominal tenth, over 400 calm histories of 25."""
    alarms = 0
    for seed in range(400):
        random = np.random.default_rng(1000 + seed)
        known = base.calibrate(heard(random, START + timedelta(hours=7 * n)) for n in range(25))
        found = judged(known, heard(random, START + timedelta(hours=7 * 25)))
        alarms += found.p is not None and found.p <= 0.1

    assert 0.05 <= alarms / 400 <= 0.13


def test_a_raised_voice_ranks_high():
    """Two spreads in every feature."""
    found = judged(history(30), heard(np.random.default_rng(7), LATER, raised=2))

    assert found.p is not None and found.p <= 0.05
    assert found.score is not None and found.score > 1


def test_the_order_of_levels():
    """Once is nothing; twice in three is a bit; over eight seconds of voice it may be clear."""
    known = history(40)
    at = base.usual(known, LATER, "desk")
    random = np.random.default_rng(8)
    calm, high = (judged(known, heard(random, LATER, raised=by)) for by in (0, 2))
    quick = Judgement(high.score, high.interval, 0.15, high.compared, 1.0, high.names)

    assert level([], at) is ToneLevel.NONE
    assert level([calm], at) is ToneLevel.USUAL
    assert level([calm, quick], at) is ToneLevel.USUAL
    assert level([quick, calm, quick], at) is ToneLevel.A_BIT
    assert level([high, high], at) is ToneLevel.CLEARLY
    assert level([high, high, calm], at) in {ToneLevel.USUAL, ToneLevel.CLEARLY}


@pytest.mark.parametrize("raised", [-9, -1, 0, 1, 9])
def test_no_judgement_weighs_more_than_two_to_one(raised):
    """Whatever the voice does."""
    known = history(40)
    found = judged(known, heard(np.random.default_rng(8), LATER, raised=raised))

    assert abs(log_ratio(found, base.usual(known, LATER, "desk"))) <= MOST_WEIGHT


def test_without_a_history_it_weighs_nothing():
    """Also a calibration of two files moves no decision."""
    random = np.random.default_rng(1)
    two = base.calibrate(heard(random, START) for _ in range(2))
    found = judged(two, heard(random, START, raised=5))

    assert log_ratio(found, base.usual(two, START)) == 0


FORBIDDEN = (
    "stress", "anxi", "depress", "panic", "sad", "angry", "anger", "fear", "afraid", "lying",
    "disorder", "percent", "score", "others", "normal",
)  # fmt: skip


def every_sentence() -> list[str]:
    words = read_words(paths.content() / "en")
    known = history(40)
    at = base.usual(known, LATER, "desk")
    said: list[str] = []
    for raised in (0, 0.5, 1, 2, 4, 9):
        one = heard(np.random.default_rng(3), LATER, raised=raised)
        found = judged(known, one)
        for what in ToneLevel:
            said += describe(words, what, found, at, one.values)
        said += explain(words, found, lambda number: "some" if number else "none")
    return said


def test_no_feeling_no_percentage_and_no_digit_is_ever_said():
    """Observation, reference, doubt, question: nothing else."""
    said = " ".join(every_sentence()).lower()

    assert not [word for word in FORBIDDEN if word in said]
    assert not any(char.isdigit() or char in "{}%" for char in said)


def strings(value: object) -> list[str]:
    """Give every string in some content."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    return [text for one in value for text in strings(one)] if isinstance(value, tuple) else []


def test_no_such_word_stands_anywhere_in_what_may_be_said_of_a_voice():
    """Also in consent, in reasons and in the weeks: whatever a person hears or reads."""
    words = read_words(paths.content() / "en").model_dump(exclude={"asked"})
    said = strings(words)

    assert len(said) > 70
    for text in said:
        assert not [word for word in FORBIDDEN if word in text.lower()], text
        assert not any(char.isdigit() or char == "%" for char in text), text


def test_a_difference_is_said_with_its_reference_its_doubt_and_a_question():
    """In this order."""
    words = read_words(paths.content() / "en")
    known = history(40)
    one = heard(np.random.default_rng(3), LATER)
    higher = one.values | {"pitch_level": 14.0}
    said = describe(
        words, ToneLevel.A_BIT, judged(known, one), base.usual(known, LATER, "desk"), higher
    )

    assert said[0].startswith("Your voice was a bit different from your own usual")
    assert "your pitch was about two semitones higher" in said[0]
    assert "can come from" in said[1]
    assert said[2].endswith("?")
    assert len(said) == 3


def test_how_do_you_know_is_answered_with_numbers_in_words():
    """How many, how many as high, and that it can be wrong."""
    words = read_words(paths.content() / "en")
    said = explain(words, Judgement(1.0, (0, 2), 4 / 41, 40), lambda n: f"<{n}>")

    assert said[0] == "I compared this with <40> earlier times you spoke to me."
    assert said[1] == "In <3> of those, your voice was at least as different."
    assert "I can be wrong" in said[2]
