"""The training data: speech as frames, and which sound each 30 ms holds."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vosk_model import rooms
from vosk_model.features import RATE, SHIFT, Floats, mfcc
from vosk_model.sounds import QUIET, SOUNDS
from vosk_model.speech import Manner, Speaker
from vosk_model.vocabulary import Texts

SKIP = 3
"""Frames of 10 ms for one answer of the network. Vosk counts its times by it"""
ACCENTS = (
    *("gmw/en-US", "gmw/en", "gmw/en-GB-scotland", "gmw/en-GB-x-rp", "gmw/en-029"),
    *("gmw/en-US-nyc", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd"),
)
OFTEN = (4, 3, 2, 2, 1, 1, 1, 1)
"""How often each of them speaks, against the others"""
VARIANTS = (
    *("m1", "m2", "m4", "m5", "m7", "m8", "f1", "f2", "f4", "f5", "klatt", "klatt3", "klatt5"),
    *("Andy", "Annie", "linda", "steph", "max", "adam", "grandma", "grandpa", "michel", "rob"),
    *("edward", "quincy", "zac", "john", "ian", "Alex", "Lee", "Mike", "Gene", "belinda"),
)
"""Not among them, for measuring: m3, m6, f3"""
PACES, PITCHES, SIZES = (90, 190), (15, 85), (0.88, 1.16)
ENDLESS = 1e9
"""Seconds: later than any piece ends"""
NOTHING = 0.03
"""Share of pieces that are noise alone"""
SEED = 60


@dataclass
class Data:
    """Frames of all speech, one after the other, and their sounds."""

    frames: list[Floats] = field(default_factory=list)
    """Rows of coefficients, 10 ms each; each piece is a multiple of 3 long"""
    targets: list[NDArray[np.int8]] = field(default_factory=list)
    """Numbers of sounds, 30 ms each"""
    said: dict[str, Counter[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(Counter))
    """How often each word was said with which sounds"""
    joined: Counter[tuple[tuple[str, str], tuple[str, ...]]] = field(default_factory=Counter)
    """How often two words ran together into which sounds"""

    @property
    def seconds(self) -> float:
        """Of all speech."""
        return sum(map(len, self.targets)) * SKIP * SHIFT / RATE


def manners(count: int, chance: np.random.Generator) -> Iterator[Manner]:
    """Yield ways to speak: an accent, a voice, a pace, a pitch, a size."""
    shares = np.array(OFTEN) / sum(OFTEN)
    for _ in range(count):
        accent, variant = chance.choice(ACCENTS, p=shares), chance.choice(VARIANTS)
        pace, pitch = int(chance.integers(*PACES)), int(chance.integers(*PITCHES))
        yield Manner(f"{accent}+{variant}", pace, pitch, float(chance.uniform(*SIZES)))


def gather(texts: Texts, count: int, progress: Callable[[int], None]) -> Data:
    """Speak so many texts, record them somewhere, and note what is where."""
    chance = np.random.default_rng(SEED)
    speaker, data = Speaker(), Data()
    spoken = zip(texts.to_say(count), manners(count, chance), strict=True)
    for number, (text, manner) in enumerate(spoken):
        progress(number)
        if chance.random() < NOTHING:
            _keep(data, rooms.nothing(1.5, chance), [(QUIET, ENDLESS)])
        speech = speaker.say(text, manner)
        for word in speech.words:
            data.said[word.text][word.sounds] += 1
        data.joined.update(speech.joined)
        before, after = chance.uniform(0.1, 0.5, 2)
        quiet = [np.zeros(int(part * RATE), np.float32) for part in (before, after)]
        whole = np.concatenate([quiet[0], speech.samples, quiet[1]])
        start = len(quiet[0]) / RATE
        timed = [(name, start + end) for name, end in speech.sounds]
        _keep(data, rooms.record(whole, chance), [(QUIET, start), *timed, (QUIET, ENDLESS)])
    return data


def _keep(data: Data, sound: Floats, timed: list[tuple[str, float]]) -> None:
    frames = mfcc(sound)
    count = len(frames) // SKIP
    middles = (np.arange(count) + 0.5) * SKIP * SHIFT / RATE
    number = np.searchsorted([end for _, end in timed[:-1]], middles, side="right")
    names = np.array([SOUNDS.index(name) for name, _ in timed], np.int8)
    data.frames.append(frames[: count * SKIP])
    data.targets.append(names[number])
