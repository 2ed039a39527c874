"""How a voice compares with its own past, as values; and what the person decided about that.

A tone is no name of a feeling and no proof of anything. It adds little to a decision, begins
nothing alone, and no guard takes it: a calm voice is not safety.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Feature:
    """One measured property of a voice."""

    value: float | None = field(repr=False)
    """None where it could not be measured"""
    unit: str


@dataclass(frozen=True)
class Quality:
    """Whether a recording allows a judgement, and why not."""

    ok: bool = False
    why: str = "nothing was measured"


@dataclass(frozen=True)
class Prosody:
    """How something was said."""

    features: dict[str, Feature] = field(default_factory=dict, repr=False)
    quality: Quality = field(default_factory=Quality)


class ToneLevel(StrEnum):
    """What may be said of a tone."""

    NONE = "no judgement"
    USUAL = "like your usual"
    A_BIT = "a bit different"
    CLEARLY = "clearly different"


@dataclass(frozen=True)
class Tone:
    """One utterance held against this person's own past."""

    level: ToneLevel = ToneLevel.NONE
    index: float | None = field(default=None, repr=False)
    """Spreads above the person's own usual: about 0 when calm"""
    interval: tuple[float, float] | None = field(default=None, repr=False)
    """Of the index, 90 %"""
    weight: float = field(default=0.0, repr=False)
    """What it may add to a decision: natural logarithm of a likelihood ratio, within 0.7 of 0"""
    why: str = "the tone of voice was not looked at"
    """Why there is no judgement; empty where there is one"""
    said: tuple[str, ...] = field(default=(), repr=False)
    """Sentences that say what the last utterances show"""
    how: tuple[str, ...] = field(default=(), repr=False)
    """Sentences that answer "how do you know?\""""
    kept: Mapping[str, float] = field(default_factory=dict, repr=False)
    """What may be kept of the utterance, by feature; empty: nothing"""
    times: int = 0
    """How many utterances in a row, up to this one, were clearly different"""
    unusual: bool = False
    """It shall not move what is usual"""
    through: str = ""
    """Which microphone"""


@dataclass(frozen=True)
class ToneState:
    """What the person decided about the tone of their voice; carried from turn to turn."""

    agreed: bool = False
    """It may be looked at"""
    minor: bool = False
    """They are under eighteen: it may not, whatever they say"""
    asked: str = ""
    """What our last sentence asked about it: agree, forget, or nothing"""
    muted: str = ""
    """Why it is not compared for a while"""
    muted_until: datetime | None = None
    """Local time; None, where it is muted: for this talk"""
    remarked: datetime | None = None
    """Local time at which we last spoke of it without being asked"""
    how: tuple[str, ...] = field(default=(), repr=False)
    """Answers "how do you know?" about what was just said of it"""
    forget: bool = False
    """What is kept of the voice shall be erased"""

    @property
    def looks(self) -> bool:
        """Whether the tone is looked at."""
        return self.agreed and not self.minor

    @property
    def settled(self) -> "ToneState":
        """The same, when the talk went on to something else: nothing waits for an answer."""
        return replace(self, asked="", how=(), forget=False)


@dataclass(frozen=True)
class Cadence:
    """How a voice came to its last pause. For taking turns alone, and never kept."""

    fall: float | None = None
    """Semitones by which it ended below the rest of the turn"""
    lengthening: float | None = None
    """Its last run of voice, times the usual one"""
    decay: float | None = None
    """Decibels by which it ended below the rest of the turn"""
    tone: float | None = None
    """-1 it stays up and goes on, 1 it falls and fades; None, like all of it: not measured"""
