"""Teach the small classifiers of thinking traps and of intents.

    python scripts/train_understanding.py

Expands the sentences of prompts/en/corpus/ (written by us), fits a softmax regression to
them and writes companion/data/en/traps.npz and intents.npz. Seeded: a second run writes the
same bytes. What it finds on texts of other people: scripts/measure_understanding.py.
"""

import random
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import paths
from companion.content import Content, read
from companion.think.classifier import BUCKETS, features

SEED = 10
PER_TEMPLATE = 24
"""Sentences from one template at the most, so that none dominates"""
EPOCHS = 400
STEP = 4.0
DECAY = 2e-4
"""Pull of every weight towards nothing: what few sentences say is believed less"""


class Corpus(Content):
    """A file of sentences by kind."""

    fillers: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]


def sentences(corpus: Corpus) -> list[tuple[str, str, float]]:
    """Give each sentence, its kind, and its weight: every kind and template counts alike."""
    chance = random.Random(SEED)
    rows = []
    for kind, templates in corpus.kinds.items():
        own: list[tuple[str, float]] = []
        for template in templates:
            made = sorted({_filled(template, corpus, chance) for _ in range(PER_TEMPLATE * 2)})
            made = chance.sample(made, min(PER_TEMPLATE, len(made)))
            # A template says more than one sentence does, but not as much as it has fillings.
            own += [(sentence, len(made) ** -0.5) for sentence in made]
        total = sum(weight for _, weight in own)
        rows += [(sentence, kind, weight / total) for sentence, weight in own]
    return rows


def _filled(template: str, corpus: Corpus, chance: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: chance.choice(corpus.fillers[name[1]]), template)


def fit(
    rows: list[tuple[str, str, float]], kinds: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a softmax regression by gradient descent with momentum. Gives weights and bias."""
    data = np.zeros((len(rows), BUCKETS), np.float32)
    wanted = np.zeros((len(rows), len(kinds)), np.float32)
    share = np.array([weight for _, _, weight in rows], np.float32)
    share /= share.sum()
    for at, (sentence, kind, _) in enumerate(rows):
        for bucket, value in features(sentence).items():
            data[at, bucket] = value
        wanted[at, kinds.index(kind)] = 1.0
    used = np.flatnonzero(data.any(axis=0))
    data = data[:, used]
    weights = np.zeros((len(used), len(kinds)), np.float32)
    bias, moved = np.zeros(len(kinds), np.float32), np.zeros_like(weights)
    for _ in range(EPOCHS):
        scores = data @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        guess = np.exp(scores)
        guess /= guess.sum(axis=1, keepdims=True)
        error = (guess - wanted) * share[:, None]
        moved = 0.9 * moved - STEP * (data.T @ error + DECAY * weights)
        weights += moved
        bias -= STEP * error.sum(axis=0)
    whole = np.zeros((BUCKETS, len(kinds)))
    whole[used] = weights
    return whole, bias.astype(np.float64)


def save(
    path: Path, kinds: tuple[str, ...], weights: NDArray[np.float64], bias: NDArray[np.float64]
) -> None:
    """Keep the weights as one byte each. The same bytes every time: no date goes in."""
    scale = np.abs(weights).max(axis=0) / 127
    arrays = {
        "kinds": np.array(kinds),
        "weights": np.round(weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": bias.astype(np.float32),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            with file.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def main() -> None:
    """Teach both."""
    for name in ("traps", "intents"):
        corpus = read(paths.content() / "en" / "corpus" / f"{name}.yaml", Corpus)
        rows, kinds = sentences(corpus), tuple(corpus.kinds)
        weights, bias = fit(rows, kinds)
        path = paths.DATA / "en" / f"{name}.npz"
        save(path, kinds, weights, bias)
        hits = sum(
            kinds[int(np.argmax(sum(weights[b] * v for b, v in features(text).items()) + bias))]
            == kind
            for text, kind, _ in rows
        )
        print(
            f"{name}: {len(rows)} sentences of {len(kinds)} kinds, {path.stat().st_size} bytes, "
            f"{hits / len(rows):.3f} of them found again"
        )


if __name__ == "__main__":
    main()
