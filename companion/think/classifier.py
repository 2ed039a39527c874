"""A small linear classifier over words: which of a few kinds a sentence is most like.

Features are the words, pairs and triples of a sentence and the beginnings of its words, hashed
into a fixed number of buckets ("the hashing trick": Weinberger et al., ICML 2009). Where there are
classes of words, the pairs of classes that follow one another are features, too: "she finds me
dull" and "they think I'm odd" have no word in common and one shape. The weights are those of a
softmax regression, kept as one byte each. `scripts/train_understanding.py` makes them from
sentences of ours. To judge a sentence takes well under a millisecond.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.errors import SettingsError

REACH = 6
"""How many words with a class two classes may be apart and still make a pair"""
_BEGINNING = 5
"""Letters of a word that stand for all its forms"""
_FULL = (
    (r"\bcan't\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"'m\b", " am"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"'d\b", " would"),
    (r"\b(he|she|it|that|there|what)'s\b", r"\1 is"),
    (r"'s\b", " 's"),
    (r"\bcannot\b", "can not"),
)
_FULL_FORMS = tuple((re.compile(short), full) for short, full in _FULL)
_WORD = re.compile(r"[a-z0-9]+|'s")


def words(text: str) -> list[str]:
    """Give lower-case words, short forms written out."""
    plain = text.casefold().replace("’", "'")
    for short, full in _FULL_FORMS:
        plain = short.sub(full, plain)
    return _WORD.findall(plain)


def features(
    text: str, buckets: int, classes: Mapping[str, Sequence[str]] | None = None
) -> dict[int, float]:
    """Give the buckets of a sentence with their weights; the length of the whole is one.

    `classes` are the classes of each word that has any. They count as much as the words do.
    """
    if not (tokens := words(text)):
        return {}
    found: dict[int, float] = {}
    for names in (_names(tokens), _shapes(tokens, classes or {})):
        own = set(names)
        for name in sorted(own):
            bucket = zlib.crc32(name.encode()) % buckets
            found[bucket] = found.get(bucket, 0.0) + len(own) ** -0.5
    length = sum(value * value for value in found.values()) ** 0.5
    return {bucket: found[bucket] / length for bucket in sorted(found)}


def _names(tokens: Sequence[str]) -> Iterator[str]:
    ended = ["^", *tokens, "$"]
    for at, word in enumerate(ended):
        yield word
        if len(word) > _BEGINNING:
            yield word[:_BEGINNING] + "*"
        yield " ".join(ended[at : at + 2])
        yield " ".join(ended[at : at + 3])


def _shapes(tokens: Sequence[str], classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Name the classes, and the pairs of them in their order."""
    known = [classes[word] for word in tokens if word in classes]
    for at, first in enumerate(known):
        yield from (f"#{one}" for one in first)
        for after in known[at + 1 : at + 1 + REACH]:
            yield from (f"#{one} {other}" for one in first for other in after)


def by_word(classes: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Give the classes of each word."""
    found: dict[str, tuple[str, ...]] = {}
    for name, members in classes.items():
        for word in members:
            found[word] = (*found.get(word, ()), name)
    return found


class Classifier:
    """Says how like each kind a sentence is."""

    def __init__(self, path: Path) -> None:
        """Read the weights. Raises SettingsError where they are not there or not whole."""
        try:
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                self.kinds = tuple(str(kind) for kind in file["kinds"])
                self._weights: NDArray[np.int8] = file["weights"]
                self._scale: NDArray[np.float32] = file["scale"]
                self._bias: NDArray[np.float32] = file["bias"]
                pairs = zip(file["words"].tolist(), file["classes"].tolist(), strict=True)
                self._classes = {word: tuple(names.split()) for word, names in pairs}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            raise SettingsError(
                f"{path.name} is missing or broken.",
                fix="Make it: python scripts/train_understanding.py",
            ) from None

    def shares(self, text: str) -> dict[str, float]:
        """Give each kind's probability; together they are one."""
        found = features(text, len(self._weights), self._classes)
        rows = self._weights[np.array(list(found), np.intp)].astype(np.float32) * self._scale
        values = np.fromiter(found.values(), np.float32, len(found))
        scores = values @ rows + self._bias
        shares = np.exp(scores - scores.max())
        return dict(zip(self.kinds, (shares / shares.sum()).tolist(), strict=True))
