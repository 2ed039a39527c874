"""A second opinion about pitch, and Praat's; each where it is installed."""

import math

import numpy as np
import pytest

from companion.sense.features import PitchReader
from companion.stages import ProsodyReader
from companion.values import AudioChunk, Prosody, Samples, Transcript

from . import voices


def read(reader: ProsodyReader, samples: Samples, size: int | None = None) -> Prosody:
    reader.start()
    for chunk in voices.chunks(np.asarray(samples, np.float32), size):
        reader.accept(chunk)
    return reader.finish(Transcript())


@pytest.fixture(scope="module")
def both() -> ProsodyReader:
    pytest.importorskip("swift_f0", reason="needs requirements/pitch.txt")
    from companion.sense.second import TwoPitchReader

    return TwoPitchReader()


@pytest.mark.parametrize("hertz", [110, 205, 290])
@pytest.mark.parametrize("snr", [30, 12])
def test_two_ways_agree_about_a_clear_voice(both, hertz, snr):
    """Then all numbers are those of the first."""
    sound = voices.in_noise(voices.speak(hertz), snr)

    assert read(both, sound) == read(PitchReader(), sound)


def test_where_they_disagree_there_is_no_judgement(both):
    """Nothing but the quality changes, and it says why."""
    sound = voices.in_noise(voices.speak(150), 30)
    both.start()
    both.accept(AudioChunk(sound, voices.RATE))
    # What the second one heard was another voice.
    both._stream = both._begin()
    both._waiting = [voices.in_noise(voices.speak(190), 30)]
    found, first = both.finish(Transcript()), read(PitchReader(), sound)

    assert first.quality.ok and not found.quality.ok
    assert found.quality.why == "no clear pitch: two ways to measure it disagree"
    assert found.features == first.features


def test_the_size_of_chunks_changes_nothing(both):
    """The network is given whole seconds."""
    sound = voices.in_noise(voices.speak(150), 15)

    assert read(both, sound) == read(both, sound, 320) == read(both, sound, 7_001)


@pytest.mark.parametrize(
    "samples",
    [voices.quiet(0), voices.quiet(3), np.full(32_000, np.nan, np.float32), voices.noise(2, -20)],
    ids=["nothing", "silence", "nan", "noise"],
)
def test_without_a_voice_it_has_no_opinion(both, samples):
    """The first one's reason stands."""
    assert read(both, samples).quality == read(PitchReader(), samples).quality


@pytest.mark.parametrize("hertz", [95, 150, 240])
def test_our_pitch_is_praats(hertz):
    """Median within 0.1 semitone, voicing alike in 24 of 25 frames."""
    praat = pytest.importorskip("parselmouth", reason="Praat has no wheel here")
    samples = voices.in_noise(voices.speak(hertz, 5.0), 25)
    theirs = praat.Sound(samples.astype(float), voices.RATE).to_pitch_ac(
        time_step=0.01, pitch_floor=75, pitch_ceiling=500
    )
    reader = PitchReader()
    reader.accept(AudioChunk(samples, voices.RATE))
    ours = reader.summarise()
    at = np.round(theirs.xs() * 100).astype(int)
    heard = theirs.selected_array["frequency"]
    measured = np.where(ours.voiced, ours.pitch, 0)[at]
    median = [float(np.median(some[some > 0])) for some in (heard, measured)]

    assert abs(12 * math.log2(median[0] / median[1])) < 0.1
    assert np.mean((heard > 0) == (measured > 0)) > 0.96
