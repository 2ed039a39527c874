"""Decide what to do in a turn. The policy carries the talk; a model only words it.

Listening comes first: no exercise is offered before the person has been heard,
reflections outnumber questions, and there is one question at the most. In grief
nothing is offered at all. An ear that may miss danger is asked for closed
answers only (docs/crisis.md).

This file holds the order in which the steps are asked; each step is a file beside it.
"""

from companion.think.closed import closed, nothing_heard
from companion.think.composing import Composer, Tools
from companion.think.standing import standing
from companion.think.talking import talking
from companion.think.wishes import about_the_talk, wishes
from companion.values import Plan, Turn

STEPS = (standing, about_the_talk, closed, nothing_heard, wishes)
"""The first that has an answer gives it; where none has, the talk goes on"""


class ListeningPolicy:
    """A handful of acts: greet, reflect, ask, check in, offer, lead, answer, close."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        for step in STEPS:
            # A step that has no answer leaves no trace.
            composer = Composer(self._tools.replies, turn)
            if plan := step(self._tools, turn, composer):
                return plan
        return talking(self._tools, turn, Composer(self._tools.replies, turn))
