"""Hold a talk out loud: listen and answer at the same time.

Here time is seconds of sound. A recorded file runs on and never waits, as a
microphone does; an answer starts when its turn was taken, and is given up when
the person speaks again.
"""

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import closing

from companion.conversation import Conversation
from companion.events import (
    Chosen,
    EarEvent,
    Event,
    Failed,
    Interrupted,
    Kept,
    Led,
    LongTurn,
    Overlap,
    PartialHeard,
    Paused,
    Resumed,
    Said,
    Sound,
    SpeechStarted,
    Spoken,
    Timed,
    TurnTaken,
)
from companion.giving import Answer, Rehearsals, answer_to
from companion.halves import Halves
from companion.hear.silences import Quiet
from companion.leading import Aside, Wish, begin_aside, follow
from companion.listening import Listening, breathing, heed
from companion.stages import Clock, Ear, Microphone, TimedSpeaker
from companion.values import AudioChunk, State, TurnId, Utterance


class Talk:
    """A conversation held through two sound files, or whatever stands in for them."""

    def __init__(
        self,
        ear: Ear,
        conversation: Conversation,
        clock: Clock,
        is_stop: Callable[[str], bool],
        *,
        charge_work: bool = False,
    ) -> None:
        """`charge_work` lets an answer begin as late as its computing took."""
        self.state = State()
        self._ear = ear
        self._clock = clock
        self._is_stop = is_stop
        self._charge_work = charge_work
        self._answer: Answer | None = None
        self._hearing: Listening | None = None
        self._partial = ""
        self._now = 0.0
        """Seconds up to which the answer has been played; a pre-roll is heard after its time"""
        self._kept = TurnId(0)
        """The turn that `state` is from"""
        self._quiet = Quiet()
        self._halves = Halves()
        self._rehearsals = Rehearsals(conversation, self._halves, clock)
        self._conversation = self._rehearsals.giving
        self._judging = self._paused = False
        """Somebody is heard over our answer, and it is not known yet whether they speak; and it
        is held back meanwhile"""
        self._last = TurnId(0)
        """The last turn that was taken"""
        self._aside: Aside | None = None
        """What is being said while an exercise is led"""

    def run(
        self, microphone: Microphone, speaker: TimedSpeaker, state: State | None = None
    ) -> Generator[Event, None, None]:
        """Talk until the sound ends and the last answer is given; yield what happens."""
        self.state = state or State()
        try:
            with closing(microphone):
                for chunk in breathing(microphone.blocks(), self._conversation.breath):
                    yield from self._hear(chunk, speaker)
                    yield from self._say_until(chunk.end, speaker)
                    self._keep_company(chunk.end, speaker)
                for event in self._ear.flush():
                    yield from self._on_ear(event, speaker)
                yield from self._say_until(math.inf, speaker)
        finally:
            self._give_up()

    # --- listening ----------------------------------------------------------------

    def _hear(self, chunk: AudioChunk, speaker: TimedSpeaker) -> Iterator[Event]:
        self._now = chunk.start
        for event in heed(self._ear, chunk, self.state.expected):
            if isinstance(event, (Failed, LongTurn)):
                yield event
            else:
                yield from self._on_ear(event, speaker)

    def _on_ear(self, event: EarEvent, speaker: TimedSpeaker) -> Iterator[Event]:
        match event:
            case SpeechStarted():
                yield event
                self._hearing = self._conversation.listen(event.id, self.state)
                self._partial = ""
                self._quiet.end()
                self._halves.begin(goes_on=event.goes_on and speaker.drained() <= event.at)
                self._aside = begin_aside(self.state, event.at)
                if not self._aside:
                    yield from self._hold_back(event.at, speaker)
            case Spoken() if self._hearing:
                yield from self._listen(event, self._hearing, speaker)
            case TurnTaken() if self._hearing:
                yield from self._take(event, self._hearing, speaker)

    def _listen(self, event: Spoken, hearing: Listening, speaker: TimedSpeaker) -> Iterator[Event]:
        partial = hearing.accept(event.chunk)
        if self._aside:
            yield from self._beside(event, hearing, self._aside, speaker)
        new, self._partial = bool(partial) and partial != self._partial, partial or self._partial
        self._ear.heard(self._partial, hearing.cadence().tone)
        if self._judging:
            yield from self._judge(speaker)
        if self._charge_work:
            # Where no work is charged, none need be done ahead: nothing would come sooner.
            may_end = self._ear.may_end and not (self._aside or self._answer)
            self._rehearsals.go_on(event, self._partial, self.state, may_end=may_end)
        if not new:
            return
        self._conversation.prepare(partial, self.state)
        yield PartialHeard(event.id, partial)
        if self._is_stop(partial):
            # Stop beats everything, also a danger answer.
            yield from self._silence(self._now, speaker)

    def _beside(
        self, event: Spoken, hearing: Listening, aside: Aside, speaker: TimedSpeaker
    ) -> Iterator[Event]:
        """Do what is wanted of an exercise while the person still speaks."""
        now = self._now
        wish = aside.hear(self._conversation.leader, hearing, self._ear.voiced)
        if wish:
            yield from self._silence(now, speaker)
        if wish is Wish.OBEY:
            early = aside.early(event.id, hearing, now)
            events = self._conversation.answer(early, self.state)
            self._answer = Answer(event.id, events, now, 0.0)

    def _take(self, event: TurnTaken, hearing: Listening, speaker: TimedSpeaker) -> Iterator[Event]:
        started = self._clock()
        utterance = hearing.finish(event)
        ahead, left = self._rehearsals.end(utterance.words, event.at)
        work = {"hear": self._clock() - started, **({"ahead": left} if left else {})}
        self._hearing = None
        yield from hearing.failures
        if self._judging:
            # Some ears know their words only now, and a word is no cough.
            self._ear.heard(utterance.words)
            if not (yield from self._judge(speaker)):
                self._judging = False
                return
        utterance = self._halves.join(utterance)
        state = self._halves.take(utterance, self.state)(self.state)
        events = self._conversation.answer(utterance, state)
        aside, self._aside = self._aside, None
        if aside and (yield from self._is_done(events, aside, utterance)):
            events.close()
            return
        if aside:
            yield from self._silence(self._now, speaker)
        self._give_up()
        self._last = event.id
        self._answer = answer_to(utterance, events, work, ahead, waits=self._charge_work)

    def _is_done(
        self, events: Iterator[Event], aside: Aside, utterance: Utterance
    ) -> Generator[Event, None, bool]:
        """Weigh what was said during an exercise; tell that it leaves nothing to do."""
        for event in events:
            if isinstance(event, Kept):
                self._keep(event)
                continue
            yield event
            if isinstance(event, Chosen):
                return aside.is_done(self._conversation.leader, event.act, utterance)
            if isinstance(event, Said):
                break
        return False

    # --- answering ----------------------------------------------------------------

    def _say_until(self, now: float, speaker: TimedSpeaker) -> Iterator[Event]:
        """Give as much of the answer as has time to be heard by `now`, in seconds."""
        while not self._paused and (answer := self._answer) is not None:
            if now < answer.soonest or (answer.sounding and speaker.drained() > now):
                return
            event = answer.next(self._clock)
            if event is None or (answer.last_sentence and isinstance(event, Said)):
                self._give_up()
                return
            match event:
                case Kept():
                    self._keep(event)
                case Led():
                    self.state = follow(self.state, event.cue)
                    yield event
                case Said():
                    answer.essential = event.essential
                    yield event
                case Sound():
                    yield from self._play(event, answer, speaker)
                case _:
                    yield event

    def _keep_company(self, now: float, speaker: TimedSpeaker) -> None:
        """Say a word into a silence where one is due."""
        busy = bool(self._hearing or self._answer) or speaker.drained() > now
        due = self._quiet.go_on(now, busy=busy, after_question=self.state.expected.after_question)
        company = self._conversation.company
        for silence in due:
            if company and (words := company.line(silence.seconds, self.state)):
                self._last = TurnId(self._last.turn, self._last.revision + 1)
                events = company.say(self._last, words, self.state)
                self._answer = Answer(self._last, events, silence.at, 0.0)

    def _play(self, event: Sound, answer: Answer, speaker: TimedSpeaker) -> Iterator[Event]:
        work = sum(answer.work.values())
        at = max(answer.taken + (work if self._charge_work else 0.0), answer.soonest)
        if not answer.sounding:
            speaker.seek(max(at, speaker.drained()))
            starts = max(at, speaker.drained())
            ahead = answer.ahead if self._rehearsals.used else 0.0
            yield Timed(answer.id, starts, answer.hold, work, tuple(answer.work.items()), ahead)
        answer.sounding = True
        speaker.play(event.chunk)

    def _keep(self, event: Kept) -> None:
        # What an answer leaves behind never undoes what was learned in a later turn.
        if event.id >= self._kept:
            self.state, self._kept = event.state, event.id

    def _hold_back(self, at: float, speaker: TimedSpeaker) -> Iterator[Event]:
        """Somebody may be speaking: pause, but not in a sentence that safety needs."""
        answer = self._answer
        if answer is None or speaker.drained() <= at:
            yield from self._silence(at, speaker)
            return
        self._judging = True
        if not answer.essential:
            self._paused = True
            speaker.seek(self._now)
            speaker.pause()
            yield Paused(answer.id, self._now)

    def _judge(self, speaker: TimedSpeaker) -> Generator[Event, None, bool]:
        """Fall silent for speech, and say so; go on after a cough, or a sign of listening."""
        kind = self._ear.overlap(after_question=self.state.expected.after_question)
        if kind is Overlap.SPEECH:
            self._judging = False
            yield from self._interrupt(speaker)
            return True
        if kind is not Overlap.UNKNOWN:
            yield from self._go_on(speaker)
        return False

    def _go_on(self, speaker: TimedSpeaker) -> Iterator[Event]:
        if self._paused and self._answer:
            self._paused = False
            speaker.seek(self._now)
            speaker.resume()
            yield Resumed(self._answer.id, self._now)

    def _interrupt(self, speaker: TimedSpeaker) -> Iterator[Event]:
        """The person speaks: fall silent, but finish a sentence that safety needs."""
        answer = self._answer
        if answer is not None and answer.essential and speaker.drained() > self._now:
            answer.last_sentence = True
            return
        yield from self._silence(self._now, speaker)

    def _silence(self, at: float, speaker: TimedSpeaker) -> Iterator[Event]:
        was_speaking = self._paused or speaker.drained() > at
        self._paused = self._judging = False
        answer = self._answer
        self._give_up()
        if was_speaking:
            speaker.seek(at)
            speaker.stop()
            yield Interrupted(answer.id if answer else TurnId(0), at)

    def _give_up(self) -> None:
        if self._answer is not None:
            self._answer.events.close()
            self._answer = None
