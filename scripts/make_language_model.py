"""Make the trigram and the dictionary of the ear that needs no download.

    python scripts/make_language_model.py

Expands the templates of prompts/en/sentences/ (written by us), the same number of
sentences from each so that none dominates, and writes companion/data/en/trigram.lm.bin
and words.dict. Seeded: a second run writes the same bytes.

Smoothing is interpolated modified Kneser-Ney (Chen & Goodman 1999, section 3),
written out as a back-off model in ARPA form.
"""

import math
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pocketsphinx import NGramModel, get_model_path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import paths
from companion.content import Content, read

SEED = 1
PER_TEMPLATE = 30
"""Sentences from each template. More brings no new words, only more of the same"""
START, END = "<s>", "</s>"
MOST = 0.999
"""Share of a context that seen words may take; the rest is for the unseen"""

Gram = tuple[str, ...]


class Shared(Content):
    """fillers.yaml."""

    fillers: dict[str, tuple[str, ...]]


class Sentences(Content):
    """One file of templates."""

    about: str
    fillers: dict[str, tuple[str, ...]] = {}
    templates: tuple[str, ...]


class Pronunciations(Content):
    """Words that the wheel's dictionary does not have."""

    words: dict[str, str]


def templates(
    folder: Path, leave_out: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """Give every template with the fillers it may use; `leave_out` are names of files."""
    shared = read(folder / "fillers.yaml", Shared).fillers
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in ("fillers", "pronunciations", *leave_out):
            file = read(path, Sentences)
            yield from ((template, {**shared, **file.fillers}) for template in file.templates)


def expand(
    template: str, fillers: dict[str, tuple[str, ...]], most: int, chance: random.Random
) -> Iterator[str]:
    """Give up to `most` sentences of a template."""
    parts = re.split(r"\{(\w+)\}", template)
    options = [fillers[part] if at % 2 else (part,) for at, part in enumerate(parts)]
    count = math.prod(len(option) for option in options)
    for number in range(count) if count <= most else chance.sample(range(count), most):
        words, rest = [], number
        for option in options:
            rest, chosen = divmod(rest, len(option))
            words.append(option[chosen])
        yield " ".join("".join(words).split())


def corpus(folder: Path, most: int = PER_TEMPLATE) -> list[str]:
    """Give the training text."""
    chance = random.Random(SEED)
    return [
        sentence
        for template, fillers in templates(folder)
        for sentence in expand(template, fillers, most, chance)
    ]


class KneserNey:
    """Interpolated modified Kneser-Ney over trigrams."""

    def __init__(self, sentences: Iterable[str]) -> None:
        tri: Counter[Gram] = Counter()
        for sentence in sentences:
            words = [START, *sentence.split(), END]
            tri.update(zip(words, words[1:], words[2:], strict=False))
            tri[(START, START, words[1])] += 1
        # Below the highest order a word counts once for every different word before it.
        bi = Counter(gram[1:] for gram in tri)
        uni = Counter(gram[1:] for gram in bi)
        self.grams = (uni, bi, tri)
        self._size = len(uni)
        self._discounts = [_discounts(order) for order in self.grams]
        self._contexts = [_contexts(order) for order in self.grams]

    def probability(self, word: str, context: Gram) -> float:
        """Give p(word | context)."""
        order = len(context)
        lower = self.probability(word, context[1:]) if order else 1 / self._size
        total, seen = self._contexts[order].get(context, (0, (0, 0, 0)))
        if not total:
            return lower
        discounts = self._discounts[order]
        count = self.grams[order].get((*context, word), 0)
        kept = max(count - discounts[min(count, 3)], 0.0)
        freed = sum(discount * n for discount, n in zip(discounts[1:], seen, strict=True))
        return (kept + freed * lower) / total


def _discounts(grams: Counter[Gram]) -> tuple[float, float, float, float]:
    """Estimate the discounts for counts of 0, 1, 2 and 3 or more."""
    of = Counter(min(count, 5) for count in grams.values())
    n1, n2, n3, n4 = (max(of[count], 1) for count in (1, 2, 3, 4))
    base = n1 / (n1 + 2 * n2)
    one, two, more = 1 - 2 * base * n2 / n1, 2 - 3 * base * n3 / n2, 3 - 4 * base * n4 / n3
    return 0.0, max(0.05, one), max(0.1, two), max(0.1, more)


def _contexts(grams: Counter[Gram]) -> dict[Gram, tuple[int, tuple[int, int, int]]]:
    """Give, by context, its total and how many of its words were seen once, twice, more."""
    totals: Counter[Gram] = Counter()
    seen: dict[Gram, list[int]] = defaultdict(lambda: [0, 0, 0])
    for gram, count in grams.items():
        totals[gram[:-1]] += count
        seen[gram[:-1]][min(count, 3) - 1] += 1
    return {
        context: (total, (seen[context][0], seen[context][1], seen[context][2]))
        for context, total in totals.items()
    }


class BackOff:
    """A back-off model: explicit probabilities, and a weight where they end."""

    def __init__(self, model: KneserNey) -> None:
        self.orders: list[dict[Gram, float]] = []
        self.weights: dict[Gram, float] = {}
        for order, grams in enumerate(model.grams):
            by_context: dict[Gram, list[str]] = defaultdict(list)
            for gram in sorted(grams):
                if gram[:2] != (START, START):
                    by_context[gram[:-1]].append(gram[-1])
            self.orders.append({})
            for context, words in by_context.items():
                self._add(model, context, words, order)

    def _add(self, model: KneserNey, context: Gram, words: list[str], order: int) -> None:
        found = {word: model.probability(word, context) for word in words}
        total = sum(found.values())
        most = 1.0 if order == 0 else MOST
        if order == 0 or total > MOST:
            found = {word: value * most / total for word, value in found.items()}
            total = most
        if order:
            lower = sum(self._lower(word, context[1:]) for word in words)
            self.weights[context] = (1 - total) / max(1e-9, 1 - lower)
        for word, value in found.items():
            self.orders[order][(*context, word)] = value

    def _lower(self, word: str, context: Gram) -> float:
        known = self.orders[len(context)].get((*context, word))
        if known is not None:
            return known
        return self.weights.get(context, 1.0) * self._lower(word, context[1:])

    def arpa(self) -> str:
        """Write the model in ARPA form."""
        self.orders[0][(START,)] = 1e-99
        lines = ["\\data\\"]
        lines += [f"ngram {n}={len(grams)}" for n, grams in enumerate(self.orders, start=1)]
        for n, grams in enumerate(self.orders, start=1):
            lines += ["", f"\\{n}-grams:"]
            for gram in sorted(grams):
                line = f"{math.log10(grams[gram]):.4f}\t{' '.join(gram)}"
                weight = f"\t{math.log10(max(self.weights.get(gram, 1.0), 1e-9)):.4f}"
                lines.append(line + (weight if n < 3 else ""))
        return "\n".join([*lines, "", "\\end\\", ""])


def dictionary(words: set[str], folder: Path) -> str:
    """Give the pronunciations of these words, in the wheel's form. Raises KeyError."""
    found: dict[str, list[str]] = defaultdict(list)
    text = Path(get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8")
    for line in text.splitlines():
        entry, sounds = line.split(None, 1)
        word = re.sub(r"\(\d+\)$", "", entry)
        if word in words:
            found[word].append(sounds)
    for word, sounds in read(folder / "pronunciations.yaml", Pronunciations).words.items():
        if word in words and sounds not in found[word]:
            found[word].append(sounds)
    if missing := sorted(words - found.keys()):
        raise KeyError(f"no pronunciation for: {', '.join(missing)}")
    lines = [
        f"{word}{'' if at == 1 else f'({at})'} {sounds}"
        for word in sorted(found)
        for at, sounds in enumerate(found[word], start=1)
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write both files."""
    folder = paths.content() / "en" / "sentences"
    sentences = corpus(folder)
    words = {word for sentence in sentences for word in sentence.split()}
    target = paths.DATA / "en"
    target.mkdir(parents=True, exist_ok=True)
    (target / "words.dict").write_text(dictionary(words, folder), encoding="utf-8")
    with tempfile.TemporaryDirectory() as place:
        arpa = Path(place) / "trigram.arpa"
        arpa.write_text(BackOff(KneserNey(sentences)).arpa(), encoding="utf-8")
        NGramModel.readfile(str(arpa)).write(str(target / "trigram.lm.bin"))
    size = (target / "trigram.lm.bin").stat().st_size / 1e6
    print(f"{len(sentences)} sentences, {len(words)} words, {size:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
