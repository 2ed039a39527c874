"""Hold a talk through a microphone and a loudspeaker. The only file that starts threads.

The ear never waits for the mind. One thread hears, and keeps the time: seconds of sound
from the microphone. Another thinks and speaks, one sentence ahead of what is heard at
the most. What was said counts, and is shown, when its sound leaves the loudspeaker.

Without headphones the companion would hear itself, so while it speaks it does not listen.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from queue import SimpleQueue

import numpy as np

from companion.conversation import Conversation, Listening
from companion.events import (
    Checked,
    Chosen,
    EarEvent,
    Event,
    Heard,
    Interrupted,
    Kept,
    PartialHeard,
    Said,
    Sensed,
    Sound,
    SpeechStarted,
    Spoken,
    Timed,
    TurnTaken,
)
from companion.stages import Clock, Ear, Microphone, Speaker
from companion.values import State, TurnId, Utterance

AHEAD = 0.5
"""Seconds of sound made ahead: enough for a busy moment, little to throw away"""
ECHO = 0.3
"""Seconds that a room goes on sounding after the loudspeaker"""
PATIENCE = 5.0
"""Seconds after which time is taken to stand still"""


class LiveTalk:
    """A conversation held through sound devices."""

    def __init__(
        self,
        ear: Ear,
        conversation: Conversation,
        clock: Clock,
        is_stop: Callable[[str], bool],
        *,
        headphones: bool,
    ) -> None:
        """`headphones`: the microphone cannot hear the loudspeaker, so one may speak over it."""
        self.state = State()
        self._ear = ear
        self._conversation = conversation
        self._clock = clock
        self._is_stop = is_stop
        self._headphones = headphones
        self._hearing: Listening | None = None
        self._words = ""
        self._events: SimpleQueue[Event | Future[None]] = SimpleQueue()
        self._taken: SimpleQueue[tuple[Utterance, float] | None] = SimpleQueue()
        self._time = threading.Condition()
        """Guards all below; notified when time has gone on"""
        self._now = 0.0
        self._over = False
        self._wanted: TurnId | None = None
        """The turn that waits for its answer: none while the person speaks"""
        self._answering: TurnId | None = None
        """The turn whose answer may be heard"""
        self._essential = False
        self._last_sentence = False
        self._coming: deque[tuple[float, Event]] = deque()
        """What happens when its time, in seconds, has come"""

    def run(
        self, microphone: Microphone, speaker: Speaker, state: State | None = None
    ) -> Generator[Event, None, None]:
        """Talk until the sound ends or this is closed; yield what happens. Raises AudioError."""
        self.state = state or State()
        pool = ThreadPoolExecutor(2, "talk")
        for work in (partial(self._hear, microphone, speaker), partial(self._speak, speaker)):
            pool.submit(work).add_done_callback(self._events.put)
        try:
            while not isinstance(event := self._events.get(), Future):
                yield event
            # A thread that failed must not do so in silence.
            event.result()
        finally:
            self._end(microphone, speaker)
            pool.shutdown()

    def _end(self, microphone: Microphone, speaker: Speaker) -> None:
        with self._time:
            self._over = True
            speaker.stop()
            self._time.notify_all()
        microphone.close()
        self._taken.put(None)

    # --- the thread that hears ---------------------------------------------------------

    def _hear(self, microphone: Microphone, speaker: Speaker) -> None:
        for chunk in microphone.blocks():
            with self._time:
                if self._over:
                    return
                self._go_on(chunk.end)
                echo = not self._headphones and speaker.drained() + ECHO > chunk.start
            if echo and self._hearing is None:
                chunk = replace(chunk, samples=np.zeros_like(chunk.samples))
            for event in self._ear.push(chunk, self.state.expected):
                self._on_ear(event, speaker)

    def _go_on(self, now: float) -> None:
        """Let happen what was to happen until `now`."""
        self._now = now
        while self._coming and self._coming[0][0] <= now:
            self._happen(self._coming.popleft()[1])
        self._time.notify_all()

    def _happen(self, event: Event) -> None:
        if isinstance(event, Kept):
            self.state = event.state
            return
        if isinstance(event, Said):
            self._essential = event.essential
        self._events.put(event)

    def _on_ear(self, event: EarEvent, speaker: Speaker) -> None:
        match event:
            case SpeechStarted():
                self._events.put(event)
                self._hearing = self._conversation.listen(event.id, self.state.expected)
                self._words = ""
                with self._time:
                    self._interrupt(speaker)
            case Spoken() if self._hearing:
                self._listen(event, self._hearing, speaker)
            case TurnTaken() if self._hearing:
                self._take(event, self._hearing, speaker)

    def _listen(self, event: Spoken, hearing: Listening, speaker: Speaker) -> None:
        words = hearing.accept(event.chunk)
        if not words or words == self._words:
            return
        self._words = words
        self._conversation.prepare(words, self.state)
        self._events.put(PartialHeard(event.id, words))
        if self._is_stop(words):
            # Stop beats everything, also a danger answer.
            with self._time:
                self._silence(speaker)

    def _take(self, event: TurnTaken, hearing: Listening, speaker: Speaker) -> None:
        began = self._clock()
        utterance = hearing.finish(event.start, event.end, event.at)
        self._hearing = None
        with self._time:
            for failure in hearing.failures:
                self._happen(failure)
            self._interrupt(speaker)
            self._wanted = event.id
        self._taken.put((utterance, began))

    def _interrupt(self, speaker: Speaker) -> None:
        """The person speaks: fall silent, but finish a sentence that safety needs."""
        self._wanted = None
        if self._essential and self._sounds(speaker):
            self._last_sentence = True
        else:
            self._silence(speaker)

    def _silence(self, speaker: Speaker) -> None:
        sounded = self._sounds(speaker)
        answered, self._answering = self._answering, None
        self._coming.clear()
        if sounded:
            speaker.stop()
            self._events.put(Interrupted(answered or TurnId(0), self._now))
        self._time.notify_all()

    def _sounds(self, speaker: Speaker) -> bool:
        return speaker.drained() > self._now

    # --- the thread that thinks and speaks -----------------------------------------------

    def _speak(self, speaker: Speaker) -> None:
        while (taken := self._taken.get()) is not None:
            utterance, began = taken
            with self._time:
                # A person who has gone on gets no answer to this, but its danger is weighed.
                self._answering = utterance.id if self._wanted == utterance.id else None
                self._essential = self._last_sentence = False
            with closing(self._conversation.answer(utterance, self.state)) as events:
                self._answer(_one_ahead(events), utterance, began, speaker)

    def _answer(
        self, events: Iterator[Event], utterance: Utterance, began: float, speaker: Speaker
    ) -> None:
        chosen = timed = False
        for event in events:
            chosen = chosen or isinstance(event, Chosen)
            if isinstance(event, Sound) and not timed:
                timed = True
                work = self._clock() - began
                self._let(Timed(utterance.id, self._now, utterance.hold, work, ()), speaker)
            if not chosen and isinstance(event, (Heard, Sensed, Checked, Kept)):
                with self._time:
                    self._happen(event)
            elif not self._let(event, speaker) and chosen:
                return

    def _let(self, event: Event, speaker: Speaker) -> bool:
        """Let a part of an answer happen in its time; False where nobody waits for it."""
        # The next sentence begins when the last was heard: until then it can be withheld.
        ahead = AHEAD if isinstance(event, Sound) else 0.0 if isinstance(event, Said) else math.inf
        with self._time:
            self._wait(lambda: self._stale(event) or speaker.drained() - self._now <= ahead)
            if self._stale(event):
                return False
            if isinstance(event, Sound):
                speaker.play(event.chunk)
            elif self._sounds(speaker):
                self._coming.append((speaker.drained(), event))
            else:
                self._happen(event)
        return True

    def _stale(self, event: Event) -> bool:
        spoken_over = self._last_sentence and isinstance(event, Said)
        return self._over or spoken_over or self._answering != event.id

    def _wait(self, enough: Callable[[], bool]) -> None:
        """Wait until something holds, or time stands still."""
        while not enough() and self._time.wait(PATIENCE):
            pass


def _one_ahead(events: Iterator[Event]) -> Iterator[Event]:
    """Give a sentence when its first sound is made: while the one before is still heard."""
    for event in events:
        following = next(events, None) if isinstance(event, Said) else None
        yield event
        if following is not None:
            yield following
