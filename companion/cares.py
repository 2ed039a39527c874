"""What a talk carries about the person's safety beside danger itself: plain values.

Which country's numbers to name, when it was last said that this is a program, and the
person's own safety plan, also while it is being filled in.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

PEOPLE = 3
"""The step, from 0, that names people to ask for help: they come before any helpline"""
STEPS = 6
"""Of a safety plan (B. Stanley and G. Brown, "Safety planning intervention", 2012)"""
SHARED = (1, 4)
"""The steps, from 0, that may be read while the diary is locked, where that was chosen"""


@dataclass(frozen=True)
class SafetyPlan:
    """What helps this person in a hard moment, in their own words."""

    steps: tuple[tuple[str, ...], ...] = field(default=((),) * STEPS, repr=False)

    @property
    def people(self) -> tuple[str, ...]:
        """Whom the person would ask for help."""
        return self.steps[PEOPLE]

    @property
    def is_empty(self) -> bool:
        return not any(self.steps)

    def adding(self, step: int, item: str) -> "SafetyPlan":
        """Give the plan with one more line in a step, from 0."""
        if item in self.steps[step]:
            return self
        return self.having(step, (*self.steps[step], item))

    def having(self, step: int, items: tuple[str, ...]) -> "SafetyPlan":
        """Give the plan with these lines in a step, from 0."""
        return replace(self, steps=(*self.steps[:step], items, *self.steps[step + 1 :]))


@dataclass(frozen=True)
class CareState:
    """What is known of it, from turn to turn."""

    country: str = ""
    """Two letters, as set or as said; empty: not known, and none is guessed"""
    last: datetime | None = None
    """When the last talk began; None: there was none, or nobody knows"""
    began: float | None = None
    told: float | None = None
    """Seconds, on any clock that does not stop: when the talk began, and when it was last said
    that this is a program"""
    nudged: bool = False
    """After three quarters of an hour a pause was suggested"""
    plan: SafetyPlan = SafetyPlan()
    locked: bool = False
    """The diary is locked: the plan is the copy that may be read, and is not changed"""
    step: int | None = None
    """The step of the plan that is being filled in, from 0"""
    waits: str = ""
    """What the last question about the plan waits for: "begin", "item", "more" or "aloud" """
