"""Cut a stream of sound into turns, with what came just before each.

Time is counted in seconds of audio, so that a slow machine hears the same as a
fast one and a recorded file the same as a microphone.
"""

from collections import deque
from collections.abc import Callable, Iterator

from companion.events import EarEvent, LongTurn, Overlap, SpeechStarted, Spoken, TurnTaken
from companion.hear.endings import Ending, Endings
from companion.hear.holds import LONGER, OwnPauses, Signs
from companion.hear.overlaps import judge
from companion.hear.turns import SLACK, Change, Moment, TurnRules, Turns
from companion.stages import SpeechDetector
from companion.values import AnswerKind, AudioChunk, Expected, TurnId

LIKELY, UNLIKELY = 0.2, 1.0
"""Seconds of silence from which a turn may soon be taken: after words that can be all, and after
others, which are mostly gone on with"""
ENDED = 0.3
"""Seconds of silence after which a voice over our own has ended"""


class TurnEar:
    """Push sound in; get the start of speech, its sound and the end of the turn out."""

    def __init__(
        self,
        *detectors: SpeechDetector,
        rules: TurnRules,
        preroll: float,
        speech: float,
        endings: Endings | None = None,
        is_command: Callable[[str, AnswerKind], bool] = lambda words, kind: False,
    ) -> None:
        """Take the best detector first; each stands in for the one before it.

        `preroll` in seconds; `speech` is the probability above which sound is speech.
        Without `endings` every turn ends alike, whatever its words. `is_command`: words that are
        whole where this kind of answer is waited for, however they would end in a talk ("wait").
        """
        self._detectors = list(detectors)
        self._turns = Turns(rules)
        self._preroll = preroll
        self._speech = speech
        self._endings = endings
        self._is_command = is_command
        self._before: deque[AudioChunk] = deque()
        self._turn = 0
        self._now = 0.0
        """Seconds: the end of the last sound"""
        self._words = ""
        self._tone: float | None = None
        self._judged: tuple[str, bool, Ending] = ("", False, Ending.UNKNOWN)
        """Words, whether they came after a question, and how they end"""

    @property
    def pauses(self) -> OwnPauses:
        """How long this person usually pauses: to be kept for the next talk."""
        return self._turns.pauses

    def know(self, pauses: OwnPauses) -> None:
        """Take what an earlier talk learned of this person's pauses."""
        self._turns.pauses = pauses

    @property
    def voiced(self) -> float:
        """Seconds of voice in what is being said now."""
        return self._turns.voiced

    @property
    def may_end(self) -> bool:
        """It is silent, and so that the turn may soon be taken: it pays to work ahead."""
        if not self._turns.speaking:
            return False
        waits = self._signs(self._judged[1]).ending in LONGER
        silence = self._now - self._turns.voice_end
        return silence >= (UNLIKELY if waits else LIKELY) - SLACK

    def push(self, chunk: AudioChunk, expected: Expected) -> Iterator[EarEvent]:
        """Take the next sound; yield what it completes."""
        self._now = chunk.end
        speech = self._detectors[0].probability(chunk) > self._speech
        was_speaking = self._turns.speaking
        signs = self._signs(expected.is_asked)
        if self._is_command(self._words, expected.kind):
            signs = Signs(ending=Ending.COMMAND)
        moments = self._turns.push(speech, chunk.start, chunk.end, signs)
        if was_speaking:
            yield Spoken(self._id, chunk)
        for moment in moments:
            yield from self._happen(moment, None if was_speaking else chunk)
        if not self._turns.speaking and not was_speaking:
            self._remember(chunk)

    def heard(self, words: str, tone: float | None = None) -> None:
        """Take the words so far of the turn that goes on, and the tone of its last pause."""
        self._words, self._tone = words, tone

    def overlap(self, *, after_question: bool) -> Overlap:
        """Say what the voice over our own is so far. `after_question`: what we say asks."""
        return judge(
            self._endings.backchannels if self._endings else (),
            self._words,
            self._turns.voiced,
            has_ended=self._now - self._turns.voice_end >= ENDED,
            after_question=after_question,
        )

    def flush(self) -> Iterator[EarEvent]:
        """Take the turn that is going on, if any: the sound has ended."""
        self._before.clear()
        if self._turns.speaking:
            self._turns.stop(self._now)
            yield self._taken(self._now, endless=False)

    def fall_back(self) -> bool:
        """Go on with the next detector; say whether there is one."""
        self._detectors.pop(0)
        return bool(self._detectors)

    @property
    def _id(self) -> TurnId:
        return TurnId(self._turn)

    def _signs(self, after_question: bool) -> Signs:
        if self._endings is None:
            return Signs(after_question, tone=self._tone)
        if self._judged[:2] != (self._words, after_question):
            ending = self._endings.judge(self._words, after_question=after_question)
            self._judged = (self._words, after_question, ending)
        return Signs(after_question, self._judged[2], self._tone)

    def _happen(self, moment: Moment, chunk: AudioChunk | None) -> Iterator[EarEvent]:
        """Tell of a change. `chunk` is the sound that it came with, if nobody spoke before."""
        match moment.change:
            case Change.STARTED:
                self._turn += 1
                self._words, self._tone = "", None
                yield SpeechStarted(self._id, self._turns.began, self._turns.goes_on)
                for earlier in self._before:
                    yield Spoken(self._id, earlier)
                self._before.clear()
                if chunk is not None:
                    yield Spoken(self._id, chunk)
            case Change.LONG:
                yield LongTurn(self._id, moment.at)
            case Change.TAKEN:
                yield self._taken(moment.at, endless=self._turns.endless)

    def _taken(self, at: float, *, endless: bool) -> TurnTaken:
        began, end, usual = self._turns.began, self._turns.voice_end, self.pauses.usual
        return TurnTaken(self._id, began, end, at, endless, usual, self._turns.soonest)

    def _remember(self, chunk: AudioChunk) -> None:
        self._before.append(chunk)
        while self._before and chunk.end - self._before[0].end > self._preroll:
            self._before.popleft()
