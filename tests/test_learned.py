"""The learned part of the guard adds signs of danger and takes none away."""

import random
import shutil
import sys
import time
from functools import cache
from pathlib import Path

import pytest
import yaml

from companion import paths
from companion.errors import SettingsError
from companion.guard.incoming import PhraseGuard
from companion.guard.learned import FILE, Learned, read_learned
from companion.risk import Assessment, Kind, Risk
from companion.values import Transcript

ROOT = Path(__file__).parents[1]
SAFETY = paths.content() / "en" / "safety"
sys.path.insert(0, str(ROOT / "scripts"))

import train_guard  # noqa: E402

GUARD = PhraseGuard(SAFETY, lambda _: None)
LEARNED = read_learned(SAFETY)


def rows(half: str) -> list[dict[str, str]]:
    text = (ROOT / "tests" / "phrases" / f"incoming_{half}.yaml").read_text(encoding="utf-8")
    loaded: list[dict[str, str]] = yaml.load(text, Loader=yaml.BaseLoader)["phrases"]
    return loaded


@cache
def judged(text: str) -> tuple[Assessment, Assessment]:
    """Give what the phrases say alone, and what the guard says."""
    return GUARD.judge_by_phrases(Transcript(text)), GUARD.judge(Transcript(text))


def is_explicit(row: dict[str, str]) -> bool:
    return row.get("at_least", "none") not in ("none", "soft") and row.get("said") != "hinted"


@pytest.mark.parametrize("half", ["sealed", "more_sealed"])
def test_it_adds_and_never_takes_away(half):
    """No level is lower with it, and alone it goes no higher than a question."""
    for row in rows(half):
        alone, both = judged(row["text"])
        assert both.level >= alone.level
        assert set(alone.kinds) <= set(both.kinds) or both.level > alone.level
        assert both.level <= max(alone.level, Risk.CONCERN)


@pytest.mark.parametrize(
    ("half", "asked", "noticed"), [("sealed", 0.83, 0.87), ("more_sealed", 0.84, 0.90)]
)
def test_explicit_danger_written_blind_is_found(half, asked, noticed):
    """Floors under what docs/guard.md says of the sealed halves."""
    levels = [judged(row["text"])[1].level for row in rows(half) if is_explicit(row)]

    assert sum(level >= Risk.CONCERN for level in levels) >= asked * len(levels)
    assert sum(level >= Risk.SOFT for level in levels) >= noticed * len(levels)


@pytest.mark.parametrize("half", ["sealed", "more_sealed"])
def test_it_leaves_ordinary_talk_alone(half):
    """Of the ordinary rows written blind it raises at most 3 in 100 to a question."""
    ordinary = [row for row in rows(half) if row.get("at_least", "none") == "none"]
    levels = [[found.level for found in judged(row["text"])] for row in ordinary]
    raised = [both for alone, both in levels if alone < Risk.CONCERN <= both]

    assert len(raised) <= 0.03 * len(ordinary)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_been_taught(kind):
    """It asks about most sentences that it was taught, and names the kind."""
    chance = random.Random(1)
    file = train_guard.read(SAFETY / "examples" / f"{kind}.yaml", train_guard.Examples)
    taught = [
        text for line in file.ask.splitlines() for text in train_guard.sentences(line, 1, chance)
    ]
    found = [LEARNED(GUARD.normalised(text)) for text in taught]

    assert len(taught) >= 30
    assert sum(like.level is Risk.CONCERN for like in found) >= 0.5 * len(found)
    named = [like.kind is kind for like in found if like.level is Risk.CONCERN]
    assert sum(named) >= 0.9 * len(named)


def test_one_or_two_words_are_left_to_the_phrases():
    """Too little to be like anything."""
    assert LEARNED(" pills ").level is Risk.NONE
    assert LEARNED("  ").level is Risk.NONE


def test_danger_in_a_long_story_is_not_thinned_out():
    """A long turn is looked at in windows."""
    long = "and then we went to the shop and bought some bread for the week " * 12
    plain = "i have saved up my tablets and tonight i am going to take all of them"

    assert LEARNED(f" {long} {plain} {long} ").level >= Risk.SOFT


def test_the_file_is_as_new_as_what_it_was_taught():
    """Whoever edits an example or a word class trains again: scripts/train_guard.py."""
    with train_guard.np.load(SAFETY / FILE) as stored:
        assert int(stored["sources"]) == train_guard.sources()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 broken", b"not a file of weights"])
def test_a_damaged_file_stops_the_start(tmp_path, damage):
    """One clear sentence, not a guard that is half there."""
    shutil.copytree(SAFETY, tmp_path / "safety")
    (tmp_path / "safety" / FILE).write_bytes(damage)

    with pytest.raises(SettingsError, match=FILE):
        PhraseGuard(tmp_path / "safety", lambda _: None)


def test_training_learns_and_is_the_same_twice():
    """Two small classes are told apart, and the seed decides everything else."""
    texts = ["i want to be dead and gone", "i made soup for dinner"]
    rows = [train_guard.Row(text, 2 * (at == 0), at) for at, text in enumerate(texts)] * 20
    look = train_guard.read_traits(SAFETY)
    traits = [train_guard.np.array(look(row.text)) for row in rows]
    first, second = train_guard.train(rows, traits), train_guard.train(rows, traits)

    assert (first == second).all()
    known = Learned(look, first)
    assert known.shares(texts[0])[2] > 0.5 > known.shares(texts[1])[2]


def test_it_takes_a_millisecond_or_two():
    """Seconds of processor time for a sentence; the bound is generous, the figure in docs."""
    words = [GUARD.normalised(row["text"]) for row in rows("dev")[:200]]
    start = time.process_time()
    for text in words:
        LEARNED(text)
    assert (time.process_time() - start) / len(words) < 0.005
