"""The pace of a breath from sound or a key: near, or not sure, and of nothing else."""

import time
from pathlib import Path

import numpy as np
import pytest

from companion.exercise import BreathPace
from companion.sense.breathing import KEPT, BreathReader
from companion.values import AudioChunk

from .breaths import RATE, ROOM, breathing, heard, hum, noise
from .spoken import speak

NEAR = 0.08
"""Share of a breath's length that it may be off; breaths themselves differ by as much"""


def off(reader: BreathReader, a_minute: float) -> float | None:
    """Give how far off it is, as a share; None where it is not sure."""
    pace = reader.pace()
    return abs(pace.seconds * a_minute / 60 - 1) if pace.sure else None


@pytest.mark.parametrize("a_minute", [8, 10, 12, 15, 18, 22, 26, 30, 36, 40])
def test_a_breath_is_followed_up_to_forty_a_minute(a_minute: float):
    """In forty-five seconds, ten decibels over the room."""
    errors = [off(heard(breathing(a_minute, 45, seed=seed)), a_minute) for seed in range(4)]

    assert all(error is not None and error < NEAR for error in errors), errors


def test_a_very_slow_breath_is_followed_or_taken_for_two():
    """In and out sound alike, and of six a minute few are heard; never is it taken for slower."""
    found = [heard(breathing(6, 45, seed=seed)).pace() for seed in range(8)]
    lengths = np.array([pace.seconds for pace in found if pace.sure])

    assert np.all((np.abs(lengths - 10) < 0.8) | (np.abs(lengths - 5) < 0.4))
    assert np.mean(np.abs(lengths - 10) < 0.8) > 0.6


@pytest.mark.parametrize("above", [20.0, 10.0, 0.0])
@pytest.mark.parametrize("a_minute", [12, 20, 30])
def test_neither_loudness_nor_a_fan_changes_that(a_minute: float, above: float):
    """Its hum is louder than the breath, and lies below it."""
    sound = breathing(a_minute, 40, above, seed=3)

    error = off(heard(sound + hum(len(sound), 30.0)), a_minute)
    assert error is not None and error < NEAR


def test_ordinary_breaths_need_a_quarter_of_a_minute():
    """Five breaths are enough; and three are not."""
    assert off(heard(breathing(18, 20, seed=2)), 18) < NEAR  # type: ignore[operator]
    assert not heard(breathing(18, 10, seed=2)).pace().sure


def test_what_is_ours_is_left_out():
    """Our own voice, as loud as it may be, and only the quiet between is compared."""
    sound = breathing(16, 45, seed=5)
    ours = ((3.0, 7.0), (15.0, 17.5), (30.0, 34.0))
    for start, end in ours:
        piece = slice(round(start * RATE), round(end * RATE))
        sound[piece] += 0.3 * noise(piece.stop - piece.start, 9)

    error = off(heard(sound, ours), 16)
    assert error is not None and error < NEAR


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(45 * RATE, np.float32),
        np.full(45 * RATE, np.nan, np.float32),
        np.full(45 * RATE, 0.5, np.float32),
        hum(45 * RATE, 30.0),
        np.zeros(0, np.float32),
    ],
    ids=["silence", "nan", "offset", "hum", "nothing"],
)
def test_nothing_that_is_no_breath_is_taken_for_one(sound: np.ndarray):
    """A closed tap, a broken device, a constant, a fan."""
    assert heard(sound).pace() == BreathPace()


def test_noise_is_no_breath():
    """Of two hundred pieces of noise, of all lengths, none."""
    lengths = (13, 20, 30, 45)
    sounds = (ROOM * noise(lengths[seed % 4] * RATE, 100 + seed) for seed in range(200))

    assert not any(heard(sound).pace().sure for sound in sounds)


def test_a_broken_moment_does_not_spoil_the_rest():
    """Two seconds of NaN among breaths are left out."""
    sound = breathing(15, 45, seed=1)
    sound[10 * RATE : 12 * RATE] = np.nan

    assert off(heard(sound), 15) < NEAR  # type: ignore[operator]


def test_speech_is_no_breath(tmp_path: Path):
    """Neither alone, nor does it hide the breaths between it."""
    words = ("I don't know what to do any more", "my heart is racing")
    said = np.concatenate([spoken.samples for spoken in speak(words, tmp_path)])
    alone = np.zeros(45 * RATE, np.float32) + ROOM * noise(45 * RATE)
    between = breathing(15, 45, seed=4)
    for sound, starts in ((alone, (2, 9, 13, 22, 31, 36)), (between, (6, 25))):
        for start in starts:
            piece = sound[start * RATE : start * RATE + len(said)]
            piece += said[: len(piece)]

    assert not heard(alone).pace().sure
    error = off(heard(between), 15)
    assert error is None or error < NEAR


def test_what_was_long_ago_is_forgotten():
    """Somebody who has grown calm is met there."""
    sound = np.concatenate([breathing(30, 40, seed=1), breathing(12, KEPT, seed=2)])

    assert off(heard(sound), 12) < NEAR  # type: ignore[operator]


def test_it_costs_next_to_nothing():
    """Less than a hundredth of the time of what it hears, and 50 ms to ask."""
    sound = breathing(15, 45)
    began = time.process_time()
    reader = heard(sound)
    between = time.process_time()
    reader.pace()

    assert between - began < 0.45
    assert time.process_time() - between < 0.05


def quiet(reader: BreathReader, seconds: float) -> None:
    for _ in range(round(seconds / 0.02)):
        reader.accept(AudioChunk(np.zeros(320, np.float32), RATE))


def test_a_key_at_each_breath_tells_the_pace():
    """Four presses; one that was missed does not matter, and the sound is not asked any more."""
    reader, known = heard(breathing(20, 45)), []
    for seconds in (0.0, 6.0, 6.2, 5.8, 12.0, 6.0):
        quiet(reader, seconds)
        known.append(reader.press())

    pace = reader.pace()
    assert known == [False, False, False, True, False, False]
    assert pace.sure and pace.told and abs(pace.seconds - 6.0) < 0.1


@pytest.mark.parametrize(
    "times", [(3.0, 3.0), (1.0, 4.0, 8.0, 2.0), (0.3, 0.3, 0.3, 0.3), (20.0, 20.0, 20.0)]
)
def test_presses_that_are_no_breath_count_for_nothing(times: tuple[float, ...]):
    """Too few, uneven, too fast, too slow."""
    reader = BreathReader()
    reader.press()
    for seconds in times:
        quiet(reader, seconds)
        reader.press()

    assert reader.pace() == BreathPace()


def test_presses_grow_old():
    """They were about another moment."""
    reader = BreathReader()
    for _ in range(5):
        reader.press()
        quiet(reader, 4.0)
    assert reader.pace().sure

    quiet(reader, KEPT)
    assert reader.pace() == BreathPace()
