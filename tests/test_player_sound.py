"""What is rendered: no clicks, no seam, and every sound where its beat is; voices that fail."""

import dataclasses

import numpy as np
import pytest

from companion.errors import SpeakError
from companion.parts import build_voices, read_parts
from companion.sessions.mixing import TAIL, Mixer, Track
from companion.sessions.player import OPENING
from companion.sessions.steps import Sound
from companion.sessions.tones import RATE, bed, soft_edges, tone
from companion.sessions.words import GuessedSpeech, VoicedSpeech, guess, vowel_onset
from companion.settings import Settings, SpeakSettings
from companion.values import AudioChunk, Cleared
from tests.sessions_made import Beeps, beats, beep, of_kind, player, rendered, script

from .players import SHIPPED
from .players import rhythm as rhythm


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
