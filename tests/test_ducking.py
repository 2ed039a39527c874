"""Whoever seems to be there makes us softer at once; it costs no word when it was nothing."""

import numpy as np
import pytest

from companion.audio.mixture import DUCKED
from companion.events import Interrupted, Said
from companion.listening import SOFT, Taps
from companion.values import AudioChunk

from .live_room import TURN, Doubted, hold, lines, times
from .live_room import Room as Script
from .portaudio import Gear
from .sound_cards import speaker

SECONDS = 0.02


class Companied(Doubted):
    """A canceller that finds somebody when it is told so, and notes how softly we speak."""

    def __init__(self) -> None:
        super().__init__()
        self.near = False
        self.softness: list[bool] = []

    def cancel(self, chunk: AudioChunk) -> AudioChunk:
        self.near = self.near or bool(chunk.samples.any())
        return chunk

    def soften(self, on: bool) -> None:
        self.softness.append(on)


def test_we_are_soft_as_long_as_somebody_seems_to_be_there():
    """And a little longer: what they say must be heard; then as loud as before."""
    canceller = Companied()
    taps = Taps(canceller)
    loud = []
    for number in range(100):
        canceller.near = 10 <= number < 20
        taps.soften(number * SECONDS, may=True)
        loud.append(not canceller.softness or not canceller.softness[-1])

    assert canceller.softness == [True, False]
    assert loud.index(False) == 10
    assert loud.index(True, 20) * SECONDS == pytest.approx(19 * SECONDS + SOFT, abs=SECONDS)


def test_what_safety_needs_stays_loud():
    """A sentence that begins meanwhile is loud at once, and begins loud."""
    canceller = Companied()
    canceller.near = True
    taps = Taps(canceller)
    taps.soften(0.0, may=False)
    assert canceller.softness == []

    taps.soften(0.1, may=True)
    taps.soften(0.2, may=False)
    assert canceller.softness == [True, False]


def test_in_a_talk_our_voice_is_soft_before_it_falls_silent():
    """And the next answer is as loud as ever."""
    canceller = Companied()
    room = Script()
    room.steps = (
        *TURN, room.has_played(0.5), ("silence", 0.1), ("speech", 0.6), ("silence", 0.2),
        times(Interrupted), ("silence", 3.0), times(Said, 2), ("silence", 1.5),
    )  # fmt: skip
    _, seen = hold(room, canceller=canceller, recogniser=lines("hello", "wait"))

    assert times(Interrupted)(seen)
    assert canceller.softness[0] is True


def test_the_loudspeaker_is_softer_within_a_block_and_without_a_click():
    """By 12 dB; every sample is still played, and `LOUD` brings all of it back."""
    loud, library = speaker(Gear("box", outputs=1, rate=48_000))
    loud.play(AudioChunk(np.full(96_000, 0.8, np.float32), 48_000))
    before = library.stream.pull(10)[:, 0]
    loud.duck(True)
    ducked = library.stream.pull(20)[:, 0]
    loud.duck(False)
    after = library.stream.pull(30)[:, 0]

    assert before[-1] == pytest.approx(0.8, abs=0.01)
    assert ducked[round(0.03 * 48_000) :] == pytest.approx(0.8 * DUCKED, abs=0.01)
    assert after[-1] == pytest.approx(0.8, abs=0.01)
    assert np.abs(np.diff(np.concatenate((before, ducked, after))[480:])).max() < 0.01
    assert loud.drained() == pytest.approx(library.stream.latency + 2.0, abs=1.3)


def test_after_a_stop_the_next_answer_is_loud():
    """Whoever made us soft has made us silent."""
    loud, library = speaker(Gear("box", outputs=1, rate=48_000))
    loud.play(AudioChunk(np.full(48_000, 0.8, np.float32), 48_000))
    loud.duck(True)
    library.stream.pull(10)
    loud.stop()
    library.stream.pull(10)
    loud.play(AudioChunk(np.full(48_000, 0.8, np.float32), 48_000))

    assert library.stream.pull(20)[-1, 0] == pytest.approx(0.8, abs=0.01)
