"""An exercise that is led within a talk, as plain values that can be kept.

Where it stands is a moment of the exercise, never of the clock: whoever interrupts one can
go on from here, a breath, a sentence or a week later.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BreathPace:
    """How somebody breathes, as far as anybody could tell."""

    seconds: float = 0.0
    """From one breath in to the next"""
    sure: bool = False
    """False: it was not heard, or not well; then it counts for nothing"""
    told: bool = False
    """They told it with a key: then it counts also for what is being led"""


@dataclass(frozen=True)
class Progress:
    """Where an exercise stands: enough to go on from there."""

    step: int = 0
    round: int = 0
    into: float = 0.0
    """Seconds since the rhythm of this step began"""
    at: float = 0.0
    """Seconds since the exercise began"""
    tempo: float = 1.0
    """Times as slow as written"""
    begins: float | None = None
    """Seconds of the breath at which a rhythm begins; None: as written"""


@dataclass(frozen=True)
class Control:
    """How somebody follows an exercise."""

    progress: Progress = Progress()
    volume: float = 1.0
    """1 is the usual"""
    ends: float | None = None
    """Seconds at which it shall end; None: as it was asked for"""
    paused: bool = False
    stopped: bool = False


@dataclass(frozen=True)
class Manner:
    """How somebody wants an exercise, besides its time."""

    choice: str = ""
    """One of those that it has; empty: the usual one"""
    words: bool = True
    """False: only the sounds, and what safety asks for"""
    bed: bool = False
    """With soft noise beneath"""


@dataclass(frozen=True)
class Exercise:
    """An exercise that somebody is in, or has paused."""

    name: str
    control: Control = Control()
    manner: Manner = Manner()
    minutes: float | None = None
    """As long as was asked for; None: as long as is usual"""
    after: tuple[str, ...] = ()
    """What is said when it is over"""
    then: str = "open"
    """The kind of answer that the last of these waits for, as in `AnswerKind`"""
    notice: str = ""
    """What is said before it goes on"""
    asks: str = ""
    """What it waits for at this moment: `yes_no` for a consent, `open` for words or none;
    empty: nothing"""
    health: tuple[str, ...] = field(default=(), repr=False)
    """What rules exercises out for this person"""
    agreed: bool = False
    """They said yes to what it asks about beforehand"""
    offered: str = ""
    """Name of another exercise that was offered in its place"""
    left: float | None = None
    """Seconds to its end, about; None: nobody knows"""
