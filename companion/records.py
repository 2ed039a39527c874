"""What a talk gives the diary, and has from it: plain values, of which the diary makes its own.

A check-in or a questionnaire travels in the state of a talk while it is filled in, so that help,
stop and the answers to danger work at every part of it, and whatever ends the talk loses nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True)
class Given:
    """What the person gave for one part."""

    part: str
    """Its id: "mood", "phq9-3" """
    number: float | None = field(default=None, repr=False)
    """None: skipped, which is never 0, or answered in words"""
    words: tuple[str, ...] = field(default=(), repr=False)
    """Names, such as those of feelings; or the person's own line"""
    confirmed: bool = False
    """It was plain, or said back and agreed to"""
    edited: bool = False
    """It was put right afterwards"""


@dataclass(frozen=True)
class Form:
    """One check-in or questionnaire on its way."""

    name: str
    """ "checkin", "phq9" """
    part: str = ""
    """What was asked last, and waits for its answer"""
    waits: str = "answer"
    """What kind of answer: to the part itself, or to a question about it"""
    given: tuple[Given, ...] = ()
    """The last one given is the last"""
    unsure: Given | None = None
    """Understood, and said back: it counts once the person agrees"""
    repairs: int = 0
    """How often this part was asked again"""
    paused: bool = False
    """Something else came between; it goes on when the person wants it"""
    spoken: bool = False
    """Some of it was said aloud"""
    total: int | None = None
    """Of a questionnaire, once it is done; None: too much is missing"""
    done: bool = False
    """Nothing more is asked; what was given stands"""

    def find(self, part: str) -> Given | None:
        """Give what was given for a part."""
        return next((given for given in self.given if given.part == part), None)

    def having(self, *given: Given) -> "Form":
        """Take answers in; one for a part that has one takes its place."""
        new = {one.part: one for one in given}
        kept = tuple(old for old in self.given if old.part not in new)
        given = (*kept, *new.values())
        return replace(self, given=given, unsure=None, repairs=0, waits="answer")


@dataclass(frozen=True)
class Total:
    """What a questionnaire came to."""

    instrument: str
    at: datetime
    total: int | None = field(repr=False)
    """None: too much was missing"""


@dataclass(frozen=True)
class Led:
    """One guided exercise: how strong it was before and after, and what was thought of it."""

    name: str
    before: int | None = field(default=None, repr=False)
    after: int | None = field(default=None, repr=False)
    """0 to 10"""
    again: bool | None = field(default=None, repr=False)
    """Whether they would do it again"""
    unpleasant: bool | None = field(default=None, repr=False)
    asks: str = ""
    """What was asked last: `offer`, `health`, `before`, `after`, `again`, `unpleasant`; empty:
    nothing"""
    minutes: float | None = None
    """How long it was asked to be"""


@dataclass(frozen=True)
class Fact:
    """One thing that the person told and may want remembered; theirs to hear, mend and delete."""

    id: str
    """32 hexadecimal digits"""
    about: str
    """person, worry, plan or helped"""
    text: str = field(repr=False)
    """As it is told: "you are worried about your exam" """
    what: str = field(default="", repr=False)
    """The thing alone: "your exam"; of a person, who they are: "sister" """
    sensitive: bool = False
    """Never brought up unasked"""
    asked: bool = False
    """Of a plan: what became of it was asked"""
    at: datetime | None = None
    """When it was told; None: in this talk"""


@dataclass(frozen=True)
class Known:
    """What is known from earlier talks, where there is a diary that is open."""

    kept: bool = False
    """Whether what is told now is kept"""
    totals: tuple[Total, ...] = field(default=(), repr=False)
    """The last one of each questionnaire"""
    at: datetime | None = None
    """When the talk began, in UTC; None where nobody knows"""
    health: tuple[str, ...] | None = field(default=None, repr=False)
    """What rules exercises out, by the names of `sessions/health.py`; None: nobody has asked"""
    led: tuple[Led, ...] = field(default=(), repr=False)
    """The exercises that were done before, the last one first"""
    pause: float | None = None
    """Seconds for which they usually pause between words; None: nothing was learned"""
    learns: bool = False
    """Whether facts are remembered"""
    facts: tuple[Fact, ...] = field(default=(), repr=False)
    """The oldest first"""
    last: tuple[str, ...] = ()
    """Ids of those that were told, or learnt, last: what "forget that" means"""
    recalled: tuple[str, ...] = ()
    """Ids of those that were brought up in this talk: none twice"""
