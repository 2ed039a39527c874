"""A room that sounds on moves the pitch that is measured: there the voice is not compared."""

from datetime import timedelta

import numpy as np
import pytest

from companion.audio.rooms import Room
from companion.sense import baseline as base
from companion.sense.features import PitchReader
from companion.sense.stress import judge
from companion.sense.usual import ECHO
from companion.values import AudioChunk, Samples, Transcript

from . import voices
from .made_voices import LATER, START, heard
from .test_sense_baseline import prosody


def at_home(random, at):
    """Speak as usual, where it fades as usual."""
    one = heard(random, at)
    fades = 0.25 + 0.04 * random.standard_normal()
    return one.model_copy(update={"values": one.values | {ECHO: fades}})


def elsewhere(random, at, seconds=0.5):
    """Speak as usual, in another room."""
    one = heard(random, at)
    return one.model_copy(update={"values": one.values | {ECHO: seconds}})


def known(count=30):
    random, found = np.random.default_rng(0), base.Baseline()
    for number in range(count):
        found = base.learn(found, at_home(random, START + timedelta(days=10 * number / count)))
    return found


def echo(sound: Samples) -> float:
    reader = PitchReader()
    reader.accept(AudioChunk(sound, voices.RATE))
    value = reader.finish(Transcript()).features[ECHO].value
    assert value is not None
    return value


def test_the_longer_a_room_sounds_on_the_slower_is_the_fastest_fade():
    """And loudness changes nothing."""
    dry = voices.speak(205, 8).samples
    wet = [np.convolve(dry, Room(reverberation=s, gain=1).response())[: len(dry)]
           for s in (0.3, 0.6, 1.2)]  # fmt: skip
    found = [echo(sound.astype(np.float32)) for sound in (dry, *wet)]

    assert found == sorted(found) and found[-1] > 2 * found[0]
    assert echo(dry / 4) == pytest.approx(found[0], rel=1e-6)


def test_what_fades_in_another_way_is_not_judged():
    """Nor is what fades faster; the usual room is."""
    random, history = np.random.default_rng(5), known()
    there = [judge(history, elsewhere(random, LATER, seconds)) for seconds in (0.5, 0.08)]
    here = [judge(history, at_home(random, LATER)) for _ in range(20)]

    assert all(one.score is None and one.why.startswith("another room:") for one in there)
    assert sum(one.score is not None for one in here) >= 18


def test_a_room_becomes_usual():
    """Once half of what is known was spoken there."""
    random, history = np.random.default_rng(6), known()
    for number in range(60):
        history = base.learn(history, elsewhere(random, LATER + timedelta(days=number / 4)))

    assert judge(history, elsewhere(random, LATER + timedelta(days=16))).score is not None


def test_an_echo_that_is_not_known_stops_nothing():
    """Old histories have none, and noise hides it."""
    random, history = np.random.default_rng(7), known()
    values = base.observe(prosody(snr=12.0, echo=0.5), START).values  # type: ignore[union-attr]

    assert ECHO not in values
    assert judge(history, heard(random, LATER)).score is not None
