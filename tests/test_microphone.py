"""What a microphone hears comes out as it went in; what it loses is silence; faults are told."""

import numpy as np
import pytest

from companion.audio.microphone import KEPT
from companion.errors import AudioError

from .portaudio import Gear
from .sound_cards import Time, microphone, taken, tone


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
