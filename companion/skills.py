"""Exercises that are led by questions, as data: `prompts/<lang>/skills/*.yaml`.

Each file says when an exercise fits, when it must not be offered, its steps, and what is kept.
What leads through it is `care/skills.py`; what offers it, the policy of the talk.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from companion.content import Content, read
from companion.errors import SettingsError

DONE = "done"
"""In place of the next step: the exercise is over"""
FORM_ACT = "form"
"""The act of a turn in which an exercise or a form asks something"""
MOST_WORDS = 12
"""Words up to which naming an exercise asks for it; whoever says more tells something"""
_EXPLAIN = re.compile(r"^ (?:so )?(?:what|how|why|does|explain|can you explain|tell me about) ")


class Step(Content):
    """One question and what may come of it."""

    id: str
    ask: tuple[str, ...]
    plain: tuple[str, ...]
    """The same in other words, or with an example"""
    answer: Literal["open", "scale", "yes_no"]
    heard: tuple[str, ...] = ()
    """Said once it was answered; {number} is a rating in words"""
    next: str = ""
    """Id of the step that follows; empty: the one below"""
    yes: str = ""
    no: str = ""
    """The same after a yes or a no"""


class When(Content):
    """What an exercise is good for."""

    feelings: tuple[str, ...]
    topics: tuple[str, ...]
    traps: Literal["yes", "no"]
    """yes: it is for a thought that may be a trap"""


class Skill(Content):
    """One exercise."""

    title: str
    about: str
    """What it is, for whoever asks"""
    offer: tuple[str, ...]
    asked: tuple[str, ...]
    """Ways to ask for it"""
    when: When
    never_when: tuple[Literal["grief", "abuse", "unfair", "strange"], ...]
    steps: tuple[Step, ...] = Field(min_length=1)
    end: dict[Literal["fell", "same", "rose", "none"], tuple[str, ...]]

    def step(self, id: str) -> Step:
        """Give a step by its id."""
        return next(step for step in self.steps if step.id == id)

    def after(self, step: Step, agreed: bool | None) -> str:
        """Give the id of the step that follows, or DONE."""
        named = {True: step.yes, False: step.no, None: ""}[agreed] or step.next
        if named:
            return named
        at = self.steps.index(step) + 1
        return self.steps[at].id if at < len(self.steps) else DONE


@dataclass(frozen=True)
class Need:
    """What there is to choose an exercise by."""

    feeling: str = ""
    topic: str = ""
    trap: bool = False
    care: str = ""
    offered: Sequence[str] = ()


class Skills:
    """All exercises of one language."""

    def __init__(self, folder: Path) -> None:
        """Read every file of `skills/`. Raises SettingsError."""
        self._all = {
            path.stem: _checked(path) for path in sorted((folder / "skills").glob("*.yaml"))
        }
        self._asked = sorted(
            ((phrase, name) for name, skill in self._all.items() for phrase in skill.asked),
            key=lambda pair: -len(pair[0]),
        )

    def __getitem__(self, name: str) -> Skill:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def fitting(self, need: Need) -> str:
        """Name the exercise that fits best and was not offered yet; "" where none does."""
        scores = {
            name: _score(skill, need)
            for name, skill in self._all.items()
            if need.care not in skill.never_when and name not in need.offered
        }
        best = max(scores, key=lambda name: scores[name], default="")
        return best if best and scores[best] > 0 else ""

    def asked(self, text: str) -> str:
        """Name the exercise that these words ask for, or ""."""
        plain = _plain(text)
        return "" if self._asks_what_it_is(plain) else self._named(plain)

    def explained(self, text: str) -> str:
        """Name the exercise that these words ask about, or ""."""
        plain = _plain(text)
        return self._named(plain) if self._asks_what_it_is(plain) else ""

    def _asks_what_it_is(self, plain: str) -> bool:
        """Tell a question about an exercise from one whose name is a question."""
        names = (f" {phrase} " for phrase, _ in self._asked)
        return bool(_EXPLAIN.match(plain)) and not plain.startswith(tuple(names))

    def _named(self, plain: str) -> str:
        if len(plain.split()) > MOST_WORDS:
            return ""
        return next((name for phrase, name in self._asked if f" {phrase} " in plain), "")


def _score(skill: Skill, need: Need) -> int:
    if need.trap and skill.when.traps == "no" or not need.trap and skill.when.traps == "yes":
        return 0
    felt = 2 * (need.feeling in skill.when.feelings)
    return felt + (need.topic in skill.when.topics) + (need.trap and skill.when.traps == "yes")


def _plain(text: str) -> str:
    words = re.findall(r"[a-z'-]+", text.casefold().replace("’", "'"))
    return f" {' '.join(words)} "


def _checked(path: Path) -> Skill:
    """Read a file and follow its steps. Raises SettingsError."""
    skill = read(path, Skill)
    ids = [step.id for step in skill.steps]
    named = {id for step in skill.steps for id in (step.next, step.yes, step.no) if id}
    if len(set(ids)) < len(ids):
        raise SettingsError(f"{path.name}: two steps have one id.", fix="Rename one of them.")
    if unknown := sorted(named - {*ids, DONE}):
        raise SettingsError(f"{path.name}: there is no step '{unknown[0]}'.", fix="Correct the id.")
    ends = {str(end) for end in skill.end}
    rated = {"before", "after"} <= set(ids)
    if missing := [end for end in ("fell", "same", "rose") if rated and end not in ends]:
        raise SettingsError(f"{path.name}: 'end' lacks '{missing[0]}'.", fix="Write it.")
    if "none" not in ends:
        raise SettingsError(f"{path.name}: 'end' lacks 'none'.", fix="Write it.")
    return skill
