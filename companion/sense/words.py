"""Say what a judgement means, in words that are data (`prosody.yaml` of the language).

The observation with its reference, the doubt, a question. No number stands in it that
is not written out, no name of a feeling, no percentage.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from companion.content import Content, read
from companion.sense.stress import Judgement
from companion.sense.usual import Usual, Values
from companion.tone import ToneLevel

MOST_NAMED = 2
NAMED_FROM = 1.0
"""Spreads: a feature that moved by less is not named"""
STEP = 0.5
"""Semitones from one of the amounts to the next"""


class Observations(Content):
    """How what was noticed is opened."""

    a_bit: str
    clearly: str
    unnamed: str


class Asked(Content):
    """What a person says about it, in the order in which it is looked for."""

    stop: tuple[str, ...]
    forget: tuple[str, ...]
    well: tuple[str, ...]
    cold: tuple[str, ...]
    exercise: tuple[str, ...]
    other: tuple[str, ...]
    sound: tuple[str, ...]
    agree: tuple[str, ...]
    how: tuple[str, ...]


class Answers(Content):
    """What is answered."""

    explain: tuple[str, ...]
    agreed: tuple[str, ...]
    already: tuple[str, ...]
    declined: tuple[str, ...]
    minor: tuple[str, ...]
    stopped: tuple[str, ...]
    off: tuple[str, ...]
    forgotten: tuple[str, ...]
    kept: tuple[str, ...]
    well: tuple[str, ...]
    muted_cold: tuple[str, ...]
    muted_exercise: tuple[str, ...]
    muted_other: tuple[str, ...]


class Weekly(Content):
    """How slow change is told."""

    none: str
    early: str
    same: str
    changed: str
    doubt: str
    pitch_higher: str
    pitch_lower: str
    pace_faster: str
    pace_slower: str
    pauses_more: str
    pauses_fewer: str


class Words(Content):
    """All sentences about a voice, in one language."""

    noticed: dict[str, str]
    joined: str
    observation: Observations
    doubt: str
    question: str
    usual: str
    none: str
    reasons: dict[str, str]
    """By the first words of the reason: what stands before its colon"""
    how: tuple[str, ...]
    rank: str
    rank_none: str
    amounts: tuple[str, ...]
    weekly: Weekly
    asked: Asked
    answers: Answers


def read_words(folder: Path) -> Words:
    """Read `prosody.yaml` in a language's folder. Raises SettingsError."""
    return read(folder / "prosody.yaml", Words)


def describe(
    words: Words, level: ToneLevel, judgement: Judgement, known: Usual, values: Values
) -> tuple[str, ...]:
    """Give the sentences for one utterance."""
    match level:
        case ToneLevel.NONE:
            return nothing(words, judgement.why)
        case ToneLevel.USUAL:
            return (words.usual,)
    noticed = words.joined.join(list(_noticed(words, known, values))[:MOST_NAMED])
    opening = words.observation.clearly if level is ToneLevel.CLEARLY else words.observation.a_bit
    observation = opening.format(noticed=noticed) if noticed else words.observation.unnamed
    return (observation, words.doubt, words.question)


def nothing(words: Words, why: str) -> tuple[str, ...]:
    """Say that there is no judgement, and the plain reason."""
    head = why.partition(":")[0]
    return (words.none.format(why=words.reasons.get(head, words.reasons["too short"])),)


def explain(words: Words, judgement: Judgement, numbers: Callable[[int], str]) -> tuple[str, ...]:
    """Answer "How do you know?". `numbers` writes a number as words."""
    if judgement.p is None:
        return nothing(words, judgement.why)
    higher = round(judgement.p * (judgement.compared + 1)) - 1
    rank = words.rank.format(more=numbers(higher)) if higher else words.rank_none
    filled = (line.format(count=numbers(judgement.compared), rank=rank) for line in words.how)
    return tuple(filled)


def _noticed(words: Words, known: Usual, values: Values) -> Iterator[str]:
    pitch = known.centre("pitch_level")
    if pitch is not None and (known.apart(values, "pitch_level") or 0) >= NAMED_FROM:
        step = round((values["pitch_level"] - pitch) / STEP)
        yield words.noticed["pitch_higher"].format(amount=amount(words.amounts, step))
    for name, feature, sign in (
        ("pace_faster", "nuclei_rate", 1),
        ("pauses_fewer", "pause_share", -1),
        ("voice_brighter", "alpha", 1),
    ):
        if sign * (known.apart(values, feature) or 0.0) >= NAMED_FROM:
            yield words.noticed[name]


def amount(amounts: Iterable[str], step: int) -> str:
    """Say a distance of so many steps in words."""
    every = list(amounts)
    return every[min(max(step, 0), len(every) - 1)]
