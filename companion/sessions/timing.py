"""How long the parts of an exercise take, and which of them are taken."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from companion.exercise import BreathPace
from companion.sessions.health import Condition, Health, known
from companion.sessions.script import Script
from companion.sessions.steps import FASTEST_ROUND, SLOWEST_ROUND, Over, Part, Repeat, Step
from companion.sessions.words import guess

GAP = 0.6
"""Seconds of quiet between two sentences, where a script asks for none"""

UNHEARD = 7.0
"""Seconds of the first breath where nobody's was heard: three in, four out"""
EASING = 60.0
"""Seconds after which a rhythm that began at somebody's pace goes as it is written"""


@dataclass(frozen=True)
class Wishes:
    """How a person wants an exercise."""

    minutes: float | None = None
    """None: as many as is usual for it"""
    endless: bool = False
    """Where a script allows it: until the person stops it"""
    words: bool = True
    """False: only the sounds, and what safety asks for"""
    choice: str = ""
    health: Health = frozenset()


def taken(script: Script, wishes: Wishes) -> tuple[Part, ...]:
    """Give the parts that this person is led through."""
    choice = wishes.choice or next(iter(script.choices), "")
    whole = minutes(script, wishes) or math.inf
    health = known(wishes.health)
    return tuple(
        part
        for part in script.steps
        if part.only in (None, choice) and (part.least or 0.0) <= whole and _allows(part, health)
    )


def minutes(script: Script, wishes: Wishes) -> float | None:
    """Give how long it shall take; None where that follows from its steps, or nobody knows."""
    if wishes.endless and script.is_endless:
        return None
    return wishes.minutes or next(iter(script.minutes), None) if script.minutes else None


def usual_minutes(script: Script) -> float:
    """Give how long it takes if nothing is said about it, in minutes; a guess without a voice."""
    asked = minutes(script, Wishes())
    return asked or round(2 * fixed(taken(script, Wishes())) / 60) / 2 or 0.5


def fixed(parts: Sequence[Part]) -> float:
    """Guess the seconds of all that is neither a share of the time nor fills it."""
    return math.fsum(seconds for part in parts for seconds in _lengths(part))


def shares(parts: Sequence[Part]) -> float:
    """Add up the weights of the quiet that fills the time."""
    return math.fsum(part.share or 0.0 for part in parts)


def begins(breath: BreathPace) -> float:
    """Give the seconds of the first breath for somebody who breathes so.

    Nobody is led faster than twelve breaths a minute, whatever they do by themselves, and
    nobody slower than six.
    """
    seconds = breath.seconds if breath.sure else UNHEARD
    return min(max(seconds, FASTEST_ROUND), SLOWEST_ROUND)


def pace(repeat: Repeat, into: float, tempo: float, begins: float | None = None) -> float:
    """Give how many times as slow as written a round is that starts `into` seconds after the first.

    Where it `begins` faster (seconds of a breath), it goes over into what is written within a
    minute; where it begins slower, nobody is made to breathe faster. Slowing, by the script or
    the person, goes no further than six breaths a minute, unless the rhythm is slower by itself.
    """
    written = length_of_round(repeat)
    slowest = max(SLOWEST_ROUND, written)
    slower = tempo
    if begins and repeat.eases:
        theirs = begins / written
        slower *= max(theirs, theirs + (1 - theirs) * min(1.0, into / EASING))
    if repeat.slowing:
        slower *= (1 + repeat.slowing.each_minute) ** (into / 60)
        slowest = max(repeat.slowing.until, written)
    return min(max(slower, FASTEST_ROUND / written) if repeat.eases else slower, slowest / written)


def length_of_round(repeat: Repeat) -> float:
    """Give the seconds of a round as it is written."""
    return math.fsum(step.seconds or 0.0 for step in repeat.steps) or 1.0


def is_due(over: Over, since: float, until: float) -> bool:
    """Tell whether words become due after `since` and not after `until` (seconds)."""
    if over.every is None or until < over.after:
        return since < over.after <= until
    last = over.after + math.floor((until - over.after) / over.every) * over.every
    return since < last


def _lengths(part: Part) -> Iterator[float]:
    if part.repeat is None:
        yield _length(part)
    elif part.repeat.each:
        for item in part.repeat.each:
            yield from (_length(step, item) for step in part.repeat.steps)
    elif part.repeat.rounds:
        yield part.repeat.rounds * length_of_round(part.repeat)


def _length(step: Step, item: str = "") -> float:
    if step.seconds is not None:
        return step.seconds
    words = guess((step.say or "").replace("{each}", item)) if step.say else 0.0
    # Nobody knows here what a reviewed sentence says; they are about this long.
    words = 12.0 if step.line else words
    return words + (step.rest or step.answer or (0.0 if step.share else GAP))


def _allows(step: Step, health: frozenset[Condition]) -> bool:
    wanted = not step.when or bool(health & frozenset(step.when))
    return wanted and not health & frozenset(step.unless)
