"""Sound devices, with a PortAudio that refuses, stalls and drops sound when a test says so."""

import subprocess
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from companion.audio.changes import Cards, Sleep
from companion.audio.devices import choose, fresh_devices, list_devices
from companion.audio.loudspeaker import FADE, LONGEST, STALLED, SURELY, DeviceSpeaker
from companion.audio.microphone import KEPT, DeviceMicrophone
from companion.audio.portaudio import load, muted
from companion.commands.sound import _level, _rows, _show, _tone
from companion.errors import AudioError
from companion.stages import Microphone, Speaker
from companion.values import AudioChunk, Samples

from .portaudio import BUSY, HOST, FakePortAudio, Gear

HEADSET = Gear("USB Headset: Audio (hw:1,0)", inputs=1, outputs=2)
CARDS = FakePortAudio((Gear("HDA Intel PCH (hw:0,0)", 2, 2), HEADSET, Gear("HDMI 0", 0, 8)), (1, 0))


class Time:
    """A clock that a test sets, and that may run by itself."""

    def __init__(self, step: float = 0.0) -> None:
        self.at, self.step = 0.0, step

    def __call__(self) -> float:
        self.at += self.step
        return self.at


def tone(rate: int, seconds: float, hertz: float = 300.0, level: float = 0.5) -> Samples:
    time = np.arange(round(rate * seconds)) / rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def microphone(gear: Gear = HEADSET, **options: object) -> tuple[Microphone, FakePortAudio]:
    library = FakePortAudio((gear,), (0, 0))
    return DeviceMicrophone(backend=library, **{"clock": Time(), **options}), library


def speaker(gear: Gear = HEADSET, **options: object) -> tuple[Speaker, FakePortAudio]:
    library = FakePortAudio((gear,), (0, 0))
    return DeviceSpeaker(backend=library, **{"now": Time(), "clock": Time(), **options}), library


def steepest(sound: Samples) -> float:
    return float(np.abs(np.diff(np.concatenate(([0.0], sound, [0.0])))).max())


def taken(mic: Microphone, count: int) -> list[AudioChunk]:
    return list(islice(mic.blocks(), count))


def test_a_card_that_comes_or_goes_is_noticed_once(tmp_path):
    """By what the system lists; where it lists nothing, nothing changes."""
    cards, nowhere = Cards(tmp_path), Cards(tmp_path / "none")
    assert not cards.changed()
    (tmp_path / "pcmC1D0c").touch()
    assert cards.changed()
    assert not cards.changed()
    (tmp_path / "pcmC1D0c").unlink()
    assert cards.changed()
    assert not nowhere.changed()


def test_a_computer_that_has_slept_is_noticed_once():
    """One clock stands still meanwhile, the other does not; a second is an adjustment."""
    awake, always = Time(), Time()
    sleep = Sleep(awake, always)
    for at, asleep, slept in ((10.0, 1.0, False), (20.0, 601.0, True), (30.0, 601.0, False)):
        awake.at, always.at = at, at + asleep
        assert sleep.slept() is slept


# --- which device ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["usb headset", "Headset: Audio (hw:1,0), ALSA", "headset"])
def test_a_part_of_a_name_is_enough(name):
    """In any case of letters."""
    assert choose(name, "input", list_devices(CARDS)).number == 1


def test_a_card_that_got_another_number_is_still_found():
    """Numbers change when something is plugged in again; names stay."""
    assert choose("USB Headset: Audio (hw:2,0)", "input", list_devices(CARDS)).number == 1


def test_the_whole_name_wins_over_a_part():
    """`pulse` is not `pulse monitor`."""
    both = list_devices(FakePortAudio((Gear("pulse monitor", 2), Gear("pulse", 2))))

    assert choose("pulse", "input", both).number == 1


def test_a_name_that_fits_two_names_both():
    """In one sentence."""
    with pytest.raises(AudioError, match=r"more than one.*HDA Intel.*; USB Headset.*more of it"):
        choose("hw:", "input", list_devices(CARDS))


def test_a_name_that_fits_none_is_told_what_there_is():
    """Only what can do it: a screen hears nothing."""
    with pytest.raises(AudioError, match="no microphone 'hdmi'") as caught:
        choose("hdmi", "input", list_devices(CARDS))

    assert "HDA Intel" in str(caught.value)
    assert "HDMI 0" not in str(caught.value)


def test_a_microphone_is_known_again_under_another_number():
    """By its name and its own rate: what is usual for a voice depends on both."""
    named = [
        microphone(replace(HEADSET, name=f"USB Headset: Audio (hw:{number},0)"))[0].known_as
        for number in (1, 3)
    ]

    assert named[0] == named[1]
    assert named[0].startswith("USB Headset: Audio, ") and named[0].endswith(" Hz")


@pytest.mark.parametrize(("kind", "number"), [("input", 1), ("output", 0)])
def test_no_name_means_what_the_system_has_chosen(kind, number):
    """For each direction its own."""
    assert choose("", kind, list_devices(CARDS)).number == number


def test_where_the_system_has_chosen_none_the_first_will_do():
    """PortAudio then answers -1."""
    assert choose("", "output", list_devices(FakePortAudio(CARDS.gear))).number == 0


@pytest.mark.parametrize(("kind", "word"), [("input", "microphone"), ("output", "loudspeaker")])
def test_no_device_at_all_is_one_sentence_with_a_way_out(kind, word):
    """Typing always works."""
    with pytest.raises(AudioError, match=f"There is no {word}. .*companion chat"):
        choose("", kind, list_devices(FakePortAudio(())))


def test_missing_portaudio_is_one_sentence_with_its_fix(monkeypatch):
    """sounddevice raises OSError when it is imported."""

    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])

    with pytest.raises(AudioError, match="sudo apt install libportaudio2"):
        load()


def test_a_list_that_takes_too_long_is_given_up():
    """A sound server that hangs does not hang us."""
    with pytest.raises(AudioError, match="cannot be listed"):
        fresh_devices(seconds=0.001)


def test_what_a_library_writes_to_standard_error_is_muted():
    """ALSA's complaints stay off the screen; Python's own words do not."""
    code = (
        "import os, sys; from companion.audio.portaudio import muted\n"
        "with muted(): os.write(2, b'ALSA lib'); print('ours', file=sys.stderr)\n"
        "os.write(2, b'after')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "ours\nafter"


def test_muting_ends_with_an_error_too():
    """Nothing stays muted by accident."""
    before = sys.stderr
    with pytest.raises(AudioError), muted():
        raise AudioError("Gone.")

    assert sys.stderr is before


# --- opening ---------------------------------------------------------------------------


def test_a_device_is_opened_at_its_own_rate():
    """Not at ours: the commonest refusal of all is a rate."""
    _, library = microphone(Gear("mic", 1, rate=44_100))

    assert library.tried == [(44_100, 1)]


def test_a_device_that_refuses_its_own_rate_is_asked_for_others():
    """Some name a rate that they do not take."""
    mic, library = microphone(Gear("mic", 1, rate=44_100, rates=(16_000,)))
    library.stream.hear(tone(16_000, 0.1))

    assert library.tried == [(44_100, 1), (48_000, 1), (16_000, 1)]
    assert library.stream.blocksize == 320
    assert len(taken(mic, 2)) == 2


def test_a_device_that_refuses_two_channels_is_asked_for_one():
    """At every rate."""
    _, library = microphone(Gear("mic", 2, counts=(1,)))

    assert library.stream.channels == 1


def test_a_device_that_takes_no_rate_is_one_sentence():
    """It says how to choose another one."""
    with pytest.raises(AudioError, match="none of the usual sample rates.*companion devices"):
        microphone(Gear("mic", 1, rates=(11_025,)))


def test_a_busy_device_is_not_asked_again_and_again():
    """One sentence says what to do."""
    with pytest.raises(AudioError, match="'mic' is in use, or has gone. Close the program"):
        microphone(Gear("mic", 1, fault=BUSY))


@pytest.mark.parametrize("start", [microphone, speaker])
def test_a_device_that_opens_but_does_not_start_is_closed(start):
    """And told of."""
    gear = Gear("thing", 1, 1, start_fault=HOST)
    library = FakePortAudio((gear,), (0, 0))
    make = {microphone: DeviceMicrophone, speaker: DeviceSpeaker}[start]
    options = {} if start is microphone else {"now": Time()}

    with pytest.raises(AudioError, match="cannot be opened"):
        make(backend=library, **options)
    assert library.stream.closed == 1


# --- microphone ------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_sound_comes_out_as_it_went_in(rate):
    """20 ms blocks at 16 kHz, each starting where the last one ended."""
    mic, library = microphone(Gear("mic", 1, rate=rate))
    library.stream.hear(tone(rate, 1.0))
    blocks = taken(mic, 45)
    heard = np.concatenate([block.samples for block in blocks])

    assert {len(block.samples) for block in blocks} == {320}
    assert [block.start for block in blocks] == [number * 320 / 16_000 for number in range(45)]
    assert np.corrcoef(heard, tone(16_000, 0.9))[0, 1] > 0.9999
    assert mic.now() == pytest.approx(1.0, abs=0.02)


def test_ten_minutes_are_ten_minutes():
    """Exact counts, at a rate whose ratio is no whole number: nothing adds up."""
    mic, library = microphone(Gear("mic", 1, rate=44_100))
    blocks = mic.blocks()
    second = np.zeros(44_100, np.float32)
    for _ in range(3):
        library.stream.hear(second)
    for _ in range(597):
        library.stream.hear(second)
        for _ in range(50):
            last = next(blocks)

    assert last.end == 597.0
    assert mic.now() == 600.0


def test_two_channels_are_averaged():
    """Either may be the one that is spoken into."""
    mic, library = microphone(Gear("mic", 2, rate=16_000))
    frames = np.tile(np.array([[0.8, 0.0]], np.float32), (320, 1))
    library.stream.hear_frames(frames)

    assert taken(mic, 1)[0].samples == pytest.approx(np.full(320, 0.4), abs=1e-6)


def test_what_is_no_number_is_silence():
    """One bad sample must not deafen what listens behind it."""
    mic, library = microphone(Gear("mic", 1, rate=16_000))
    frames = np.zeros((320, 1), np.float32)
    frames[5], frames[6] = np.nan, np.inf
    library.stream.hear_frames(frames)

    assert not taken(mic, 1)[0].samples.any()


def test_time_that_the_device_lost_is_kept_as_silence():
    """What was said before and after stands at its own time."""
    mic, library = microphone(Gear("mic", 1, rate=16_000))
    library.stream.hear(np.full(3_200, 0.5, np.float32))
    library.stream.hear(np.full(3_200, 0.5, np.float32), lost=0.3)
    heard = np.concatenate([block.samples for block in taken(mic, 35)])

    assert (mic.overflows, mic.now()) == (1, pytest.approx(0.7))
    assert not heard[3_200:8_000].any()
    assert heard[8_000:] == pytest.approx(np.full(3_200, 0.5), abs=1e-6)


def test_what_nobody_takes_is_lost_in_the_end_but_not_its_time():
    """The queue is bounded; what is said afterwards stands at its own time."""
    mic, library = microphone(Gear("mic", 1, rate=16_000))
    library.stream.hear(np.zeros(round(16_000 * (KEPT + 1.0)), np.float32))
    blocks = mic.blocks()
    for _ in range(round(KEPT / 0.02)):
        next(blocks)
    library.stream.hear(np.full(320, 0.5, np.float32))
    late = next(block for block in blocks if block.samples.any())

    assert mic.overflows == 50
    assert late.start == KEPT + 1.0


def test_a_microphone_that_stops_is_told_of():
    """No callback for a second, and the loop above does not wait for ever."""
    clock = Time()
    mic, library = microphone(Gear("mic", 1, rate=16_000), clock=clock)
    library.stream.hear(np.zeros(320, np.float32))
    blocks = mic.blocks()
    next(blocks)
    clock.at = 1.1

    with pytest.raises(AudioError, match="'mic' has stopped sending sound. Check that"):
        next(blocks)


def test_a_microphone_whose_system_says_that_it_has_gone_is_told_of_at_once():
    """Many an unplugged card ends its callbacks with an error that nobody else hears of."""
    mic, library = microphone(Gear("mic", 1, rate=16_000))
    library.stream.hear(np.zeros(320, np.float32))
    blocks = mic.blocks()
    next(blocks)
    library.stream.active = False

    with pytest.raises(AudioError, match="'mic' has stopped sending sound"):
        next(blocks)


@pytest.mark.parametrize(
    ("pace", "told"), [(1.0, False), (1.02, False), (44.1 / 48, True), (2, True)]
)
def test_a_microphone_that_changes_its_rate_is_told_of(pace, told):
    """Its sound would come too fast or too slowly for every ear; it is opened anew then."""
    clock = Time()
    mic, library = microphone(Gear("mic", 1, rate=16_000), clock=clock)
    blocks = mic.blocks()

    def listen() -> None:
        for number in range(1_500):
            clock.at = number * 0.02 / pace
            library.stream.hear(np.zeros(320, np.float32))
            next(blocks)

    if told:
        with pytest.raises(AudioError, match="has changed its rate"):
            listen()
    else:
        listen()


def test_a_microphone_that_starts_slowly_is_waited_for():
    """A wireless headset takes seconds."""
    clock = Time(step=1.0)
    mic, library = microphone(Gear("mic", 1, rate=16_000), clock=clock)
    clock.at = 3.0
    library.stream.hear(np.zeros(320, np.float32))

    assert taken(mic, 1)[0].start == 0.0


def test_one_late_look_at_the_clock_is_no_stop():
    """After this process itself was held up the sound is there a moment later."""
    looks = []

    def clock() -> float:
        if not looks:
            return 0.0
        looks.append(60.0)
        if len(looks) == 3:
            library.stream.hear(np.full(320, 0.5, np.float32))
        return 60.0

    mic, library = microphone(Gear("mic", 1, rate=16_000), clock=clock)
    library.stream.hear(np.zeros(320, np.float32))
    blocks = mic.blocks()
    next(blocks)
    looks.append(0.0)

    assert next(blocks).samples.any()


def test_closing_twice_ends_the_blocks_and_gives_the_device_back_once():
    """Whichever thread does it."""
    mic, library = microphone(Gear("mic", 1, rate=16_000))
    library.stream.hear(np.zeros(3_200, np.float32))
    blocks = mic.blocks()
    next(blocks)
    mic.close()
    mic.close()

    assert list(blocks) == []
    assert library.stream.closed == 1


# --- loudspeaker -----------------------------------------------------------------------


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


# --- companion devices -----------------------------------------------------------------


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


# --- held back, and going on -----------------------------------------------------------


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
