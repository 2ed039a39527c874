"""A loudspeaker that runs dry, stops or goes; being held back and going on."""

import numpy as np
import pytest

from companion.audio.devices import list_devices
from companion.audio.loudspeaker import STALLED, SURELY
from companion.commands.sound import _level, _rows, _show, _tone
from companion.errors import AudioError
from companion.values import AudioChunk

from .portaudio import FakePortAudio, Gear
from .sound_cards import Time, speaker, steepest, tone


def test_a_device_that_runs_dry_in_silence_is_no_underrun():
    """It counts only while something is to be heard."""
    loud, library = speaker(Gear("box", outputs=1))
    library.stream.pull(3, underflow=True)
    assert loud.underruns == 0
    loud.play(AudioChunk(tone(16_000, 0.2), 16_000))
    library.stream.pull(2, underflow=True)

    assert loud.underruns == 2


@pytest.mark.parametrize("ask", ["play", "drained"])
def test_a_loudspeaker_that_stops_is_told_of(ask):
    """Or the talk would wait for ever for the end of a sentence."""
    clock = Time()
    loud, library = speaker(Gear("box", outputs=1), clock=clock)
    chunk = AudioChunk(tone(16_000, 3.0), 16_000)
    loud.play(chunk)
    library.stream.pull()
    clock.at = STALLED + 0.1
    loud.drained()
    clock.at += SURELY + 0.1

    with pytest.raises(AudioError, match="'box' has stopped taking sound"):
        loud.play(chunk) if ask == "play" else loud.drained()


def test_a_loudspeaker_that_starts_slowly_is_waited_for():
    """A wireless headset takes seconds to change its mode."""
    clock = Time()
    loud, _ = speaker(Gear("box", outputs=1), clock=clock)
    loud.play(AudioChunk(tone(16_000, 3.0), 16_000))
    clock.at = 3.0
    loud.drained()
    clock.at = 4.0

    assert loud.drained() > 0


def test_a_loudspeaker_whose_system_says_that_it_has_gone_is_told_of_at_once():
    """The sentence is shown instead."""
    loud, library = speaker(Gear("box", outputs=1))
    loud.play(AudioChunk(tone(16_000, 3.0), 16_000))
    library.stream.pull(3)
    library.stream.active = False

    with pytest.raises(AudioError, match="'box' has stopped taking sound"):
        loud.drained()


def test_a_pause_of_the_whole_program_is_not_the_loudspeakers_fault():
    """As after Ctrl+Z, or while the memory is full: the device's thread stood still with us."""
    clock = Time()
    loud, library = speaker(Gear("box", outputs=1), clock=clock)
    loud.play(AudioChunk(tone(16_000, 3.0), 16_000))
    library.stream.pull()
    clock.at = 100.0
    assert loud.drained() > 0
    library.stream.pull()
    clock.at += SURELY + 0.1

    assert loud.drained() > 0


def test_a_closed_loudspeaker_takes_nothing():
    """And is closed once."""
    loud, library = speaker(Gear("box", outputs=1))
    loud.close()
    loud.close()

    assert library.stream.closed == 1
    with pytest.raises(AudioError):
        loud.play(AudioChunk(tone(16_000, 0.1), 16_000))


def test_sound_that_is_no_number_or_too_loud_is_tamed():
    """An engine's mistake must not hurt ears."""
    loud, library = speaker(Gear("box", outputs=1, rate=16_000))
    wild = np.full(3_200, 40.0, np.float32)
    wild[7] = np.nan
    loud.play(AudioChunk(wild, 16_000))
    heard = library.stream.pull(12)

    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.0


def test_the_table_fits_eighty_columns(capsys):
    """Names may be as long as they like."""
    long = FakePortAudio((Gear("A very long name " * 9, 32, 2, rate=192_000),), (0, 0))
    _show([row for device in list_devices(long) for row in _rows(device)])
    lines = capsys.readouterr().out.splitlines()

    assert max(map(len, lines)) <= 80
    assert [line.split()[:3] for line in lines[1:3]] == [
        ["*", "in", "192000"],
        ["*", "out", "192000"],
    ]


def test_the_level_of_a_full_sine_is_minus_three():
    """dBFS of the mean power; silence is very low, and no error."""
    assert _level(tone(16_000, 1.0, level=1.0)) == pytest.approx(-3.0, abs=0.05)
    assert _level(np.zeros(10, np.float32)) == pytest.approx(-120.0)


def test_the_tone_is_soft():
    """Nobody is startled."""
    assert 0.05 < np.abs(_tone()).max() < 0.2
    assert steepest(_tone()) < 0.03


def test_a_pause_keeps_what_was_queued_and_goes_on_from_a_dip():
    """Nothing is lost; what is said again is a quarter of a second at the most."""
    device, library = speaker(Gear("Plain", outputs=1, rate=16_000))
    loud, soft = tone(16_000, 0.3), tone(16_000, 0.04, level=0.02)
    device.play(AudioChunk(np.concatenate((loud, soft, loud, loud)), 16_000))
    before = library.stream.pull(20)[:, 0]
    device.pause()
    paused = library.stream.pull(50)[:, 0]
    assert device.drained() > 0.5
    device.resume()
    after = library.stream.pull(50)[:, 0]

    assert np.abs(before).max() > 0.4
    assert not paused[320:].any()
    whole = np.count_nonzero(np.abs(np.concatenate((before, after))) > 0.001) / 16_000
    assert 0.93 < whole < 0.94 + 0.26
    assert np.abs(after[:160]).max() < 0.1, "it goes on where it was quiet"
    assert steepest(np.concatenate((before, paused, after))) < 0.2


def test_a_stop_forgets_what_was_held_back():
    """Also when it is told to go on after that."""
    device, library = speaker(Gear("Plain", outputs=1, rate=16_000))
    device.play(AudioChunk(tone(16_000, 2.0), 16_000))
    library.stream.pull(10)
    device.pause()
    library.stream.pull(5)
    device.stop()
    device.resume()

    assert not library.stream.pull(20).any()
    device.play(AudioChunk(tone(16_000, 0.2), 16_000))
    assert np.count_nonzero(np.abs(library.stream.pull(20)) > 0.001) < 0.21 * 16_000
