"""The one scale of danger: how worried the guard is, what about, and what it remembers.

Guard, journal, `guard --json`, `chat --json` and every score use it (docs/crisis.md).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

YOUNGEST, ADULT = 13, 18
"""Years of age from which there is ordinary talk, and from which one is grown up"""


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


class When(StrEnum):
    """The time of a danger, in the person's words."""

    NOW = "now"
    LATER = "later"
    DAYS = "days"
    """Within the last seven days"""
    MONTHS = "months"
    """Within the last three months"""
    LONG_AGO = "long_ago"
    EARLIER = "earlier"
    """Some time ago, without saying when"""


class Explains(StrEnum):
    """How a person takes back what they said. Not every way counts (docs/crisis.md)."""

    PAST = "past"
    MISHEARD = "misheard"
    HYPOTHETICAL = "hypothetical"
    JOKE = "joke"


@dataclass(frozen=True)
class Remark:
    """What was said around a danger: when it is, how it was meant, who hears it, how old one is."""

    when: When | None = None
    explains: Explains | None = None
    taken: bool = False
    """They have been drinking or have taken something"""
    sober: bool = False
    overheard: bool = False
    """Somebody may be listening"""
    near: bool = False
    """Somebody is near: it matters where the danger comes from a person"""
    unheard: bool = False
    """Nobody hears it now"""
    age: int | None = None
    """Years"""


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
    remark: Remark = Remark()
    doubtful: bool = False
    """The ear was not sure of the words"""


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
    owed: str = ""
    """The answer to it that was heard and not replied to yet: "question/outcome" """
    told: int = 0
    """How many answers to danger were given: which sentence comes next"""
    passed: tuple[str, ...] = ()
    """Questions that were answered or need not be asked any more, and what is said only once"""
    since: datetime | None = None
    """Local time of the newest sign of this level; None where nobody knows"""
    firm: bool = False
    """A question was answered with yes, or an act was reported: nothing lowers the level"""
    lowered: bool = False
    """It fell once, by an explanation: it does not fall again"""
    doubtful: bool = False
    """The words that raised it were not heard well"""
    asked_anew: bool = False
    """The person was asked whether they were heard rightly"""
    taken: bool = False
    """They have been drinking or have taken something: nothing falls until they are sober"""
    carried: bool = False
    """It comes from an earlier talk: it is asked about, once it is private"""
    hushed: bool = False
    """Somebody may be listening: nothing is said aloud until the person says it is safe"""
    age: int | None = None
    """Years, as set or as said; of two the lower; None: not known"""

    @property
    def is_minor(self) -> bool:
        return self.age is not None and self.age < ADULT

    @property
    def is_child(self) -> bool:
        """Too young for ordinary talk; the protocol and the numbers are there all the same."""
        return self.age is not None and self.age < YOUNGEST


def raised(state: RiskState, found: Assessment) -> RiskState:
    """Add to what is known what an answer gave away. Nothing here ever lowers a level."""
    kinds = tuple(dict.fromkeys((*found.kinds, *state.kinds)))
    level = max(state.level, found.level)
    return replace(state, level=level, kinds=kinds, carried=False)
