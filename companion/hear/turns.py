"""Whose turn is it? A pure state machine over judgements of speech.

Distressed people pause, trail off and start again: a turn ends only after a hold of
silence, and how long that is depends on what is known (`holds.py`). Times are exact and
do not depend on the size of the blocks that sound comes in.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from companion.hear.endings import Ending
from companion.hear.holds import PATIENT, Holds, OwnPauses, Signs, hold

SLACK = 0.0005
"""Seconds: sums of block lengths are not exact"""
LONG = 2 / 3
"""Share of the longest turn after which somebody may look whether it is a person who speaks"""
BREATH = 0.3
"""Seconds of silence that end a turn which is too long, and in which no pause has come in which one
would think: between words, not in one"""
PATIENCE, GRACE = 15.0, 30.0
"""Seconds more that it may last when there is no such pause, and not even such a breath"""
AFTERTHOUGHT = 0.6
"""Seconds after a turn was taken in which speech must have been on its way: nobody answers
so soon what they have not yet heard"""


SETTLE = 0.2
"""Seconds for which words that came up in the silence must stand before they end a turn"""


class Change(Enum):
    """What a stretch of sound changed."""

    STARTED = auto()
    """Someone speaks, and has for long enough to believe it"""
    LONG = auto()
    """They have spoken for very long: a television, a fan, or much to say"""
    TAKEN = auto()
    """They have finished, or spoken longer than any turn may last"""


@dataclass(frozen=True)
class Moment:
    """A change and its time."""

    change: Change
    at: float
    """Seconds"""


@dataclass(frozen=True)
class TurnRules:
    """When a turn begins and ends."""

    start: float = 0.1
    """Seconds of speech before we believe that someone speaks"""
    holds: Holds = PATIENT
    longest: float = 90.0
    """Seconds after which a turn is taken at the next breath although it goes on"""
    soonest: float = 0.0
    """Times the hold after a statement: the silence before which no answer sounds"""


class Turns:
    """Follows one talk."""

    def __init__(self, rules: TurnRules, pauses: OwnPauses | None = None) -> None:
        """`pauses` is what is known of this person; it goes on learning."""
        self._rules = rules
        self.pauses = pauses or OwnPauses()
        self.speaking = False
        self.began = 0.0
        """Seconds: when the voice of this turn, or of what may become one, began"""
        self.voice_end = 0.0
        """Seconds: the last of the voice"""
        self.goes_on = False
        """This turn began so soon that the one before it had not ended"""
        self.endless = False
        """The last turn was taken although it went on"""
        self.voiced = 0.0
        """Seconds of voice in this turn, or in what may become one"""
        self._is_long = False
        self._ending = Ending.UNKNOWN
        self._settled = -math.inf
        """Seconds: when what is known of the ending has stood for long enough"""
        self._taken = -math.inf
        """Seconds: when the last turn was taken"""

    @property
    def soonest(self) -> float:
        """Seconds: when an answer to the turn that was taken last may sound."""
        return self.voice_end + self._rules.soonest * self._rules.holds.statement

    def push(
        self, speech: bool, start: float, end: float, signs: Signs | None = None
    ) -> list[Moment]:
        """Take a judgement of the sound from `start` to `end`, in seconds."""
        return list(self._moments(speech, start, end, signs or Signs()))

    def stop(self, at: float) -> None:
        """End the turn at `at` seconds, and wait for someone to speak."""
        self.voice_end = min(self.voice_end, at)
        self.speaking = self._is_long = False
        self.voiced = 0.0
        self._taken = at

    def _moments(self, speech: bool, start: float, end: float, signs: Signs) -> Iterator[Moment]:
        while moment := self._next(speech, start, end, signs):
            yield moment
            start = moment.at

    def _next(self, speech: bool, start: float, end: float, signs: Signs) -> Moment | None:
        if not self.speaking:
            return self._wait(speech, start, end)
        if signs.ending is not self._ending:
            self._ending, self._settled = signs.ending, start + SETTLE
        if speech:
            if self._ending is not Ending.ROOM:
                self.pauses.note(start - self.voice_end)
            self.voiced += end - max(start, self.voice_end)
            self.voice_end = end
        usual, due = self._due(speech, signs)
        long = self.began + LONG * self._rules.longest
        if not self._is_long and long <= min(due, end) + SLACK:
            self._is_long = True
            return Moment(Change.LONG, max(min(long, due, end), start))
        if due > end + SLACK:
            return None
        self.endless = due < usual - SLACK
        at = min(max(due, start), end)
        self.stop(at)
        return Moment(Change.TAKEN, at)

    def _due(self, speech: bool, signs: Signs) -> tuple[float, float]:
        """Give the time at which the turn ends if nothing more is said, in seconds.

        First as if it were of any length, then as it is.
        """
        longest = self.began + self._rules.longest
        if speech:
            return math.inf, longest + GRACE
        waited = self.voice_end + hold(self._rules.holds, signs, self.pauses.usual)
        waited = max(waited, self._settled)
        pause = max(self.voice_end + self._rules.holds.statement, longest)
        breath = max(self.voice_end + BREATH, longest + PATIENCE)
        return waited, min(waited, pause, breath, longest + GRACE)

    def _wait(self, speech: bool, start: float, end: float) -> Moment | None:
        if not speech:
            self.voiced = 0.0
            return None
        if self.voiced == 0:
            self.began = start
        self.voiced += end - start
        if self.voiced < self._rules.start - SLACK:
            return None
        self.goes_on = self.began - self._taken <= AFTERTHOUGHT + SLACK
        if self.goes_on:
            self.pauses.note(self.began - self.voice_end)
        self.speaking, self._ending, self._settled = True, Ending.UNKNOWN, -math.inf
        at = min(max(start, self.began + self._rules.start), end)
        self.voiced -= end - at  # What is left of this sound is still to come.
        self.voice_end = at
        return Moment(Change.STARTED, at)
