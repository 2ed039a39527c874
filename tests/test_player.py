"""Every beat of an exercise stands where its file says, to the sample."""

from itertools import pairwise

import pytest

from companion import paths
from companion.guard.reviewed import read_protocol
from companion.sessions.player import OPENING
from companion.sessions.steps import Sound
from companion.sessions.tones import RATE
from tests.sessions_made import RHYTHM, Beeps, beats, of_kind, player, script

from .players import SHIPPED
from .players import rhythm as rhythm


def test_every_beat_stands_on_its_grid(rhythm):
    """Four in, six out, from the first sample to the last."""
    ats = [beat.at for beat in of_kind(beats(rhythm, minutes=5), "sound")]
    expected = [OPENING + 10 * (n // 2) + 4 * (n % 2) for n in range(len(ats))]

    assert len(ats) == 60
    assert ats == pytest.approx(expected, abs=1 / RATE)


def test_nothing_drifts_over_twenty_minutes():
    """5.5 s are no whole number of samples, and the last beat is as exact as the first."""
    made = SHIPPED["coherent"]
    ats = [beat.at for beat in of_kind(beats(made, minutes=20), "sound")]

    assert ats[-1] - ats[0] > 19 * 60
    assert ats[-1] - ats[0] == pytest.approx(5.5 * (len(ats) - 1), abs=1 / RATE)


def test_the_vowel_of_a_cue_is_on_its_beat(rhythm):
    """Its consonants come before."""
    cue = of_kind(beats(rhythm), "cue")[0]

    assert cue.at == pytest.approx(OPENING, abs=1 / RATE)
    assert cue.start == round(cue.at * RATE) - round(0.1 * RATE)


def test_words_fade_away_after_three_rounds(rhythm):
    """Full, full, full, softer, softer still, and then the sounds alone."""
    cues = [beat for beat in of_kind(beats(rhythm), "cue") if beat.text == "In"]

    assert [beat.round for beat in cues] == [1, 2, 3, 4, 5]
    assert [float(beat.samples.max()) for beat in cues] == pytest.approx(
        [0.1, 0.1, 0.1, 0.06, 0.03]
    )


def test_a_voice_too_slow_for_a_phase_leaves_it_to_the_tone(rhythm):
    """The words go, the rhythm stays."""
    found = beats(rhythm, Beeps(cue=4.2))

    assert [beat.text for beat in of_kind(found, "cue")] == ["Out"] * 5
    assert len(of_kind(found, "sound")) == 12


def test_a_word_too_long_for_a_step_without_a_tone_becomes_a_bell(tmp_path):
    """Something is heard on every beat."""
    made = script(tmp_path, "steps:\n  - {say: Now, seconds: '1'}\n")

    assert [beat.sound for beat in beats(made, Beeps(cue=3.0))] == [Sound.BELL, None]


def test_further_words_are_spread_evenly(tmp_path):
    """In, two, three."""
    made = script(tmp_path, "steps:\n  - {say: In, count: [two, three], seconds: '3'}\n")
    cues = of_kind(beats(made), "cue")

    assert [(beat.text, round(beat.at - OPENING, 3)) for beat in cues] == [
        ("In", 0.0), ("two", 1.0), ("three", 2.0),
    ]  # fmt: skip


def test_the_timeline_is_in_order():
    """Of every exercise that ships."""
    for made in SHIPPED.values():
        ats = [beat.at for beat in beats(made)]
        assert ats == sorted(ats)


def test_a_rhythm_slows_by_a_tenth_a_minute_down_to_six():
    """Never below, however long it goes on."""
    found = [
        beat
        for beat in of_kind(beats(SHIPPED["panic"], minutes=10), "sound")
        if beat.sound is Sound.IN
    ]
    rounds = [second.at - first.at for first, second in pairwise(found)]
    starts = [first.at - found[0].at for first in found]

    assert rounds == pytest.approx(sorted(rounds), abs=0.001)
    assert rounds[0] == pytest.approx(7.0, abs=0.001)
    after_a_minute = next(n for n, at in enumerate(starts) if at >= 60)
    assert rounds[after_a_minute] == pytest.approx(
        7.0 * 1.1 ** (starts[after_a_minute] / 60), 0.001
    )
    assert max(rounds) == pytest.approx(10.0, abs=0.001)


def test_words_over_a_rhythm_leave_its_grid_alone(tmp_path):
    """They are spoken while the sounds go on, and no cue word speaks into them."""
    over = (
        'over:\n        - {say: "You are here.", after: "15", every: "20"}\n      steps:\n        -'
    )
    made = script(tmp_path, RHYTHM.replace("steps:\n        -", over))
    found = beats(made)
    tones = [beat.at - OPENING for beat in of_kind(found, "sound")]

    assert tones == pytest.approx([10 * (n // 2) + 4 * (n % 2) for n in range(12)], abs=1e-4)
    assert [round(beat.at - OPENING, 1) for beat in of_kind(found, "say")] == [20.4, 40.4]
    assert not [beat for beat in of_kind(found, "cue") if 19.9 < beat.at - OPENING < 22.9]


def test_panic_asks_after_the_body_before_three_minutes_have_passed():
    """Aloud, and with sounds only as well; and every three minutes from then on."""
    for words in (True, False):
        found = of_kind(beats(SHIPPED["panic"], minutes=10, words=words), "say")
        faint = [beat.at for beat in found if "faint, or anything is new" in beat.text]
        assert len(faint) == 3
        assert faint[0] < 180


def test_panic_does_not_end_by_itself():
    """Until it is stopped."""
    course = player(SHIPPED["panic"], endless=True).beats()

    assert all(next(course).kind != "end" for _ in range(400))


def test_sounds_only_keeps_what_safety_asks_for():
    """The red flags, and the question about a hold."""
    panic = [beat.text for beat in beats(SHIPPED["panic"], words=False)]
    box = beats(SHIPPED["box"], words=False)

    assert panic[0] == "<medical-flags>"
    assert "driving" in panic[1]
    assert not of_kind(box, "cue")
    assert any("Are the pauses all right" in beat.text for beat in of_kind(box, "say"))


def test_panic_names_every_red_flag_in_its_first_sentence():
    """Nothing of it may wait for a second one."""
    flags = read_protocol(paths.content() / "en" / "safety").lines["medical-flags"]

    for sign in (
        "chest", "arm", "jaw", "faint", "lips", "wheeze", "swell", "throat", "one side",
        "pregnant", "baby", "took something", "neck",
    ):  # fmt: skip
        assert sign in flags


def test_shares_fill_the_minutes(tmp_path):
    """By their weights."""
    text = "minutes: ['2']\nsteps:\n  - {say: A, share: 1}\n  - {say: B, share: 3}\n  - {say: C}\n"
    a, b, c = of_kind(beats(script(tmp_path, text)), "say")

    assert (b.at - a.at - 2.0) * 3 == pytest.approx(c.at - b.at - 2.0, rel=0.05)
    assert c.at + 2.0 == pytest.approx(120.0, abs=3.0)


def test_each_item_of_a_repetition_is_led_through(tmp_path):
    """The item stands in the words."""
    text = """
steps:
  - repeat:
      each: [Hand, Foot]
      steps:
        - {say: "{each}.", rest: "1"}
        - {say: "Tense", sound: tense, seconds: "6"}
"""
    found = beats(script(tmp_path, text))

    assert [(beat.text or beat.sound, beat.round) for beat in found[:-1]] == [
        ("Hand.", 1), (Sound.TENSE, 1), ("Tense", 1), ("Foot.", 2), (Sound.TENSE, 2), ("Tense", 2),
    ]  # fmt: skip


def test_a_choice_and_the_minutes_choose_the_steps(tmp_path):
    """The first choice is the usual one."""
    text = """
minutes: ["4", "8"]
choices: [feet, hands]
steps:
  - {say: "Feet.", share: "1", only: feet}
  - {say: "Hands.", share: "1", only: hands}
  - {say: "Longer.", share: "1", least: "8"}
"""
    made = script(tmp_path, text)

    assert [beat.text for beat in beats(made)[:-1]] == ["Feet."]
    assert [beat.text for beat in beats(made, minutes=8, choice="hands")[:-1]] == [
        "Hands.", "Longer.",
    ]  # fmt: skip
