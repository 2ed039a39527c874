"""Which words the model knows, what it is trained to hear, and the text of its language model.

All of it stems from the templates of prompts/en/sentences/ and from answers.yaml, which
we wrote. The sentences of the tests and of the demo are not among them.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml
from make_language_model import Sentences, corpus

from companion import paths
from companion.content import read

SIZE = 1_500
"""Words. The templates have 3,600; these are 96 in 100 of what they say"""
UNKNOWN = "[unk]"
SEED = 6
"""Which texts are spoken"""
ALONE, DIGITS = 0.15, 0.05
"""Shares of the training speech: a few words by chance, and strings of digits"""
DIGIT_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh")


@dataclass(frozen=True)
class Texts:
    """What the model is made of, as text."""

    words: tuple[str, ...]
    """The vocabulary, without the unknown word"""
    corpus: tuple[str, ...]
    """Sentences with all their words"""

    @cached_property
    def known(self) -> frozenset[str]:
        """The vocabulary, to look words up."""
        return frozenset(self.words)

    def for_the_language_model(self) -> Iterator[str]:
        """Yield the sentences; a word outside the vocabulary is the unknown one."""
        for sentence in self.corpus:
            words = (word if word in self.known else UNKNOWN for word in sentence.split())
            yield " ".join(words)

    def to_say(self, count: int) -> Iterator[str]:
        """Yield so many texts to be spoken: digits, words by chance, sentences."""
        chance = random.Random(SEED)
        for number in range(count):
            share = number / count
            if share < DIGITS:
                yield " ".join(chance.choices(DIGIT_NAMES, k=chance.randint(1, 5)))
            elif share < DIGITS + ALONE:
                yield " ".join(chance.choices(self.words, k=chance.randint(1, 4)))
            else:
                yield chance.choice(self.corpus)


def read_texts(size: int = SIZE) -> Texts:
    """Choose the vocabulary: what must be heard first, then what is said most."""
    folder = paths.content() / "en"
    said = corpus(folder / "sentences")
    often = [word for word, _ in Counter(" ".join(said).split()).most_common()]
    needed = [*_needed(), *(word for word in often if word not in set(_needed()))]
    words = tuple(sorted(dict.fromkeys(needed[:size])))
    return Texts(words, tuple(said))


def _needed() -> list[str]:
    """Give the words of answers, digits, danger and the demo."""
    folder = paths.content() / "en"
    danger = read(folder / "sentences" / "danger.yaml", Sentences)
    written = (paths.DATA / "demo" / "demo.yaml").read_text(encoding="utf-8")
    demo = yaml.load(written, Loader=yaml.BaseLoader)["recordings"].values()
    texts = [
        *DIGIT_NAMES,
        (folder / "answers.yaml").read_text(encoding="utf-8").lower(),
        *(re.sub(r"\{\w+\}", "", template) for template in danger.templates),
        *(filler for fillers in danger.fillers.values() for filler in fillers),
        *(text for recording in demo for text in recording["texts"]),
    ]
    plain = re.sub(r"(?m)#.*$", "", "\n".join(texts).lower())
    return list(dict.fromkeys(re.findall(r"[a-z][a-z']*[a-z]|[a-z]", plain)))
