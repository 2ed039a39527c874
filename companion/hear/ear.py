"""Cut a stream of sound into turns, with what came just before each.

Time is counted in seconds of audio, so that a slow machine hears the same as a
fast one and a recorded file the same as a microphone.
"""

from collections import deque
from collections.abc import Iterator

from companion.events import EarEvent, SpeechStarted, Spoken, TurnTaken
from companion.hear.turns import Change, TurnRules, Turns
from companion.stages import SpeechDetector
from companion.values import AudioChunk, Expected, TurnId


class TurnEar:
    """Push sound in; get the start of speech, its sound and the end of the turn out."""

    def __init__(
        self,
        *detectors: SpeechDetector,
        rules: TurnRules,
        preroll: float,
        speech: float,
    ) -> None:
        """Take the best detector first; each stands in for the one before it.

        `preroll` in seconds; `speech` is the probability above which sound is speech.
        """
        self._detectors = list(detectors)
        self._turns = Turns(rules)
        self._preroll = preroll
        self._speech = speech
        self._before: deque[AudioChunk] = deque()
        self._turn = 0
        self._now = 0.0
        """Seconds: the end of the last sound"""

    def push(self, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent]:
        """Take the next sound; yield what it completes."""
        self._now = chunk.end
        speech = self._detectors[0].probability(chunk) > self._speech
        was_speaking = self._turns.speaking
        after_question = expected.after_question or expected.is_closed
        change = self._turns.push(speech, chunk.start, chunk.end, after_question)
        if change is Change.STARTED:
            self._turn += 1
            yield SpeechStarted(self._id, self._turns.began)
            for earlier in self._before:
                yield Spoken(self._id, earlier)
            self._before.clear()
            yield Spoken(self._id, chunk)
        elif was_speaking:
            yield Spoken(self._id, chunk)
            if change is Change.TAKEN:
                yield self._taken()
        else:
            self._remember(chunk)

    def flush(self) -> Iterator[EarEvent]:
        """Take the turn that is going on, if any: the sound has ended."""
        self._before.clear()
        if self._turns.speaking:
            self._turns.reset()
            yield self._taken()

    def fall_back(self) -> bool:
        """Go on with the next detector; say whether there is one."""
        self._detectors.pop(0)
        return bool(self._detectors)

    @property
    def _id(self) -> TurnId:
        return TurnId(self._turn)

    def _taken(self) -> TurnTaken:
        return TurnTaken(self._id, self._turns.began, self._turns.voice_end, self._now)

    def _remember(self, chunk: AudioChunk) -> None:
        self._before.append(chunk)
        while self._before and chunk.end - self._before[0].end > self._preroll:
            self._before.popleft()
