"""Who may be heard, and what happens when: the one place where the threads of a talk meet.

Time is seconds of sound from the microphone; `go_on` moves it. What an answer says happens
when its sound leaves the loudspeaker, so whatever was cut off was never said. Everything
here is guarded by one lock.
"""

import math
import threading
from collections import deque
from collections.abc import Callable

from companion.errors import AudioError
from companion.events import Event, Interrupted, Kept, Led, Paused, Resumed, Said, Sound
from companion.leading import follow
from companion.outlet import Outlet
from companion.stages import Speaker
from companion.values import AudioChunk, State, TurnId

AHEAD = 0.5
"""Seconds of sound made ahead: enough for a busy moment, little to throw away"""
ECHO = 0.3
"""Seconds that a room goes on sounding after the loudspeaker"""
PATIENCE = 5.0
"""Seconds after which time is taken to stand still"""


class Floor:
    """One talk's loudspeaker and the state of the talk."""

    def __init__(
        self,
        speaker: Speaker,
        put: Callable[[Event | Exception], None],
        state: State,
        hushed: bool = False,
    ) -> None:
        """`put` takes what happens, and the AudioError of a loudspeaker that has gone."""
        self.state = state
        self._put = put
        self._out = Outlet(speaker, self._lose)
        self._time = threading.Condition()
        """Guards all below; notified when time has gone on"""
        self._over = False
        """The talk has ended"""
        self._wanted: TurnId | None = None
        """The turn that waits for its answer: none while the person speaks"""
        self._since: float | None = None
        """Seconds: since when somebody waits for an answer of which nothing was heard or shown"""
        self._soonest = 0.0
        """Seconds: no sooner is it said; whoever goes on until then was not cut off"""
        self._answering: TurnId | None = None
        """The turn whose answer may be heard"""
        self._kept = TurnId(0)
        """The turn that `state` is from"""
        self._finished, self._hushed = False, hushed
        """Nothing more comes of that answer; a key asked for silence, and nobody waits since"""
        self._is_sign = False
        """What was played last says nothing: nobody was interrupted"""
        self._essential = self._last_sentence = False
        """What sounds is finished even when spoken over; and nothing follows it"""
        self._coming: deque[tuple[float, Event]] = deque()
        """What happens when its time, in seconds, has come"""

    # --- the person -----------------------------------------------------------------------

    def go_on(self, now: float) -> bool:
        """Let happen what was to happen until `now`, in seconds; say whether the talk goes on."""
        with self._time:
            self._out.now = now
            while not self._out.held and self._coming and self._coming[0][0] <= now:
                self._happen(self._coming.popleft()[1])
            self._time.notify_all()
            return not (self._over or self._out.gone)

    def is_echo(self, chunk: AudioChunk) -> bool:
        """Say whether our own voice may be in this sound."""
        with self._time:
            return chunk.end > self._out.began and self._out.drained() + ECHO > chunk.start

    @property
    def may_be_soft(self) -> bool:
        """What sounds must not be loud: it is no sentence that safety needs, and no exercise."""
        with self._time:
            return not self._essential and self.state.exercise is None

    def pause(self) -> bool:
        """Somebody may be speaking: hold the answer back. False: there is none to hold back.

        A sentence that safety needs goes on sounding meanwhile.
        """
        with self._time:
            if self._is_sign or not (self._wanted or self._out.sounds):
                return False
            if not (self._essential or self._out.held) and self._out.hold():
                self._put(Paused(self._answering or TurnId(0), self._out.now))
            return True

    def resume(self) -> None:
        """Nobody spoke: go on."""
        with self._time:
            if (later := self._out.release()) is not None:
                # What was to happen happens as much later as its sound.
                self._coming = deque((due + later, event) for due, event in self._coming)
                self._put(Resumed(self._answering or TurnId(0), self._out.now))
            self._time.notify_all()

    def interrupt(self) -> None:
        """The person speaks: fall silent, but finish a sentence that safety needs."""
        with self._time:
            self._wanted = self._since = None
            if self._essential and self._out.sounds:
                self._last_sentence = True
            else:
                self.silence()

    def silence(self) -> None:
        """Fall silent at once, and give up the answer that is waited for: stop beats everything."""
        with self._time:
            self._wanted = self._since = None
            answered, self._answering = self._answering, None
            self._last_sentence = self._essential = False
            self._coming.clear()
            if self._out.stop() and not self._is_sign:
                self._put(Interrupted(answered or TurnId(0), self._out.now))
            self._time.notify_all()

    def hush(self) -> None:
        """Fall silent at once, until a turn is taken: a key was pressed."""
        with self._time:
            self._hushed = True
            self.silence()

    def want(self, id: TurnId, soonest: float = 0.0) -> None:
        """The person has finished, and waits for an answer: it is said `soonest` then (seconds)."""
        with self._time:
            self._wanted, self._since, self._soonest = id, self._out.now, soonest
            self._hushed = False

    @property
    def sounds(self) -> bool:
        """Something is heard now."""
        with self._time:
            return self._out.sounds

    @property
    def busy(self) -> bool:
        """Something is heard, or an answer is waited for or still being given."""
        with self._time:
            return self._out.sounds or self._since is not None or bool(self._coming)

    @property
    def waited(self) -> float | None:
        """Seconds for which the person has waited for an answer; None: they do not wait."""
        with self._time:
            return None if self._since is None else self._out.now - self._since

    @property
    def has_gone(self) -> bool:
        """The loudspeaker has gone, and the talk is not over."""
        return self._out.gone and not self._over

    def sign(self, chunk: AudioChunk) -> None:
        """Let a short sound that says nothing be heard, where nothing else is."""
        with self._time:
            if not (self._over or self._hushed or self._out.sounds):
                self._out.play(chunk)
                self._is_sign = True

    # --- the answer -----------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds of the talk."""
        return self._out.now

    def happen(self, event: Event) -> None:
        """Let something happen at once."""
        with self._time:
            self._happen(event)

    def let(self, event: Event) -> bool:
        """Let a part of an answer happen in its time; False where nobody waits for it."""
        # The next sentence begins when the last was heard: until then it can be withheld.
        ahead = 0.0 if isinstance(event, Said) else math.inf
        if isinstance(event, Sound):
            ahead = AHEAD if event.ahead is None else event.ahead
        with self._time:
            self._wait(lambda: self._may_at_last(event, ahead))
            if not self._may(event):
                return False
            if isinstance(event, Sound):
                self._out.play(event.chunk)
                self._is_sign, self._since = False, None
            elif self._out.sounds:
                self._coming.append((self._out.drained(), event))
            else:
                self._happen(event)
            return True

    def finish(self, id: TurnId) -> None:
        """Nothing more comes of the answer to this turn."""
        with self._time:
            self._finished = self._finished or self._answering == id
            self._since = None if self._wanted == id else self._since
            self._time.notify_all()

    def end(self) -> None:
        """The talk is over: nobody waits for anything any more."""
        with self._time:
            self._over = True
            self._out.end()
            self._time.notify_all()

    def be_silent(self) -> None:
        """A device has gone: show at once what was to be heard, and all that follows."""
        with self._time:
            self._out.gone = True
            while self._coming:
                self._happen(self._coming.popleft()[1])
            self._time.notify_all()

    def _happen(self, event: Event) -> None:
        if isinstance(event, Kept):
            # What an answer leaves behind never undoes what was learned in a later turn.
            if event.id >= self._kept:
                self.state, self._kept = event.state, event.id
            return
        if isinstance(event, Led):
            self.state = follow(self.state, event.cue)
        if isinstance(event, Said):
            self._essential, self._since = event.essential, None
        self._put(event)

    def _may(self, event: Event) -> bool | None:
        """Say whether a part of an answer may happen; None: not yet."""
        if self._over or (self._out.gone and isinstance(event, Led)):
            # What a device that has gone cannot lead any more is not shown to its end.
            return False
        if self._out.held:
            # Whoever may be speaking decides whether this is still wanted.
            return None if event.id in (self._answering, self._wanted) else False
        early = isinstance(event, (Said, Sound)) and self._out.now < self._soonest
        if early and self._wanted == event.id and not self._out.gone:
            return None
        if self._answering == event.id:
            return not (self._last_sentence and isinstance(event, Said))
        if self._wanted != event.id:
            return False
        if self._answering and not (self._finished and not self._out.sounds):
            # A sentence that safety needs is being finished.
            return None
        self._answering, self._finished = event.id, False
        self._last_sentence = self._essential = False
        return True

    def _may_at_last(self, event: Event, ahead: float) -> bool:
        """Say whether it is known that it may not happen, or it may and its time has come."""
        may = self._may(event)
        return may is False or (may is True and self._out.drained() - self._out.now <= ahead)

    def _wait(self, enough: Callable[[], bool]) -> None:
        """Wait until something holds, or time stands still."""
        while not enough() and self._time.wait(PATIENCE):
            pass

    def _lose(self, error: AudioError) -> None:
        self.be_silent()
        self._put(error)
