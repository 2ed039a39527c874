"""Engines with a stopwatch: what each stage costs for a second of sound."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from companion.conversation import Conversation
from companion.events import EarEvent, Overlap
from companion.stages import Clock, Ear, Recogniser, Voice
from companion.values import AudioChunk, Cleared, Expected, Style, Transcript

LATE = 0.5
"""Seconds: sound is made so far ahead in a live talk; a piece that takes longer comes too late"""


@dataclass
class Cost:
    """What a stage has cost so far."""

    work: float = 0.0
    sound: float = 0.0
    """Both in seconds"""
    late: int = 0
    """Pieces of a sentence that would have left the loudspeaker dry"""

    @property
    def factor(self) -> float | None:
        """Seconds of work for a second of sound."""
        return self.work / self.sound if self.sound else None


@dataclass
class Costs:
    """What all of them have cost."""

    clock: Clock
    ear: Cost = field(default_factory=Cost)
    recogniser: Cost = field(default_factory=Cost)
    voice: Cost = field(default_factory=Cost)

    def watch(self, conversation: Conversation) -> Conversation:
        """Put stopwatches around the engines of a talk."""
        return replace(
            conversation,
            recogniser=TimedRecogniser(conversation.recogniser, self),
            voices=tuple(TimedVoice(voice, self) for voice in conversation.voices),
        )


class TimedEar:
    """Tells whose turn it is, and counts what that took, its speech detector with it."""

    def __init__(self, inner: Ear, costs: Costs) -> None:
        self._inner = inner
        self._costs = costs

    @property
    def voiced(self) -> float:
        """Seconds of voice in what is being said now."""
        return self._inner.voiced

    def push(self, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent]:
        """Take the next sound; yield what it completes."""
        began = self._costs.clock()
        events = list(self._inner.push(chunk, expected))
        self._costs.ear.work += self._costs.clock() - began
        self._costs.ear.sound += chunk.seconds
        yield from events

    @property
    def may_end(self) -> bool:
        """It may be over soon."""
        return self._inner.may_end

    def overlap(self, *, after_question: bool) -> Overlap:
        """Say what a voice over ours is."""
        return self._inner.overlap(after_question=after_question)

    def heard(self, words: str, tone: float | None = None) -> None:
        """Take the words so far."""
        self._inner.heard(words, tone)

    def flush(self) -> Iterator[EarEvent]:
        """Take the turn that is going on, if any."""
        yield from self._inner.flush()

    def fall_back(self) -> bool:
        """Go on with a simpler way to notice speech, or say no."""
        return self._inner.fall_back()


class TimedRecogniser:
    """Turns speech into words, and counts what that took."""

    def __init__(self, inner: Recogniser, costs: Costs) -> None:
        self.name = inner.name
        self.hears_danger = inner.hears_danger
        self._inner = inner
        self._costs = costs

    def start(self, expected: Expected) -> None:
        """Forget the last utterance."""
        began = self._costs.clock()
        self._inner.start(expected)
        self._costs.recogniser.work += self._costs.clock() - began

    def accept(self, chunk: AudioChunk) -> str:
        """Take the next sound; give the words so far."""
        began = self._costs.clock()
        words = self._inner.accept(chunk)
        self._costs.recogniser.work += self._costs.clock() - began
        self._costs.recogniser.sound += chunk.seconds
        return words

    def finish(self) -> Transcript:
        """Give the words."""
        began = self._costs.clock()
        transcript = self._inner.finish()
        self._costs.recogniser.work += self._costs.clock() - began
        return transcript


class TimedVoice:
    """Turns text into sound, and counts what that took."""

    def __init__(self, inner: Voice, costs: Costs) -> None:
        self.name = inner.name
        self._inner = inner
        self._costs = costs

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the sentence as sound."""
        cost = self._costs.voice
        chunks = iter(self._inner.synthesize(text, style))
        first = True
        while True:
            began = self._costs.clock()
            chunk = next(chunks, None)
            worked = self._costs.clock() - began
            cost.work += worked
            cost.late += worked > LATE and not first
            if chunk is None:
                return
            first = False
            cost.sound += chunk.seconds
            yield chunk
