"""What is asked around an exercise: health once, how strong it is before and after, and again?

It stands before the policy of the talk, and looks like one itself. Every question may be
passed over: whoever says something else is simply in a talk again.
"""

from collections.abc import Callable
from dataclasses import replace

from companion.answers import Answers
from companion.records import Led
from companion.sessions.health import HOLDS, Condition
from companion.sessions.obeying import Sentences
from companion.stages import Policy
from companion.values import AnswerKind, Expected, Line, Plan, Turn

ACT = "check_in"
FIRST = 3
"""Meditations after which is asked whether any of it was unpleasant (docs/sessions.md)"""
STRONGER = 2
"""Points on the scale by which it rose, twice: then another kind is offered"""
MEDITATIONS = frozenset(
    {"body-scan", "leaves", "loving-kindness", "mindful-minute", "self-compassion"}
)
AT_ONCE = frozenset({"panic"})
"""Nothing is asked before these"""
SHORT = 1.0
"""Minutes up to which it comes in the middle of a talk: how strong it is, is asked only after it"""
GENTLE = tuple(sorted(condition.value for condition in (*HOLDS, Condition.INJURIES)))
"""What is taken care of where somebody said yes, and not to what"""
_YES_NO = Expected(AnswerKind.YES_NO, after_question=True)
_SCALE = Expected(AnswerKind.SCALE, after_question=True)


class AskingPolicy:
    """Asks around exercises; leaves everything else to the policy within."""

    def __init__(
        self,
        sentences: Sentences,
        answers: Answers,
        number: Callable[[int], str],
        within: Policy,
    ) -> None:
        """`number` says a number in words."""
        self._said = sentences
        self._answers = answers
        self._number = number
        self._within = within

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        led = turn.mind.led
        if led and led.asks and not self._answers.command(turn.transcript.text):
            asked: dict[str, Callable[[Led, Turn], Plan | None]] = {
                "health": self._health, "before": self._rated_before, "after": self._rated,
                "again": self._again, "unpleasant": self._unpleasant,
            }  # fmt: skip
            # An offer is answered within.
            if led.asks in asked and (plan := asked[led.asks](led, turn)):
                return plan
        plan = self._within.choose(turn)
        if plan.session:
            return self.begin(plan, turn)
        minor = ("help", "repeat", "thanks", "repair")
        if led and led.asks and plan.mind.led == led and plan.act not in minor:
            plan = replace(plan, mind=replace(plan.mind, led=replace(led, asks="")))
        return plan

    # --- before it ------------------------------------------------------------------------------

    def begin(self, plan: Plan, turn: Turn) -> Plan:
        """Begin the exercise of a plan, or ask what has to be known before it."""
        ratings = plan.mind.ratings
        led = Led(plan.session, before=ratings[-1] if ratings else None, minutes=plan.minutes)
        if plan.session in AT_ONCE:
            return self._lead(plan, led, plan.lines)
        return self._ask_before(replace(plan, session=""), led, turn, plan.lines)

    def _ask_before(self, plan: Plan, led: Led, turn: Turn, lines: tuple[Line, ...]) -> Plan:
        """Ask what has to be known first, and begin once it is."""
        if self._unknown(turn, plan) and led.asks != "health":
            led = replace(led, asks="health")
            return self._ask(plan, led, (*lines, *map(Line, self._said.health)), _YES_NO)
        is_short = led.minutes is not None and led.minutes <= SHORT
        if led.before is None and led.asks != "before" and not is_short:
            led = replace(led, asks="before")
            return self._ask(plan, led, (*lines, Line(self._said.before)), _SCALE)
        return self._lead(plan, led, lines)

    @staticmethod
    def _unknown(turn: Turn, plan: Plan) -> bool:
        """Tell whether nobody has been asked what rules exercises out."""
        return turn.known.kept and turn.known.health is None and plan.mind.health is None

    def _health(self, led: Led, turn: Turn) -> Plan | None:
        text = turn.transcript.text
        named = tuple(
            condition.value
            for condition, forms in self._said.conditions.items()
            if any(f" {form} " in f" {text.casefold()} " for form in forms)
        )
        agreed = self._answers.yes_no(text)
        if agreed is None and not named:
            return None
        health: tuple[str, ...] = ()
        said = self._said.health_no
        if agreed is not False:
            health = named or GENTLE
            said = self._said.health_some if named else self._said.health_yes
        plan = Plan(ACT, (), mind=replace(turn.mind, health=health))
        return self._ask_before(plan, led, turn, (Line(said),))

    def _rated_before(self, led: Led, turn: Turn) -> Plan | None:
        rating = self._answers.scale(turn.transcript.text)
        passed = self._answers.exercise(turn.transcript.text) == "skip"
        if rating is None and not passed and turn.free_talk and turn.transcript.text:
            return None
        mind = (
            turn.mind
            if rating is None
            else replace(turn.mind, ratings=(*turn.mind.ratings, rating))
        )
        led = replace(led, before=rating)
        return self._lead(Plan(ACT, (), mind=mind), led, (Line(self._said.going_on),))

    def _lead(self, plan: Plan, led: Led, lines: tuple[Line, ...]) -> Plan:
        led = replace(led, asks="after")
        after = plan.after or (Line(self._said.before.split("?")[0] + "?"),)
        mind = replace(plan.mind, led=led, step="after")
        return replace(
            plan, act="lead", lines=lines, session=led.name, skill=plan.skill or led.name,
            minutes=led.minutes, after=after, expected=_SCALE, mind=mind, task="",
        )  # fmt: skip

    # --- after it -------------------------------------------------------------------------------

    def _rated(self, led: Led, turn: Turn) -> Plan | None:
        rating = self._answers.scale(turn.transcript.text)
        if rating is None or turn.expected.kind is not AnswerKind.SCALE:
            return None
        led = replace(led, after=rating, asks="again")
        ratings = (*turn.mind.ratings, rating)
        lines = self._change(led, turn) + (Line(self._said.again),)
        mind = replace(turn.mind, ratings=ratings, step="start")
        return self._ask(Plan(ACT, (), mind=mind), led, lines, _YES_NO)

    def _change(self, led: Led, turn: Turn) -> tuple[Line, ...]:
        said, before, after = self._said, led.before, led.after or 0
        if before is None:
            return (Line(said.rated.format(after=self._number(after))),)
        sentence = said.fell if after < before else said.rose if after > before else said.same
        words = {"before": self._number(before), "after": self._number(after).lower()}
        if after == before:
            words["after"] = self._number(after)
        lines: tuple[Line, ...] = (Line(sentence.format(**words)),)
        if rose_twice((led, *turn.known.led), led.name):
            lines += (Line(said.rose_twice),)
        return lines

    def _again(self, led: Led, turn: Turn) -> Plan | None:
        agreed = self._answers.yes_no(turn.transcript.text)
        if agreed is None:
            return None
        led = replace(led, again=agreed)
        line = Line(self._said.again_yes if agreed else self._said.again_no)
        if is_early(led.name, turn.known.led):
            led = replace(led, asks="unpleasant")
            return self._ask(
                Plan(ACT, (), mind=turn.mind), led, (Line(self._said.unpleasant),), _YES_NO
            )
        return self._ask(Plan(ACT, (), mind=turn.mind), replace(led, asks=""), (line,), Expected())

    def _unpleasant(self, led: Led, turn: Turn) -> Plan | None:
        was = self._answers.yes_no(turn.transcript.text)
        if was is None:
            return None
        line = Line(self._said.unpleasant_yes if was else self._said.unpleasant_no)
        led = replace(led, unpleasant=was, asks="")
        return self._ask(Plan(ACT, (), mind=turn.mind), led, (line,), Expected())

    def _ask(self, plan: Plan, led: Led, lines: tuple[Line, ...], expected: Expected) -> Plan:
        mind = replace(plan.mind, led=led)
        return replace(plan, act=ACT, lines=lines, expected=expected, mind=mind, task="", after=())


def rose_twice(done: tuple[Led, ...], name: str) -> bool:
    """Tell whether an exercise made it clearly stronger twice."""
    rises = [
        led.after - led.before
        for led in done
        if led.name == name and led.after is not None and led.before is not None
    ]
    return sum(rise >= STRONGER for rise in rises) >= 2


def is_early(name: str, done: tuple[Led, ...]) -> bool:
    """Tell whether this is one of somebody's first meditations."""
    before = sum(led.name in MEDITATIONS for led in done)
    return name in MEDITATIONS and before < FIRST
