"""Scripted persons: what they say next depends on what they are asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from companion.content import Content, read

MOST_TURNS = 14
GOODBYE = "I have to go now, goodbye."
DO_NOT_KNOW = "I don't know."


class Person(Content):
    """One person."""

    name: str
    about: str
    tells: tuple[str, ...]
    numbers: tuple[str, ...]
    offers: str
    asked: dict[str, str]
    """A word of a question → the answer to it, once"""


class _Persons(Content):
    persons: tuple[Person, ...]


@dataclass
class Script:
    """A person in the middle of a talk."""

    person: Person
    told: int = 0
    numbers: int = 0
    answered: set[str] = field(default_factory=set)
    turns: int = 0

    def says(self, said: Sequence[str]) -> str | None:
        """Answer what was said; None once the talk is over."""
        self.turns += 1
        if self.turns > MOST_TURNS:
            return None
        if self.turns == MOST_TURNS:
            return GOODBYE
        return self._answer(said[-1] if said and said[-1].endswith("?") else "")

    def _answer(self, question: str) -> str:
        person, low = self.person, question.casefold()
        if re.search(r"zero to ten|which number|what would it be", low) and self.numbers < len(
            person.numbers
        ):
            self.numbers += 1
            return person.numbers[self.numbers - 1]
        if re.match(r"(shall we|would you (like|rather)|would (a|that)|could we)", low):
            return person.offers
        for word, answer in person.asked.items():
            if word in low and word not in self.answered:
                self.answered.add(word)
                return answer
        if self.told < len(person.tells):
            self.told += 1
            return person.tells[self.told - 1]
        if question and "?" not in self.answered:
            self.answered.add("?")
            return DO_NOT_KNOW
        self.turns = MOST_TURNS
        return GOODBYE


def read_persons(path: Path) -> tuple[Person, ...]:
    """Read all persons. Raises SettingsError."""
    return read(path, _Persons).persons
