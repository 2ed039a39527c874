"""What happens in an exercise, and where it stands."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from companion.exercise import Progress
from companion.sessions.steps import Sound
from companion.values import Cleared, Samples

Kind = Literal["say", "cue", "sound", "answer", "end"]


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
    text: Cleared | None = None
    sound: Sound | None = None
    round: int = 0
    """1 is the first; 0: not in a repetition"""
    left: float | None = None
    """Seconds to the end, about; None: nobody knows"""
    start: int = 0
    """Frame at which its samples begin"""
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32), repr=False)
