"""A form: what a check-in and a questionnaire have in common while they are filled in.

A dialogue is a pure function of the form so far and what was just said; `Step` is what it answers.
"""

from dataclasses import dataclass, field
from typing import Protocol

from companion.records import Form
from companion.risk import Assessment
from companion.values import AnswerKind, Expected, Line, Turn

SKIP, DONE, GO_ON, BACK, LEAVE_IT = "skip", "done", "go_on", "back", "leave_it"
"""Names of what may be said in place of an answer (`choices` of answers.yaml)"""
PAUSE = "pause"
"""The command by which the person takes time before an answer"""
MOST_REPAIRS = 2


@dataclass(frozen=True)
class Step:
    """What comes next in a form."""

    form: Form
    lines: tuple[Line, ...]
    expected: Expected = field(default_factory=Expected)
    danger: Assessment | None = None
    """An answer that the guard has to know of"""


class Dialogue(Protocol):
    """Leads through one kind of form."""

    def names(self) -> tuple[str, ...]:
        """Name the forms that it leads through."""
        ...

    def asked_for(self, text: str) -> str:
        """Name the form that these words ask for, or ""."""
        ...

    def begin(self, name: str, turn: Turn) -> Step:
        """Begin a form."""
        ...

    def ask(self, form: Form, turn: Turn) -> Step:
        """Ask for the part that waits, once more or again after an interruption."""
        ...

    def answer(self, form: Form, turn: Turn) -> Step | None:
        """Take an answer; None where these words are none."""
        ...

    def correct(self, form: Form, turn: Turn) -> Step | None:
        """Put right what was just told back of a form that is done; None for other words."""
        ...


def said(*sentences: str) -> tuple[Line, ...]:
    """Make lines of sentences; what is empty is left out."""
    return tuple(Line(sentence) for sentence in sentences if sentence)


def closed(kind: AnswerKind, *instead: str) -> Expected:
    """Wait for one kind of answer, or what may be said in place of it."""
    return Expected(kind, instead, after_question=True)
