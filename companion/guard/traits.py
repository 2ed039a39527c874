"""What the learned part of the guard looks at in a text: its traits, as numbers.

Single words, neighbours, pairs a little apart, pieces of words (so that a
misspelling is still known), and all of these once more with word classes in
place of words ("pills" and "tablets" are one class). The classes are data:
`prompts/<lang>/safety/concepts.yaml`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from zlib import crc32

from companion.content import Content, read

SIZE = 1 << 15
"""Numbers that a trait can have. Two traits may share one (feature hashing,
Weinberger et al. 2009); the training sees the same collisions as the guard."""
REACH = 4
"""Words that a pair may lie apart"""
CLASS_REACH = 7
"""Words that a pair of classes may lie apart"""
PIECE = 4
"""Letters of a piece of a word, with its ends marked"""


class _Concepts(Content):
    about: str
    concepts: dict[str, tuple[str, ...]]


class Traits:
    """Gives the traits of a text that a Normaliser has written."""

    def __init__(self, concepts: Mapping[str, tuple[str, ...]]) -> None:
        """`concepts` are words by class; "word*" is any word that begins like this."""
        self._classes: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        for name, words in concepts.items():
            for word in words:
                index = self._stems if word.endswith("*") else self._classes
                bare = word.rstrip("*")
                index[bare] = (*index.get(bare, ()), name)

    def __call__(self, words: str) -> list[int]:
        """Give the numbers of the traits, each once, rising."""
        said = [word for word in words.split() if word != ","]
        return sorted({crc32(trait.encode()) & (SIZE - 1) for trait in self._named(said)})

    def _named(self, said: list[str]) -> Iterator[str]:
        classes = [self._classes_of(word) for word in said]
        for at, word in enumerate(said):
            yield f"w {word}"
            yield from (f"p {piece}" for piece in _pieces(word))
            yield from (f"c {name}" for name in classes[at])
            for apart, other in enumerate(said[at + 1 : at + 1 + REACH]):
                yield f"{'b' if apart == 0 else 's'} {word} {other}"
            if at + 2 < len(said):
                yield f"t {word} {said[at + 1]} {said[at + 2]}"
            for name in classes[at]:
                if at:
                    yield f"d {said[at - 1]} {name}"
                if at + 1 < len(said):
                    yield f"e {name} {said[at + 1]}"
                for others in classes[at + 1 : at + 1 + CLASS_REACH]:
                    yield from (f"k {name} {other}" for other in others)

    def _classes_of(self, word: str) -> tuple[str, ...]:
        found = self._classes.get(word, ())
        for stem, names in self._stems.items():
            if word.startswith(stem):
                found += names
        return found


def read_traits(folder: Path) -> Traits:
    """Read `concepts.yaml` of a safety folder. Raises SettingsError."""
    return Traits(read(folder / "concepts.yaml", _Concepts).concepts)


def _pieces(word: str) -> Iterator[str]:
    marked = f"<{word}>"
    for at in range(max(1, len(marked) - PIECE + 1)):
        yield marked[at : at + PIECE]
