"""The safety plan inside a talk: one utterance away, read back, and filled in part by part.

Every version is a plain value in the state of the talk, so that whatever comes between, above all
an answer to danger, loses nothing of it. It needs no model. It stands before the policy of the
talk, and looks like one itself; the person's own lines pass as their own words.
"""

from dataclasses import replace
from pathlib import Path

from companion.answers import Answers
from companion.cares import STEPS, CareState, SafetyPlan
from companion.content import Content, read
from companion.errors import SettingsError
from companion.risk import Risk
from companion.stages import Policy
from companion.values import AnswerKind, Expected, Line, Plan, Turn

ACT = "plan"
LONGEST = 300
"""Characters of one line of a plan"""
_OPEN = Expected(after_question=True)
_YES_NO = Expected(AnswerKind.YES_NO, after_question=True)


class _Step(Content):
    label: str
    ask: str


class _Words(Content):
    show: tuple[str, ...]
    change: tuple[str, ...]
    next: tuple[str, ...]
    later: tuple[str, ...]
    steps: tuple[_Step, ...]


class PlanPolicy:
    """Reads the plan and fills it in; leaves everything else to the policy within."""

    def __init__(self, folder: Path, answers: Answers, within: Policy) -> None:
        """Read `plan.yaml`. Raises SettingsError."""
        self._words = read(folder / "plan.yaml", _Words)
        if len(self._words.steps) != STEPS:
            raise SettingsError(f"plan.yaml: there are not {STEPS} steps.")
        self._answers = answers
        self._within = within

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        text, says = turn.transcript.text, self._answers.says
        if says(text, self._words.show):
            return self._show(turn)
        if says(text, self._words.change) and turn.care.locked:
            return self._plan(turn, (Line(reviewed="plan-locked"),), _left(turn.care), _OPEN)
        if says(text, self._words.change):
            return self._ask(turn, turn.care, self._first_open(turn.care))
        passes_on = says(text, (*self._words.next, *self._words.later))
        if turn.care.waits and (passes_on or not self._answers.command(text)):
            if plan := self._answered(turn, text.strip()):
                return plan
        care = turn.care if self._answers.command(text) == "repeat" else _left(turn.care)
        plan = self._within.choose(replace(turn, care=care))
        return replace(self._with_people(plan, turn), care=plan.care or care)

    def _show(self, turn: Turn) -> Plan:
        plan, care = turn.care.plan, turn.care
        in_danger = turn.risk.level is Risk.IMMEDIATE
        lines: tuple[Line, ...] = ()
        if plan.is_empty and in_danger:
            # Nobody fills in a form now.
            lines = (Line(reviewed="now-call", essential=True), Line(reviewed="now-stay-2"))
            return self._plan(turn, lines, _left(care), turn.expected)
        if plan.is_empty:
            lines = (Line(reviewed="plan-none"), Line(reviewed="plan-begin"))
            return self._plan(turn, lines, replace(care, waits="begin"), _YES_NO)
        lines = self._read(plan)
        if care.locked:
            # Whoever opened no diary may not be its owner: it is shown before it is read aloud.
            shown = tuple(replace(line, aloud=False) for line in lines)
            asked = (*shown, Line(reviewed="plan-aloud"))
            return self._plan(turn, asked, replace(care, waits="aloud"), _YES_NO)
        if all(plan.steps) or in_danger:
            return self._plan(turn, lines, _left(care), turn.expected)
        lines += (Line(reviewed="plan-open"),)
        return self._plan(turn, lines, replace(care, waits="begin"), _YES_NO)

    def _read(self, plan: SafetyPlan) -> tuple[Line, ...]:
        lines: tuple[Line, ...] = ()
        for step, items in zip(self._words.steps, plan.steps, strict=True):
            if items:
                lines += (Line(reviewed=step.label), *(Line(item, own=True) for item in items))
        return lines

    def _answered(self, turn: Turn, text: str) -> Plan | None:
        """Take an answer to a question about the plan; None where it is something else."""
        care, says = turn.care, self._answers.says
        if care.waits == "aloud":
            agreed = self._answers.yes_no(text)
            read = self._read(care.plan) if agreed else (Line(reviewed="plan-later"),)
            return None if agreed is None else self._plan(turn, read, _left(care), _OPEN)
        if care.waits == "begin":
            agreed = self._answers.yes_no(text)
            if agreed is None:
                return None
            if agreed:
                return self._ask(turn, care, self._first_open(care))
            return self._plan(turn, (Line(reviewed="plan-later"),), _left(care), _OPEN)
        if care.step is None or not text:
            return None
        if says(text, self._words.later):
            return self._plan(turn, (Line(reviewed="plan-kept"),), _left(care), _OPEN)
        if says(text, self._words.next):
            return self._ask(turn, care, care.step + 1)
        noted = replace(care, plan=care.plan.adding(care.step, text[:LONGEST].rstrip(".")))
        lines = (Line(reviewed="plan-noted"), Line(reviewed="plan-more"))
        return self._plan(turn, lines, noted, _OPEN)

    def _ask(self, turn: Turn, care: CareState, step: int) -> Plan:
        """Ask for a step; after the last one it is done."""
        if step >= STEPS:
            return self._plan(turn, (Line(reviewed="plan-done"),), _left(care), _OPEN)
        lines = (Line(reviewed=self._words.steps[step].ask),)
        return self._plan(turn, lines, replace(care, step=step, waits="item"), _OPEN)

    @staticmethod
    def _first_open(care: CareState) -> int:
        return next((at for at, items in enumerate(care.plan.steps) if not items), 0)

    @staticmethod
    def _with_people(plan: Plan, turn: Turn) -> Plan:
        """Show one's own people above the numbers."""
        own = turn.care.plan.people
        if plan.act != "help" or not own:
            return plan
        shown = tuple(Line(item, own=True, aloud=False) for item in own)
        return replace(plan, lines=(Line(reviewed="plan-4", aloud=False), *shown, *plan.lines))

    @staticmethod
    def _plan(turn: Turn, lines: tuple[Line, ...], care: CareState, expected: Expected) -> Plan:
        return Plan(ACT, lines, expected, mind=turn.mind, care=care)


def _left(care: CareState) -> CareState:
    """Leave the plan for other things; what was filled in stays."""
    return replace(care, step=None, waits="")
