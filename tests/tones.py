"""Made voices with a past, for talks in which the tone of voice has a say."""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from companion import paths
from companion.answers import Answers
from companion.sense import baseline as base
from companion.sense.baseline import Baseline, Observation
from companion.sense.compare import OwnUsual
from companion.sense.features import PitchReader
from companion.sense.telling import ToneTalk
from companion.sense.words import read_words
from companion.values import AudioChunk, Prosody, Transcript

from . import voices

START = datetime(2026, 1, 5, 14, tzinfo=UTC)
LATER = START + timedelta(days=12)
FOLDER = paths.content() / "en"
WORDS = read_words(FOLDER)


def spoken(semitones: float = 0.0, seed: int = 0, seconds: float = 5.0) -> np.ndarray:
    """Speak so much above 150 Hz, in a quiet room, each time a little differently."""
    random = np.random.default_rng(seed)
    hertz = 150 * 2 ** ((semitones + 0.4 * random.standard_normal()) / 12)
    return voices.in_noise(voices.speak(hertz, seconds, seed=seed), 30)


def prosody(semitones: float = 0.0, seed: int = 0, seconds: float = 5.0) -> Prosody:
    """Measure that."""
    reader = PitchReader()
    reader.accept(AudioChunk(spoken(semitones, seed, seconds), voices.RATE))
    return reader.finish(Transcript())


@cache
def past(count: int = 24, days: float = 10) -> Baseline:
    """Give the past of that voice, from real measurements."""
    known = Baseline()
    for number in range(count):
        at = START + timedelta(days=number * days / count)
        one = base.observe(prosody(seed=number), at)
        assert isinstance(one, Observation)
        known = base.learn(known, one)
    return known


def comparer(known: Baseline | None = None) -> OwnUsual:
    """Compare with that past."""
    made = OwnUsual(WORDS, lambda number: f"<{number}>")
    made.know(known or Baseline())
    return made


def talk() -> ToneTalk:
    """Speak of it."""
    return ToneTalk(WORDS, Answers(FOLDER))
