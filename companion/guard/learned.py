"""The learned part of the incoming guard: it may add a sign of danger, never take one away.

One weight for each trait of a text and each kind of danger, learned by
`scripts/train_guard.py` from sentences of our own and nobody else's
(`prompts/<lang>/safety/examples/`). It knows no level above a question: what is
immediate is said by the phrases alone.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from companion.errors import SettingsError
from companion.guard.traits import SIZE, Traits, read_traits
from companion.risk import Kind, Risk

FILE = "learned.npz"
ORDINARY, OBLIQUE = "ordinary", "oblique"
CLASSES = (ORDINARY, OBLIQUE, *(str(kind) for kind in Kind))
"""No danger; an oblique sign of any kind; and each kind, said plainly enough to ask"""
ASK_FROM = 0.98
NOTICE_FROM = 0.90
"""Shares of the whole that must lie outside "ordinary". Set so that the guard as a whole asks
in about 5 at the most, and notices something in 20 to 30, of 1,000 ordinary turns (docs/guard)"""
PLAIN_FROM = 0.70
"""Of an oblique sign nobody is asked about the first time"""
WINDOW = 18
"""Words looked at together: one danger in a long story must not be thinned out"""
STEP = 6
"""Words from one window to the next"""
FEWEST_WORDS = 3
"""Of less than this nothing is guessed; the phrases know the short forms"""


@dataclass(frozen=True)
class Likeness:
    """What a text is most like."""

    level: Risk = Risk.NONE
    """At most CONCERN"""
    kind: Kind | None = None
    score: float = 0.0
    """0..1, the share that is not ordinary"""


class Learned:
    """Tells what a text is like."""

    def __init__(self, traits: Traits, weights: npt.NDArray[np.float32]) -> None:
        """`weights` are (SIZE + 1, classes), in the order of CLASSES; the last row is the bias."""
        self._traits = traits
        self._weights = weights

    def __call__(self, words: str) -> Likeness:
        """Judge text from a Normaliser: the worst of its windows."""
        likenesses = [self._judge(window) for window in _windows(words)]
        return max(likenesses, key=lambda found: (found.level, found.score), default=Likeness())

    def shares(self, words: str) -> npt.NDArray[np.float64]:
        """Give the share of each class, summing to one."""
        return self.shares_of(self._traits(words))

    def shares_of(self, traits: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Give the share of each class for traits that are known already."""
        if not len(traits):
            return np.array([1.0, *[0.0] * (len(CLASSES) - 1)])
        logits = self._weights[traits].sum(axis=0) / math.sqrt(len(traits)) + self._weights[SIZE]
        powers = np.exp(logits.astype(np.float64) - logits.max())
        shares: npt.NDArray[np.float64] = powers / powers.sum()
        return shares

    def _judge(self, words: str) -> Likeness:
        shares = self.shares(words)
        danger = 1.0 - float(shares[0])
        plain = danger - float(shares[1])
        kind = Kind(CLASSES[2 + int(shares[2:].argmax())])
        if danger >= ASK_FROM and plain >= PLAIN_FROM:
            return Likeness(Risk.CONCERN, kind, danger)
        if danger >= NOTICE_FROM:
            return Likeness(Risk.SOFT, kind if plain > shares[1] else Kind.SUICIDE, danger)
        return Likeness(score=danger)


def read_learned(folder: Path) -> Learned:
    """Read what was learned, beside the word classes. Raises SettingsError."""
    path = folder / FILE
    fix = "Run scripts/train_guard.py, or restore the file."
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            weights = stored["weights"].astype(np.float32) * stored["scale"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        raise SettingsError(f"{FILE} cannot be read.", fix=fix) from None
    if weights.shape != (SIZE + 1, len(CLASSES)):
        raise SettingsError(f"{FILE} does not fit this version.", fix=fix)
    return Learned(read_traits(folder), weights.astype(np.float32))


def _windows(words: str) -> Iterator[str]:
    said = [word for word in words.split() if word != ","]
    if len(said) < FEWEST_WORDS:
        return
    for at in range(0, max(1, len(said) - WINDOW + STEP), STEP):
        yield " ".join(said[at : at + WINDOW])
