"""Measure what is understood on texts of other people: thinking traps and intents.

    python scripts/measure_understanding.py --data DIR

Nothing is ever fitted to these texts. `--data` is a folder with cognitive_reframing/,
cognitive_distortions/, esconv/ and everyday_emotion_text/.
"""

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import paths
from companion.think.understanding import Understanding

NAMES = {
    "overgeneral": ("overgeneral",),
    "labeling": ("labelling",),
    "labelling": ("labelling",),
    "all-or-nothing": ("all_or_nothing",),
    "personaliz": ("personalise",),
    "fortune": ("fortune_telling",),
    "mind reading": ("mind_reading",),
    "catastroph": ("catastrophise",),
    "magnif": ("catastrophise",),
    "emotional": ("emotional_reasoning",),
    "disqualif": ("discount_positive",),
    "blam": ("blame",),
    "should": ("should",),
    "compar": ("compare",),
    "mental filter": ("mental_filter",),
}
"""How others' names of traps begin or what they hold, and ours"""


def ours(label: str) -> set[str]:
    """Give our names for another's label; none where we have none (a feeling is no trap)."""
    found = (names for part, names in NAMES.items() if part in label.casefold())
    return {name for names in found for name in names}


def reframing(folder: Path) -> dict[str, set[str]]:
    """Give each thought with the traps that people saw in it."""
    thoughts: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "thinking_traps.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        thoughts[row["prompt"].removesuffix(" ->")] |= ours(row["completion"])
    return {text: labels for text, labels in thoughts.items() if labels}


def in_top(ranked: Mapping[str, Sequence[str]], wanted: Mapping[str, set[str]], top: int) -> float:
    """Give the share of texts with a right name among the first `top`."""
    return float(np.mean([bool(set(ranked[text][:top]) & wanted[text]) for text in wanted]))


def auroc(scores: Sequence[float], truths: Sequence[bool]) -> float:
    """Give the chance that a true one has the higher score than a false one."""
    values, true = np.array(scores), np.array(truths)
    ranks = np.empty(len(values))
    for value in np.unique(values):
        same = values == value
        ranks[same] = np.sum(values < value) + (np.sum(same) + 1) / 2
    positives, negatives = true.sum(), (~true).sum()
    return float((ranks[true].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    understanding = Understanding(paths.content() / "en")

    wanted = reframing(data / "cognitive_reframing")
    ranked = {text: [trap.kind for trap in understanding.traps(text)] for text in wanted}
    often = [kind for kind, _ in Counter(k for ks in wanted.values() for k in ks).most_common()]
    constant = dict.fromkeys(wanted, often)
    print(f"cognitive_reframing: {len(wanted)} thoughts with a trap that we have a name for")
    for top in (1, 2, 3):
        share, guess = in_top(ranked, wanted, top), in_top(constant, wanted, top)
        print(f"  right name in top {top}: {share:.3f} (always the most frequent: {guess:.3f})")
    for kind in often:
        own = {text: labels for text, labels in wanted.items() if kind in labels}
        found = np.mean([kind in ranked[text][:2] for text in own])
        print(f"    {kind}: {found:.2f} of {len(own)} in top 2")

    table = list(rows(data / "cognitive_distortions" / "distortions_dev.csv"))
    truths = [row["Dominant Distortion"] != "No Distortion" for row in table]
    scores = [understanding.distortion(row["Patient Question"]) for row in table]
    print(f"cognitive_distortions: {len(table)} letters, AUROC {auroc(scores, truths):.3f}")
    parts = {r["Distorted part"]: ours(r["Dominant Distortion"]) for r in table}
    parts = {text: labels for text, labels in parts.items() if text and labels}
    ranked = {text: [trap.kind for trap in understanding.traps(text)] for text in parts}
    print(f"  right name in top 2 of {len(parts)} distorted parts: {in_top(ranked, parts, 2):.3f}")

    for folder, file, column in (
        ("esconv", "esconv_dev_turns.csv", "text"),
        ("everyday_emotion_text", "goemotions_dev.csv", "content"),
    ):
        turns = rows(data / folder / file)
        texts = [turn[column] for turn in turns if turn.get("speaker") != "supporter"]
        heard = Counter(understanding.intent(text) or "tells" for text in texts)
        print(f"intents on {len(texts)} turns of {folder}: {dict(heard.most_common())}")


if __name__ == "__main__":
    main()
