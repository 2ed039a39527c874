"""Hold the talk of `companion bench` in audio time, and read from its events what it was like."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from companion.audio.loudspeaker import LATENCY
from companion.commands.bench_clocks import Costs, TimedEar
from companion.commands.bench_people import Air, Moment, People, Spoken
from companion.conversation import Conversation
from companion.earcons import THINKING_AFTER
from companion.events import Chosen, Event, Heard, Interrupted, Paused, SpeechStarted, Timed
from companion.parts import Parts, build_ear
from companion.stages import Clock
from companion.talk import Talk


@dataclass(frozen=True)
class Answer:
    """One turn and what came of it, in seconds."""

    hold: float | None
    """From the last of the voice to the turn being taken; None where nothing was answered"""
    work: float | None
    """From then to the first sound"""
    barge_in: float | None
    """From the first of a voice over us to our silence, with the delay of a loudspeaker; None
    where nobody spoke over us"""
    cut_off: bool
    """An answer was heard before the labelled end"""
    early: bool
    """The turn was taken before it, whether or not anything was heard"""
    asked: bool
    """We had just asked something"""
    ahead: float = 0.0
    """Work for it that was over when the turn was taken"""
    wait: float = 0.0
    """From the turn being taken to when an answer may sound at the soonest"""

    @property
    def voice_to_voice(self) -> float | None:
        return self._after(self.work)

    @property
    def all_after(self) -> float | None:
        """What voice to voice would be if no work were done during the hold."""
        return self._after(None if self.work is None else self.work + self.ahead)

    def _after(self, work: float | None) -> float | None:
        return None if self.hold is None or work is None else self.hold + max(work, self.wait)

    @property
    def sign_of_life(self) -> float | None:
        """From the turn being taken to the first thing heard: the answer, or a soft sound."""
        return None if self.work is None else min(self.work, THINKING_AFTER)


@dataclass(frozen=True)
class Began:
    """An answer that began to be heard. Times in seconds."""

    taken: float
    """When its turn was taken"""
    at: float
    work: float
    asked: bool
    """What was answered had followed a question of ours"""
    ahead: float = 0.0


@dataclass
class Story:
    """What happened, in order, in seconds."""

    taken: list[float] = field(default_factory=list)
    began: list[Began] = field(default_factory=list)
    fell_silent: list[float] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    _asked: tuple[bool, bool] = (False, False)
    """Whether we had asked something before the turn that is answered, and do now"""

    def take(self, event: Event, now: float) -> None:
        """Take what happened, and the second at which it was known."""
        match event:
            case SpeechStarted():
                self.started.append(event.at)
            case Heard():
                self.taken.append(event.utterance.committed)
            case Chosen():
                self._asked = (self._asked[1], event.expected.after_question)
            case Timed():
                asked = self._asked[0]
                taken = self.taken[-1]
                self.began.append(Began(taken, event.at, event.work, asked, event.ahead))
            case Interrupted() | Paused():
                self.fell_silent.append(now + LATENCY)


def hold(
    parts: Parts,
    conversation: Conversation,
    turns: list[Spoken],
    costs: Costs,
    tell: Callable[[float, int], None],
    clock: Clock = time.perf_counter,
) -> tuple[list[Answer], int]:
    """Hold it; give the answers, and how often we heard speech where nobody spoke.

    `tell` takes the seconds that have passed, and the turns.
    """
    air = Air()
    people = People(turns, air)
    ear = TimedEar(build_ear(parts.settings), costs)
    talk = Talk(ear, costs.watch(conversation), clock, lambda words: False, charge_work=True)
    story = Story()
    for event in talk.run(people, air):
        story.take(event, people.now)
        if isinstance(event, Timed):
            people.answered = event.at
            tell(people.now, len(people.moments))
    answers = read(people.moments, story)
    return answers, self_interruptions(people.moments, story.started)


def read(moments: Sequence[Moment], story: Story) -> list[Answer]:
    """Set what happened beside what was said."""
    ends = [*(moment.start for moment in moments[1:]), float("inf")]
    return [_read(moment, until, story) for moment, until in zip(moments, ends, strict=True)]


def _read(moment: Moment, until: float, story: Story) -> Answer:
    # What was taken before this turn began belongs to the one before it.
    own = [row for row in story.began if moment.start < row.taken < until]
    last = own[-1] if own and own[-1].taken >= moment.end else None
    silence = next((at for at in story.fell_silent if at >= moment.start), None)
    over = moment.over and silence is not None and silence < moment.end
    return Answer(
        hold=last.taken - moment.end if last else None,
        work=last.work if last else None,
        barge_in=silence - moment.start if over and silence is not None else None,
        cut_off=any(row.at < moment.end for row in own),
        early=any(moment.start < at < moment.end for at in story.taken),
        asked=last.asked if last else False,
        ahead=last.ahead if last else 0.0,
        # What came later than its work took has waited until then.
        wait=max(0.0, last.at - last.taken) if last and last.at - last.taken > last.work else 0.0,
    )


def self_interruptions(moments: Sequence[Moment], started: Sequence[float]) -> int:
    """Count the starts of speech in which nobody spoke."""
    return sum(
        not any(moment.start - 0.1 <= at <= moment.end + 0.1 for moment in moments)
        for at in started
    )


def quantiles(values: Sequence[float | None]) -> dict[str, float | None]:
    """Give the median and the 95th percentile; None where there is no value."""
    there = [value for value in values if value is not None]
    if not there:
        return {"p50": None, "p95": None}
    return {f"p{share}": round(float(np.percentile(there, share)), 3) for share in (50, 95)}
