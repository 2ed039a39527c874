"""What a loudspeaker is given is heard without a seam or a click, and it says when it was heard."""

import numpy as np
import pytest

from companion.audio.loudspeaker import FADE, LONGEST
from companion.errors import AudioError
from companion.values import AudioChunk

from .portaudio import Gear
from .sound_cards import Time, speaker, steepest, tone


@pytest.mark.parametrize(("given", "rate"), [(22_050, 48_000), (16_000, 44_100), (48_000, 48_000)])
def test_chunks_of_a_sentence_are_played_without_a_seam(given, rate):
    """However they are cut; on all channels."""
    loud, library = speaker(Gear("box", outputs=2, rate=rate))
    whole = tone(given, 1.0)
    for start in range(0, len(whole), 1_111):
        loud.play(AudioChunk(whole[start : start + 1_111], given))
    heard = library.stream.pull(55)
    fade = round(rate * FADE)

    assert np.array_equal(heard[:, 0], heard[:, 1])
    assert np.abs(heard[fade : rate - fade, 0] - tone(rate, 1.0)[fade : rate - fade]).max() < 0.02
    assert not heard[rate:].any()


def test_sound_swells_and_dies_away():
    """A voice that begins or ends in the middle of a wave does not click."""
    loud, library = speaker(Gear("box", outputs=1, rate=48_000))
    loud.play(AudioChunk(np.full(9_700, 0.9, np.float32), 48_000))

    assert steepest(library.stream.pull(20)[:, 0]) < 0.01


def test_a_voice_that_comes_late_swells_again():
    """Between two chunks the queue ran dry: softly down, softly up."""
    loud, library = speaker(Gear("box", outputs=1, rate=48_000))
    for _ in range(2):
        loud.play(AudioChunk(np.full(2_000, 0.9, np.float32), 48_000))
        heard = library.stream.pull(6)[:, 0]
        assert steepest(heard) < 0.01
        assert heard.max() == pytest.approx(0.9, abs=0.01)


def test_a_change_of_rate_loses_nothing():
    """Voice, quiet, voice: each has its own rate."""
    loud, library = speaker(Gear("box", outputs=1, rate=48_000))
    loud.play(AudioChunk(tone(22_050, 0.3), 22_050))
    loud.play(AudioChunk(np.zeros(4_800, np.float32), 16_000))
    loud.play(AudioChunk(tone(24_000, 0.3), 24_000))
    heard = library.stream.pull(60)[:, 0]

    assert np.flatnonzero(np.abs(heard) > 0.01)[-1] == pytest.approx(0.9 * 48_000, abs=200)
    assert not np.abs(heard[14_900:28_300]).max() > 0.01


def test_drained_counts_down_and_then_tells_when_it_ended():
    """In seconds of the talk, with the device's own delay."""
    now = Time()
    loud, library = speaker(Gear("box", outputs=1, rate=48_000), now=now)
    assert loud.drained() == 0.0
    library.stream.pull()
    now.at = 10.0
    loud.play(AudioChunk(tone(22_050, 1.0), 22_050))

    assert loud.drained() == pytest.approx(11.05, abs=0.001)
    for block in range(60):
        now.at = 10.0 + block * 0.02
        library.stream.pull()
        assert loud.drained() == pytest.approx(11.05, abs=0.021)
    now.at = 99.0
    assert loud.drained() == pytest.approx(11.05, abs=0.021)


def test_stop_is_silent_within_a_block_and_does_not_click():
    """What was queued is forgotten, what comes afterwards is not."""
    now = Time()
    loud, library = speaker(Gear("box", outputs=1, rate=48_000), now=now)
    loud.play(AudioChunk(tone(22_050, 5.0, level=0.9), 22_050))
    before = library.stream.pull(10)[:, 0]
    now.at = 7.0
    loud.stop()
    assert loud.drained() == pytest.approx(7.05 + FADE)
    loud.play(AudioChunk(tone(22_050, 0.1, hertz=150.0), 22_050))
    after = library.stream.pull(10)[:, 0]

    assert not after[round(48_000 * FADE) : 960].any()
    assert steepest(np.concatenate((before, after))) < 0.06  # a 300 Hz tone itself has 0.035
    assert np.flatnonzero(after)[-1] == pytest.approx(960 + 4_800, abs=10)
    assert loud.drained() == pytest.approx(7.05, abs=0.021)


def test_stop_in_silence_changes_nothing():
    """Neither the time when it fell silent, nor how the next sound begins."""
    loud, library = speaker(Gear("box", outputs=1, rate=16_000))
    loud.stop()
    library.stream.pull()
    loud.play(AudioChunk(tone(16_000, 0.5), 16_000))
    heard = library.stream.pull(25)[:, 0]

    assert np.abs(heard[200:7_800] - tone(16_000, 0.5)[200:7_800]).max() < 0.001


def test_the_queue_is_bounded():
    """Something is wrong then, and memory is not the place to hide it."""
    loud, _ = speaker(Gear("box", outputs=1))
    minute = AudioChunk(np.zeros(8_000 * 60, np.float32), 8_000)
    loud.play(minute)
    loud.play(minute)

    with pytest.raises(AudioError, match=f"More than {LONGEST:.0f} seconds"):
        loud.play(minute)
    loud.stop()
    loud.play(minute)
