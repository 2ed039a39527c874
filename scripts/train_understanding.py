"""Teach the small classifiers of thinking traps and of intents.

    python scripts/train_understanding.py            # fit and write
    python scripts/train_understanding.py --check    # how well on a fifth that was held out

Expands the sentences of prompts/en/corpus/ (written by us), fits a softmax regression to
them and writes companion/data/en/traps.npz and intents.npz. Seeded: a second run writes the
same bytes. What it finds on texts of other people: scripts/measure_understanding.py.
"""

import argparse
import random
import re
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import paths
from companion.content import Content, read
from companion.think.classifier import by_word, features

CORPUS = paths.content() / "en" / "corpus"
SEED = 10
EPOCHS = 300
STEP = 4.0
DECAY = 2e-4
"""Pull of every weight towards nothing: what few sentences say is believed less"""
AMONG_PLAIN = 0.7
"""Share of the sentences that stand once more beside a plain one, as they do in speech"""
LINKS = (" ", " and ", " so ", " but ", " because ")
HELD_OUT = 5
"""For the check every fifth sentence is kept back"""

Row = tuple[str, str, float]
"""Sentence, kind, weight"""
Classes = Mapping[str, Sequence[str]]


class Corpus(Content):
    """A file of sentences by kind."""

    fillers: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]


class WordClasses(Content):
    """A file of words by class."""

    classes: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Lesson:
    """What one classifier is taught from, and how."""

    name: str
    files: tuple[str, ...]
    plain: str
    """The kind that stands for nothing"""
    buckets: int
    per_template: int
    """Sentences from one template at the most, so that none dominates"""
    plain_weight: float = 1.0
    """How much more an error costs where there is nothing to find"""
    classes: str = ""
    """File of word classes"""
    mixed: bool = False
    """Whether sentences are also shown beside plain ones"""


LESSONS = (
    Lesson("traps", ("traps", "traps_spoken"), "none", 32_768, 8, 5.0, "word_classes", mixed=True),
    Lesson("intents", ("intents",), "tells", 8_192, 24),
)


@dataclass(frozen=True)
class Learned:
    """The weights (buckets, kinds), what is added to each kind, and the classes of words."""

    kinds: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    classes: Classes

    def ranked(self, text: str) -> list[str]:
        """Give the kinds, the likeliest first."""
        found = features(text, len(self.weights), self.classes)
        scores = sum((self.weights[b] * v for b, v in found.items()), self.bias)
        return [self.kinds[at] for at in np.argsort(-scores)]


def material(lesson: Lesson) -> Corpus:
    """Read the files of a lesson as one."""
    parts = [read(CORPUS / f"{name}.yaml", Corpus) for name in lesson.files]
    fillers = {name: words for part in parts for name, words in part.fillers.items()}
    kinds = {kind: tuple(s for part in parts for s in part.kinds[kind]) for kind in parts[0].kinds}
    return Corpus(fillers=fillers, kinds=kinds)


def sentences(corpus: Corpus, lesson: Lesson) -> list[Row]:
    """Give each sentence, its kind, and its weight: every kind and template counts alike."""
    chance = random.Random(SEED)
    rows: list[Row] = []
    for kind, templates in corpus.kinds.items():
        own: list[tuple[str, float]] = []
        for template in templates:
            tries = range(lesson.per_template * 2)
            made = sorted({filled(template, corpus, chance) for _ in tries})
            made = chance.sample(made, min(lesson.per_template, len(made)))
            # A template says more than one sentence does, but not as much as it has fillings.
            own += [(sentence, len(made) ** -0.5) for sentence in made]
        total = sum(weight for _, weight in own)
        share = lesson.plain_weight if kind == lesson.plain else 1.0
        rows += [(sentence, kind, weight * share / total) for sentence, weight in own]
    return rows + (_beside_plain(rows, lesson) if lesson.mixed else [])


def _beside_plain(rows: Sequence[Row], lesson: Lesson) -> list[Row]:
    """Put sentences before or after plain ones: speech has no full stops between them."""
    chance = random.Random(SEED)
    plain = [sentence for sentence, kind, _ in rows if kind == lesson.plain]
    mixed = []
    for sentence, kind, weight in rows:
        if chance.random() < AMONG_PLAIN:
            pair = [sentence, chance.choice(plain)]
            chance.shuffle(pair)
            mixed.append((chance.choice(LINKS).join(pair), kind, weight * AMONG_PLAIN))
    return mixed


def filled(template: str, corpus: Corpus, chance: random.Random) -> str:
    """Fill the braces of a template."""
    return re.sub(r"\{(\w+)\}", lambda name: chance.choice(corpus.fillers[name[1]]), template)


def fit(corpus: Corpus, lesson: Lesson) -> Learned:
    """Fit a softmax regression by gradient descent with momentum.

    The weights are kept as a sum over the sentences (the dual form), which needs only the
    likeness of every two sentences, and not all the buckets, in each step.
    """
    rows, kinds = sentences(corpus, lesson), tuple(corpus.kinds)
    named = lesson.classes and read(CORPUS / f"{lesson.classes}.yaml", WordClasses).classes
    classes = by_word(named or {})
    data = np.zeros((len(rows), lesson.buckets), np.float32)
    wanted = np.zeros((len(rows), len(kinds)), np.float32)
    share = np.array([weight for _, _, weight in rows], np.float32)
    share /= share.sum()
    for at, (sentence, kind, _) in enumerate(rows):
        for bucket, value in features(sentence, lesson.buckets, classes).items():
            data[at, bucket] = value
        wanted[at, kinds.index(kind)] = 1.0
    used = np.flatnonzero(data.any(axis=0))
    seen = data[:, used]
    alike = seen @ seen.T
    parts, moved = np.zeros_like(wanted), np.zeros_like(wanted)
    bias = np.zeros(len(kinds), np.float32)
    for _ in range(EPOCHS):
        scores = alike @ parts + bias
        scores -= scores.max(axis=1, keepdims=True)
        guess = np.exp(scores)
        guess /= guess.sum(axis=1, keepdims=True)
        error = (guess - wanted) * share[:, None]
        moved *= 0.9
        moved -= STEP * (error + DECAY * parts)
        parts += moved
        bias -= STEP * error.sum(axis=0)
    weights = np.zeros((lesson.buckets, len(kinds)))
    weights[used] = seen.T @ parts
    return Learned(kinds, weights, np.array(bias, np.float64), classes)


def save(path: Path, learned: Learned) -> None:
    """Keep the weights as one byte each. The same bytes every time: no date goes in."""
    scale = np.abs(learned.weights).max(axis=0) / 127
    words = sorted(learned.classes)
    arrays = {
        "kinds": np.array(learned.kinds),
        "weights": np.round(learned.weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": learned.bias.astype(np.float32),
        "words": np.array(words, np.str_),
        "classes": np.array([" ".join(learned.classes[word]) for word in words], np.str_),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            with file.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def check(corpus: Corpus, lesson: Lesson) -> None:
    """Fit to four fifths of the templates, and print what is found in the last fifth."""
    learned = fit(_some(corpus, lambda at: at % HELD_OUT != 0), lesson)
    kept = sentences(_some(corpus, lambda at: at % HELD_OUT == 0), replace(lesson, mixed=False))
    ranks = [(kind, learned.ranked(sentence)) for sentence, kind, _ in kept]
    marked = [(kind, [one for one in rank if one != lesson.plain]) for kind, rank in ranks
              if kind != lesson.plain]  # fmt: skip
    plain = [rank[0] != lesson.plain for kind, rank in ranks if kind == lesson.plain]
    print(
        f"{lesson.name}: of {len(marked)} held out, "
        f"{np.mean([kind == rank[0] for kind, rank in marked]):.3f} first, "
        f"{np.mean([kind in rank[:2] for kind, rank in marked]):.3f} in the first two; "
        f"of {len(plain)} plain ones {np.mean(plain):.3f} taken for something"
    )


def _some(corpus: Corpus, take: Callable[[int], bool]) -> Corpus:
    """Take the templates whose place in a shuffled order says so."""
    kinds = {}
    for kind, templates in corpus.kinds.items():
        mixed = random.Random(f"{SEED} {kind}").sample(templates, len(templates))
        kinds[kind] = tuple(one for at, one in enumerate(mixed) if take(at))
    return Corpus(fillers=corpus.fillers, kinds=kinds)


def main() -> None:
    """Teach both, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    for lesson in LESSONS:
        corpus = material(lesson)
        if checking:
            check(corpus, lesson)
            continue
        path = paths.DATA / "en" / f"{lesson.name}.npz"
        save(path, fit(corpus, lesson))
        count = sum(map(len, corpus.kinds.values()))
        print(f"{lesson.name}: {count} templates, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
