"""Answers to our own questions, and the words that always work, read from text.

The recogniser's grammar, the guard and the policy all ask here, so that they
agree on what a "yes" is. Nothing is guessed: where an answer could be either,
it is None, and is asked for again. The words are data (`answers.yaml`).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import Field

from companion.content import Content, read
from companion.values import AnswerKind, Expected

TOP = 10
"""The scale runs from 0 to this"""

_NOT_SAID = ("nothing", "none")
"""Numbers that are read, but not listened for: too much else sounds like them"""
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z']+")
_OUT_OF = re.compile(r"\s*(?:/|out of)\s*(?:10|ten)\b")


class _Grammar(Content):
    yes_no: tuple[str, ...]
    before_number: tuple[str, ...]
    after_number: tuple[str, ...]
    choices: dict[str, tuple[str, ...]]
    exercise: tuple[str, ...]
    commands: tuple[str, ...]


class _Words(Content):
    fillers: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    unsure: tuple[str, ...]
    numbers: dict[str, int]
    hedges: tuple[str, ...]
    counted: tuple[str, ...]
    choices: dict[str, tuple[str, ...]]
    commands: dict[str, tuple[str, ...]] = Field(min_length=1)
    exercise: dict[str, tuple[str, ...]] = Field(min_length=1)
    grammar: _Grammar


class Answers:
    """Reads closed answers in one language, and lists how they may be said."""

    def __init__(self, folder: Path) -> None:
        """Read `answers.yaml` of the language's folder. Raises SettingsError."""
        self.words = read(folder / "answers.yaml", _Words)
        self._fillers = _any_of(self.words.fillers)
        self._unsure = _any_of(self.words.unsure)
        self._yes = _any_of(self.words.yes)
        self._no = _any_of(self.words.no)
        # "no, I would never": of the ways to say yes, only short ones take a no back.
        self._plain_yes = _any_of(form for form in self.words.yes if " " not in form)

    def command(self, text: str) -> str | None:
        """Name the command that was said, alone or among fillers; None if there is none."""
        return self._named(text, self.words.commands)

    def exercise(self, text: str) -> str | None:
        """Name the command of an exercise that was said, alone or among fillers."""
        return self._named(text, self.words.exercise)

    def choice(self, text: str, names: Iterable[str]) -> str | None:
        """Name the one of `names` that was chosen; None where it is unclear."""
        choices = {name: self.words.choices[name] for name in names}
        if named := self._named(text, choices):
            return named
        plain = as_words(text)
        found = {name for name, forms in choices.items() if _any_of(forms).search(plain)}
        denied = self._no.search(plain) or self._unsure.search(plain)
        return found.pop() if len(found) == 1 and not denied else None

    def obeys(self, text: str, kind: AnswerKind) -> bool:
        """Tell whether this is a command that is obeyed before anything else could be meant.

        Within an exercise any of its own; whoever says "panic" waits for nothing anywhere.
        """
        led = kind is AnswerKind.COMMAND and self.exercise(text)
        return bool(led) or self.command(text) == "panic"

    def exactly(self, text: str, names: Iterable[str]) -> str | None:
        """Name the one of `names` that was said, alone or among fillers; None for anything else."""
        return self._named(text, {name: self.words.choices[name] for name in names})

    def says(self, text: str, forms: Iterable[str]) -> bool:
        """Tell whether one of `forms` was said, alone or among fillers."""
        return self._named(text, {"": forms}) is not None

    def is_filler(self, text: str) -> bool:
        """Tell whether there is nothing but sounds and words that carry no answer."""
        plain = as_words(text)
        while bare := self._fillers.sub(" ", plain):
            if bare == plain:
                break
            plain = bare
        return not plain.strip() and not self._named(text, self.words.commands)

    def yes_no(self, text: str) -> bool | None:
        """Read a yes or a no that stands first; None where it is neither, or both."""
        # "okay" is a filler before "no", and a yes when nothing follows: so the shortest
        # rest is read first.
        for rest in reversed(self._leads(as_words(text))):
            forms = (self._yes.match(rest), self._no.match(rest), self._unsure.match(rest))
            yes, no, unsure = (form.end() if form else 0 for form in forms)
            if unsure > max(yes, no):
                return None
            if yes or no:
                return self._unless_contrary(yes > no, rest[max(yes, no) - 1 :])
        return None

    def _unless_contrary(self, agreed: bool, after: str) -> bool | None:
        """Take the answer back where the words after it say the opposite."""
        after = self._leads(after)[-1]
        opposite = (self._no if agreed else self._plain_yes).match(after)
        return None if opposite or self._unsure.search(after) else agreed

    def scale(self, text: str) -> int | None:
        """Read a number from 0 to 10. Of two neighbours the higher; a half is rounded up."""
        plain = as_words(_OUT_OF.sub(" ", text.casefold()))
        found = [number for number in self._numbers(plain.split()) if number is not None]
        if not found or max(found) > TOP or max(found) - min(found) > 1:
            return None
        return math.ceil(max(found))

    def read(self, expected: Expected, text: str) -> str | None:
        """Read an answer to whatever was asked, or a command, as a name for its meaning."""
        if expected.kind is AnswerKind.COMMAND and (command := self.exercise(text)):
            return command
        if command := self.command(text):
            return command
        answer: object = None
        if expected.kind is AnswerKind.YES_NO:
            answer = self.yes_no(text)
        elif expected.kind is AnswerKind.SCALE:
            answer = self.scale(text)
        elif expected.kind is AnswerKind.CHOICE:
            answer = self.choice(text, expected.choices)
        if answer is None and expected.kind is not AnswerKind.CHOICE:
            answer = self.exactly(text, expected.choices)
        return None if answer is None else str(answer)

    def phrases(self, expected: Expected) -> Sequence[str]:
        """List the ways to answer that a recogniser listens for."""
        return list(dict.fromkeys([*self._answers(expected), *self.words.grammar.commands]))

    def _answers(self, expected: Expected) -> Iterable[str]:
        if expected.kind is AnswerKind.COMMAND:
            return self.words.grammar.exercise
        grammar, numbers = self.words.grammar, [n for n in self.words.numbers if n not in _NOT_SAID]
        choices = [form for name in expected.choices for form in grammar.choices[name]]
        if expected.kind is AnswerKind.YES_NO:
            return [*grammar.yes_no, *choices]
        if expected.kind is AnswerKind.SCALE:
            hedged = [f"{before} {n}" for before in grammar.before_number for n in numbers]
            ended = [f"{n} {after}" for n in numbers for after in grammar.after_number]
            return [*numbers, *hedged, *ended, *choices]
        return choices

    def _numbers(self, tokens: Sequence[str]) -> Iterable[float | None]:
        for at, token in enumerate(tokens):
            number = self._number(token)
            after = tokens[at + 1] if at + 1 < len(tokens) else ""
            before = tokens[at - 1] if at else ""
            if number is None or after in self._counted or (token, before) == ("one", "no"):
                continue
            if token in ("one", "nothing", "none") and len(tokens) > 4 and before not in self._near:
                continue
            half = tokens[at + 1 : at + 4] == ["and", "a", "half"] or tokens[at + 1 : at + 3] == [
                "point",
                "five",
            ]
            yield number + 0.5 if half else number

    def _number(self, token: str) -> float | None:
        if token in self.words.numbers:
            return self.words.numbers[token]
        return float(token) if token[0].isdigit() else None

    @cached_property
    def _counted(self) -> frozenset[str]:
        return frozenset(self.words.counted)

    @cached_property
    def _near(self) -> frozenset[str]:
        """Words that stand just before a number that is meant as one."""
        return frozenset(hedge.split()[-1] for hedge in self.words.hedges)

    def _named(self, text: str, names: Mapping[str, Iterable[str]]) -> str | None:
        plain = as_words(text)
        bare = as_words(self._fillers.sub(" ", plain))
        for name, forms in names.items():
            if {plain.strip(), bare.strip()} & set(forms):
                return name
        return None

    def _leads(self, plain: str) -> Sequence[str]:
        """Give the text, and what is left of it as one filler after the other is taken off."""
        rests = [plain]
        while lead := self._fillers.match(rests[-1]):
            rests.append(rests[-1][lead.end() - 1 :])
        return rests


def as_words(text: str) -> str:
    """Give lower-case words with one space around each."""
    lower = text.casefold().replace("’", "'")
    return f" {' '.join(_TOKEN.findall(lower))} "


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r" (?:" + "|".join(map(re.escape, longest_first)) + r") ")
