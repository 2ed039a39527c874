"""An exercise in time: grid, words, sounds, and what a person may change."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from companion import paths
from companion.errors import SpeakError
from companion.exercise import Control, Progress
from companion.parts import build_voices, read_parts
from companion.sessions import control as controls
from companion.sessions.mixing import TAIL, Mixer, Track
from companion.sessions.player import OPENING
from companion.sessions.script import read_scripts
from companion.sessions.steps import Sound
from companion.sessions.tones import RATE, bed, soft_edges, tone
from companion.sessions.words import GuessedSpeech, VoicedSpeech, guess, vowel_onset
from companion.settings import Settings, SpeakSettings
from companion.values import AudioChunk, Cleared
from tests.sessions_made import RHYTHM, Beeps, beats, beep, of_kind, player, rendered, script

SHIPPED = read_scripts(paths.content() / "en" / "sessions")


@pytest.fixture
def rhythm(tmp_path):
    return script(tmp_path, RHYTHM)


# --- the grid -------------------------------------------------------------------------------


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


def test_panic_asks_after_the_body_when_three_minutes_have_passed():
    """Aloud, and with sounds only as well."""
    for words in (True, False):
        found = of_kind(beats(SHIPPED["panic"], minutes=10, words=words), "say")
        faint = [beat.at for beat in found if "faint, or anything is new" in beat.text]
        assert len(faint) == 3


def test_panic_does_not_end_by_itself():
    """Until it is stopped."""
    course = player(SHIPPED["panic"], endless=True).beats()

    assert all(next(course).kind != "end" for _ in range(400))


def test_sounds_only_keeps_what_safety_asks_for():
    """The red flags, and the question about a hold."""
    panic = [beat.text for beat in beats(SHIPPED["panic"], words=False)]
    box = beats(SHIPPED["box"], words=False)

    assert panic[0] == "<medical-flags>"
    assert "wheeze" in panic[1] and "driving" in panic[2]
    assert not of_kind(box, "cue")
    assert any("Are the pauses all right" in beat.text for beat in of_kind(box, "say"))


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


# --- sound -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sound", Sound)
def test_no_sound_clicks(sound):
    """It starts and ends in five milliseconds or more, at silence."""
    made = tone(sound, 4 * RATE)
    edge = round(0.005 * RATE)

    assert abs(made[0]) < 0.001 and abs(made[-1]) < 0.001
    assert np.abs(made[:edge]).max() < 0.8 * np.abs(made[: 40 * edge]).max()
    assert np.abs(np.diff(made)).max() < 0.05


def test_speech_is_given_soft_edges():
    """Whatever the voice does."""
    made = soft_edges(beep(1.0))

    assert made[0] < 0.001 and made[-1] < 0.001
    assert made[RATE // 2] == pytest.approx(0.1)


def test_a_breath_in_rises_and_a_breath_out_falls():
    """In pitch, and in loudness."""
    for sound, way in ((Sound.IN, 1), (Sound.OUT, -1)):
        made = tone(sound, 4 * RATE)
        first, last = made[RATE // 2 : RATE], made[3 * RATE : 3 * RATE + RATE // 2]
        assert way * (_pitch(last) - _pitch(first)) > 30
        assert way * (np.std(last) - np.std(first)) > 0.01


def _pitch(sound):
    return np.argmax(np.abs(np.fft.rfft(sound))) * RATE / len(sound)


def test_the_bed_of_noise_has_no_seam():
    """Its end goes on into its start."""
    made = bed()
    seam = abs(made[0] - made[-1])

    assert seam <= np.abs(np.diff(made)).max()


def test_tracks_add_up_to_the_whole(rhythm):
    """Cues and bed can be had apart."""
    whole = rendered(rhythm, Track.CUES | Track.BED)
    apart = (
        rendered(rhythm, Track.WORDS) + rendered(rhythm, Track.TONES) + rendered(rhythm, Track.BED)
    )

    assert np.abs(whole - apart).max() < 1e-5


def test_what_is_rendered_is_where_the_timeline_says(rhythm):
    """The first word starts a tenth of a second before its beat, at its sample."""
    words = rendered(rhythm, Track.WORDS)
    first = np.flatnonzero(np.abs(words) > 0)[0]

    assert first / RATE == pytest.approx(OPENING - 0.1, abs=0.001)
    assert first / RATE < 1.0


def test_it_ends_when_the_last_sound_has_died_away(tmp_path):
    """A bell rings out."""
    made = script(tmp_path, "steps:\n  - {sound: bell, rest: '1'}\n")

    assert len(rendered(made)) / RATE == pytest.approx(OPENING + 2.5 + TAIL, abs=0.01)


def test_what_is_too_loud_is_bent_and_not_cut(rhythm):
    """A word over a tone, at the loudest."""
    mixer = Mixer(player(rhythm, Loud()).beats())
    mixer.volume = 1.5
    sound = np.concatenate([block.chunk.samples for block in mixer.blocks()])

    assert 0.8 < np.abs(sound).max() < 1.0


class Loud(Beeps):
    def cue(self, text):
        return dataclasses.replace(super().cue(text), samples=beep(0.4) * np.float32(8))


def test_a_changed_volume_is_reached_softly(rhythm):
    """Within a block, without a step."""
    mixer = Mixer(player(rhythm).beats())
    blocks = mixer.blocks()
    before = [next(blocks) for _ in range(20)][-1]
    mixer.volume = 0.5
    after, later = next(blocks).chunk.samples, next(blocks).chunk.samples

    assert np.abs(np.diff(np.concatenate([before.chunk.samples, after]))).max() < 0.05
    assert np.std(later) < 0.7 * np.std(before.chunk.samples)


# --- voices -----------------------------------------------------------------------------------


def test_the_vowel_is_found_behind_a_hiss():
    """Silence, a hiss of 120 ms, a voice."""
    seconds = np.arange(round(0.5 * RATE)) / RATE
    vowel = 0.3 * sum(np.sin(2 * np.pi * 120 * n * seconds) / n for n in range(1, 9))
    hiss = 0.05 * np.diff(np.random.default_rng(1).standard_normal(round(0.12 * RATE) + 1))
    sound = np.concatenate([np.zeros(500), hiss, vowel]).astype(np.float32)

    assert vowel_onset(sound) / RATE == pytest.approx(500 / RATE + 0.12, abs=0.012)


def test_silence_has_no_vowel():
    """And does no harm."""
    assert vowel_onset(np.zeros(4_000, np.float32)) == 0
    assert vowel_onset(np.zeros(0, np.float32)) == 0


class Failing:
    name = "failing"

    def synthesize(self, text, style):
        raise SpeakError("No.")


class Short:
    name = "short"

    def __init__(self):
        self.times = 0

    def synthesize(self, text, style):
        self.times += 1
        yield AudioChunk(np.full(1_600, 0.1, np.float32), 16_000)


def test_a_voice_that_fails_is_replaced_for_good():
    """And a cue is made once."""
    short = Short()
    speech = VoicedSpeech([Failing(), short])
    first, second = speech.cue(Cleared("In")), speech.cue(Cleared("In"))

    assert first is second and short.times == 1
    assert first.seconds == pytest.approx(0.1, abs=0.01)


def test_no_voice_at_all_is_a_failure():
    """Not silence."""
    with pytest.raises(SpeakError):
        VoicedSpeech([Failing()]).sentence(Cleared("In"))


def test_espeak_says_every_cue_within_its_phase():
    """So nobody with the built-in voice hears a bell in place of a word."""
    voices = build_voices(read_parts(Settings(speak=SpeakSettings(voice="espeak"))))
    speech = VoicedSpeech(voices)
    for name in ("exhale46", "box", "4-7-8", "cyclic-sigh", "coherent", "pmr-4", "panic"):
        found = beats(SHIPPED[name], speech)  # type: ignore[arg-type]
        first = [beat for beat in found if beat.round == 1]
        tones, cues = of_kind(first, "sound"), of_kind(first, "cue")
        assert {beat.at for beat in tones} <= {beat.at for beat in cues}


def test_a_guess_at_the_length_of_a_sentence_is_fair():
    """Without a voice: to a third."""
    speech = VoicedSpeech(build_voices(read_parts(Settings(speak=SpeakSettings(voice="espeak")))))
    texts = [text for text in SHIPPED["panic"].texts if len(text) > 30]
    said = sum(speech.sentence(Cleared(text)).seconds for text in texts)

    assert sum(map(guess, texts)) == pytest.approx(said, rel=0.33)
    assert GuessedSpeech().sentence(Cleared(texts[0])).seconds == pytest.approx(
        guess(texts[0]), 0.01
    )


# --- what a person may change ------------------------------------------------------------


def test_it_goes_on_from_the_round_that_was_interrupted(rhythm):
    """At its start, with the same words, at the same place."""
    made = player(rhythm)
    whole = list(made.beats())
    halfway = next(beat for beat in whole if beat.round == 4)
    rest = list(made.beats(halfway.place))

    assert [(beat.at, beat.text) for beat in rest] == [
        (pytest.approx(beat.at), beat.text) for beat in whole if beat.at >= halfway.at
    ]


def test_it_goes_on_from_the_step_that_was_interrupted():
    """Words are said again from their beginning."""
    made = player(SHIPPED["grounding"])
    third = of_kind(list(made.beats()), "say")[2]

    assert next(made.beats(third.place)).text == third.text


def test_slower_and_faster_keep_the_proportion(rhythm):
    """And slower ends at six a minute, where it already is."""
    slow = controls.slower(Control())
    fast = controls.faster(Control())

    def lengths(control):
        found = of_kind(list(player(rhythm).beats(control.progress)), "sound")
        return [round(beat.seconds, 3) for beat in found[:2]]

    assert lengths(slow) == [4.0, 6.0]
    assert lengths(fast) == [pytest.approx(4 / 1.15, 0.01), pytest.approx(6 / 1.15, 0.01)]


def test_slower_never_makes_a_hold_longer():
    """Neither of the square's pauses."""
    control = controls.slower(controls.slower(Control()))
    found = of_kind(list(player(SHIPPED["box"]).beats(control.progress)), "sound")

    assert {beat.seconds for beat in found} == {3.0}


def test_nobody_can_make_it_fast(rhythm):
    """However often they ask."""
    control = Control()
    for _ in range(20):
        control = controls.faster(control)
    round_of_panic = 7.0 * control.progress.tempo

    assert round_of_panic >= 5.0


def test_skip_leaves_a_rhythm_and_again_begins_it():
    """By the step."""
    made = player(SHIPPED["exhale46"])
    inside = next(beat for beat in made.beats() if beat.round == 3)
    here = controls.reached(Control(), inside)

    assert next(made.beats(controls.skip(here).progress)).kind == "say"
    assert next(made.beats(controls.again(here).progress)).round == 1


def test_shorter_halves_what_is_left(rhythm):
    """From where it was heard."""
    made = player(rhythm, minutes=5)
    inside = next(beat for beat in made.beats() if beat.at > 100)
    control = controls.shorter(controls.reached(Control(), inside), inside.left)
    rest = list(made.beats(control.progress, control.ends))

    assert rest[-1].at - inside.at == pytest.approx((300 - inside.at) / 2, abs=5)


def test_an_endless_one_made_shorter_ends():
    """In a minute."""
    made = player(SHIPPED["panic"], endless=True)
    inside = next(beat for beat in made.beats() if beat.round == 5)
    control = controls.shorter(controls.reached(Control(), inside), inside.left)

    assert inside.left is None
    assert list(made.beats(control.progress, control.ends))[-1].kind == "end"


def test_louder_and_quieter_have_an_end():
    """Not deafening, not inaudible."""
    loud = quiet = Control()
    for _ in range(30):
        loud, quiet = controls.louder(loud), controls.quieter(quiet)

    assert (loud.volume, quiet.volume) == (1.5, 0.2)


def test_stop_beats_pause():
    """What was stopped does not wait."""
    stopped = controls.pause(controls.stop(controls.pause(Control())))

    assert stopped.stopped and not stopped.paused
    assert not controls.go_on(controls.pause(Control())).paused


def test_progress_keeps_the_tempo_that_was_asked_for(rhythm):
    """Through everything that is heard."""
    control = controls.faster(Control())
    made = player(rhythm)
    beat = next(beat for beat in made.beats(control.progress) if beat.round == 2)

    assert controls.reached(control, beat).progress.tempo == control.progress.tempo
    assert dataclasses.replace(beat.place, tempo=1.0) != Progress()
