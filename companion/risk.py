"""The one scale of danger: how worried the guard is, what about, and what it remembers.

Guard, journal, `guard --json`, `chat --json` and every score use it (docs/safety.md).
"""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class Risk(IntEnum):
    """How worried the guard is: the one scale of guard, journal and every score."""

    NONE = 0
    SOFT = 1
    CONCERN = 2
    HIGH = 3
    IMMEDIATE = 4


class Kind(StrEnum):
    """What the danger is about. Each kind has a branch of its own."""

    SUICIDE = "suicide"
    ACT_UNDER_WAY = "act_under_way"
    SELF_HARM = "self_harm"
    HARM_FROM_OTHERS = "harm_from_others"
    HARM_TO_OTHERS = "harm_to_others"
    INTRUSIVE_THOUGHTS = "intrusive_thoughts"
    CHILD_AT_RISK = "child_at_risk"
    PSYCHOSIS_MANIA = "psychosis_mania"
    OVERDOSE_WITHDRAWAL = "overdose_withdrawal"
    EATING = "eating"
    MEDICAL = "medical"
    BEREAVEMENT = "bereavement"
    THIRD_PERSON = "third_person"


@dataclass(frozen=True)
class Assessment:
    """What the guard makes of one thing said, judged alone."""

    level: Risk = Risk.NONE
    kinds: tuple[Kind, ...] = ()
    """The worst first"""
    ask: bool = False
    """One direct question is due"""
    why: tuple[str, ...] = ()
    """Ids of the rules that fired, never the words"""
    answers: bool | None = None
    """What the person said to our own question about danger: yes, no, or neither"""


@dataclass(frozen=True)
class RiskState:
    """What the guard knows of the whole talk. It goes into a turn and comes out of it."""

    level: Risk = Risk.NONE
    """Sticky: it does not fall by itself"""
    kinds: tuple[Kind, ...] = ()
    answered: Risk = Risk.NONE
    answered_kinds: tuple[Kind, ...] = ()
    """The highest level, and the kinds, whose first sentence the person has been told"""
    soft_signs: int = 0
    asked: str = ""
    times_asked: int = 0
    """The question about danger that waits for its answer (an id), and how often it was asked"""
    told: int = 0
    """How many answers to danger were given: which sentence comes next"""


def raised(state: RiskState, found: Assessment) -> RiskState:
    """Add to what is known what an answer gave away. Nothing here ever lowers a level."""
    kinds = tuple(dict.fromkeys((*found.kinds, *state.kinds)))
    return replace(state, level=max(state.level, found.level), kinds=kinds)
