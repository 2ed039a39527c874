"""Pitch, loudness and pace, against voices whose pitch is known."""

import math
from collections.abc import Callable
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.engines import load
from companion.errors import SenseError
from companion.sense import READERS
from companion.sense.features import PitchReader
from companion.sense.loudness import LoudnessReader
from companion.stages import ProsodyReader
from companion.values import AudioChunk, Prosody, Samples, Transcript, Word

from . import voices

SPOKEN = Transcript("one two three", words=tuple(Word("one", at, at + 0.5, 1.0) for at in range(3)))


def read(samples: Samples, size: int | None = 512, transcript: Transcript | None = None) -> Prosody:
    """Read a sound with a fresh reader, in chunks of so many samples."""
    reader: ProsodyReader = PitchReader()
    for chunk in voices.chunks(samples, size):
        reader.accept(chunk)
    return reader.finish(transcript or Transcript())


def value(prosody: Prosody, name: str) -> float:
    """Look up a feature that must have been measured."""
    found = prosody.features[name].value
    assert found is not None
    return found


def semitones(pitch: float, truth: float) -> float:
    """Say how far a pitch is from the truth."""
    return 12 * math.log2(pitch / truth)


@pytest.mark.parametrize("hertz", [85, 110, 205, 290, 400])
@pytest.mark.parametrize("snr", [None, 20, 10])
def test_the_pitch_is_right(hertz: float, snr: float | None) -> None:
    """The median pitch is within 0.15 semitones, for low and high voices, also in noise."""
    voice = voices.speak(hertz)
    samples = voice.samples if snr is None else voices.in_noise(voice, snr)

    prosody = read(samples)

    assert abs(semitones(value(prosody, "pitch_median"), voice.median)) <= 0.15


@pytest.mark.parametrize("swing", [0.5, 2.0, 4.0])
def test_the_pitch_spread_is_right(swing: float) -> None:
    """The spread is the standard deviation of the voiced frames in semitones, within a tenth."""
    voice = voices.speak(180, swing=swing)
    sung = voice.pitch[voice.pitch > 0]

    spread = value(read(voice.samples), "pitch_spread")

    assert spread == pytest.approx(np.std(12 * np.log2(sung)), rel=0.1)


@pytest.mark.parametrize("hertz", [110, 290])
def test_a_rise_of_one_semitone_is_seen(hertz: float) -> None:
    """The same words spoken a semitone higher read as a semitone higher, within a tenth."""
    plain = value(read(voices.speak(hertz).samples), "pitch_median")
    raised = value(read(voices.speak(hertz * 2 ** (1 / 12)).samples), "pitch_median")

    assert semitones(raised, plain) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("decibels", [-30, -12, 3])
def test_loudness_does_not_change_the_pitch(decibels: float) -> None:
    """Turned up or down, a voice keeps its pitch; only its loudness moves, by as much."""
    voice = voices.speak(150)
    plain = read(voice.samples)
    turned = read((voice.samples * 10 ** (decibels / 20)).astype(np.float32))

    for name in ("pitch_median", "pitch_spread", "voiced_share", "voiced", "loudness_spread"):
        assert value(turned, name) == pytest.approx(value(plain, name), rel=1e-4)
    moved = value(turned, "loudness") - value(plain, "loudness")
    assert moved == pytest.approx(decibels, abs=0.01)


@pytest.mark.parametrize("size", [1, 37, 320, 512, 3201])
def test_the_size_of_chunks_changes_nothing(size: int) -> None:
    """Sound by the block gives exactly what the whole file gives."""
    samples = voices.in_noise(voices.speak(205, 2.5), 20)

    assert read(samples, size) == read(samples, None)


def test_a_second_utterance_knows_nothing_of_the_first() -> None:
    """After `start`, a used reader measures as a fresh one does."""
    reader = PitchReader()
    for chunk in voices.chunks(voices.speak(290, 2).samples, 512):
        reader.accept(chunk)
    reader.finish(Transcript())
    reader.start()
    samples = voices.speak(110, 2).samples
    for chunk in voices.chunks(samples, 512):
        reader.accept(chunk)

    assert reader.finish(Transcript()) == read(samples)


def test_voice_is_counted_in_seconds() -> None:
    """The seconds of voice and the share of it in speech are near the truth."""
    voice = voices.speak(130)
    truth = np.count_nonzero(voice.pitch) / voices.RATE

    prosody = read(voice.samples)

    assert value(prosody, "voiced") == pytest.approx(truth, rel=0.1)
    assert 0.6 <= value(prosody, "voiced_share") <= 1.0
    assert value(prosody, "duration") == pytest.approx(4.0)


def test_pace_comes_from_the_times_of_words() -> None:
    """Three words in two and a half seconds are 72 a minute."""
    prosody = read(voices.speak(130).samples, transcript=SPOKEN)

    assert value(prosody, "speech_rate") == pytest.approx(72)


@pytest.mark.parametrize("words", [(), (Word("yes", 0.0, 0.0, 1.0),)])
def test_no_times_no_pace(words: tuple[Word, ...]) -> None:
    """Without times of words there is no pace, and nothing breaks."""
    prosody = read(voices.speak(130, 2).samples, transcript=Transcript("yes", words=words))

    assert prosody.features["speech_rate"].value is None


def test_a_clear_voice_may_be_judged() -> None:
    """Good sound passes and gives no reason."""
    quality = read(voices.in_noise(voices.speak(130), 30)).quality

    assert quality.ok
    assert quality.why == ""


def _clipped() -> Samples:
    return np.clip(voices.speak(130).samples * 4, -1, 1)


def _steady_vowel() -> Samples:
    time = np.arange(2 * voices.RATE) / voices.RATE
    return (0.1 * np.sign(np.sin(2 * np.pi * 150 * time))).astype(np.float32)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: np.zeros(0, np.float32), "silence: "),
        (lambda: np.zeros(48_000, np.float32), "silence: "),
        (lambda: voices.noise(3, -90), "silence: "),
        (lambda: voices.noise(3, -20), "no voice: "),
        (lambda: voices.speak(130, 1.2).samples, "too short: 0.4 s of voice"),
        (_clipped, "too loud: "),
        (_steady_vowel, "no pause: "),
        (lambda: voices.in_noise(voices.speak(130), 5), "too noisy: "),
        (lambda: voices.through_telephone(voices.speak(130).samples), "narrow band: "),
    ],
)
def test_poor_sound_is_refused_with_a_reason(make: Callable[[], Samples], reason: str) -> None:
    """Whatever stands against a judgement is said in plain words."""
    quality = read(make()).quality

    assert not quality.ok
    assert quality.why.startswith(reason)


def test_another_rate_is_refused() -> None:
    """Sound that is not at 16 kHz would read as another pitch, so it is an error."""
    with pytest.raises(SenseError, match="16000 Hz, not 8000 Hz"):
        PitchReader().accept(AudioChunk(np.zeros(80, np.float32), 8000))


odd_samples = st.one_of(
    st.floats(width=32),
    st.sampled_from([0.0, 1.0, -1.0, 1e-30, 1e30, math.nan, math.inf, -math.inf]),
)
odd_sound = st.one_of(
    st.lists(odd_samples, max_size=50).map(lambda few: np.resize(few or [0.0], 40 * len(few))),
    st.builds(voices.noise, st.floats(0, 0.3), st.floats(-120, 40), st.integers(0, 9)),
    st.builds(lambda hertz: voices.speak(hertz, 1).samples, st.floats(40, 1000)),
)


@settings(max_examples=60, deadline=None, database=None)
@given(sounds=st.lists(odd_sound, max_size=6))
@pytest.mark.parametrize("reader", [PitchReader, LoudnessReader])
def test_no_sound_gives_a_nan(reader: Callable[[], ProsodyReader], sounds: list[Samples]) -> None:
    """Whatever comes in, each feature is a finite number or None, and poor sound has a reason."""
    used = reader()
    for sound in sounds:
        used.accept(AudioChunk(np.asarray(sound, np.float32), voices.RATE))

    prosody = used.finish(Transcript())

    for feature in prosody.features.values():
        assert feature.value is None or math.isfinite(feature.value)
    assert prosody.quality.ok == (prosody.quality.why == "")


def _work(action: Callable[[], object]) -> float:
    """Measure the least processor time of five runs, in seconds."""
    best = math.inf
    for _ in range(5):
        begun = process_time()
        action()
        best = min(best, process_time() - begun)
    return best


def test_the_end_of_a_turn_costs_little() -> None:
    """Ten seconds leave under a fifth of the work for the moment when the answer is due."""
    samples = voices.speak(130, 10).samples
    readers = [PitchReader() for _ in range(5)]

    def hear() -> None:
        for chunk in voices.chunks(samples, 512):
            waiting[-1].accept(chunk)
        heard.append(waiting.pop())

    waiting, heard = readers, list[PitchReader]()
    hearing = _work(hear)
    ending = _work(lambda: heard.pop().finish(Transcript()))

    assert ending < hearing / 5


def test_cost_grows_with_length_alone() -> None:
    """Four times the sound costs about four times the work: nothing is done over and over."""
    short, long = voices.speak(130, 4).samples, voices.speak(130, 16).samples

    assert _work(lambda: read(long)) < 8 * _work(lambda: read(short))


def test_readers_are_found_by_name() -> None:
    """Every reader in the table can be built."""
    for name in READERS:
        assert load("prosody reader", READERS, name).name == name


def test_the_loudness_reader_measures_loudness() -> None:
    """A sine of full scale has -3 dBFS; silence has none and says so."""
    time = np.arange(voices.RATE) / voices.RATE
    reader: ProsodyReader = LoudnessReader()
    reader.accept(AudioChunk(np.sin(2 * np.pi * 440 * time).astype(np.float32), voices.RATE))

    loud = reader.finish(Transcript())
    reader.start()
    quiet = reader.finish(Transcript())

    assert value(loud, "loudness") == pytest.approx(-3.01, abs=0.01)
    assert value(loud, "duration") == pytest.approx(1.0)
    assert quiet.features["loudness"].value is None
    assert quiet.quality.why == "silence: nothing was heard"
