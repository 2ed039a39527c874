"""What a person says while an exercise is led, and what is done then."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from companion.answers import Answers
from companion.content import Content
from companion.exercise import Control, Exercise
from companion.sessions import control as controls
from companion.sessions.health import Condition
from companion.sessions.script import Script, Suits
from companion.values import AnswerKind, Expected, Line, Plan, Turn

LEAD, ON, STOP, OFFER = "lead", "lead-on", "stop", "offer"
"""Acts: an exercise that changes; one that does not; its end; another one instead"""


class Minutes(Content):
    """A time that is left, in words."""

    one: str
    many: str


class Asking(Content):
    """How an exercise is asked for in a talk."""

    frame: tuple[str, ...]
    """Words that may stand around its name"""
    wish: tuple[str, ...]
    """Words of which one must stand beside a state: "something for sleep" """
    which: tuple[str, ...]
    """How people ask what there is"""
    states: dict[Suits, tuple[str, ...]]
    """How people name a state"""


class Sentences(Content):
    """`prompts/<lang>/leading.yaml`."""

    paused: str
    still_paused: str
    interrupted: str
    shorter: str
    how_long_minutes: str
    how_long_end: str
    how_long_open: str
    dizzy: tuple[str, ...]
    not_helping: str
    offer_other: str
    nothing_else: str
    declined: str
    instead: str
    no_consent: str
    your_pace: str
    """Said where a breath was heard, and an exercise begins at its pace"""
    not_now: str
    minutes: Minutes
    before: str
    """Asked before an exercise"""
    going_on: str
    again: str
    again_yes: str
    again_no: str
    unpleasant: str
    unpleasant_yes: str
    unpleasant_no: str
    fell: str
    rose: str
    same: str
    rated: str
    rose_twice: str
    health: tuple[str, ...]
    """Asked once, before the first exercise"""
    health_no: str
    health_yes: str
    health_some: str
    conditions: dict[Condition, tuple[str, ...]]
    """How people name what rules exercises out"""
    first: dict[Suits, tuple[str, ...]]
    """What is offered first, by state"""
    asking: Asking
    offer_for: str
    """Offers one for a state"""
    offer_again: str
    """The same, where it seems to have helped this person"""
    which: tuple[str, ...]
    """Says what there is"""
    offer_none: str


class Led(Protocol):
    """Of whoever leads, what is needed here."""

    @property
    def scripts(self) -> Mapping[str, Script]:
        """The exercises by name."""
        ...

    @property
    def sentences(self) -> Sentences:
        """What is said around them."""
        ...

    @property
    def answers(self) -> Answers:
        """How people say things."""
        ...

    def other(self, exercise: Exercise) -> str:
        """Name another exercise for the same state; empty: there is none."""
        ...

    def without_holds(self, exercise: Exercise) -> Exercise:
        """Give what takes the place of one whose pauses were not agreed to."""
        ...


class Obeying:
    """One thing said while an exercise is led."""

    def __init__(self, led: Led, turn: Turn) -> None:
        assert turn.exercise is not None
        self._led = led
        self._turn = turn
        self._exercise: Exercise = turn.exercise
        self._words = turn.transcript.text

    def plan(self) -> Plan | None:
        """Say what is done; None: the exercise is over, and this is talk."""
        exercise, answers = self._exercise, self._led.answers
        if exercise.offered:
            return self._offered(exercise)
        if command := answers.exercise(self._words):
            return self._obey(command, exercise)
        if exercise.asks == AnswerKind.YES_NO:
            return self._agreed(exercise)
        standing = answers.command(self._words)
        if standing not in (None, "thanks"):
            return None
        if exercise.control.paused:
            return self._still_paused(exercise)
        if exercise.asks or standing or not (self._words or self._turn.transcript.rejected):
            # An answer that it waits for, thanks, or nothing that was understood.
            return self._go(ON, exercise)
        return self._waits(self._led.sentences.interrupted, exercise)

    # --- commands ---------------------------------------------------------------------------

    def _obey(self, command: str, exercise: Exercise) -> Plan | None:
        said, control = self._led.sentences, exercise.control
        special: Mapping[str, Callable[[], Plan]] = {
            "stop": lambda: self._ends(STOP, Line(reviewed="stopped")),
            "pause": lambda: self._waits(said.paused, exercise),
            "shorter": lambda: self._go(
                LEAD, _with(exercise, controls.shorter(control, exercise.left)), said.shorter
            ),
            "how-long": lambda: self._go(LEAD, exercise, self._time_left(exercise)),
            "dizzy": lambda: self._ends(LEAD, *map(Line, said.dizzy)),
            "not-helping": lambda: self._offer(exercise),
        }
        if command in special:
            return special[command]()
        changed = _with(exercise, controls.go_on(controls.COMMANDS[command](control)))
        if command == "go-on" and not control.paused:
            return self._go(ON, exercise)
        return self._go(LEAD, changed)

    def _time_left(self, exercise: Exercise) -> str:
        said, left = self._led.sentences, exercise.left
        if left is None:
            return said.how_long_open
        minutes = round(left / 60)
        if minutes < 1:
            return said.how_long_end
        named = said.minutes.one if minutes == 1 else said.minutes.many.format(count=minutes)
        return said.how_long_minutes.format(minutes=named)

    # --- another one ---------------------------------------------------------------------------

    def _offer(self, exercise: Exercise) -> Plan:
        said, other = self._led.sentences, self._led.other(exercise)
        if not other:
            return self._ends(LEAD, Line(said.not_helping), Line(said.nothing_else))
        question = said.offer_other.format(title=self._led.scripts[other].spoken_title)
        paused = replace(_with(exercise, controls.pause(exercise.control)), offered=other)
        expected = Expected(AnswerKind.YES_NO, after_question=True)
        return self._plan(OFFER, paused, (Line(said.not_helping), Line(question)), expected)

    def _offered(self, exercise: Exercise) -> Plan | None:
        agreed = self._led.answers.yes_no(self._words)
        if agreed:
            other = Exercise(
                exercise.offered, after=exercise.after, then=exercise.then, health=exercise.health
            )
            return self._go(LEAD, other)
        if agreed is False or self._led.answers.exercise(self._words) == "stop":
            return self._ends(STOP, Line(self._led.sentences.declined))
        if self._led.answers.exercise(self._words) == "go-on":
            return self._go(
                LEAD, replace(_with(exercise, controls.go_on(exercise.control)), offered="")
            )
        return None

    def _agreed(self, exercise: Exercise) -> Plan:
        agreed = self._led.answers.yes_no(self._words)
        if agreed is None:
            return self._go(ON, exercise)
        if not agreed:
            return self._go(LEAD, self._led.without_holds(exercise))
        progress = exercise.control.progress
        following = replace(progress, step=progress.step + 1, round=0, into=0.0)
        control = replace(exercise.control, progress=following)
        return self._go(LEAD, replace(exercise, control=control, agreed=True, asks=""))

    # --- plans -----------------------------------------------------------------------------------

    def _still_paused(self, exercise: Exercise) -> Plan | None:
        if self._turn.free_talk and self._words:
            return None
        return self._waits(self._led.sentences.still_paused, exercise)

    def _waits(self, sentence: str, exercise: Exercise) -> Plan:
        paused = _with(exercise, controls.pause(exercise.control))
        return self._plan(LEAD, paused, (Line(sentence),), Expected(AnswerKind.COMMAND))

    def _go(self, act: str, exercise: Exercise, sentence: str = "") -> Plan:
        """Go on with an exercise; what comes after it is as it was."""
        lines = (Line(sentence),) if sentence else ()
        expected = Expected(AnswerKind(exercise.then), after_question=bool(exercise.after))
        return self._plan(act, exercise, lines, expected)

    def _ends(self, act: str, *lines: Line) -> Plan:
        return self._plan(act, None, lines, Expected())

    def _plan(
        self, act: str, exercise: Exercise | None, lines: tuple[Line, ...], expected: Expected
    ) -> Plan:
        after = tuple(map(Line, exercise.after)) if exercise else ()
        name = self._exercise.name
        mind = self._turn.mind
        return Plan(act, lines, expected, name, mind, exercise=exercise, after=after)


def _with(exercise: Exercise, control: Control) -> Exercise:
    return replace(exercise, control=control)
