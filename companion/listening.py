"""An utterance while it is spoken: whose turn it is, its words and its tone so far."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from companion.attempts import Broken, attempt
from companion.errors import HearError
from companion.events import EarEvent, Failed, TurnTaken
from companion.exercise import BreathPace
from companion.stages import CadenceReader, Ear, ProsodyReader, Recogniser
from companion.tone import Cadence
from companion.values import (
    AudioChunk,
    Expected,
    Prosody,
    Transcript,
    TurnId,
    Utterance,
)

T = TypeVar("T")
SOFT = 0.8
"""Seconds for which we stay soft after the last sign of somebody: what they say is heard by then"""
KEPT = 4.0
"""Seconds of untouched sound: more than any pre-roll"""


def heed(ear: Ear, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent | Failed]:
    """Let an ear take the next sound; where its detector fails, a simpler one takes over.

    Raises HearError where none is left: the talk cannot go on, and must not do so deaf.
    """
    events = attempt(lambda: list(ear.push(chunk, expected)))
    if isinstance(events, Broken):
        yield Failed(TurnId(0), "hear", events.problem)
        if attempt(ear.fall_back) is not True:
            raise _deaf()
        events = attempt(lambda: list(ear.push(chunk, expected)))
    if isinstance(events, Broken):
        raise _deaf()
    yield from events


def _deaf() -> HearError:
    return HearError("Speech cannot be told from silence any more.", fix="Start again.")


class Canceller(Protocol):
    """Takes our own voice out of what the microphone hears."""

    apart: bool
    """The microphone cannot hear the loudspeaker at all: headphones"""

    def cancel(self, chunk: AudioChunk) -> AudioChunk:
        """Give the next sound of the microphone without it."""
        ...

    @property
    def works(self) -> bool:
        """Whether it is known to take away so much that one may speak over us."""
        ...

    @property
    def near(self) -> bool:
        """Whether it is known that somebody besides us is in the last sound."""
        ...

    def soften(self, on: bool) -> None:
        """Make our own voice softer, or as loud as before."""
        ...


class BreathReader(Protocol):
    """Follows the pace of a breath, for where an exercise begins. It keeps no sound."""

    def accept(self, chunk: AudioChunk, *, ours: bool = False) -> None:
        """Take the next untouched sound. `ours`: somebody speaks, or we may be heard in it."""
        ...

    def press(self) -> bool:
        """Take it that a breath in begins; tell that the pace is known now and was not before."""
        ...

    def pace(self) -> BreathPace:
        """Give the pace, and whether it is sure. From any thread."""
        ...


class Taps:
    """One microphone, heard in two ways: untouched for the tone, without our voice for words."""

    def __init__(self, canceller: Canceller | None, breath: BreathReader | None = None) -> None:
        """Without a `canceller` that works, nobody is listened to while we speak."""
        self._canceller = canceller
        self._breath = breath
        self._kept: deque[AudioChunk] = deque()
        self._near_at = -SOFT
        """Seconds: when somebody besides us was last there"""
        self._is_soft = False

    def take(
        self, chunk: AudioChunk, echo: bool, busy: bool, happen: Callable[[Failed], None]
    ) -> tuple[AudioChunk, bool]:
        """Give a sound without our voice, and say whether it is silenced: we are deaf to it.

        `echo`: our voice may be in it; `busy`: somebody is heard already, and is heard on.
        """
        heard = self._cancelled(chunk, happen)
        canceller = self._canceller
        echo = echo and not (canceller and canceller.apart)
        self._keep(_silent(chunk) if echo else chunk)
        breathe(self._breath, chunk, ours=echo or busy)
        deaf = echo and not busy and not (canceller and canceller.works)
        return (_silent(chunk) if deaf else heard), deaf

    def soften(self, now: float, may: bool) -> None:
        """Speak more softly as long as somebody seems to be there, where we `may`.

        It costs no word, so it needs no certainty; what that sound is, is judged meanwhile.
        """
        if (canceller := self._canceller) is None:
            return
        if canceller.near:
            self._near_at = now
        soft = may and now - self._near_at < SOFT
        if soft != self._is_soft:
            self._is_soft = soft
            canceller.soften(soft)

    def untouched(self, chunk: AudioChunk) -> AudioChunk:
        """Give the sound of this time as it came, silence where we spoke; else the chunk itself."""
        return next((kept for kept in self._kept if kept.start == chunk.start), chunk)

    def _keep(self, chunk: AudioChunk) -> None:
        self._kept.append(chunk)
        while chunk.end - self._kept[0].end > KEPT:
            self._kept.popleft()

    def _cancelled(self, chunk: AudioChunk, happen: Callable[[Failed], None]) -> AudioChunk:
        if (canceller := self._canceller) is None:
            return chunk
        heard = attempt(lambda: canceller.cancel(chunk))
        if not isinstance(heard, Broken):
            return heard
        # Without it we are heard by ourselves: then one speaks and one listens in turn.
        self._canceller = None
        happen(Failed(TurnId(0), "echo", heard.problem))
        return chunk


def breathe(breath: BreathReader | None, chunk: AudioChunk, *, ours: bool) -> None:
    """Let the pace of a breath be followed: a help, not a need."""
    if breath:
        attempt(lambda: breath.accept(chunk, ours=ours))


def breathing(chunks: Iterator[AudioChunk], breath: BreathReader | None) -> Iterator[AudioChunk]:
    """Pass sound on in which nothing of ours can be heard, and follow the breath in it."""
    for chunk in chunks:
        breathe(breath, chunk, ours=False)
        yield chunk


def _silent(chunk: AudioChunk) -> AudioChunk:
    return replace(chunk, samples=np.zeros_like(chunk.samples))


class Listening:
    """One utterance while it is spoken: its words and its tone so far."""

    def __init__(
        self,
        recogniser: Recogniser,
        reader: ProsodyReader | None,
        id: TurnId,
        expected: Expected,
        melody: CadenceReader | None = None,
        commands: Recogniser | None = None,
    ) -> None:
        """`commands` hears the commands of an exercise beside whatever else may be said."""
        self.id = id
        self.failures: list[Failed] = []
        self._recogniser = recogniser
        self._reader = reader
        self._melody = melody
        self._commands = commands
        self.words = ""
        """What is heard freely so far"""
        self.has_two_ears = commands is not None
        self._command, self._still = "", 0.0
        """Words for a command, and the seconds for which they have been the same"""
        self._closed = 0.0
        """Seconds: until when the tap of the tone was closed because we were sounding"""
        self._working = {"hear", "sense", "cadence", "command"}
        asked = Expected() if commands else expected
        self._try("hear", lambda: self._recogniser.start(asked))
        if commands:
            self._try("command", lambda: commands.start(expected))
        if self._reader:
            self._try("sense", self._reader.start)
        if melody:
            self._try("cadence", melody.start)

    def accept(self, chunk: AudioChunk, raw: AudioChunk | None = None) -> str:
        """Take the next sound; give the words so far. `raw` is untouched sound for the tone."""
        words = self._try("hear", lambda: self._recogniser.accept(chunk)) or ""
        self.words = command = words
        if commands := self._commands:
            command = self._try("command", lambda: commands.accept(chunk)) or ""
        self._still = self._still + chunk.seconds if command == self._command else 0.0
        self._command = command
        if reader := self._reader:
            if raw is not None and chunk.samples.any() and not raw.samples.any():
                self._closed = chunk.end
            self._try("sense", lambda: reader.accept(raw or chunk))
        if melody := self._melody:
            self._try("cadence", lambda: melody.accept(raw or chunk))
        return words

    def command(self, steady: float) -> str:
        """Give the words for a command that have been the same for so many seconds, if any."""
        return self._command if self._still >= steady else ""

    def cadence(self) -> Cadence:
        """Say how the voice came to the pause that goes on now; nothing where it is not known."""
        melody = self._melody
        return (self._try("cadence", melody.cadence) if melody else None) or Cadence()

    def finish(self, taken: TurnTaken) -> Utterance:
        """Give the whole utterance of the turn that was taken."""
        transcript = self._try("hear", self._recogniser.finish)
        prosody = None
        if reader := self._reader:
            if self._closed > taken.start:
                self._try("sense", reader.overheard)
            # Tone is a help, not a need: without it the words alone are answered.
            prosody = self._try("sense", lambda: reader.finish(transcript or Transcript()))
        return Utterance(
            self.id, transcript, prosody or Prosody(), taken.start, taken.end, taken.at,
            endless=taken.endless, usual_pause=taken.usual_pause, soonest=taken.soonest,
        )  # fmt: skip

    def _try(self, stage: str, work: Callable[[], T]) -> T | None:
        if stage not in self._working:
            return None
        done = attempt(work)
        if isinstance(done, Broken):
            self._working.discard(stage)
            self.failures.append(Failed(self.id, stage, done.problem))
            return None
        return done
