"""Which device is meant, that it opens at its own rate, and what is said where none does."""

import subprocess
import sys
from dataclasses import replace

import pytest

from companion.audio.changes import Cards, Sleep
from companion.audio.devices import choose, fresh_devices, list_devices
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.portaudio import load, muted
from companion.errors import AudioError

from .portaudio import BUSY, HOST, FakePortAudio, Gear
from .sound_cards import HEADSET, Time, microphone, speaker, taken, tone

CARDS = FakePortAudio((Gear("HDA Intel PCH (hw:0,0)", 2, 2), HEADSET, Gear("HDMI 0", 0, 8)), (1, 0))


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
