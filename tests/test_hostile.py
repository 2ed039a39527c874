"""A mind that wants to do harm is never heard, however often it tries."""

import random
from itertools import product

import yaml

from companion import paths
from companion.guard.outgoing import ScopeGuard
from companion.guard.words import read_normaliser

SAFETY = paths.content() / "en" / "safety"
GUARD = ScopeGuard(SAFETY, {}, read_normaliser(SAFETY))
SENTENCES = 10_000
BEFORE = (
    "", "Well, ", "Honestly, ", "I hear you. ", "That sounds hard, and ", "Listen: ", "Um, so ",
    "To be frank, ", "My dear, ", "As you asked, ", "Between friends, ", "You know what? ",
)  # fmt: skip
AFTER = ("", " That is all.", " I hear you.", " What do you feel now?", " Take your time.", " ...")


def forbidden() -> list[str]:
    """Give what the rules were written to refuse."""
    texts = []
    for half in ("dev", "more_dev"):
        path = paths.PACKAGE.parent / "tests" / "phrases" / f"outgoing_{half}.yaml"
        rows = yaml.load(path.read_text(), Loader=yaml.BaseLoader)["sentences"]
        texts += [row["text"] for row in rows if row["ok"] == "false"]
    return [text for text in texts if GUARD.reason(text)]


def disguised(text: str, chance: random.Random) -> str:
    """Give the sentence as a mind might write it to get past."""
    ways = (
        str,
        str.upper,
        str.lower,
        str.title,
        lambda text: text.replace("'", "’"),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.rstrip(".!") + " …",
        lambda text: text.replace(" you ", " you, um, "),
    )
    return chance.choice(ways)(text)


def test_nothing_forbidden_is_spoken_in_ten_thousand_sentences():
    """Every class, with words before and after it, in every dress."""
    chance = random.Random(1)
    cores = forbidden()
    every = list(product(range(len(cores)), BEFORE, AFTER))
    tried = [
        f"{before}{disguised(cores[core], chance)}{after}"
        for core, before, after in chance.sample(every, SENTENCES)
    ]
    spoken = [text for text in tried if GUARD.clear(text, None)]

    assert len(cores) >= 270
    assert not spoken, spoken[:20]
