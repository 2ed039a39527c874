"""The personal baseline and what may be said from it, on made histories."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from companion import paths
from companion.sense import baseline as base
from companion.sense.baseline import Baseline, Observation
from companion.sense.stress import (
    MOST_WEIGHT,
    Judgement,
    judge,
    level,
    log_ratio,
)
from companion.sense.usual import BANDS, SPREADS, WEIGHTS
from companion.sense.words import describe, explain, read_words
from companion.tone import ToneLevel
from companion.values import Feature, Prosody, Quality

START = datetime(2026, 1, 5, 14, tzinfo=UTC)
CENTRES = {
    "pitch_level": 12.0, "pitch_floor": 10.0, "pitch_top": 14.0, "nuclei_rate": 4.0,
    "pause_share": 0.2, "alpha": -12.0, "hammarberg": 20.0, "mfcc_1": 10.0,
} | dict.fromkeys(BANDS, -15.0)  # fmt: skip


def heard(
    random: np.random.Generator, at: datetime, *, raised: float = 0.0, device: str = "desk"
) -> Observation:
    """Speak as usual, or with the whole index raised by so many spreads."""
    values = {
        name: centre
        + SPREADS[name] * 0.7 * random.standard_normal()
        + raised * SPREADS[name] * np.sign(WEIGHTS.get(name, 0))
        for name, centre in CENTRES.items()
    }
    return Observation(at=at, device=device, voiced=4.0, values=values)


def history(count: int, *, days: float = 10, seed: int = 0) -> Baseline:
    random = np.random.default_rng(seed)
    found = Baseline()
    for number in range(count):
        at = START + timedelta(days=number * days / count)
        found = base.learn(found, heard(random, at))
    return found


LATER = START + timedelta(days=11)


def judged(known: Baseline, observation: Observation) -> Judgement:
    return judge(known, observation)


def prosody(ok: bool = True, **values: float) -> Prosody:
    found = {"voiced": 3.0, "syllables": 9.0, "snr": 40.0} | CENTRES | values
    return Prosody({name: Feature(v, "-") for name, v in found.items()}, Quality(ok, ""))


# --- learning ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "days", "ready"), [(7, 3, False), (8, 0.3, False), (8, 3, True), (30, 10, True)]
)
def test_it_is_silent_until_eight_good_utterances_on_two_days(count, days, ready):
    """And says how far it is."""
    found = judged(history(count, days=days), heard(np.random.default_rng(9), LATER))

    assert (found.score is not None) == ready
    assert found.why.startswith("still learning") != ready


def test_a_calibration_on_request_waits_for_no_days():
    """Two recordings are enough to compare; to rank takes more."""
    random = np.random.default_rng(1)
    two = base.calibrate(heard(random, START) for _ in range(2))
    found = judged(two, heard(random, START))

    assert found.score is not None and found.interval is not None
    assert found.p is not None and found.p >= 1 / 3


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, True),
        ({"ok": False}, False),
        ({"voiced": 1.2}, False),
        ({"syllables": 4.0}, False),
    ],
)
def test_only_good_utterances_are_learned(changed, kept):
    """Poor sound, or too little of it, teaches nothing."""
    assert (base.observe(prosody(**changed), START) is not None) == kept


def test_noise_leaves_out_what_it_makes_unsure():
    """Below 20 dB no timbre, below 15 no pace."""
    names = [
        set(base.observe(prosody(snr=snr), START).values) & WEIGHTS.keys()  # type: ignore[union-attr]
        for snr in (40.0, 17.0, 9.0)
    ]

    assert names[0] == WEIGHTS.keys()
    assert names[1] == {"pitch_level", "pitch_floor", "pitch_top", "nuclei_rate", "pause_share"}
    assert names[2] == {"pitch_level", "pitch_floor", "pitch_top"}


def test_a_baseline_survives_being_written_as_json():
    """It is a value: what is read is what was written."""
    known = history(22)
    text = json.dumps(known.model_dump(mode="json"))

    assert Baseline.model_validate(json.loads(text)) == known


def test_marked_utterances_do_not_move_the_usual():
    """One-sided trimming: half of a history raised and marked leaves the centre in place."""
    random = np.random.default_rng(3)
    known = history(20)
    before = base.usual(known, LATER, "desk").centre("pitch_level")
    for _ in range(20):
        raised = heard(random, LATER, raised=3).model_copy(update={"unusual": True})
        known = base.learn(known, raised)
    after = base.usual(known, LATER, "desk").centre("pitch_level")

    assert after == pytest.approx(before, abs=0.4)


def test_old_utterances_are_forgotten_and_the_drift_is_told():
    """The usual follows a voice that changed for good; the frozen reference says by how much."""
    random = np.random.default_rng(4)
    known = history(30)
    for day in range(60):
        known = base.learn(known, heard(random, LATER + timedelta(days=day), raised=1.5))
    at = LATER + timedelta(days=60)
    centre = base.usual(known, at, "desk").centre("pitch_level")
    moved = centre - known.reference["pitch_level"]  # type: ignore[operator]

    assert moved == pytest.approx(1.5 * SPREADS["pitch_level"], abs=0.6)


def test_the_time_of_day_has_its_own_offset():
    """A voice that is two semitones lower each morning is usual in the morning."""
    known = Baseline()
    random = np.random.default_rng(5)
    for day in range(30):
        for hour, shift in ((8, -2.0), (20, 0.0)):
            at = START.replace(hour=hour) + timedelta(days=day)
            one = heard(random, at)
            lower = one.values | {"pitch_level": one.values["pitch_level"] + shift}
            known = base.learn(known, one.model_copy(update={"values": lower}))
    day = START + timedelta(days=30)
    centres = [
        base.usual(known, day.replace(hour=hour), "desk").centre("pitch_level") for hour in (8, 20)
    ]

    assert centres[1] - centres[0] == pytest.approx(2, abs=0.7)


def test_another_microphone_is_noticed_within_three_utterances():
    """Its timbre is not compared from the first one on; after three it counts as a new one."""
    known = history(30)
    random = np.random.default_rng(6)
    tilt = {name: -15.0 + 3.0 * (n - 4.5) for n, name in enumerate(BANDS)}
    for number in range(3):
        one = heard(random, LATER + timedelta(hours=number))
        other = one.model_copy(update={"values": one.values | tilt | {"alpha": -2.0}})
        assert not judged(known, other).names & {"alpha", "hammarberg", "mfcc_1"}
        known = base.learn(known, other)

    assert known.microphones == {"desk": 2}
    assert [one.device for one in known.observations[-4:]] == ["desk#1", *["desk#2"] * 3]


def test_weeks_show_slow_change():
    """Medians of pitch and pace, a row a week; nothing else."""
    rows = base.weeks(history(28, days=28).observations)

    assert [row.week for row in rows] == [2, 3, 4, 5]
    assert sum(row.utterances for row in rows) == 28
    assert rows[0].usual.keys() == {
        "pitch_level", "pitch_floor", "pitch_top", "nuclei_rate", "pause_share",
    }  # fmt: skip


# --- judging ----------------------------------------------------------------------------


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


# --- words ------------------------------------------------------------------------------

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
