"""Hold a talk through a microphone and a loudspeaker. It alone starts threads (`threads.py`).

The ear never waits for the mind. One thread hears, and keeps the time: seconds of sound from the
microphone. Each turn is answered by a thread of its own, one sentence ahead of what is heard at
the most; an answer that nobody wants keeps nobody waiting. They meet in `floor.py`.
It listens while it speaks, as far as its own voice can be taken out of what it hears.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from queue import SimpleQueue

from companion.ahead import Ahead
from companion.conversation import Conversation
from companion.earcons import Earcons
from companion.errors import AudioError
from companion.events import (
    EarEvent,
    Event,
    Failed,
    LongTurn,
    PartialHeard,
    SpeechStarted,
    Spoken,
    TurnTaken,
)
from companion.floor import PATIENCE, Floor
from companion.halves import Halves
from companion.leading import Aside, Wish, begin_aside
from companion.life import Life
from companion.listening import Canceller, Listening, Taps, heed
from companion.overhearing import Overhearing
from companion.stages import Clock, Ear, Microphone, Speaker
from companion.telling import timed, weigh
from companion.threads import Threads
from companion.values import AudioChunk, Cleared, State, Transcript, TurnId, Utterance

Order = tuple[threading.Event, threading.Event, Callable[[State], State]]
"""The turn before was weighed, this one was, and the state from which it is answered"""
Events = Generator[Event, None, None]
Opening = Callable[[TurnId, State], Events]
"""Gives what a talk begins with, as this turn and from this state"""


class LiveTalk:
    """A conversation held through sound devices. It is run once."""

    def __init__(
        self,
        ear: Ear,
        conversation: Conversation,
        clock: Clock,
        is_stop: Callable[[str], bool],
        *,
        canceller: Canceller | None = None,
        earcons: Earcons | None = None,
    ) -> None:
        """Without a `canceller` that works, nobody is listened to while we speak."""
        self._ear = ear
        self._ahead = Ahead(conversation)
        self._conversation = self._ahead.giving
        self._clock = clock
        self._is_stop = is_stop
        self._taps = Taps(canceller, conversation.breath)
        self._life = Life(earcons, conversation.company)
        self._floor: Floor
        self._hearing: Listening | None = None
        self._words = ""
        self._aside: Aside | None = None
        self._over = Overhearing(ear)
        self._halves = Halves()
        self._last = TurnId(0)
        """The last turn that was taken or typed"""
        self._quiet = False
        """A key asked for silence: what was being said is weighed and not answered"""
        self._events: SimpleQueue[Event | Exception | None] = SimpleQueue()
        self._threads = Threads(self._events.put)
        self._weighed_before = threading.Event()
        """The last turn was weighed: each begins with what the one before it left"""
        self._weighed_before.set()

    @property
    def state(self) -> State:
        """What is known so far."""
        return self._floor.state

    def run(
        self,
        microphone: Microphone,
        speaker: Speaker,
        state: State | None = None,
        opening: Opening | None = None,
    ) -> Generator[Event, None, None]:
        """Talk until the sound ends or this is closed; yield what happens.

        `opening` is what it begins with, such as an exercise, before anybody has spoken.

        Raises AudioError when a device has gone; a running answer is shown to its end before.
        """
        self._floor = Floor(speaker, self._events.put, state or State(), hushed=self._quiet)
        self._threads.start(partial(self._hear_to_the_end, microphone))
        if opening:
            self._speak(lambda id: opening(id, self.state))
        try:
            while (event := self._events.get()) is not None:
                if isinstance(event, Exception):
                    yield from self._show_the_rest()
                    raise event
                yield event
        finally:
            self._floor.end()
            self._ahead.drop()
            microphone.close()
            self._threads.join(PATIENCE)

    def hush(self) -> None:
        """Fall silent at once, or begin so, until asked: for a key, from any thread."""
        self._quiet = True
        if self._threads:  # it runs
            self._floor.hush()

    def sign(self, chunk: AudioChunk) -> None:
        """Let a short sound that says nothing be heard, where nothing else is. From any thread."""
        self._floor.sign(chunk)

    def type(self, words: str) -> None:
        """Answer words that were typed, or that a key stands for. From any thread."""
        self._life.type(words)

    def _show_the_rest(self) -> Iterator[Event]:
        """Yield what is left of a running answer."""
        self._floor.be_silent()
        self._threads.join(PATIENCE)
        while not self._events.empty():
            event = self._events.get()
            if event is not None and not isinstance(event, Exception):
                yield event

    # --- the thread that hears ---------------------------------------------------------

    def _hear_to_the_end(self, microphone: Microphone) -> None:
        """Hear; where a device goes, what was being said is weighed and shown, not answered."""
        try:
            self._hear(microphone)
        except AudioError:
            self._take_the_rest()
            raise
        if self._floor.has_gone:
            self._take_the_rest()

    def _take_the_rest(self) -> None:
        self._quiet = True
        for event in self._ear.flush():
            self._on_ear(event)

    def _hear(self, microphone: Microphone) -> None:
        for chunk in microphone.blocks():
            if not self._floor.go_on(chunk.end):
                return
            echo, busy = self._floor.is_echo(chunk), self._hearing is not None
            heard, deaf = self._taps.take(chunk, echo, busy, self._floor.happen)
            self._taps.soften(chunk.end, self._floor.may_be_soft)
            self._show_life(chunk, deaf)
            for event in heed(self._ear, heard, self.state.expected):
                if isinstance(event, (Failed, LongTurn)):
                    self._floor.happen(event)
                else:
                    self._on_ear(event)
        self._events.put(None)

    def _show_life(self, chunk: AudioChunk, deaf: bool) -> None:
        """Show how loud it is, let a sign of life sound where one is due, take what was typed."""
        due = self._life.show(chunk, self._floor, self._last, deaf, self._hearing is not None)
        if due:
            self._keep_company(due)
        while typed := self._life.typed(self._last, chunk.end):
            self._quiet = False
            self._reply(typed, self._clock())

    def _keep_company(self, words: Cleared) -> None:
        """Say a word into a silence, unless a key asked for it."""
        if (company := self._conversation.company) and not self._quiet:
            self._speak(lambda id: company.say(id, words, self.state))

    def _speak(self, say: Callable[[TurnId], Events]) -> None:
        """Say something that nobody has asked for."""
        self._last = id = TurnId(self._last.turn, self._last.revision + 1)
        self._floor.want(id)
        self._threads.start(partial(self._let, say(id), id))

    def _on_ear(self, event: EarEvent) -> None:
        match event:
            case SpeechStarted():
                self._floor.happen(event)
                self._hearing = self._conversation.listen(event.id, self.state)
                self._words, self._quiet = "", False
                self._life.end_silence()
                self._halves.begin(goes_on=event.goes_on and not self._floor.sounds)
                self._aside = begin_aside(self.state, event.at)
                if not self._aside:
                    self._over.begin(self._floor)
            case Spoken() if self._hearing:
                self._listen(event, self._hearing)
            case TurnTaken() if self._hearing:
                self._take(event, self._hearing)

    def _listen(self, event: Spoken, hearing: Listening) -> None:
        words = hearing.accept(event.chunk, self._taps.untouched(event.chunk))
        if self._aside:
            self._beside(event, hearing, self._aside)
        before, self._words = self._words, words or self._words
        self._ear.heard(self._words, hearing.cadence().tone)
        self._over.go_on(self._floor)
        self._work_ahead(event)
        if self._words == before:
            return
        self._conversation.prepare(words, self.state)
        self._floor.happen(PartialHeard(event.id, words))
        if self._is_stop(words):
            # Stop beats everything, also a danger answer.
            self._floor.silence()

    def _work_ahead(self, event: Spoken) -> None:
        """Find the answer to the words so far, where they may be all and nothing else is said."""
        free = not (self._aside or self._quiet or self._floor.busy)
        if self._ahead.due(self._words, may_end=free and self._ear.may_end):
            now = event.chunk.end
            heard = Utterance(event.id, Transcript(self._words), end=now, committed=now)
            self._threads.start(
                partial(self._ahead.rehearse, *self._halves.whole(heard, self.state))
            )

    def _beside(self, event: Spoken, hearing: Listening, aside: Aside) -> None:
        """Do what is wanted of an exercise while the person still speaks."""
        wish = aside.hear(self._conversation.leader, hearing, self._ear.voiced)
        if wish is Wish.HUSH:
            self._floor.silence()
        if wish is Wish.OBEY:
            self._reply(aside.early(event.id, hearing, event.chunk.end), self._clock())

    def _take(self, event: TurnTaken, hearing: Listening) -> None:
        began = self._clock()
        utterance = hearing.finish(event)
        self._hearing = None
        self._ahead.end()
        for failure in hearing.failures:
            self._floor.happen(failure)
        if self._over.end(self._floor, utterance):
            return
        utterance = self._halves.join(utterance)
        aside, self._aside = self._aside, None
        if aside and aside.obeyed:
            utterance = replace(utterance, id=TurnId(event.id.turn, self._last.revision + 1))
        self._reply(utterance, began, aside)

    def _reply(self, utterance: Utterance, began: float, aside: Aside | None = None) -> None:
        self._last = utterance.id
        self._life.end_silence()
        if not aside:
            self._floor.interrupt()
        if not (aside or self._quiet):
            self._floor.want(utterance.id, utterance.soonest)
        before, self._weighed_before = self._weighed_before, threading.Event()
        order = (before, self._weighed_before, self._halves.take(utterance, self.state))
        self._threads.start(partial(self._answer, utterance, began, order, aside))

    # --- a thread that thinks and speaks -------------------------------------------------

    def _answer(self, heard: Utterance, began: float, order: Order, aside: Aside | None) -> None:
        before, weighed, since = order
        before.wait(PATIENCE)
        answer = self._weighed(heard, since(self.state), weighed, aside)
        self._let(timed(answer, heard, lambda: (self._floor.now, self._clock() - began)), heard.id)

    def _let(self, events: Generator[Event, None, None], id: TurnId) -> None:
        """Let events happen in their time, as long as somebody waits for them."""
        with closing(events):
            for event in events:
                if not self._floor.let(event):
                    break
        self._floor.finish(id)

    def _weighed(
        self, utterance: Utterance, state: State, weighed: threading.Event, aside: Aside | None
    ) -> Generator[Event, None, None]:
        """Weigh a turn, whether or not anybody waits for its answer; then yield that."""
        with closing(self._conversation.answer(utterance, state)) as answer:
            sentences, act = weigh(answer, self._floor.happen)
            weighed.set()
            if aside and aside.is_done(self._conversation.leader, act, utterance):
                return
            if aside:
                self._floor.silence()
                self._floor.want(utterance.id)
            yield from sentences
            yield from answer
