"""An exercise within a talk: what happens in it, and what speech does to it.

It sounds on while the person speaks, until their words tell what to do: a command is obeyed
as soon as it was heard, anything else that lasts makes it wait, and danger ends it.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from enum import Enum, auto

from companion.attempts import Broken, attempt, survive
from companion.events import Cue, Event, Failed, Kept, Led, Sound
from companion.exercise import BreathPace, Exercise
from companion.listening import BreathReader, Listening
from companion.stages import Leader, Policy
from companion.values import AnswerKind, Expected, Plan, State, Transcript, Turn, TurnId, Utterance

AHEAD = 8.0
"""Seconds of sound that may wait: neither a slow voice nor a busy computer moves a beat"""

STEADY = 0.15
"""Seconds for which the words of a command must stay the same"""
HUSH = 1.0
"""Seconds of speech that is no command, after which an exercise waits"""
ON = "lead-on"
"""The act of an exercise that goes on as before"""


class Wish(Enum):
    """What somebody who speaks during an exercise may want of it, before they have finished."""

    OBEY = auto()
    HUSH = auto()


@dataclass
class Aside:
    """Speech while an exercise is led."""

    began: float
    """Seconds"""
    waits: bool
    """A question was asked: words are no interruption"""
    obeyed: str = ""
    """The command that was obeyed while they spoke"""
    hushed: bool = False
    """The exercise fell silent for it"""

    def hear(self, leader: Leader | None, hearing: Listening, voiced: float) -> Wish | None:
        """Take what is heard so far, which holds so many seconds of voice."""
        if command(leader, hearing.words) == "stop":
            self.hushed = True
            return Wish.HUSH
        if self.obeyed or self.hushed:
            return None
        found = command(leader, hearing.command(STEADY))
        # A grammar hears a command in anything: a free ear has to hear the same one. Without one
        # it is obeyed when the turn is over, and the whole of it was compared.
        sure = hearing.has_two_ears and command(leader, hearing.words) == found
        if found and sure:
            self.obeyed = found
            return Wish.OBEY
        if not self.waits and voiced >= HUSH:
            self.hushed = True
            return Wish.HUSH
        return None

    def early(self, id: TurnId, hearing: Listening, now: float) -> Utterance:
        """Give the command that is obeyed before the turn is over; `now` in seconds."""
        words = Transcript(hearing.command(0.0))
        return Utterance(id, words, start=self.began, end=now, committed=now)

    def is_done(self, leader: Leader | None, act: str, utterance: Utterance) -> bool:
        """Tell that nothing is left to do once all was heard, and what it means was decided."""
        words = utterance.transcript.text if utterance.transcript else ""
        again = bool(self.obeyed) and command(leader, words) == self.obeyed
        return not self.hushed and (act == ON or again)


def begin_aside(state: State, at: float) -> Aside | None:
    """Take note that somebody begins to speak; None where nothing is being led."""
    exercise = state.exercise
    if exercise is None or exercise.control.paused:
        return None
    return Aside(at, waits=bool(exercise.asks))


def command(leader: Leader | None, words: str) -> str | None:
    """Name the command of an exercise that these words are."""
    found = attempt(lambda: leader.command(words) if leader and words else None)
    return None if isinstance(found, Broken) else found


def choose(leader: Leader | None, policy: Policy, turn: Turn) -> Plan:
    """Decide what to do in a turn: within an exercise its leader is asked first."""
    within = leader.heard(turn) if leader and turn.exercise else None
    return within or policy.choose(turn)


def led(
    leader: Leader,
    plan: Plan,
    id: TurnId,
    state: State,
    *,
    aloud: bool,
    breath: BreathReader | None = None,
) -> Generator[Event, None, State | Broken | None]:
    """Yield the exercise of a plan from where it stands; each `Led` tells how far it was heard.

    Returns the state in which what comes after it is said; None where nothing was led to its end.
    """
    pace = _pace(breath, state)
    exercise = plan.exercise or attempt(lambda: leader.begin(plan, _health(state), pace))
    if isinstance(exercise, Broken):
        yield Failed(id, "lead", exercise.problem)
        return exercise
    if exercise is None or exercise.control.paused:
        return None
    if plan.exercise and pace and pace.told:
        exercise = _at(exercise, pace)
    over = replace(state, exercise=None, expected=plan.expected)
    with closing(survive(lambda: leader.lead(exercise))) as moments:
        for moment in moments:
            if isinstance(moment, Broken):
                yield Failed(id, "lead", moment.problem)
                yield Kept(id, over)
                return moment
            for cue in moment.cues:
                yield Led(id, cue)
            if aloud:
                yield Sound(id, moment.chunk, AHEAD)
    yield Kept(id, over)
    return over


def _pace(breath: BreathReader | None, state: State) -> BreathPace | None:
    """Ask how somebody breathes; what fails of that counts as not heard. No child is listened to
    for anything but words.
    """
    if breath is None or state.risk.is_minor:
        return None
    heard = attempt(breath.pace)
    return BreathPace() if isinstance(heard, Broken) else heard


def _at(exercise: Exercise, pace: BreathPace) -> Exercise:
    control = exercise.control
    progress = replace(control.progress, begins=pace.seconds)
    return replace(exercise, control=replace(control, progress=progress))


def _health(state: State) -> tuple[str, ...]:
    told = state.mind.health
    return (state.known.health if told is None else told) or ()


def follow(state: State, cue: Cue) -> State:
    """Note how far an exercise was heard. While it is led its commands may be said."""
    exercise = cue.exercise
    if cue.kind == "end":
        then = Expected(AnswerKind(exercise.then), after_question=bool(exercise.after))
        return replace(state, exercise=None, expected=then)
    asks = AnswerKind.YES_NO if exercise.asks == AnswerKind.YES_NO else AnswerKind.COMMAND
    return replace(state, exercise=exercise, expected=Expected(asks))
