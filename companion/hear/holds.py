"""How long a silence lasts before it ends a turn.

It depends on what was asked, on how the words end, on the tone where it is known, and on
how long this person usually pauses. Cutting somebody off is the greater harm, so what
speaks for waiting weighs more than what speaks against it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from companion.hear.endings import Ending

USUAL = 0.8
"""Seconds: the median pause in hesitant speech that the holds below are meant for"""
SHORTEST = 0.25
"""Seconds: less is the closing of a consonant, and no pause (F. Goldman-Eisler, 1968)"""
LONGEST = 4.0
"""Seconds: a longer pause counts as this; it had its own reason"""
STEEP = 3.0
"""How steeply the hold follows what is usual: who pauses for longer also varies more"""
LEARNS = 0.2
"""Weight of each new pause in what is usual for this person"""
QUICKER, SLOWER = 0.1, 1.0
"""By which share a tone that falls, or stays up, shortens or lengthens the hold. The tone of people
tells little (docs/prosody.md): enough to wait longer, not to wait much less"""


@dataclass(frozen=True)
class Holds:
    """Seconds of silence that end a turn. The defaults are the patient ones."""

    statement: float = 1.0
    """After a statement"""
    question: float = 2.0
    """After a question of ours"""
    trails: float = 4.0
    """After words that trail off"""
    open: float = 6.0
    """After words that cannot be the last"""
    room: float = 8.0
    """After being asked to wait"""
    command: float = 0.35
    """After a command of the exercise that is led: more words are heard all the same"""
    floor: float = 1.0
    ceiling: float = 2.5
    """Between these, what was learned of the person changes the holds of whole sentences; both
    times the hold's own"""
    learns: bool = True


SOONEST = 1.3
"""Times the hold after a statement: the silence after which an answer may sound. An answer that is
found during the hold would else come with its end, and some go on just then (docs/turns.md)"""
PATIENT = Holds()
BALANCED = Holds(
    statement=0.7, question=1.4, trails=2.5, open=4.0, room=6.0, floor=0.8, ceiling=2.0
)
PATIENCE = {"patient": PATIENT, "balanced": BALANCED}

LONGER: Mapping[Ending, Callable[[Holds], float]] = {
    Ending.TRAILS: lambda holds: holds.trails,
    Ending.OPEN: lambda holds: holds.open,
    Ending.ROOM: lambda holds: holds.room,
}
"""Endings after which is waited for longer"""


@dataclass(frozen=True)
class Signs:
    """What there is to go by, besides silence."""

    after_question: bool = False
    """Our last sentence asked something"""
    ending: Ending = Ending.UNKNOWN
    tone: float | None = None
    """-1: the voice stays up and goes on; 1: it falls, lengthens and fades; None: not measured"""


def choose_holds(patience: str, statement: float | None, question: float | None) -> Holds:
    """Give the holds of a patience, with what a person set instead, in seconds."""
    holds = PATIENCE[patience]
    if question is not None:
        holds = replace(holds, question=question)
    # Who sets the hold does not want it learned.
    return holds if statement is None else replace(holds, statement=statement, learns=False)


class OwnPauses:
    """How long this person usually pauses: learned, so that it can be kept and given back."""

    def __init__(self, usual: float = USUAL) -> None:
        """`usual` in seconds, as an earlier talk left it."""
        self._usual = math.log(min(max(usual, SHORTEST), LONGEST))

    @property
    def usual(self) -> float:
        """Seconds."""
        return math.exp(self._usual)

    def note(self, seconds: float) -> None:
        """Take a pause after which they went on. Pauses are log-normal, so logarithms are kept."""
        if seconds >= SHORTEST:
            self._usual += LEARNS * (math.log(min(seconds, LONGEST)) - self._usual)


def hold(holds: Holds, signs: Signs, usual: float) -> float:
    """Give the seconds of silence that end a turn now. `usual`: this person's pauses."""
    base = holds.question if signs.after_question else holds.statement
    if signs.ending is Ending.COMMAND:
        return holds.command
    if signs.ending is Ending.CLOSED:
        return base
    scale = (usual / USUAL) ** STEEP if holds.learns else 1.0
    learned = base * min(max(scale, holds.floor), holds.ceiling)
    learned = min(learned, max(base, holds.trails))
    if longer := LONGER.get(signs.ending):
        return max(learned, longer(holds))
    return learned * _by_tone(signs.tone)


def _by_tone(tone: float | None) -> float:
    if tone is None:
        return 1.0
    heard = min(max(tone, -1.0), 1.0)
    return 1 - QUICKER * heard if heard > 0 else 1 - SLOWER * heard
