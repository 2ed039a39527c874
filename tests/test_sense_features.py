"""Features: what must not change them, and what must."""

import math
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.sense.definitions import FEATURES
from companion.sense.features import PitchReader
from companion.sense.pulses import regularity
from companion.values import AudioChunk, Prosody, Samples, Transcript, Word

from . import voices

LEVELS = {"loudness", "noise"}
"""Features that tell the level of a sound, and so move with it"""


def read(samples: Samples, transcript: Transcript | None = None) -> Prosody:
    reader = PitchReader()
    reader.accept(AudioChunk(np.asarray(samples, np.float32), voices.RATE))
    return reader.finish(transcript or Transcript())


def measured(samples: Samples) -> dict[str, float]:
    return {
        name: feature.value
        for name, feature in read(samples).features.items()
        if feature.value is not None
    }


def pulses(jitter: float = 0.0, shimmer: float = 0.0, seconds: float = 3.0) -> Samples:
    """Sound one vowel at 120 Hz whose periods and heights vary by so much, relatively."""
    random = np.random.default_rng(5)
    sound = np.zeros(int(seconds * voices.RATE))
    at = 200.0
    while at < len(sound) - 200:
        ring = np.arange(110)
        height = 1 + shimmer * random.standard_normal()
        start = int(at)
        phase = (ring - (at - start)) / voices.RATE
        sound[start : start + 110] += (
            height * np.where(phase >= 0, np.exp(-500 * phase), 0) * np.sin(4400 * phase)
        )
        at += voices.RATE / 120 * (1 + jitter * random.standard_normal())
    return (0.3 * sound).astype(np.float32)


def test_every_feature_has_a_unit_a_meaning_and_a_source():
    """And every one is measured, or None, each time."""
    assert all(d.unit and d.meaning and d.source for d in FEATURES.values())
    assert read(voices.speak(150).samples).features.keys() == FEATURES.keys()


@pytest.mark.parametrize("decibels", [-40.0, -12.0, -3.1, 4.0])
def test_gain_changes_nothing_but_the_level(decibels):
    """To a millionth of each value."""
    samples = voices.in_noise(voices.speak(150), 30)
    plain = measured(samples)
    turned = measured((samples.astype(np.float64) * 10 ** (decibels / 20)).astype(np.float32))

    for name in plain.keys() - LEVELS:
        assert turned[name] == pytest.approx(plain[name], rel=1e-6, abs=1e-6), name
    for name in LEVELS:
        assert turned[name] - plain[name] == pytest.approx(decibels, abs=1e-3)


def test_polarity_changes_nothing():
    """A microphone wired the other way round measures the same."""
    samples = voices.in_noise(voices.speak(205), 25)

    assert measured(-samples) == pytest.approx(measured(samples), rel=1e-9)


@pytest.mark.parametrize("samples", [160, 777, 16_000])
def test_a_later_start_changes_little(samples):
    """Half a second or an odd number of samples of quiet before it: the same voice."""
    sound = voices.in_noise(voices.speak(130), 40)
    quiet = 10 ** (-70 / 20) * np.random.default_rng(3).standard_normal(samples)
    plain = measured(sound)
    late = measured(np.concatenate([quiet.astype(np.float32), sound]))

    assert late["pitch_level"] == pytest.approx(plain["pitch_level"], abs=0.03)
    assert late["nuclei_rate"] == pytest.approx(plain["nuclei_rate"], abs=0.4)
    assert late["alpha"] == pytest.approx(plain["alpha"], abs=0.3)


def test_the_same_twice_is_the_same():
    """Counts double, averages stay."""
    sound = voices.in_noise(voices.speak(180), 35)
    once, twice = measured(sound), measured(np.concatenate([sound, sound]))

    for name in ("pitch_level", "pitch_floor", "pitch_top", "cpps", "harmonicity"):
        assert twice[name] == pytest.approx(once[name], abs=0.1), name
    assert twice["voiced"] == pytest.approx(2 * once["voiced"], abs=0.05)
    assert twice["syllables"] == pytest.approx(2 * once["syllables"], abs=1)


def test_syllables_are_counted():
    """Seven vowels, a pause, seven vowels: fourteen, give or take one."""
    voice = voices.speak(130, 10)
    edges = np.diff((voice.pitch > 0).astype(int))
    truth = np.count_nonzero(edges == 1)

    assert measured(voice.samples)["syllables"] == pytest.approx(truth, abs=1)


def test_pauses_are_measured():
    """Within 60 ms of the truth: two syllables of quiet, and the next one's closure."""
    pause = measured(voices.speak(130, 10).samples)["pause_mean"]

    assert pause == pytest.approx(2 * voices.SYLLABLE, abs=0.06)


def test_jitter_and_shimmer_rise_with_the_truth():
    """For diagnosis: the order is right."""
    jitters = [measured(pulses(jitter=share))["jitter"] for share in (0, 0.005, 0.02, 0.04)]
    shimmers = [measured(pulses(shimmer=share))["shimmer"] for share in (0, 0.03, 0.1, 0.2)]

    assert jitters == sorted(jitters) and jitters[0] < 0.5 < jitters[-1]
    assert shimmers == sorted(shimmers) and shimmers[0] < 2 < shimmers[-1]


@pytest.mark.parametrize("sound", [np.zeros(8000), np.ones(8000), np.arange(8000) % 2.0])
def test_the_walk_from_pulse_to_pulse_ends(sound):
    """Flat tops and digital silence once sent it round for ever."""
    began = process_time()
    regularity(sound, np.full(50, 120.0))

    assert process_time() - began < 1


def test_harmonicity_falls_with_noise():
    """A clear voice is high, a voice in noise low."""
    voice = voices.speak(150)
    clear, rough = measured(voice.samples), measured(voices.in_noise(voice, 10))

    assert clear["harmonicity"] > rough["harmonicity"] + 5
    assert clear["cpps"] > rough["cpps"]


def test_a_brighter_voice_has_more_above_1_khz():
    """Alpha rises and Hammarberg's index falls, as with effort."""
    sound = voices.speak(150).samples
    brighter = np.diff(sound, prepend=np.float32(0)) * 3
    plain, bright = measured(sound), measured(brighter)

    assert bright["alpha"] > plain["alpha"] + 3
    assert bright["hammarberg"] < plain["hammarberg"] - 3
    assert bright["centroid"] > plain["centroid"]
    assert bright["mfcc_1"] < plain["mfcc_1"]


def words(text: str, seconds: float) -> Transcript:
    step = seconds / len(text.split())
    spoken = [Word(w, n * step, (n + 1) * step, 1.0) for n, w in enumerate(text.split())]
    return Transcript(text, words=tuple(spoken))


def test_words_and_sound_must_agree_about_the_pace():
    """Syllables of the words a second; None where the sound has far more or fewer."""
    voice = voices.speak(130, 4)
    count = round(measured(voice.samples)["syllables"])
    fitting = read(voice.samples, words(" ".join(["go"] * count), 3.0)).features
    swallowed = read(voice.samples, words("go", 3.0)).features

    assert fitting["articulation_rate"].value == pytest.approx(
        fitting["nuclei_rate"].value, rel=0.01
    )
    assert swallowed["articulation_rate"].value is None


@settings(max_examples=25, deadline=None, database=None)
@given(
    hertz=st.floats(60, 600),
    gain=st.sampled_from([1e-6, 0.1, 1.0, 50.0]),
    cut=st.integers(0, 20_000),
    odd=st.sampled_from([0.0, math.nan, math.inf, -math.inf, 1e38]),
)
def test_whatever_comes_takes_bounded_time_and_gives_numbers(hertz, gain, cut, odd):
    """Every value is finite or None, in well under a tenth of real time."""
    sound = voices.speak(hertz, 2).samples[cut:] * np.float32(gain)
    sound[::97] = odd
    began = process_time()
    found = measured(sound)

    assert process_time() - began < 0.1 * 2 + 0.3
    assert all(math.isfinite(value) for value in found.values())


def test_it_costs_little():
    """At most 8 ms a second of sound and 15 ms at the end of 5 s, with room for a slow machine."""
    sound = voices.in_noise(voices.speak(205, 5), 30)
    runs = []
    for _ in range(5):
        reader = PitchReader()
        began = process_time()
        for chunk in voices.chunks(sound, 320):
            reader.accept(chunk)
        middle = process_time()
        reader.finish(Transcript())
        runs.append((middle - began, process_time() - middle))

    assert min(run[0] + run[1] for run in runs) / 5 < 3 * 0.008
    assert min(run[1] for run in runs) < 3 * 0.015


@pytest.mark.parametrize("hertz", [110, 205, 290])
@pytest.mark.parametrize(("snr", "cents"), [(None, 6), (10, 8)])
def test_each_frame_has_its_pitch(hertz, snr, cents):
    """Within a few cents, with no gross error in 200 and voicing right in 19 frames of 20."""
    voice = voices.speak(hertz, 10)
    reader = PitchReader()
    sound = voice.samples if snr is None else voices.in_noise(voice, snr)
    reader.accept(AudioChunk(sound, voices.RATE))
    found = reader.summarise()
    truth = voice.pitch[::160][: len(found.pitch)]
    ours = np.where(found.voiced, found.pitch, 0)[: len(truth)]
    both = (ours > 0) & (truth > 0)
    apart = np.abs(1200 * np.log2(ours[both] / truth[both]))

    assert np.median(apart) <= cents
    assert np.mean(apart > 316) <= 0.005
    assert np.mean((ours > 0) != (truth > 0)) <= 0.05
