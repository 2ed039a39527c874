"""The personal baseline: what it learns, what it forgets, and what it is silent about."""

import json
from datetime import timedelta

import numpy as np
import pytest

from companion.sense import baseline as base
from companion.sense.baseline import Baseline
from companion.sense.usual import BANDS, SPREADS, WEIGHTS
from companion.values import Feature, Prosody, Quality

from .made_voices import CENTRES, LATER, START, heard, history, judged


def prosody(ok: bool = True, **values: float) -> Prosody:
    found = {"voiced": 3.0, "syllables": 9.0, "snr": 40.0} | CENTRES | values
    return Prosody({name: Feature(v, "-") for name, v in found.items()}, Quality(ok, ""))


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
