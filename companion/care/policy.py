"""Lead a form through ordinary turns: what is an answer goes to it, all else to the talk.

The guard, stop, help and the answers to danger come before; whatever comes between, the form is
kept as it is, and goes on when the person says so. It stands before the policy of the talk, and
looks like one itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from companion.answers import Answers
from companion.care.form_words import FormWords
from companion.care.forms import GO_ON, PAUSE, Dialogue, Step, said
from companion.records import Form
from companion.risk import Risk
from companion.skills import FORM_ACT
from companion.stages import Policy
from companion.values import Line, Plan, Turn

ACT = FORM_ACT
_MINOR = frozenset({ACT, "repeat", "thanks", "about", "help", "pace"})
"""Acts after which the last question still waits for its answer"""
_FINAL = frozenset({"stop", "goodbye"})
"""Acts after which nothing is added: silence was asked for"""
TELLING = 4
"""Words from which a second answer that is none is a thing to listen to"""
RAMBLING = 12
"""Words from which something that is no answer is a thing to listen to"""


class CarePolicy:
    """Leads forms; leaves everything else to the policy within."""

    def __init__(
        self, words: FormWords, answers: Answers, dialogues: Sequence[Dialogue], within: Policy
    ) -> None:
        self._words = words
        self._answers = answers
        self._dialogues = dialogues
        self._within = within

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        form, text = turn.mind.form, turn.transcript.text
        if started := self._begin(form, text, turn):
            return started
        command = self._answers.command(text)
        if form is None or command and not self._says_again(form, command, turn):
            return self._talk(turn, form)
        dialogue = self._leads(form.name)
        if command:
            return self._plan(dialogue.ask(form, turn), turn)
        if form.done:
            fresh = bool(turn.history) and turn.history[-1].act == ACT
            step = dialogue.correct(form, turn) if fresh else None
            return self._plan(step, turn) if step else self._within.choose(turn)
        if self._answers.exactly(text, (GO_ON,)):
            again = dialogue.ask(replace(form, paused=False), turn)
            return self._plan(replace(again, lines=said(self._words.going_on) + again.lines), turn)
        if form.paused or not turn.history or turn.history[-1].act not in _MINOR:
            return self._talk(turn, form)
        step = self._answered(dialogue, form, turn)
        return self._plan(step, turn) if step else self._talk(turn, form)

    def _answered(self, dialogue: Dialogue, form: Form, turn: Turn) -> Step | None:
        """Take an answer, or give time for one; None where something else was told."""
        if self._answers.exercise(turn.transcript.text) == PAUSE:
            # They think, or somebody is at the door: to ask again would press them.
            return Step(form, said(self._words.take_your_time), turn.expected)
        step = dialogue.answer(form, turn)
        return None if step is None or self._is_something_else(form, step, turn) else step

    @staticmethod
    def _says_again(form: Form, command: str, turn: Turn) -> bool:
        """Tell whether what was asked last is wanted again: an item word for word, as it was."""
        asked_last = bool(turn.history) and turn.history[-1].act == ACT
        return command == "repeat" and asked_last and not (form.done or form.paused)

    def _begin(self, form: Form | None, text: str, turn: Turn) -> Plan | None:
        for dialogue in self._dialogues:
            if name := dialogue.asked_for(text):
                running = form is not None and not form.done
                if running and form is not None and form.name == name:
                    return self._plan(dialogue.ask(replace(form, paused=False), turn), turn)
                return self._plan(dialogue.begin(name, turn), turn)
        return None

    def _is_something_else(self, form: Form, step: Step, turn: Turn) -> bool:
        """Tell whether somebody who did not answer was telling something of their own."""
        not_understood = step.form.repairs > form.repairs
        words = len(turn.transcript.text.split())
        # Who was asked again and tells something once more has moved on.
        moved_on = form.repairs > 0 and words >= TELLING
        return turn.free_talk and not_understood and (words >= RAMBLING or moved_on)

    def _talk(self, turn: Turn, form: Form | None) -> Plan:
        """Leave the turn to the talk; say once that the form can go on."""
        plan = self._within.choose(turn)
        if form is None or form.done or plan.act == ACT:
            # The talk has begun an exercise of its own: it takes the place of the one before.
            return plan
        if plan.act in _MINOR:
            return replace(plan, expected=turn.expected)
        plan = replace(plan, mind=replace(plan.mind, form=replace(form, paused=True)))
        if form.paused or plan.act in _FINAL or turn.risk.level >= Risk.HIGH:
            return plan
        lines = _before_the_question(plan.lines, Line(self._words.can_go_on))
        # The model's words would take the place of the hint.
        return replace(plan, lines=lines, task="")

    def _plan(self, step: Step, turn: Turn) -> Plan:
        form = replace(step.form, spoken=step.form.spoken or not turn.transcript.typed)
        mind = replace(turn.mind, form=form)
        return Plan(ACT, step.lines, step.expected, skill=form.name, mind=mind, danger=step.danger)

    def _leads(self, name: str) -> Dialogue:
        return next(one for one in self._dialogues if name in one.names())


def _before_the_question(lines: tuple[Line, ...], hint: Line) -> tuple[Line, ...]:
    """Put a hint in, so that a question stays last."""
    if lines and lines[-1].text.endswith("?"):
        return (*lines[:-1], hint, lines[-1])
    return (*lines, hint)
