"""Somebody beside our own echo is found within a few blocks, and our echo alone is nobody."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from companion.audio.echo import SURELY, EchoCanceller
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.near_end import BLOCK, NearEnd
from companion.audio.reference import RATE, Reference
from companion.audio.rooms import Room, SimulatedSound
from companion.values import AudioChunk, Samples

from .test_echo import LINES, spoken

SECONDS = BLOCK / RATE
ROOMS = (
    Room(),
    Room(delay=0.25, gain=1.0),
    Room(drift=200.0, distortion=2.5),
    Room(delay=0.12, drift=-200.0, reverberation=0.6),
    Room(noise=0.01),
)
BEGAN = 9.0
"""Seconds: when somebody speaks over us"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def ours(folder) -> list[AudioChunk]:
    whole = spoken(" ".join(LINES * 2), "en-gb", folder)
    size = round(0.06 * whole.rate)
    pieces = [whole.samples[at : at + size] for at in range(0, len(whole.samples), size)]
    return [AudioChunk(piece, whole.rate) for piece in pieces]


@pytest.fixture(scope="module")
def theirs(folder) -> Samples:
    said = spoken("Wait, that is not what I meant at all.", "en-us+m3", folder)
    place = np.arange(0, len(said.samples), said.rate / RATE)
    sound = np.interp(place, np.arange(len(said.samples)), said.samples).astype(np.float32)
    return sound[np.flatnonzero(np.abs(sound) > 0.01)[0] :]


def evidence(room: Room, ours: list[AudioChunk], theirs: Samples | None = None) -> list[float]:
    """Speak for 12 s in a room, over which somebody may speak; give what each block says."""
    sound, played = SimulatedSound(room), Reference()
    microphone = DeviceMicrophone(backend=sound, clock=lambda: 0.0)
    speaker = DeviceSpeaker(now=microphone.now, backend=sound, clock=lambda: 0.0, reference=played)
    near_end, found = NearEnd(), []
    waiting, blocks = iter(ours), microphone.blocks()
    person = iter(() if theirs is None else np.array_split(theirs, len(theirs) // BLOCK + 1))
    for _ in range(round(12.0 / SECONDS)):
        if sound.seconds > 1.0 and speaker.drained() < sound.seconds + 0.5:
            for chunk in _some(waiting):
                speaker.play(chunk)
        sound.go_on(next(person, None) if sound.seconds >= BEGAN - SECONDS / 2 else None)
        while microphone.now() - len(found) * SECONDS > 0.1:
            block = next(blocks)
            if not played.audible(block.start, 0.7):
                near_end.rest(block.samples)
                found.append(0.0)
                continue
            far = played.take(block.start, BLOCK)
            found.append(near_end.evidence(block.samples, far) or 0.0)
    return found


def _some(waiting: Iterator[AudioChunk]) -> Iterator[AudioChunk]:
    for _ in range(10):
        if chunk := next(waiting, None):
            yield chunk


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.delay}-{room.drift}-{room.noise}")
def test_our_echo_is_nobody_and_a_person_over_it_is_somebody(room, ours, theirs):
    """From the third second of our voice on; and within 0.3 s of theirs."""
    alone = evidence(room, ours)
    over = evidence(room, ours, theirs)
    began = round(BEGAN / SECONDS)
    first = next(at for at in range(began, len(over)) if over[at] > SURELY)

    assert sum(found > SURELY for found in alone[round(3.5 / SECONDS) :]) <= 1
    assert max(over[round(3.5 / SECONDS) : began]) <= SURELY + 2.0
    assert (first - began + 1) * SECONDS < 0.3


def test_a_loud_room_before_we_speak_is_not_somebody():
    """A fan that was there all along is no evidence, however loud it is."""
    rng = np.random.default_rng(3)
    near_end = NearEnd()
    for _ in range(100):
        near_end.rest(0.05 * rng.standard_normal(BLOCK).astype(np.float32))
    found = [
        near_end.evidence(0.05 * rng.standard_normal(BLOCK).astype(np.float32), _tone(number))
        for number in range(100)
    ]

    assert max(one or 0.0 for one in found) < SURELY


def test_a_block_of_another_length_is_listened_to():
    """Nobody is made unheard because they cannot be judged."""
    assert NearEnd().evidence(np.zeros(100, np.float32), np.zeros(100, np.float32)) is None

    played = Reference()
    played.note(_tone(0), BLOCK, RATE, 0.0)
    canceller = EchoCanceller(played, lambda near, far: near)
    chunk = AudioChunk(np.full(160, 0.1, np.float32), RATE, 0.02)
    assert np.array_equal(canceller.cancel(chunk).samples, chunk.samples)


def _tone(number: int) -> Samples:
    at = (np.arange(BLOCK) + number * BLOCK) / RATE
    return (0.3 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
