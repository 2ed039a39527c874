"""What a person's words are about: feeling, topic, strength, thinking traps, and what they want.

Feelings, topics and the like are found by words (`prompts/<lang>/understanding.yaml`); traps
and intents by a small classifier of our own, helped by words. All of it is rough, so nothing
here is ever announced to the person: a trap is offered as a question (docs/talk-quality.md).
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from companion import paths
from companion.content import Content, read
from companion.text import sentences
from companion.think.classifier import Classifier

LIKELY_INTENT = 0.5
"""Probability from which what somebody wants is believed"""
LONGEST_WISH = 16
"""Words. Whoever says more than this tells something, whatever it begins with"""
LIKELY_TRAP = 0.5
"""Probability from which a trap is worth a question"""
_CUE = 0.5
"""What a cue word adds to the log of a probability: as much as being e^0.5 times as likely"""
_PIECE = 16
"""Words judged at once: one thought in a long story must not be thinned out, and a
recogniser writes no full stops"""
_PIECE_STEP = 8
_WORST = 5
"""Pieces that say how much of a trap is in a whole"""
_FOREIGN_WORDS = 2
"""Everyday words of other languages that tell one, where those of ours are fewer than half"""
_FEW_LETTERS = 3
_MOST_SENTENCES = 40
"""Of a very long speech the last ones count"""
_APART = re.compile(r"[^a-z0-9']+")

_AROUND = frozenset(
    "oh ah um uh well no nah yeah ok okay sorry just but and so really anyway".split()
)


@dataclass(frozen=True)
class Trap:
    """A thinking trap that may be in what was said."""

    kind: str
    share: float
    """0 to 1"""
    sentence: str = field(repr=False)
    """Where it seems to be"""

    @property
    def is_likely(self) -> bool:
        return self.share >= LIKELY_TRAP


class _Words(Content):
    feelings: dict[str, tuple[str, ...]]
    topics: dict[str, tuple[str, ...]]
    strength: dict[str, tuple[str, ...]]
    traps: dict[str, tuple[str, ...]]
    care: dict[str, tuple[str, ...]]
    taken_back: tuple[str, ...]
    english: tuple[str, ...]
    foreign: tuple[str, ...]


class Understanding:
    """Reads one thing said."""

    def __init__(self, folder: Path) -> None:
        """Read `understanding.yaml` and the classifiers of the language. Raises SettingsError."""
        words = read(folder / "understanding.yaml", _Words)
        self._feelings = _patterns(words.feelings)
        self._topics = _patterns(words.topics)
        self._strength = _patterns(words.strength)
        self._cues = _patterns(words.traps)
        self._care = _patterns(words.care)
        self._taken_back = frozenset(map(_bare, words.taken_back))
        self._english, self._foreign = frozenset(words.english), frozenset(words.foreign)
        self._traps = Classifier(paths.DATA / folder.name / "traps.npz")
        self._intents = Classifier(paths.DATA / folder.name / "intents.npz")

    @property
    def feelings(self) -> frozenset[str]:
        """Name every feeling that can be found."""
        return frozenset(self._feelings)

    @property
    def topics(self) -> frozenset[str]:
        """Name every topic that can be found."""
        return frozenset(self._topics)

    @property
    def trap_kinds(self) -> frozenset[str]:
        """Name every thinking trap that can be found."""
        return frozenset(self._traps.kinds) - {"none"}

    def feeling(self, text: str) -> str:
        """Name the feeling, or ""."""
        return _most(self._feelings, text)

    def topic(self, text: str) -> str:
        """Name the topic, or ""."""
        return _most(self._topics, text)

    def strength(self, text: str) -> str:
        """Say whether a feeling is told as "strong" or "light"; "" where neither."""
        return _most(self._strength, text)

    def care(self, text: str) -> str:
        """Name why nobody should work on a thought now (grief, abuse, unfair …), or ""."""
        return _most(self._care, text)

    def takes_back(self, text: str) -> bool:
        """Tell whether somebody draws back from what they told, and says nothing else."""
        return _bare(text) in self._taken_back

    def is_other_language(self, text: str) -> bool:
        """Tell whether it is clearly not in our language: never guessed from a name or one word."""
        letters = [char for char in text if char.isalpha()]
        if len(letters) > _FEW_LETTERS:
            strange = sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters)
            if strange > len(letters) / 2:
                return True
        words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold().replace("’", "'"))
        known = sum(word in self._english for word in words)
        foreign = sum(word in self._foreign for word in words)
        return foreign >= _FOREIGN_WORDS and foreign > 2 * known

    def intent(self, text: str) -> str:
        """Name what the person wants of us; "" where they only tell something."""
        if not 0 < len(text.split()) <= LONGEST_WISH:
            return ""
        shares = self._intents.shares(text)
        best = max(shares, key=lambda kind: shares[kind])
        return best if best != "tells" and shares[best] >= LIKELY_INTENT else ""

    def traps(self, text: str) -> tuple[Trap, ...]:
        """Give every kind of trap, the likeliest first; several may be there at once."""
        best: dict[str, tuple[float, float, str]] = {}
        for sentence in _sentences(text):
            for piece in _pieces(sentence):
                plain = _plain(piece)
                for kind, share in self._traps.shares(piece).items():
                    cue = _CUE if kind in self._cues and self._cues[kind].search(plain) else 0.0
                    # A trap counts where it stands strongest; none counts where all are weakest.
                    score = math.log(share + 1e-9) + cue
                    best[kind] = max(best.get(kind, (-99.0, 0.0, "")), (score, share, sentence))
        ranked = sorted(best.items(), key=lambda item: -item[1][0])
        return tuple(Trap(k, share, where) for k, (_, share, where) in ranked if k != "none")

    def distortion(self, text: str) -> float:
        """Give how likely any trap is in it, 0 to 1."""
        pieces = (piece for sentence in _sentences(text) for piece in _pieces(sentence))
        found = sorted((1 - self._traps.shares(piece)["none"] for piece in pieces), reverse=True)
        return sum(found[:_WORST]) / max(1, len(found[:_WORST]))


def _sentences(text: str) -> list[str]:
    return list(sentences(text))[-_MOST_SENTENCES:]


def _pieces(sentence: str) -> Iterator[str]:
    """Cut a long sentence into pieces that overlap by half."""
    words = sentence.split()
    for start in range(0, max(1, len(words) - _PIECE_STEP), _PIECE_STEP):
        yield " ".join(words[start : start + _PIECE])


def _patterns(words: Mapping[str, Iterable[str]]) -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(r" (?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?= )")
        for name, phrases in words.items()
    }


def _plain(text: str) -> str:
    return f" {_APART.sub(' ', text.casefold().replace('’', chr(39))).strip()} "


def _most(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    plain = _plain(text)
    counts = {name: len(pattern.findall(plain)) for name, pattern in patterns.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def _bare(text: str) -> str:
    """Give words alone, without what people put before and after them."""
    said = re.findall(r"[a-z']+", text.casefold().replace("’", "'"))
    while said and said[0] in _AROUND:
        said.pop(0)
    while said and said[-1] in _AROUND:
        said.pop()
    return " ".join(said)
