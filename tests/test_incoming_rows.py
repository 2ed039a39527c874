"""The guard finds danger of every kind in time, and leaves ordinary talk alone.

Measured on `phrases/incoming_dev.yaml`, which the rules may be improved against.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.guard.incoming import PhraseGuard
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import Transcript

ROOT = Path(__file__).parents[1]
RECALL_FLOOR = 0.97
"""Share of explicit rows of a kind that reach the level they must reach"""
LEVELS = {level.name.lower(): level for level in Risk}


def say_nothing(_: str) -> bool | None:
    return None


GUARD = PhraseGuard(ROOT / "prompts" / "en" / "safety", say_nothing)


def judge(text: str) -> Assessment:
    return GUARD.judge(Transcript(text))


class Row(NamedTuple):
    text: str
    kind: str
    at_least: Risk
    at_most: Risk


def read_rows() -> Iterator[Row]:
    path = ROOT / "tests" / "phrases" / "incoming_dev.yaml"
    for row in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["phrases"]:
        yield Row(
            row["text"],
            row["kind"],
            LEVELS[row.get("at_least", "none")],
            LEVELS[row.get("at_most", "immediate")],
        )


ROWS = tuple(read_rows())
DANGER = tuple(row for row in ROWS if row.at_least > Risk.NONE)
ORDINARY = tuple(row for row in ROWS if row.at_least is Risk.NONE)


# --- recall and false alarms --------------------------------------------------------


@pytest.mark.parametrize("kind", [str(kind) for kind in Kind])
def test_explicit_danger_of_every_kind_reaches_its_level(kind: str) -> None:
    """At least 97 in 100 explicit rows of each kind are found at the right level."""
    rows = [row for row in DANGER if row.kind == kind and row.at_least >= Risk.CONCERN]
    missed = [row.text for row in rows if judge(row.text).level < row.at_least]
    assert rows
    assert len(missed) <= (1 - RECALL_FLOOR) * len(rows), missed


def test_most_oblique_signs_are_noticed() -> None:
    """At least nine in ten oblique rows leave a soft sign."""
    rows = [row for row in DANGER if row.at_least is Risk.SOFT]
    missed = [row.text for row in rows if judge(row.text).level < Risk.SOFT]
    assert len(missed) <= 0.1 * len(rows), missed


def test_the_kind_is_named() -> None:
    """At least 95 in 100 explicit rows name the kind that was meant."""
    rows = [row for row in DANGER if row.at_least >= Risk.CONCERN]
    missed = [row.text for row in rows if Kind(row.kind) not in judge(row.text).kinds]
    assert len(missed) <= 0.05 * len(rows), missed


def test_unwanted_thoughts_are_never_taken_for_an_intent() -> None:
    """No row about unwanted thoughts goes above concern."""
    rows = [row for row in DANGER if row.kind == Kind.INTRUSIVE_THOUGHTS]
    assert not [row.text for row in rows if judge(row.text).level > row.at_most]


def test_ordinary_talk_asks_nothing() -> None:
    """Of the ordinary rows at most 2 in 100 ask, and none is loud."""
    levels = {row.text: judge(row.text).level for row in ORDINARY}
    asked = [text for text, level in levels.items() if level >= Risk.CONCERN]
    loud = [text for text, level in levels.items() if level >= Risk.HIGH]
    assert not loud
    assert len(asked) <= 0.02 * len(ORDINARY), asked


def test_ordinary_rows_stay_at_their_level() -> None:
    """At most 3 in 100 ordinary rows go above the level written beside them."""
    above = [row.text for row in ORDINARY if judge(row.text).level > row.at_most]
    assert len(above) <= 0.03 * len(ORDINARY), above


def test_ordinary_rows_are_calm_in_every_group() -> None:
    """No group of ordinary talk (games, cooking, grief long past ...) fires as a whole."""
    above: dict[str, int] = defaultdict(int)
    for row in ORDINARY:
        above[row.kind] += judge(row.text).level > row.at_most
    assert max(above.values()) <= 1, dict(above)


# --- any text ----------------------------------------------------------------------

TALK = st.lists(st.sampled_from([row.text for row in ROWS]) | st.text(max_size=80), max_size=4)


@given(TALK, st.sampled_from(Risk))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_guard_or_lowers_the_level(said: list[str], level: Risk) -> None:
    """Weighing never raises an error, and the level of a talk only rises."""
    state = RiskState(level=level)
    for text in said:
        assessment, after = GUARD.weigh(Transcript(text), state)
        assert after.level >= max(state.level, assessment.level)
        assert set(state.kinds) <= set(after.kinds)
        state = after


# --- speed -------------------------------------------------------------------------------------

ODDITIES = {
    "one word": "i",
    "a begun phrase": "i want to",
    "hits": "he hits me and i want to die",
    "gaps": "do not want to want to feel like",
    "commas": "he , she , they ,",
    "stammer": "a a b a a b",
    "letters": "aaaa",
}


@pytest.mark.parametrize("piece", ODDITIES.values(), ids=list(ODDITIES))
def test_five_thousand_words_take_under_a_second(piece: str) -> None:
    """No text makes matching slow. Seconds of processor time."""
    text = " ".join([piece] * (5000 // len(piece.split())))
    judge(text)
    start = time.process_time()
    judge(text)
    assert time.process_time() - start < 1.0


def test_a_long_mixed_text_takes_under_a_second() -> None:
    """5,000 words of everything that the guard knows. Seconds of processor time."""
    text = " ".join(" ".join(row.text for row in ROWS).split()[:5000])
    judge(text)
    start = time.process_time()
    judge(text)
    assert time.process_time() - start < 1.0
