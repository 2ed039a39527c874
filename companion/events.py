"""What happens in a talk, as values that are yielded: commands print them, tests compare them.

Every event carries its turn and revision, so that stale work can be told from fresh.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from companion.exercise import Exercise
from companion.risk import Assessment, RiskState
from companion.tone import Tone
from companion.values import AudioChunk, Cleared, Expected, Prosody, State, TurnId, Utterance


@dataclass(frozen=True)
class SpeechStarted:
    """The person has begun to speak."""

    id: TurnId
    at: float
    """Seconds"""
    goes_on: bool = False
    """So soon after the last turn was taken that they had not finished it"""


@dataclass(frozen=True)
class LongTurn:
    """The person has spoken for very long: or it is a television, or a fan."""

    id: TurnId
    at: float
    """Seconds"""


@dataclass(frozen=True)
class Spoken:
    """The next sound of the person's turn, from its pre-roll on."""

    id: TurnId
    chunk: AudioChunk


@dataclass(frozen=True)
class TurnTaken:
    """The person's turn is over."""

    id: TurnId
    start: float
    """Seconds: when the voice began"""
    end: float
    """Seconds: the last of the voice"""
    at: float
    """Seconds: when we took the turn"""
    endless: bool = False
    """It was taken although it went on: a gentle check is due, rather than an answer"""
    usual_pause: float | None = None
    """Seconds for which this person usually pauses, as far as was learned; None: not followed"""
    soonest: float = 0.0
    """Seconds: an answer sounds no sooner, so that whoever goes on now is not cut off"""


@dataclass(frozen=True)
class PartialHeard:
    """The words so far."""

    id: TurnId
    text: str = field(repr=False)


@dataclass(frozen=True)
class Heard:
    """The person's turn is over and its words are known."""

    id: TurnId
    utterance: Utterance


@dataclass(frozen=True)
class Sensed:
    """How it was said."""

    id: TurnId
    prosody: Prosody
    tone: Tone = field(default_factory=Tone)
    """How that compares with the person's own past"""


@dataclass(frozen=True)
class Checked:
    """The guard has weighed the words."""

    id: TurnId
    assessment: Assessment
    risk: RiskState


@dataclass(frozen=True)
class Chosen:
    """What we are about to do."""

    id: TurnId
    act: str
    skill: str
    expected: Expected


@dataclass(frozen=True)
class Said:
    """This sentence is being spoken."""

    id: TurnId
    text: Cleared = field(repr=False)
    essential: bool = False
    """It is finished even when spoken over, unless with the word 'stop'"""
    aloud: bool = True
    """False: for the screen only"""
    reviewed: str = ""
    """Its id, where it is a reviewed sentence of safety"""


@dataclass(frozen=True)
class Sound:
    """Play this."""

    id: TurnId
    chunk: AudioChunk
    ahead: float | None = None
    """Seconds of sound that may wait before it; None: as few as ever will do"""


@dataclass(frozen=True)
class Cue:
    """One thing that is heard of an exercise."""

    kind: str
    """`say`, `cue`, `sound`, `answer` or `end`"""
    exercise: Exercise
    """Where it stands: from here it goes on"""
    seconds: float = 0.0
    """How long it lasts; of a cue, until the next one may come"""
    text: Cleared | None = None
    sound: str = ""
    """What a sound is for: `in`, `out`, …"""


@dataclass(frozen=True)
class Moment:
    """A little sound of an exercise, and what begins in it."""

    chunk: AudioChunk
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True)
class Led:
    """Something of an exercise is being heard."""

    id: TurnId
    cue: Cue


@dataclass(frozen=True)
class Kept:
    """Go on from this state, whatever becomes of the rest of the turn."""

    id: TurnId
    state: State = field(repr=False)


@dataclass(frozen=True)
class Failed:
    """A stage failed and the talk goes on without it."""

    id: TurnId
    stage: str
    problem: str
    """What kind of error it was, never its text: that may hold a person's words"""


@dataclass(frozen=True)
class Timed:
    """The first sound of an answer, and what it took to get there."""

    id: TurnId
    at: float
    """Seconds: where the sound begins"""
    hold: float
    """Seconds of silence waited before the turn was taken: time of the dialogue"""
    work: float
    """Seconds of computing from the turn taken to the first sound: measured"""
    by_stage: tuple[tuple[str, float], ...]
    """The parts of `work`: stage, seconds"""
    ahead: float = 0.0
    """Seconds of computing for it that were over when the turn was taken; 0 where that is not
    measured"""


@dataclass(frozen=True)
class Interrupted:
    """We fell silent because the person spoke."""

    id: TurnId
    at: float
    """Seconds"""


@dataclass(frozen=True)
class Paused:
    """Our answer is held back: somebody may be speaking. Nothing of it is lost yet."""

    id: TurnId
    at: float
    """Seconds"""


@dataclass(frozen=True)
class Resumed:
    """It was a cough, or a sign of listening: our answer goes on."""

    id: TurnId
    at: float
    """Seconds"""


class Overlap(Enum):
    """What a sound over our voice is."""

    UNKNOWN = auto()
    """Too soon to say"""
    FALSE_START = auto()
    """A cough, a click: go on"""
    BACKCHANNEL = auto()
    """ "mm-hm": they listen; go on"""
    SPEECH = auto()
    """They speak: fall silent"""


@dataclass(frozen=True)
class Level:
    """How the talk stands, a few times a second: a sign of life, and a meter."""

    id: TurnId
    """The last turn that was taken"""
    at: float
    """Seconds"""
    level: float
    """dBFS of the loudest 20 ms since the last one: what the microphone gave"""
    clipped: float
    """Share of samples, 0 to 1, at the limit of what the microphone can give"""
    sounding: bool
    """We are heard now"""
    deaf: bool
    """Nobody is listened to now: we would hear ourselves"""


EarEvent = SpeechStarted | Spoken | LongTurn | TurnTaken
"""What an ear makes of sound"""

WEIGHED = (Heard, Sensed, Checked, Kept, Failed)
"""What comes of a turn whether or not anybody waits for its answer"""

Event = (
    SpeechStarted
    | LongTurn
    | PartialHeard
    | Heard
    | Sensed
    | Checked
    | Chosen
    | Said
    | Sound
    | Led
    | Kept
    | Failed
    | Timed
    | Interrupted
    | Paused
    | Resumed
    | Level
)
