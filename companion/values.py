"""The values that pass from one stage to the next.

Frozen, with no behaviour but derived properties. Time is seconds of audio since the talk
began. Fields with a person's words or voice have `repr=False`: they reach no log or traceback.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from companion.cares import CareState
from companion.exercise import Exercise
from companion.mindstate import MindState as MindState
from companion.records import Known
from companion.risk import Assessment, RiskState
from companion.tone import Feature as Feature
from companion.tone import Prosody as Prosody
from companion.tone import Quality as Quality
from companion.tone import Tone, ToneState

Samples = NDArray[np.float32]
"""Mono sound in [-1, 1]"""

Cleared = NewType("Cleared", str)
"""Text that the guard has passed. Only `guard/outgoing.py` makes it; only it is spoken."""


@dataclass(frozen=True, order=True)
class TurnId:
    """Which turn, and which version: someone who goes on speaking raises the revision."""

    turn: int
    revision: int = 0


class AnswerKind(StrEnum):
    """What kind of answer a question waits for. It selects the grammar. SCALE is 0 to 10."""

    OPEN = "open"
    YES_NO = "yes_no"
    SCALE = "scale"
    CHOICE = "choice"
    COMMAND = "command"
    """Nothing was asked: an exercise is led, and its commands may be said"""


@dataclass(frozen=True)
class Expected:
    """The answer that the last thing we said waits for."""

    kind: AnswerKind = AnswerKind.OPEN
    choices: tuple[str, ...] = ()
    """Names of the things offered; where it is no CHOICE, of what may be said in place of it"""
    after_question: bool = False
    """We have just asked something: people take longer to begin, and to end"""

    @property
    def is_closed(self) -> bool:
        return self.kind is not AnswerKind.OPEN

    @property
    def is_asked(self) -> bool:
        """Something was asked: people take their time."""
        return self.after_question or self.kind not in (AnswerKind.OPEN, AnswerKind.COMMAND)


@dataclass(frozen=True)
class AudioChunk:
    """A short stretch of mono sound."""

    samples: Samples = field(repr=False)
    rate: int
    """Hertz"""
    start: float = 0.0
    """Seconds"""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def end(self) -> float:
        return self.start + self.seconds


@dataclass(frozen=True)
class Word:
    """One word as heard."""

    text: str = field(repr=False)
    start: float
    end: float
    """Seconds, like the start"""
    confidence: float
    """0 to 1"""


@dataclass(frozen=True)
class Transcript:
    """What the person said, as words."""

    text: str = field(default="", repr=False)
    language: str = "en"
    words: tuple[Word, ...] = field(default=(), repr=False)
    alternatives: tuple[str, ...] = field(default=(), repr=False)
    """Best first"""
    confidence: float | None = None
    """0 to 1; None where the engine cannot tell"""
    typed: bool = False
    rejected: bool = False
    """Speech, but none of the answers that we asked for"""


@dataclass(frozen=True)
class Utterance:
    """What the person said in one go."""

    id: TurnId
    transcript: Transcript | None
    """None: the recogniser failed"""
    prosody: Prosody = field(default_factory=Prosody)
    start: float = 0.0
    end: float = 0.0
    """Seconds: the first and the last of the voice"""
    committed: float = 0.0
    """Seconds: when the turn was taken"""
    endless: bool = False
    """It was taken although it went on: a television, or much to say"""
    usual_pause: float | None = None
    """Seconds for which they usually pause, as far as was learned; None: that is not followed"""
    soonest: float = 0.0
    """Seconds: an answer sounds no sooner, so that whoever goes on just then is not cut off"""

    @property
    def words(self) -> str:
        return self.transcript.text if self.transcript else ""

    @property
    def hold(self) -> float:
        """Seconds of silence waited before the turn was taken."""
        return max(0.0, self.committed - self.end)

    def when(self, began: datetime | None) -> datetime | None:
        """Local time at which the turn was taken, in a talk that began then."""
        return began and began + timedelta(seconds=self.committed)


@dataclass(frozen=True)
class Exchange:
    """One thing said and what we answered."""

    heard: str = field(repr=False)
    said: tuple[str, ...] = field(repr=False)
    act: str


@dataclass(frozen=True)
class Turn:
    """All that is known when a reply is chosen."""

    utterance: Utterance
    transcript: Transcript
    assessment: Assessment
    risk: RiskState
    expected: Expected
    mind: MindState
    history: tuple[Exchange, ...] = field(repr=False)
    free_talk: bool
    """False: this ear may miss danger, so only closed answers are offered"""
    began: datetime | None = None
    """Local time at which the talk began; None where nobody knows"""
    tone: Tone = field(default_factory=Tone)
    """How the voice compares with its own past: it begins nothing alone"""
    tone_state: ToneState = field(default_factory=ToneState)
    known: Known = field(default_factory=Known)
    memories: tuple[str, ...] = field(default=(), repr=False)
    """What was told earlier that these words touch, the nearest first; nothing sensitive"""
    exercise: Exercise | None = None
    """The one that is being led, or is paused"""
    care: CareState = field(default_factory=CareState)

    @property
    def id(self) -> TurnId:
        return self.utterance.id

    @property
    def now(self) -> datetime | None:
        """Local time of this turn."""
        return self.utterance.when(self.began)


@dataclass(frozen=True)
class Line:
    """A sentence to say, or a pause to keep."""

    text: str = ""
    pause: float = 0.0
    """Seconds of quiet after it"""
    reviewed: str = ""
    """Id of a reviewed safety line: it passes the outgoing guard by this id"""
    essential: bool = False
    """It is finished even when spoken over, unless with the word 'stop'"""
    before: str | None = field(default=None, repr=False)
    """Where a model made it up: what it said before it in this answer. None: it was written"""
    own: bool = False
    """The person's own words, read back to them: nobody else's ever are"""
    aloud: bool = True
    """False: shown on the screen only, because someone may be listening"""


@dataclass(frozen=True)
class Plan:
    """What to do in this turn, chosen before a word of it is found."""

    act: str
    lines: tuple[Line, ...]
    """The written reply"""
    expected: Expected = field(default_factory=Expected)
    skill: str = ""
    mind: MindState = field(default_factory=MindState)
    task: str = ""
    """What a language model is asked to write; empty: only the written reply will do"""
    session: str = ""
    """Name of an exercise that is led once the lines were said"""
    minutes: float | None = None
    """How long it shall be; None: as long as is usual"""
    after: tuple[Line, ...] = ()
    """What is said when it is over; `expected` is for the last of these then"""
    exercise: Exercise | None = None
    """One to go on with, in place of a session that begins"""
    risk: RiskState | None = None
    """For an answer to danger: what holds once its first sentence was told"""
    tone: ToneState | None = None
    """What the person has just decided about the tone of their voice; None: nothing new"""
    care: CareState | None = None
    """What holds from now on of numbers, disclosures and the safety plan; None: nothing new"""
    danger: Assessment | None = None
    """What an answer to a questionnaire gives away: it is then answered as any other danger"""
    known: Known | None = None
    """What is known from now on; None: nothing new"""
    memories: tuple[str, ...] = field(default=(), repr=False)
    """For the words of a model: as the turn's"""


@dataclass(frozen=True)
class State:
    """Everything a talk carries from one turn to the next."""

    risk: RiskState = field(default_factory=RiskState)
    expected: Expected = field(default_factory=Expected)
    mind: MindState = field(default_factory=MindState)
    history: tuple[Exchange, ...] = field(default=(), repr=False)
    guard_works: bool = True
    """False ends free talk"""
    exercise: Exercise | None = None
    """The one that is being led, or is paused"""
    began: datetime | None = None
    """Local time at which the talk began; None where nobody knows, as with a sound file"""
    tone: ToneState = field(default_factory=ToneState)

    @property
    def hears_tone(self) -> bool:
        """Whether the tone of voice is looked at: never that of anyone under eighteen."""
        return self.tone.looks and not self.risk.is_minor

    known: Known = field(default_factory=Known)
    care: CareState = field(default_factory=CareState)

    def at(self, seconds: float) -> datetime | None:
        """Give the local time at so many seconds of the talk."""
        return self.began and self.began + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Style:
    """How to say it."""

    speed: float = 1.0
    volume: float = 1.0
    """Both times the usual"""
    pitch: float = 0.0
    """Semitones above the voice's own"""
    pause: float = 1.0
    """Times the usual quiet between sentences"""
