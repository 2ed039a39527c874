"""What each stage must be able to do: the whole extension surface on one page.

An engine is any object with these methods. It needs no base class. Its constructor loads its
model: once built, it is ready. Streams are generators; to stop one is to close it.
"""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from companion.events import EarEvent, Moment, Overlap
from companion.exercise import BreathPace, Exercise
from companion.risk import Assessment, RiskState
from companion.tone import Cadence
from companion.values import (
    AudioChunk,
    Cleared,
    Exchange,
    Expected,
    Plan,
    Prosody,
    Style,
    Transcript,
    Turn,
)


class Clock(Protocol):
    """Tells how long work takes. Only watchdogs, deadlines and measurements look at one."""

    def __call__(self) -> float:
        """Say the seconds since some fixed moment."""
        ...


class Microphone(Protocol):
    """Where sound comes from."""

    def blocks(self) -> Iterator[AudioChunk]:
        """Yield sound at 16 kHz until the stream ends or is closed."""
        ...

    def close(self) -> None:
        """End the stream. May be called from another thread, and twice."""
        ...


class Speaker(Protocol):
    """Where sound goes."""

    def play(self, chunk: AudioChunk) -> None:
        """Queue a chunk; return before it has been heard."""
        ...

    def drained(self) -> float:
        """Say until what time, in seconds, all that was queued will have left the speaker."""
        ...

    def stop(self) -> None:
        """Fall silent at once and forget what is queued."""
        ...

    def pause(self) -> None:
        """Fall silent at once and keep what is queued."""
        ...

    def resume(self) -> None:
        """Go on where it was paused, or a little before; do nothing if it was not."""
        ...


class TimedSpeaker(Speaker, Protocol):
    """A speaker that is a file: time goes where it is told."""

    def seek(self, at: float) -> None:
        """Say that it is now `at` seconds: nothing that is played begins before."""
        ...


class SpeechDetector(Protocol):
    """Tells speech from other sound."""

    def probability(self, chunk: AudioChunk) -> float:
        """Say how likely the newest sound holds speech, from 0 to 1."""
        ...


class Ear(Protocol):
    """Tells whose turn it is."""

    def push(self, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent]:
        """Take the next sound; yield what it completes."""
        ...

    def heard(self, words: str, tone: float | None = None) -> None:
        """Take the words so far, and how the voice came to its pause (`Cadence.tone`).

        They tell whether the turn that goes on may be over.
        """
        ...

    def overlap(self, *, after_question: bool) -> Overlap:
        """Say what the voice over our own is so far. `after_question`: what we say asks."""
        ...

    def flush(self) -> Iterator[EarEvent]:
        """Take the turn that is going on, if any: the sound has ended."""
        ...

    @property
    def voiced(self) -> float:
        """Seconds of voice in what is being said now."""
        ...

    @property
    def may_end(self) -> bool:
        """It is silent, and so that the turn may soon be taken: it pays to work ahead."""
        ...

    def fall_back(self) -> bool:
        """Its way to notice speech has failed: go on with a simpler one, or say no."""
        ...


class Recogniser(Protocol):
    """Turns speech into words, while it is spoken."""

    name: str
    hears_danger: bool
    """Measured to find at least 90 % of our spoken danger phrases; else it carries no free talk"""

    def start(self, expected: Expected) -> None:
        """Forget the last utterance; listen for this kind of answer."""
        ...

    def accept(self, chunk: AudioChunk) -> str:
        """Take the next sound; give the words so far."""
        ...

    def finish(self) -> Transcript:
        """Give the words, their times and confidences, and what else it may have been."""
        ...


class ProsodyReader(Protocol):
    """Reads the tone of voice, while it is spoken."""

    name: str

    def start(self) -> None:
        """Forget the last utterance."""
        ...

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound."""
        ...

    def overheard(self) -> None:
        """Take note that our own voice sounds meanwhile: this utterance cannot be judged."""
        ...

    def finish(self, transcript: Transcript) -> Prosody:
        """Measure how it was said."""
        ...


class CadenceReader(Protocol):
    """Notices how a voice comes to a pause. For taking turns alone: it keeps nothing."""

    name: str

    def start(self) -> None:
        """Forget the last utterance."""
        ...

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound."""
        ...

    def cadence(self) -> Cadence:
        """Say how the voice came to the pause that goes on now; nothing while it sounds."""
        ...


class Manner(Protocol):
    """Decides how an answer is said."""

    def choose(self, usual: Style, turn: Turn, plan: Plan) -> Style:
        """Give the style of an answer, from the one of the settings."""
        ...


class IncomingGuard(Protocol):
    """Weighs what the person said."""

    def weigh(self, transcript: Transcript, state: RiskState) -> tuple[Assessment, RiskState]:
        """Say how worrying the words are, alone and in this talk."""
        ...


class DangerProtocol(Protocol):
    """Answers danger with written, reviewed sentences. No model has a say in it."""

    def learn(self, assessment: Assessment, state: RiskState, now: datetime | None) -> RiskState:
        """Take in answers, explanations and times, before anything is said. `now`: local time."""

    def answer(self, turn: Turn) -> Plan | None:
        """Give the answer that is due, or None where ordinary talk may go on."""


class OutgoingGuard(Protocol):
    """Weighs what is about to be said. The only maker of `Cleared`."""

    def clear(self, sentence: str, turn: Turn) -> Cleared | None:
        """Pass the sentence, or None where it must not be said."""

    def clear_worded(self, sentence: str, turn: Turn, before: str = "") -> Cleared | None:
        """Pass what a language model made up, after what it said `before` in the same answer."""

    def reason(self, sentence: str) -> str | None:
        """Name the rule that refuses it; None where it may be said."""

    def reason_worded(self, sentence: str, before: str = "") -> str | None:
        """Name what refuses a sentence that a model made up; None where it may be said."""

    def reviewed(self, line_id: str, turn: Turn | None = None) -> Cleared:
        """Give a reviewed safety line, with the numbers of this person's country at this hour."""

    def own(self, words: str) -> Cleared:
        """Pass what the person wrote themselves, to be read back to them."""


class Policy(Protocol):
    """Decides what to do in a turn, before any word of it is found.

    It keeps nothing: a turn is rehearsed before it is certain that the person has finished.
    """

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        ...


class Mind(Protocol):
    """Finds the words for what was chosen."""

    name: str

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        """Take the talk and the words so far, to be quicker once they are final."""
        ...

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        """Yield the reply sentence by sentence; yield nothing to leave it to the written one.

        What was begun while the person had not surely finished serves for these words, assessed
        like this, with this history, and the act, skill, task, lines and memories of the plan:
        the reply may depend on nothing else. Two threads may ask at once; the later one counts.
        """
        ...

    def close(self) -> None:
        """Give back what it holds. May be called twice."""
        ...


class Leader(Protocol):
    """Leads exercises by voice."""

    def begin(
        self, plan: Plan, health: tuple[str, ...], breath: BreathPace | None
    ) -> Exercise | None:
        """Take the exercise of a plan, or what somebody with this health does in its place."""
        ...

    def lead(self, exercise: Exercise) -> Iterator[Moment]:
        """Yield it as sound, made ahead, from where it stands to its end."""
        ...

    def command(self, words: str) -> str | None:
        """Name the command of an exercise that these words are."""
        ...

    def heard(self, turn: Turn) -> Plan | None:
        """Say what words mean while an exercise is led; None: it is over, and this is talk.

        A plan with the act `lead-on` changes nothing.
        """
        ...


class Voice(Protocol):
    """Turns cleared text into sound."""

    name: str

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the sentence as sound, soonest first."""
        ...
