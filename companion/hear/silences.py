"""Count a silence: after 8, 20 and 60 seconds, then every 2 minutes.

Nobody is made to speak. Whoever drives this decides whether anything is said or shown.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

AFTER = (8.0, 20.0, 60.0)
EVERY = 120.0
"""Seconds"""
SLACK = 0.0005


@dataclass(frozen=True)
class Silence:
    """It has been quiet for so long."""

    at: float
    """Seconds"""
    seconds: float
    """How long it has been quiet"""
    after_question: bool
    """Our last sentence asked something"""


class Silences:
    """Follows the silences of one talk. Unused, it costs nothing."""

    def __init__(self, after: tuple[float, ...] = AFTER, every: float = EVERY) -> None:
        """`after` and `every` in seconds."""
        self._after = after
        self._every = every
        self._since = math.inf
        self._after_question = False
        self._told = 0

    def begin(self, at: float, *, after_question: bool) -> None:
        """Nobody speaks from `at` seconds on: our voice has left the loudspeaker."""
        self._since, self._after_question, self._told = at, after_question, 0

    def end(self) -> None:
        """Somebody speaks."""
        self._since = math.inf

    def go_on(self, now: float) -> Iterator[Silence]:
        """Yield what has come due until `now`, in seconds, in order."""
        while self._since + (seconds := self._due()) <= now + SLACK:
            self._told += 1
            yield Silence(self._since + seconds, seconds, self._after_question)

    def _due(self) -> float:
        if self._told < len(self._after):
            return self._after[self._told]
        return self._after[-1] + self._every * (self._told - len(self._after) + 1)


class Quiet:
    """Tells the silences of a talk: they begin when our answer was heard, and end with a voice.

    What is said to keep somebody company ends no silence.
    """

    def __init__(self) -> None:
        self._silences = Silences()
        self._begun = True
        """Or nothing has been answered yet"""

    def end(self) -> None:
        """Somebody speaks, or types."""
        self._silences.end()
        self._begun = False

    def go_on(self, now: float, *, busy: bool, after_question: bool) -> Iterable[Silence]:
        """Give what has come due at `now` seconds. `busy`: somebody is heard or waited for."""
        if busy:
            return ()
        if not self._begun:
            self._begun = True
            self._silences.begin(now, after_question=after_question)
        return list(self._silences.go_on(now))
