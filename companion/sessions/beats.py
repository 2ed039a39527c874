"""What happens in an exercise, and where it stands."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from companion.sessions.steps import Sound
from companion.values import Samples

Kind = Literal["say", "cue", "sound", "answer", "end"]


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


@dataclass(frozen=True)
class Beat:
    """One thing on the timeline."""

    at: float
    """Seconds: a word's first sound, a cue's first vowel, a tone's start"""
    seconds: float
    """How long it lasts; a cue: until the next one may come"""
    kind: Kind
    place: Progress
    """From where to go on so that this is heard again"""
    text: str = ""
    sound: Sound | None = None
    round: int = 0
    """1 is the first; 0: not in a repetition"""
    left: float | None = None
    """Seconds to the end, about; None: nobody knows"""
    start: int = 0
    """Frame at which its samples begin"""
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32), repr=False)
