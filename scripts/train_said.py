"""Teach the learned part of the outgoing guard from our own sentences, and write its data file.

    python scripts/train_said.py [--check] [--out FILE]

Forbidden: `prompts/<lang>/safety/said/forbidden.yaml`, and the phrase sets that the rules may
be improved against. Good: `good.yaml`, everything that is written to be said, and what people
say, turned round ("i hate my job" becomes "You hate your job."), as a model says it back.
Multinomial logistic regression as in train_guard.py. `--check` leaves every fifth template
out and prints what becomes of those; nothing is written.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from make_language_model import expand, templates
from train_guard import Row, sentences, step

from companion import paths
from companion.content import Content, read
from companion.guard import worded
from companion.guard.traits import SIZE, read_traits
from companion.guard.words import read_normaliser

ENGLISH = paths.content() / "en"
SAID = ENGLISH / "safety" / worded.FOLDER
SEED = 5
FORBIDDEN_SENTENCES, GOOD_SENTENCES, TURNED_SENTENCES = 30, 40, 4
"""From each template"""
TEMPLATE_WEIGHT = 8.0
FORBIDDEN_WEIGHT = 1.0
EPOCHS = 8
BATCH = 256
FOLDS = 5
GOOD = "good"
SETS = ("dev", "more_dev")
"""Phrase sets that are learned from. The third, far_dev, is kept to measure by"""
FAMILY = {
    "N1": "leading", "N5": "blame", "N6": "minimise", "N7": "death", "N8": "leading",
    "N11": "dependence", "N12": "diagnosis", "N13": "danger", "N14": "death", "N15": "ending",
    "N16": "ending", "abuse": "partner", "breath": "body", "called": "acts", "delusion": "belief",
    "dose": "medicine", "eating": "eating", "human": "self", "intimacy": "closeness",
    "medicine": "medicine", "blame": "blame", "diagnosis": "diagnosis", "ending_the_talk": "ending",
    "false_claims_of_action": "acts", "harm_to_others": "harm", "leading_questions": "leading",
    "mania": "mania", "method": "danger", "minimise": "minimise", "promise": "leading",
    "notes_wills_goodbyes": "farewell", "pressure_to_stay": "dependence", "scope": "self",
    "reassurance_loop": "reassurance", "refusing_the_subject": "ending", "safe_messaging": "death",
    "secrecy_and_always_there": "dependence", "withdrawal": "medicine",
}  # fmt: skip
"""The family of a rule of the sets; of what only looks wrong nothing is learned"""
UNSAID = ("sentences", "corpus", "said", "phrases", "examples")
"""Folders of what people say, and of what must not be said"""
BEFORE = ("", "", "So ", "It sounds as if ", "I hear that ", "You said that ", "And ")
TURN = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll", "my": "your",
    "me": "you", "myself": "yourself", "mine": "yours", "am": "are", "was": "were",
}  # fmt: skip
_PLACE = re.compile(r"\{[a-z_]+\}")
_IS_SENTENCE = re.compile(r"^[A-Z“\"'{].*[.?!]$")


class Forbidden(Content):
    """`forbidden.yaml`."""

    about: str
    families: dict[str, str]


class Good(Content):
    """`good.yaml`."""

    about: str
    lines: str


def forbidden(chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Give family and sentences of each of our templates."""
    for family, lines in read(SAID / "forbidden.yaml", Forbidden).families.items():
        for line in lines.splitlines():
            yield family, list(sentences(line, FORBIDDEN_SENTENCES, chance))


def good(chance: random.Random) -> Iterator[list[str]]:
    """Give the sentences of each template of what may be said."""
    for line in read(SAID / "good.yaml", Good).lines.splitlines():
        yield list(sentences(line, GOOD_SENTENCES, chance))


def written() -> Iterator[str]:
    """Give everything that is written to be said."""
    for path in sorted(ENGLISH.rglob("*.yaml")):
        if not set(path.relative_to(ENGLISH).parts) & {*UNSAID, "outgoing.yaml", "concepts.yaml"}:
            yield from _texts(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        text = _PLACE.sub("seven", " ".join(value.split()))
        if _IS_SENTENCE.match(text):
            yield from re.split(r"(?<=[.?!]) (?=[A-Z])", text)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def turned(chance: random.Random) -> Iterator[list[str]]:
    """Give what people say as a model would say it back."""
    for template, fillers in templates(ENGLISH / "sentences", leave_out=("danger",)):
        said = []
        for text in expand(template, fillers, TURNED_SENTENCES, chance):
            words = [TURN.get(word, word) for word in text.split()]
            if words[0].startswith("you"):
                told = chance.choice(BEFORE) + " ".join(words)
                said.append(told[0].upper() + told[1:] + ".")
        if said:
            yield said


def sets(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give family and text of the phrase sets."""
    for name in names:
        text = (ROOT / f"tests/phrases/outgoing_{name}.yaml").read_text(encoding="utf-8")
        for row in yaml.load(text, Loader=yaml.BaseLoader)["sentences"]:
            family = GOOD if row["ok"] == "true" else FAMILY.get(row["rule"], "")
            if family:
                yield family, row["text"]


def corpus(chance: random.Random, names: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Give all sentences in groups: one a template."""
    groups = list(forbidden(chance))
    groups += [(GOOD, said) for said in good(chance)]
    groups += [(GOOD, [text]) for text in dict.fromkeys(written())]
    groups += [(GOOD, said) for said in turned(chance)]
    groups += [(family, [text]) for family, text in sets(names)]
    return [group for group in groups if group[1]]


def train(
    rows: list[Row], traits: list[npt.NDArray[np.int64]], families: int
) -> npt.NDArray[np.float32]:
    """Give weights (SIZE + 1, families); the last row is the bias."""
    chance = np.random.default_rng(SEED)
    labels = np.array([row.label for row in rows])
    count = Counter(row.template for row in rows)
    weight = np.array(
        [
            min(1.0, TEMPLATE_WEIGHT / count[row.template])
            * (FORBIDDEN_WEIGHT if row.label else 1.0)
            for row in rows
        ],
        np.float32,
    )
    weights = np.zeros((SIZE + 1, families), np.float32)
    squares = np.full_like(weights, 1e-6)
    for _ in range(EPOCHS):
        order = chance.permutation(len(rows))
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            step(weights, squares, [traits[i] for i in batch], labels[batch], weight[batch])
    return weights


def sources() -> int:
    """Give a number that changes with every file that was learned from by hand."""
    files = [SAID / f"{name}.yaml" for name in ("concepts", "forbidden", "good")]
    return crc32(b"".join(file.read_bytes() for file in files))


def write(weights: npt.NDArray[np.float32], names: tuple[str, ...], path: Path) -> None:
    """Keep the weights as whole numbers from -127 to 127, with one scale a family."""
    scale = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    whole = np.round(weights / scale).astype(np.int8)
    np.savez_compressed(
        path, weights=whole, scale=scale, names=np.array(names), sources=np.array(sources())
    )
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def check(
    rows: list[Row], traits: dict[str, npt.NDArray[np.int64]], known: worded.Families
) -> None:
    """Print by family what share of what was left out is refused."""
    refused, total = Counter[str](), Counter[str]()
    for row in rows:
        share = 1 - known.shares(list(traits[row.text]))[0]
        total[known.names[row.label]] += 1
        refused[known.names[row.label]] += bool(share >= worded.REFUSE_FROM)
    for name, count in sorted(total.items()):
        print(f"{name:14} {count:6} sentences left out: refused {refused[name] / count:.1%}")


def main() -> int:
    """Train, and write or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="leave templates out; write nothing")
    parser.add_argument("--sets", default=",".join(SETS), help="phrase sets to learn from")
    parser.add_argument("--out", type=Path, default=SAID / worded.FILE)
    options = parser.parse_args()
    chance = random.Random(SEED)
    groups = corpus(chance, tuple(filter(None, options.sets.split(","))))
    names = (GOOD, *sorted({family for family, _ in groups} - {GOOD}))
    rows = [
        Row(text, names.index(family), template)
        for template, (family, said) in enumerate(groups)
        for text in said
    ]
    left_out = [row for row in rows if options.check and row.template % FOLDS == 0]
    kept = [row for row in rows if not options.check or row.template % FOLDS]
    look, normalise = read_traits(SAID), read_normaliser(SAID.parent)
    traits = {
        row.text: np.array(look(worded.marked(normalise(row.text), row.text))) for row in rows
    }
    print(f"{len(kept)} sentences, {sum(row.label > 0 for row in kept)} of them forbidden")
    weights = train(kept, [traits[row.text] for row in kept], len(names))
    if options.check:
        check(left_out, traits, worded.Families(names, weights))
    else:
        write(weights, names, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
