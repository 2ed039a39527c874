"""Teach the guard's learned part from our own sentences, and write its data file.

    python scripts/train_guard.py [--check] [--out FILE]

Multinomial logistic regression over hashed traits, by AdaGrad (Duchi et al.
2011), in numpy alone; seeded. Every template counts about the same, however many
sentences it can make. `--check` leaves every fifth template out, trains on the
rest and prints what it makes of those left out; nothing is written.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from make_language_model import expand, templates

from companion import paths
from companion.content import Content, read
from companion.guard import learned
from companion.guard.incoming import PhraseGuard
from companion.guard.learned import CLASSES, OBLIQUE, ORDINARY, Learned
from companion.guard.traits import SIZE, read_traits
from companion.risk import Kind, Risk
from companion.values import Transcript

SEED = 3
DANGER_SENTENCES, ORDINARY_SENTENCES, TALK_SENTENCES = 24, 30, 8
"""From each template of danger, of ordinary talk, and of what people say to the recogniser"""
TEMPLATE_WEIGHT = 8.0
DANGER_WEIGHT = 2.0
EPOCHS = 6
BATCH = 256
RATE = 0.5
DECAY = 1e-6
JOINED_SHARE = 0.35
"""Of the sentences of danger, how many are also seen within a longer story"""
DROPPED_SHARE, DROPPED_WORDS = 0.25, 0.12
"""Of all sentences, how many are also seen with words missing, as a recogniser loses them"""
FOLDS = 5

Weights = npt.NDArray[np.float32]


class Examples(Content):
    """One file of `examples/`: one template a line, (a|b) one of several."""

    about: str
    ask: str = ""
    notice: str = ""
    none: str = ""


@dataclass(frozen=True)
class Row:
    """A sentence, the place of its class in CLASSES, and the template it comes from."""

    text: str
    label: int
    template: int


def sentences(line: str, most: int, chance: random.Random) -> Iterator[str]:
    """Give up to `most` sentences of a template."""
    parts = re.split(r"\(([^()]*)\)", line)
    choices = {f"c{at}": tuple(part.split("|")) for at, part in enumerate(parts) if at % 2}
    template = "".join(f"{{c{at}}}" if at % 2 else part for at, part in enumerate(parts))
    yield from dict.fromkeys(expand(template, choices, most, chance))


def danger(folder: Path, chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Give class and sentences of each of our templates."""
    for name in (*map(str, Kind), ORDINARY):
        file = read(folder / "examples" / f"{name}.yaml", Examples)
        for label, lines in ((name, file.ask), (OBLIQUE, file.notice), (ORDINARY, file.none)):
            most = ORDINARY_SENTENCES if label == ORDINARY else DANGER_SENTENCES
            for line in lines.splitlines():
                yield label, list(sentences(line, most, chance))


def talk(folder: Path, guard: PhraseGuard, chance: random.Random) -> Iterator[list[str]]:
    """Give what people say to the recogniser, without what the phrases find worrying."""
    for template, fillers in templates(folder, leave_out=("danger",)):
        said = list(expand(template, fillers, TALK_SENTENCES, chance))
        if guard.judge_by_phrases(Transcript(said[0])).level is Risk.NONE:
            yield said


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Give class and text of the phrase sets that the rules may be improved against."""
    for half in ("dev", "more_dev"):
        text = (folder / f"incoming_{half}.yaml").read_text(encoding="utf-8")
        for row in yaml.load(text, Loader=yaml.BaseLoader)["phrases"]:
            least = row.get("at_least", "none")
            yield {"none": ORDINARY, "soft": OBLIQUE}.get(least, row["kind"]), row["text"]


def corpus(chance: random.Random) -> list[Row]:
    """Give all sentences."""
    safety = paths.content() / "en" / "safety"
    groups = list(danger(safety, chance))
    guard = PhraseGuard(safety, lambda _: None)
    groups += [
        (ORDINARY, said) for said in talk(paths.content() / "en" / "sentences", guard, chance)
    ]
    groups += [(label, [text]) for label, text in written(ROOT / "tests" / "phrases")]
    return [
        Row(text, CLASSES.index(label), template)
        for template, (label, said) in enumerate(groups)
        for text in said
    ]


def varied(rows: list[Row], chance: random.Random) -> list[Row]:
    """Add longer stories and lost words."""
    ordinary = [row.text for row in rows if row.label == 0]
    more = []
    for row in rows:
        if row.label and chance.random() < JOINED_SHARE:
            both = [row.text, chance.choice(ordinary)]
            chance.shuffle(both)
            more.append(Row(" ".join(both), row.label, row.template))
        if chance.random() < DROPPED_SHARE and len(row.text.split()) > 4:
            left = [word for word in row.text.split() if chance.random() > DROPPED_WORDS]
            more.append(Row(" ".join(left), row.label, row.template))
    stories = [
        Row(" ".join(chance.sample(ordinary, chance.choice((2, 2, 3)))), 0, -1)
        for _ in range(len(ordinary) // 2)
    ]
    return [*rows, *more, *stories]


def weigh(rows: list[Row]) -> npt.NDArray[np.float32]:
    """Give each row its weight."""
    count = Counter(row.template for row in rows)
    count[-1] = 1
    return np.array(
        [
            min(1.0, TEMPLATE_WEIGHT / count[row.template]) * (DANGER_WEIGHT if row.label else 1.0)
            for row in rows
        ],
        np.float32,
    )


def train(rows: list[Row], traits: list[npt.NDArray[np.int64]]) -> Weights:
    """Give weights (SIZE + 1, classes); the last row is the bias."""
    chance = np.random.default_rng(SEED)
    labels = np.array([row.label for row in rows])
    of_row = weigh(rows)
    weights = np.zeros((SIZE + 1, len(CLASSES)), np.float32)
    squares = np.full_like(weights, 1e-6)
    for _ in range(EPOCHS):
        order = chance.permutation(len(rows))
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            step(weights, squares, [traits[i] for i in batch], labels[batch], of_row[batch])
    return weights


def step(
    weights: Weights,
    squares: Weights,
    traits: list[npt.NDArray[np.int64]],
    labels: npt.NDArray[np.int64],
    of_row: npt.NDArray[np.float32],
) -> None:
    """Take one step of AdaGrad, in place."""
    counts = np.array([len(row) for row in traits])
    scale = (1 / np.sqrt(counts)).astype(np.float32)[:, None]
    flat, rows = np.concatenate(traits), np.repeat(np.arange(len(traits)), counts)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    logits = np.add.reduceat(weights[flat], starts, axis=0) * scale + weights[SIZE]
    slope = np.exp(logits - logits.max(axis=1, keepdims=True))
    slope /= slope.sum(axis=1, keepdims=True)
    slope[np.arange(len(traits)), labels] -= 1
    slope *= of_row[:, None] / len(traits)
    order = np.argsort(flat, kind="stable")
    used, first = np.unique(flat[order], return_index=True)
    gradient = np.add.reduceat((slope * scale)[rows[order]], first, axis=0) + DECAY * weights[used]
    used = np.append(used, SIZE)
    gradient = np.vstack([gradient, slope.sum(axis=0)])
    squares[used] += gradient * gradient
    weights[used] -= RATE * gradient / np.sqrt(squares[used])


def sources() -> int:
    """Give a number that changes with every file that was learned from by hand."""
    safety = paths.content() / "en" / "safety"
    files = [safety / "concepts.yaml", *sorted((safety / "examples").glob("*.yaml"))]
    return crc32(b"".join(file.read_bytes() for file in files))


def write(weights: Weights, path: Path) -> None:
    """Keep the weights as whole numbers from -127 to 127, with one scale a class."""
    scale = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    whole = np.round(weights / scale).astype(np.int8)
    np.savez_compressed(path, weights=whole, scale=scale, sources=np.array(sources()))


def check(rows: list[Row], traits: dict[str, npt.NDArray[np.int64]], known: Learned) -> None:
    """Print by class what share of the templates left out is asked about, and noticed."""
    asked, noticed, total = Counter[int](), Counter[int](), Counter[int]()
    for row in rows:
        shares = known.shares_of(traits[row.text])
        total[row.label] += 1
        asked[row.label] += bool(1 - shares[0] - shares[1] >= learned.ASK_FROM)
        noticed[row.label] += bool(1 - shares[0] >= learned.NOTICE_FROM)
    for label, count in sorted(total.items()):
        print(
            f"{CLASSES[label]:20} {count:6} sentences left out: asked {asked[label] / count:.1%}, "
            f"noticed {noticed[label] / count:.1%}"
        )


def main() -> int:
    """Train, and write or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="leave templates out; write nothing")
    parser.add_argument(
        "--out", type=Path, default=paths.content() / "en" / "safety" / learned.FILE
    )
    options = parser.parse_args()
    chance = random.Random(SEED)
    rows = corpus(chance)
    left_out = [row for row in rows if options.check and row.template % FOLDS == 0]
    kept = varied([row for row in rows if not options.check or row.template % FOLDS], chance)
    safety = paths.content() / "en" / "safety"
    look, normalise = read_traits(safety), PhraseGuard(safety, lambda _: None).normalised
    traits = {row.text: np.array(look(normalise(row.text)) or [0]) for row in [*kept, *left_out]}
    print(f"{len(kept)} sentences, {sum(row.label > 0 for row in kept)} of them of danger")
    weights = train(kept, [traits[row.text] for row in kept])
    if options.check:
        check(left_out, traits, Learned(look, weights))
    else:
        write(weights, options.out)
        print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
