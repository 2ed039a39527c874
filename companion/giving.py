"""An answer that is being given, in a talk through sound files."""

from collections.abc import Generator
from dataclasses import dataclass, field

from companion.events import Checked, Chosen, Event, Said, Sound
from companion.values import TurnId

STAGE_OF: dict[type, str] = {Checked: "guard", Chosen: "policy", Said: "think", Sound: "speak"}
"""Which stage has worked when an event comes out"""


@dataclass
class Answer:
    """An answer that is being given."""

    id: TurnId
    events: Generator[Event, None, None]
    taken: float
    """Seconds: when its turn was taken"""
    hold: float
    """Seconds"""
    work: dict[str, float] = field(default_factory=dict)
    """Seconds of computing so far, by stage"""
    essential: bool = False
    """The sentence being spoken is finished even when spoken over"""
    last_sentence: bool = False
    """The person has spoken: nothing follows this sentence"""
    sounding: bool = False
