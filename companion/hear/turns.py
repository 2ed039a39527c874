"""Whose turn is it? A pure state machine over judgements of speech.

Distressed people pause, trail off and start again: a turn ends only after a
hold of silence, and the hold is longer after a question of ours.
"""

from dataclasses import dataclass
from enum import Enum, auto

SLACK = 0.0005
"""Seconds: sums of block lengths are not exact"""


class Change(Enum):
    """What a stretch of sound changed."""

    NOTHING = auto()
    STARTED = auto()
    """Someone speaks, and has for long enough to believe it"""
    TAKEN = auto()
    """They have finished, or spoken longer than any turn may last"""


@dataclass(frozen=True)
class TurnRules:
    """When a turn begins and ends."""

    start: float = 0.1
    """Seconds of speech before we believe that someone speaks"""
    hold: float = 1.0
    """Seconds of silence that end a turn after a statement"""
    hold_after_question: float = 2.0
    """Seconds of silence that end a turn after a question of ours"""
    longest: float = 90.0
    """Seconds after which a turn is taken although it goes on"""


class Turns:
    """Follows one talk."""

    def __init__(self, rules: TurnRules) -> None:
        self._rules = rules
        self.speaking = False
        self.began = 0.0
        """Seconds: when the voice of this turn, or of what may become one, began"""
        self.voice_end = 0.0
        """Seconds: the last of the voice"""
        self._speech = 0.0
        """Seconds of speech in what may become a turn"""

    def push(self, speech: bool, start: float, end: float, after_question: bool) -> Change:
        """Take a judgement of the sound from `start` to `end`, in seconds."""
        if not self.speaking:
            return self._wait(speech, start, end)
        if speech:
            self.voice_end = end
        hold = self._rules.hold_after_question if after_question else self._rules.hold
        over = end - self.voice_end >= hold - SLACK
        if over or end - self.began >= self._rules.longest - SLACK:
            self.reset()
            return Change.TAKEN
        return Change.NOTHING

    def reset(self) -> None:
        """Wait for someone to speak."""
        self.speaking = False
        self._speech = 0.0

    def _wait(self, speech: bool, start: float, end: float) -> Change:
        if not speech:
            self._speech = 0.0
            return Change.NOTHING
        if self._speech == 0:
            self.began = start
        self._speech += end - start
        if self._speech < self._rules.start - SLACK:
            return Change.NOTHING
        self.speaking = True
        self.voice_end = end
        return Change.STARTED
