"""Check gently where a turn did not end: a television, somebody else, or much to say.

Nobody is told that they talk too much, and nothing is made of words that may be a film's. This
stands before the policies of the talk, and looks like one; danger was answered before it.
"""

from dataclasses import replace
from pathlib import Path

from companion.content import Content, read
from companion.stages import Policy
from companion.values import Line, Plan, Turn

ACT = "check"
_NOT_NOW = frozenset({"stop", "panic", "lead"})
"""Acts that were asked for at the end of it, whatever came before"""


class _Long(Content):
    checks: tuple[tuple[str, ...], ...]


class LongPolicy:
    """Answers a turn that was taken although it went on."""

    def __init__(self, folder: Path, within: Policy) -> None:
        """Read `long.yaml` of a language's folder. Raises SettingsError."""
        self._checks = read(folder / "long.yaml", _Long).checks
        self._within = within

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        plan = self._within.choose(turn)
        if not turn.utterance.endless or plan.act in _NOT_NOW:
            return plan
        before = _in_a_row(turn)
        # Nobody answers a television for ever: the screen tells that it is still heard.
        said = self._checks[before] if before < len(self._checks) else ()
        lines = tuple(Line(text) for text in said)
        # Whoever talks on silences it, so that it counts from its first word.
        mind = replace(turn.mind, acts=(*turn.mind.acts, ACT))
        return Plan(ACT, lines, turn.expected, mind=mind, care=plan.care)


def _in_a_row(turn: Turn) -> int:
    acts = turn.mind.acts
    return next((count for count, act in enumerate(reversed(acts)) if act != ACT), len(acts))
