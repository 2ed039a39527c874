"""Hold what a language model made up against more than the rules for everything written.

A sentence that a person wrote and another one read needs no guess. A model's does: so
what it says of itself must be among what a program may say of itself (`of_itself` in
`safety/said/itself.yaml`), and a learned part, taught with sentences of our own by
`scripts/train_said.py`, refuses what is more like a forbidden sentence than like a good
one. It may only refuse, and a refusal costs no more than the written reply in its place.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.patterns import Phrases
from companion.guard.traits import SIZE, read_traits
from companion.guard.words import Normaliser

FOLDER, FILE = "said", "learned.npz"
REFUSE_FROM = 0.5
"""Share that is not good from which a sentence is refused. Set on our own sentences left out of
the training, and on replies of helpers in data sets (docs/guard.md)"""
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]|:.*")
"""Words put into somebody's mouth: "you could say: I need help" """
_ODD = re.compile(r"[()/@%&+^°]|\d{3}|^\W*\w+( \w+)?:")
"""Signs of a stage direction, an address, a list or a heading"""
_I = re.compile(r"(?<= )i(?= )")
_SENTENCE = re.compile(r"(?<=[.?!…;])\s+")


class _Itself(Content):
    about: str
    of_itself: tuple[str, ...]
    """Phrases with an "i": what a program may say of itself"""
    may_tell: tuple[str, ...]
    """Verbs with which it may tell somebody to do something"""
    openers: tuple[str, ...]
    """Words before the first that counts: "so", "well" """
    objects: tuple[str, ...]
    """What follows a verb at the beginning and makes it an order: "the", "your", "up" """
    duties: tuple[str, ...]
    """Beginnings that make a duty of something: "you should" """
    most_questions: int
    """In one sentence, and in one answer"""
    most_resources: int
    """In one answer: people, places, lines and things to do"""
    resources: dict[str, tuple[str, ...]]
    """Phrases by what they name"""
    questions: tuple[str, ...]
    """First words of a question"""


@dataclass(frozen=True)
class Families:
    """The weights of the learned part: good first, then the families of what is forbidden."""

    names: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    """(SIZE + 1, families + 1); the last row is the bias"""

    def shares(self, traits: list[int]) -> npt.NDArray[np.float64]:
        """Give the share of each family, good first, summing to one."""
        logits = self.weights[traits].sum(axis=0) / np.sqrt(len(traits)) + self.weights[SIZE]
        powers = np.exp(logits.astype(np.float64) - logits.max())
        shares: npt.NDArray[np.float64] = powers / powers.sum()
        return shares


class Worded:
    """Refuses what a model should not have made up."""

    def __init__(self, folder: Path, normalise: Normaliser) -> None:
        """Read `said/` of the safety folder. Raises SettingsError."""
        folder = folder / FOLDER
        self._normalise = normalise
        self._data = data = read(folder / "itself.yaml", _Itself)
        self._itself = Phrases({"": data.of_itself}, {})
        self._duties = tuple(f"{duty} " for duty in data.duties)
        self._resources = Phrases(data.resources, {})
        self._traits = read_traits(folder)
        self._families = read_families(folder)

    def too_much(self, answer: str) -> str | None:
        """Name what a whole answer has too much of: questions, or things to turn to."""
        if answer.count("?") > self._data.most_questions:
            return "questions"
        named = self._resources.find(self._normalise(answer))
        return "resources" if len(named) > self._data.most_resources else None

    def __call__(self, text: str) -> str | None:
        """Name why the text is refused; None where it may be said."""
        for sentence in _SENTENCE.split(text):
            if _ODD.search(sentence):
                return "format"
            words = self._normalise(_QUOTED.sub(" ", sentence))
            if self._claims(words):
                return "of-itself"
            if self._orders(words):
                return "orders"
            if "?" in sentence and self._asks(words) > self._data.most_questions:
                return "questions"
            if family := self._family(sentence):
                return f"like-{family}"
        return None

    def traits(self, sentence: str) -> list[int]:
        """Give the traits of one sentence, with its two ends."""
        return self._traits(marked(self._normalise(sentence), sentence))

    def _claims(self, words: str) -> bool:
        """Tell whether it says of itself what no program may."""
        allowed = [span for (span,) in self._itself.find(words).get("", ())]
        return any(
            not any(span.start <= said.start() < span.end for span in allowed)
            for said in _I.finditer(words)
        )

    def _orders(self, words: str) -> bool:
        """Tell whether it tells somebody to do what it may not, or makes a duty of it."""
        said = words.replace(",", " ").split()
        while said and said[0] in self._data.openers:
            del said[0]
        if " ".join(said).startswith(self._duties):
            return True
        verb, then = (said + ["", ""])[:2]
        # "Losing your brother", "Mondays in the office": neither is an order.
        tells = then in self._data.objects and not verb.endswith(("ing", "s", "ed", "ly"))
        return tells and verb not in self._data.may_tell

    def _asks(self, words: str) -> int:
        """Count the questions in a sentence."""
        clauses = re.split(r" , | (?=(?:and|or) )", f" {words.strip()}")
        first = [clause.removeprefix("and ").removeprefix("or ").split() for clause in clauses]
        return sum(bool(said) and said[0] in self._data.questions for said in first)

    def _family(self, sentence: str) -> str | None:
        traits = self.traits(sentence)
        shares = self._families.shares(traits)
        if 1 - shares[0] < REFUSE_FROM:
            return None
        return self._families.names[1 + int(shares[1:].argmax())]


def marked(words: str, sentence: str) -> str:
    """Mark where a sentence begins, and whether it asks."""
    return f" startofit {words.strip()} {'asks' if '?' in sentence else 'says'}ofit "


def read_families(folder: Path) -> Families:
    """Read what was learned. Raises SettingsError."""
    path = folder / FILE
    fix = "Run scripts/train_said.py, or restore the file."
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            weights = stored["weights"].astype(np.float32) * stored["scale"]
            names = tuple(str(name) for name in stored["names"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        raise SettingsError(f"{FOLDER}/{FILE} cannot be read.", fix=fix) from None
    if weights.shape != (SIZE + 1, len(names)):
        raise SettingsError(f"{FOLDER}/{FILE} does not fit this version.", fix=fix)
    return Families(names, weights.astype(np.float32))
