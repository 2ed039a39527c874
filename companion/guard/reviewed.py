"""The sentences for danger, with this person's numbers, as they were reviewed.

Each sentence has a digest in `reviewed.yaml`, kept when a second person has
read it. A sentence that was changed since is not said: the file is refused when
it is read, so that nobody finds out in a crisis.
"""

import hashlib
import re
import string
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.helplines import Helplines
from companion.risk import Risk

LEVELS = {level.name.lower(): level for level in Risk}
LADDER = "ladder"
"""In place of a question: the first one of the ladder that is still to be asked"""

_SENTENCE_START = re.compile(r"(?:^|[.?!] )[a-z]")


class Step(Content):
    """What is said, what is only shown, and the one question that follows."""

    level: str = ""
    say: tuple[str, ...] = ()
    screen: tuple[str, ...] = ()
    ask: str = ""
    """A question, or "ladder": the first of the ladder that is still to be asked"""
    skip: tuple[str, ...] = ()
    """Questions that this answer makes needless"""
    taken: bool = False
    """They have been drinking or have taken something"""
    hushed: bool | None = None
    """yes: from now on nothing is said aloud; no: it is safe again"""
    explains: bool = False
    """This answer explains the danger away, as far as that is possible at all"""


class Branch(Content):
    """The answers to one kind of danger."""

    concern: Step = Step()
    high: Step = Step()
    immediate: Step = Step()
    again: tuple[str, ...]
    ladder: bool = False
    """Whoever says more of it is led on along the ladder"""
    never: tuple[str, ...] = ()
    """Words that no answer of this kind may hold: checked when the file is read"""


class Question(Content):
    """How the answer to a question is read, and what follows it."""

    reads: Literal["yes_no", "when", "open"] = "yes_no"
    yes: Step | None = None
    no: Step | None = None
    now: Step | None = None
    later: Step | None = None
    days: Step | None = None
    months: Step | None = None
    long_ago: Step | None = None
    earlier: Step | None = None
    any: Step | None = None
    yes_means: str = ""
    no_means: str = ""
    """For a question about the time: which answer a mere yes or no stands for"""
    anew: bool = False
    """It asks whether the person was heard rightly"""

    @property
    def steps(self) -> Mapping[str, Step]:
        """Give what follows each answer, by its name."""
        named = {name: getattr(self, name) for name in OUTCOMES}
        return {name: step for name, step in named.items() if step is not None}


OUTCOMES = ("yes", "no", "now", "later", "days", "months", "long_ago", "earlier", "any")
_NEEDED = {"yes_no": {"yes", "no"}, "when": {"now", "long_ago"}, "open": {"any"}}


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
    ladder: tuple[str, ...]
    """Questions in their order"""
    known: dict[str, tuple[str, ...]]
    """Rules of the incoming guard: the questions that such words have answered already"""
    openings: dict[str, Step]
    """Rules of the incoming guard whose words, alone, are answered otherwise than their kind"""
    around: dict[str, Step]
    """What is said around a danger: see AROUND"""
    minors: dict[str, str]
    """Sentences that stand in for others where the person is not grown up"""
    stay: tuple[str, ...]
    attacked: tuple[str, ...]
    """Shown to somebody who says again that they are attacked, while nothing may be spoken"""
    neutral: tuple[str, ...]
    """Said into a silence, they tell nobody what it was about"""
    silence: tuple[Silence, ...]


AROUND = (
    "stop", "hushed", "private", "joke", "explained", "past", "misheard", "taken",
    "ladder_end", "ladder_end_high", "given_up", "child", "minor",
)  # fmt: skip
"""stop; somebody may be listening; the start of a talk that a danger was carried into; a joke;
an explanation; "it was in the past"; words that were not heard well; drink or drugs; the ladder
is through; an unclear answer for the second time; a child; somebody who is not grown up"""


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
        "again": helplines.again("suicide"),
        "check": helplines.check("suicide"),
        "screen": helplines.screen("suicide"),
        "violence_screen": helplines.screen("violence"),
        "child_screen": helplines.screen("child"),
    }
    return {line_id: _fill_one(line_id, text, numbers) for line_id, text in protocol.lines.items()}


class Filled:
    """The sentences with the numbers of any country at any time; the last ones are kept."""

    def __init__(self, protocol: Protocol, helplines: Helplines) -> None:
        """`helplines` are those of the settings, for where no other country is known."""
        self._protocol = protocol
        self._helplines = helplines
        self._last: tuple[str, datetime | None] | None = None
        self._lines: Mapping[str, str] = {}

    def __call__(self, country: str, now: datetime | None) -> Mapping[str, str]:
        """Give all of them by id. `now`: local time."""
        minute = now and now.replace(second=0, microsecond=0)
        if self._last != (country, minute):
            there = self._helplines.within(country or self._helplines.country, minute)
            self._lines = fill(self._protocol, there)
            self._last = (country, minute)
        return self._lines


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
    used = {line for _, step in _steps(protocol) for line in (*step.say, *step.screen, step.ask)}
    used |= {line for branch in protocol.branches.values() for line in branch.again}
    used |= {*protocol.stay, *protocol.attacked, *protocol.neutral, *protocol.questions}
    used |= {*(quiet.say for quiet in protocol.silence)}
    used |= {*protocol.minors, *protocol.minors.values()}
    if missing := sorted(used - protocol.lines.keys() - {"", LADDER}):
        raise SettingsError(f"{name}: there is no sentence '{missing[0]}'.", fix="Add it to lines.")
    asked = {step.ask for _, step in _steps(protocol)} | {*protocol.ladder}
    asked |= {line for _, step in _steps(protocol) for line in step.skip}
    asked |= {line for lines in protocol.known.values() for line in lines}
    if missing := sorted(asked - protocol.questions.keys() - {"", LADDER}):
        raise SettingsError(
            f"{name}: nothing follows the question '{missing[0]}'.", fix="Add it to questions."
        )
    for line, question in protocol.questions.items():
        if missing := sorted(_NEEDED[question.reads] - question.steps.keys()):
            raise SettingsError(f"{name}: the question '{line}' has no '{missing[0]}'.")
    if missing := sorted(set(AROUND) - protocol.around.keys()):
        raise SettingsError(f"{name}: 'around' has no '{missing[0]}'.")
    _check_never(name, protocol)


def _check_never(name: str, protocol: Protocol) -> None:
    """Refuse an answer that holds what must never be said to this kind of danger."""
    for kind, branch in protocol.branches.items():
        for line in _spoken(protocol, branch):
            text = protocol.lines[line].casefold()
            for words in branch.never:
                if words.casefold() in text:
                    raise SettingsError(
                        f"{name}: the answer to '{kind}' says '{words}' in '{line}'.",
                        fix="Say it otherwise: this kind has it under 'never'.",
                    )


def _spoken(protocol: Protocol, branch: Branch) -> set[str]:
    """Name every sentence of a branch, with those that its own questions lead to."""
    steps = [branch.concern, branch.high, branch.immediate]
    found = set(branch.again)
    seen: set[str] = set()
    while steps:
        step = steps.pop()
        found |= {*step.say, *step.screen} | ({step.ask} - {"", LADDER})
        if step.ask in protocol.questions and step.ask not in seen | {*protocol.ladder}:
            seen.add(step.ask)
            steps += protocol.questions[step.ask].steps.values()
    return found


def _steps(protocol: Protocol) -> list[tuple[str, Step]]:
    """Give every step of the protocol, with where it stands."""
    found = [
        (kind, step)
        for kind, branch in protocol.branches.items()
        for step in (branch.concern, branch.high, branch.immediate)
    ]
    found += [
        (line, step)
        for line, question in protocol.questions.items()
        for step in question.steps.values()
    ]
    return [*found, *protocol.openings.items(), *protocol.around.items()]
