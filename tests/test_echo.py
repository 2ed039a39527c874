"""Our own voice, taken out of what the microphone hears; in simulated rooms."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from companion.audio.echo import ENOUGH, EchoCanceller, Headphones
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.reference import RATE, Reference
from companion.audio.rooms import BLOCK, Room, SimulatedSound
from companion.hear.silero import SileroDetector
from companion.values import AudioChunk, Samples

SIZE = round(BLOCK * RATE)
LINES = (
    "It sounds as though today has been a lot to carry.",
    "Would you like to tell me what has been the hardest part?",
    "There is no hurry at all. We can take this one small step at a time.",
)
ROOMS = (
    Room(),
    Room(delay=0.02, speaker_rate=44_100, microphone_rate=16_000),
    Room(delay=0.25, gain=1.0),
    Room(drift=200.0, distortion=2.5),
    Room(delay=0.12, drift=-200.0, reverberation=0.6, microphone_rate=44_100),
)


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> list[AudioChunk]:
    whole = spoken(" ".join(LINES * 2), "en-gb", tmp_path_factory.mktemp("ours"))
    size = round(0.06 * whole.rate)
    pieces = [whole.samples[at : at + size] for at in range(0, len(whole.samples), size)]
    return [AudioChunk(piece, whole.rate) for piece in pieces]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> Samples:
    words = "Wait, that is not what I meant at all."
    said = spoken(words, "en-us+m3", tmp_path_factory.mktemp("theirs"))
    place = np.arange(0, len(said.samples), said.rate / RATE)
    return np.interp(place, np.arange(len(said.samples)), said.samples).astype(np.float32)


SPEAK = """
import sys
import numpy as np
from companion import app
from companion.parts import build_voices, read_parts
from companion.settings import Settings, SpeakSettings
from companion.values import Style
text, accent, file = sys.argv[1:]
parts = read_parts(Settings(speak=SpeakSettings(voice="espeak", accent=accent)))
chunks = list(build_voices(parts)[0].synthesize(app.own_words(text), Style()))
np.savez(file, samples=np.concatenate([one.samples for one in chunks]), rate=chunks[0].rate)
"""
"""In a child: how eSpeak says something depends on what it said before"""


def spoken(text: str, accent: str, folder: Path) -> AudioChunk:
    """Let eSpeak say it, always the same."""
    file = folder / f"{accent}.npz"
    subprocess.run([sys.executable, "-c", SPEAK, text, accent, str(file)], check=True, timeout=60)
    with np.load(file) as kept:
        return AudioChunk(kept["samples"], int(kept["rate"]))


@dataclass
class Heard:
    """What came of one run in a room."""

    raw: Samples
    clean: Samples
    works: list[bool]
    canceller: EchoCanceller


def run(room: Room, ours: list[AudioChunk], seconds: float, person: Samples | None = None) -> Heard:
    """Be silent for a second, speak from then on; a person may speak over it."""
    sound = SimulatedSound(room)
    microphone = DeviceMicrophone(backend=sound, clock=lambda: 0.0)
    played = Reference()
    speaker = DeviceSpeaker(now=microphone.now, backend=sound, clock=lambda: 0.0, reference=played)
    canceller = EchoCanceller(played)
    raw, clean, works = [], [], []
    waiting = iter(ours)
    blocks = microphone.blocks()
    for number in range(round(seconds / BLOCK)):
        while sound.seconds > 1.0 and speaker.drained() < sound.seconds + 0.5:
            if (chunk := next(waiting, None)) is None:
                break
            speaker.play(chunk)
        sound.go_on(None if person is None else person[number * SIZE : (number + 1) * SIZE])
        while microphone.now() - len(raw) * BLOCK > 0.1:
            block = next(blocks)
            raw.append(block.samples)
            clean.append(canceller.cancel(block).samples)
            works.append(canceller.works)
    return Heard(np.concatenate(raw), np.concatenate(clean), works, canceller)


def speech(sound: Samples, start: float = 0.0) -> list[float]:
    """Say when there is speech, in seconds, by the detector that the ear uses."""
    detector = SileroDetector()
    return [
        at / RATE
        for at in range(0, len(sound) - SIZE, SIZE)
        if detector.probability(AudioChunk(sound[at : at + SIZE], RATE, at / RATE)) > 0.5
        and at / RATE >= start
    ]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.delay}-{room.drift}")
def test_our_own_voice_is_no_speech_to_us(room, ours):
    """Whatever the room, the clocks and the rates; and the canceller knows that it works."""
    heard = run(room, ours, 14.0)

    taken = [at for at in speech(heard.clean) if heard.works[int(at / BLOCK)]]

    assert len(speech(heard.raw)) * BLOCK > 5.0
    assert len(taken) * BLOCK < 0.1
    assert heard.canceller.erle is not None and heard.canceller.erle >= 20.0
    assert heard.works[-1]


def test_it_is_not_believed_before_it_was_heard_to_work(ours):
    """In the first two seconds of our voice nobody is listened to, and then they are."""
    heard = run(Room(), ours, 5.0)
    first = heard.works.index(True) * BLOCK

    assert 2.9 < first < 3.5
    assert all(heard.works[heard.works.index(True) :])


def test_a_person_who_speaks_over_us_is_noticed(ours, theirs):
    """As loud as the echo, soon after they began; and they shake no belief in the canceller."""
    person = np.zeros(round(14.0 * RATE), np.float32)
    began = 8.0
    person[round(began * RATE) :][: len(theirs)] = 0.5 * theirs
    heard = run(Room(), ours, 14.0, person)
    noticed = speech(heard.clean, start=2.5)

    assert began < noticed[0] < began + 0.4
    assert all(heard.works[round(3.5 / BLOCK) :])


def test_who_speaks_while_we_are_silent_is_heard_as_they_are(theirs):
    """Not one sample is changed: the tone of voice is read from this."""
    heard = run(Room(), [], 4.0, np.concatenate((np.zeros(RATE, np.float32), theirs)))

    assert np.array_equal(heard.raw, heard.clean)


def test_a_canceller_that_takes_too_little_away_is_not_trusted(ours):
    """Less than 10 dB: then we must not listen while we speak."""
    sound = SimulatedSound(Room())
    microphone = DeviceMicrophone(backend=sound, clock=lambda: 0.0)
    played = Reference()
    DeviceSpeaker(now=microphone.now, backend=sound, clock=lambda: 0.0, reference=played).play(
        AudioChunk(np.concatenate([chunk.samples for chunk in ours]), ours[0].rate)
    )
    canceller = EchoCanceller(played, lambda near, far: near * np.float32(0.5))
    blocks = microphone.blocks()
    for number in range(200):
        sound.go_on()
        if number > 10:
            canceller.cancel(next(blocks))

    assert canceller.erle == pytest.approx(6.0, abs=1.0)
    assert canceller.erle < ENOUGH
    assert not canceller.works


def test_where_no_echo_is_heard_there_is_nothing_to_cancel(ours):
    """A headset that nobody told us of: after a second of our voice one may speak over it."""
    heard = run(Room(gain=0.0005), ours, 5.0)

    assert heard.canceller.erle is None
    assert heard.works[-1]


def test_with_headphones_sound_is_as_it_was():
    """Nothing is taken away, and one may always speak over us."""
    chunk = AudioChunk(np.ones(SIZE, np.float32), RATE)

    assert Headphones().cancel(chunk) is chunk
    assert Headphones().works and Headphones().apart


# --- what was played, on the microphone's time ---------------------------------------------


def noted(drift: float, jitter: float, seconds: float) -> Reference:
    """Play a click each second, with a clock that drifts, and callbacks that come late."""
    played, rng = Reference(), np.random.default_rng(1)
    for number in range(round(seconds / BLOCK)):
        true = number * BLOCK / (1 + drift * 1e-6)
        block = np.zeros(960, np.float32)
        if number % 200 == 0:
            block[:] = 0.5
        played.note(block, 960, 48_000, true + jitter * rng.random())
        played.take(true, SIZE)
    return played


@pytest.mark.parametrize("drift", [-200.0, 0.0, 200.0])
def test_after_ten_minutes_a_sound_lies_where_it_was_played(drift):
    """With clocks that are 200 parts in a million apart: that alone would be 120 ms."""
    played = noted(drift, 0.01, 600.1)
    last = 150 * 4.0 / (1 + drift * 1e-6)
    sound = played.take(last - 0.1, RATE // 4)
    began = float(np.flatnonzero(sound > 0.1)[0]) / RATE - 0.1

    assert began == pytest.approx(0.005, abs=0.02)


def test_a_device_that_stood_still_begins_anew():
    """Its sound then lies where it was played, not where the last one ended."""
    played = Reference()
    played.note(np.ones(960, np.float32), 960, 48_000, 1.0)
    played.note(np.ones(960, np.float32), 960, 48_000, 9.0)

    assert not played.take(5.0, SIZE).any()
    assert played.take(9.0, SIZE).mean() > 0.9


def test_what_was_not_played_is_silence():
    """Before the first sound, after the last, and between two."""
    played = Reference()
    assert not played.take(3.0, SIZE).any()
    assert not played.audible(3.0, 1.0)

    played.note(np.zeros(0, np.float32), 960, 48_000, 3.0)
    assert not played.audible(3.0, 1.0)
    played.note(np.ones(500, np.float32), 960, 48_000, 3.02)
    assert played.audible(3.03, 1.0)
    assert not played.audible(4.5, 1.0)
