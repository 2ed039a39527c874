"""An answer that is being given, in a talk through sound files."""

from collections.abc import Generator
from dataclasses import dataclass, field

from companion.ahead import Ahead
from companion.conversation import Conversation
from companion.events import Checked, Chosen, Event, Said, Sound, Spoken
from companion.halves import Halves
from companion.stages import Clock
from companion.values import State, Transcript, TurnId, Utterance

STAGE_OF: dict[type, str] = {Checked: "guard", Chosen: "policy", Said: "think", Sound: "speak"}
"""Which stage has worked when an event comes out"""


@dataclass
class Answer:
    """An answer that is being given."""

    id: TurnId
    events: Generator[Event, None, None]
    taken: float
    """Seconds: when its turn was taken"""
    hold: float
    """Seconds"""
    work: dict[str, float] = field(default_factory=dict)
    """Seconds of computing so far, by stage"""
    ahead: float = 0.0
    """Seconds of computing that were over when the turn was taken"""
    soonest: float = 0.0
    """Seconds: it sounds no sooner"""
    essential: bool = False
    """The sentence being spoken is finished even when spoken over"""
    last_sentence: bool = False
    """The person has spoken: nothing follows this sentence"""
    sounding: bool = False

    def next(self, clock: Clock) -> Event | None:
        """Give what happens next, and count what finding it takes."""
        started = clock()
        event = next(self.events, None)
        if not self.sounding:
            stage = STAGE_OF.get(type(event), "think")
            self.work[stage] = self.work.get(stage, 0.0) + clock() - started
        return event


def answer_to(
    heard: Utterance,
    events: Generator[Event, None, None],
    work: dict[str, float],
    ahead: float,
    *,
    waits: bool,
) -> Answer:
    """Give the answer to an utterance, of which so much work is done, and was done ahead.

    `waits`: it lets a moment pass for whoever goes on just then.
    """
    soonest = heard.soonest if waits else 0.0
    return Answer(heard.id, events, heard.committed, heard.hold, work, ahead, soonest)


class Rehearsals:
    """Work ahead in audio time: done at once, as if it went on beside what is said meanwhile."""

    def __init__(self, conversation: Conversation, halves: Halves, clock: Clock) -> None:
        """`giving` is the conversation that makes use of them."""
        self._ahead = Ahead(conversation)
        self.giving = self._ahead.giving
        self._halves = halves
        self._clock = clock
        self._words = ""
        self._began = self._took = 0.0
        """Seconds of the talk, and of work"""

    @property
    def used(self) -> bool:
        """The answer that is given now found something."""
        return self._ahead.used

    def go_on(self, event: Spoken, words: str, state: State, *, may_end: bool) -> None:
        """Take the words up to the end of a sound; rehearse the answer where that is due."""
        now = event.chunk.end
        if not self._ahead.due(words, may_end=may_end):
            return
        heard = Utterance(event.id, Transcript(words), end=now, committed=now)
        started = self._clock()
        self._ahead.rehearse(*self._halves.whole(heard, state))
        self._words, self._began, self._took = words, now, self._clock() - started

    def end(self, words: str, taken: float) -> tuple[float, float]:
        """The turn was taken with these words: give the seconds of work that were over then.

        And those that its answer must still wait for.
        """
        self._ahead.end()
        took = self._took if words and words == self._words else 0.0
        self._words = ""
        left = max(0.0, self._began + took - taken) if took else 0.0
        return took - left, left
