"""Where a talk stands, for whoever chooses the next act. A plain value, so that it can be kept."""

from dataclasses import dataclass, field

from companion.records import Form, Led


@dataclass(frozen=True)
class MindState:
    """Where the talk stands, for the policy alone."""

    step: str = "start"
    ratings: tuple[int, ...] = field(default=(), repr=False)
    """0 to 10"""
    feeling: str = field(default="", repr=False)
    topic: str = field(default="", repr=False)
    used: tuple[str, ...] = ()
    """Ids of replies already given, oldest first"""
    turns: int = 0
    repairs: int = 0
    form: Form | None = None
    """The check-in or questionnaire that is being filled in, or was filled in last"""
    told: int = 0
    """How often the person has told something in their own words"""
    acts: tuple[str, ...] = ()
    """What was done in the last turns, newest last"""
    named: tuple[str, ...] = field(default=(), repr=False)
    """People and things of theirs that they named, newest last: "your sister" """
    care: str = ""
    """Why no thought is worked on: grief, abuse, unfair, strange; empty where nothing forbids it"""
    offered: tuple[str, ...] = ()
    """Skills that were offered in this talk"""
    led: Led | None = None
    """The exercise that was led last, or is asked about"""
    health: tuple[str, ...] | None = field(default=None, repr=False)
    """What was told in this talk that rules exercises out; None: nothing was told"""
    pace: float = 1.0
    """Speed of the voice that was asked for, times the usual"""
