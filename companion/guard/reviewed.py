"""The sentences for danger, with this person's numbers, as they were reviewed.

Each sentence has a digest in `reviewed.yaml`, kept when a second person has
read it. A sentence that was changed since is not said: the file is refused when
it is read, so that nobody finds out in a crisis.
"""

import hashlib
import re
import string
from collections.abc import Mapping
from pathlib import Path

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.helplines import Helplines

_SENTENCE_START = re.compile(r"(?:^|[.?!] )[a-z]")


class Step(Content):
    """What is said, what is only shown, and the one question that follows."""

    level: str = ""
    say: tuple[str, ...] = ()
    screen: tuple[str, ...] = ()
    ask: str = ""


class Branch(Content):
    """The answers to one kind of danger."""

    concern: Step = Step()
    high: Step = Step()
    immediate: Step = Step()
    again: tuple[str, ...]


class Question(Content):
    """What follows the answer to a question."""

    yes: Step
    no: Step


class Silence(Content):
    """What is said when the person is silent after an answer to danger."""

    after: float
    """Seconds"""
    say: str


class Protocol(Content):
    """`safety/protocol.yaml`."""

    lines: dict[str, str]
    branches: dict[str, Branch]
    questions: dict[str, Question]
    stay: tuple[str, ...]
    silence: tuple[Silence, ...]


class Digests(Content):
    """`safety/reviewed.yaml`."""

    digests: dict[str, str]


def digest(sentence: str) -> str:
    """Give the short digest under which a reviewed sentence is kept."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:16]


def read_protocol(folder: Path) -> Protocol:
    """Read the protocol and check that it is whole and reviewed. Raises SettingsError."""
    path = folder / "protocol.yaml"
    protocol = read(path, Protocol)
    _check_ids(path.name, protocol)
    known = read(folder / "reviewed.yaml", Digests).digests
    for line_id, sentence in protocol.lines.items():
        if known.get(line_id) != digest(sentence):
            raise SettingsError(
                f"{path.name}: the sentence '{line_id}' was changed and not reviewed since.",
                fix="Have a second person read it, then run: python scripts/review_lines.py",
            )
    return protocol


def fill(protocol: Protocol, helplines: Helplines) -> Mapping[str, str]:
    """Put the numbers of a country into the sentences. Raises SettingsError."""
    numbers = {
        "emergency": helplines.emergency(),
        "poison": helplines.poison(),
        "line": helplines.line("suicide"),
        "violence": helplines.line("violence"),
        "child": helplines.line("child"),
        "helper": helplines.line("helper"),
    }
    return {line_id: _fill_one(line_id, text, numbers) for line_id, text in protocol.lines.items()}


def _fill_one(line_id: str, text: str, numbers: Mapping[str, str]) -> str:
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if not names <= numbers.keys():
        raise SettingsError(
            f"protocol.yaml: the sentence '{line_id}' asks for an unknown number.",
            fix=f"Use one of: {', '.join(numbers)}.",
        )
    filled = text.format(**numbers)
    for doubled, single in ((",.", "."), (",,", ","), (",:", ":")):
        filled = filled.replace(doubled, single)
    return _SENTENCE_START.sub(lambda start: start[0].upper(), filled)


def _check_ids(name: str, protocol: Protocol) -> None:
    steps = [
        step
        for branch in protocol.branches.values()
        for step in (branch.concern, branch.high, branch.immediate)
    ] + [step for question in protocol.questions.values() for step in (question.yes, question.no)]
    used = {line for step in steps for line in (*step.say, *step.screen, *filter(None, [step.ask]))}
    used |= {line for branch in protocol.branches.values() for line in branch.again}
    used |= {*protocol.stay, *protocol.questions, *(quiet.say for quiet in protocol.silence)}
    if missing := sorted(used - protocol.lines.keys()):
        raise SettingsError(f"{name}: there is no sentence '{missing[0]}'.", fix="Add it to lines.")
