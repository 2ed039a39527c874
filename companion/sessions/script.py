"""A guided exercise as a file: what is said, what sounds, how long, and for whom it is not.

A clinician can write one; nothing but the file is needed. How long it takes is
counted from its steps, never stated a second time. A file that would teach a fast
breath, a breath in that is longer than the one out, or a held breath that nobody was
asked about, is refused when it is read (docs/sessions.md says why).
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from companion.content import Content, read
from companion.errors import SettingsError
from companion.sessions.health import HOLDS, Condition, Health
from companion.sessions.steps import Minutes, Name, Part, Repeat, Sound, Step, Text


class Suits(StrEnum):
    """For what a person may choose an exercise."""

    PANIC = "panic"
    WORRY = "worry"
    STRESS = "stress"
    SLEEP = "sleep"
    ANGER = "anger"
    LOW = "low"
    SELF_CRITICISM = "self-criticism"
    CALM = "calm"


class Never(Content):
    """When an exercise must not be done."""

    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    instead: str = ""
    """Name of what may be done then; empty: nothing"""


class Script(Content):
    """One exercise."""

    title: Text
    suits: Annotated[tuple[Suits, ...], Field(min_length=1)]
    evidence: Annotated[str, Field(min_length=1, max_length=400)]
    """What is known of its effect, in a line"""
    called: tuple[Text, ...] = ()
    """How people ask for it, besides by its title; lower case, numbers in words"""
    minutes: tuple[Minutes, ...] = ()
    """How long it may take, the usual first; only for one that can be longer or shorter"""
    choices: tuple[Name, ...] = ()
    """The first is taken where none is chosen"""
    never: tuple[Never, ...] = ()
    steps: Annotated[tuple[Part, ...], Field(min_length=1)]

    @property
    def spoken_title(self) -> str:
        """Its title within a sentence: a row of commas would be taken for a list of steps."""
        return self.title.replace(",", "")

    @property
    def rules(self) -> Iterable[tuple[Health, str]]:
        """What rules it out, and what may be done instead."""
        return [(frozenset(rule.when), rule.instead) for rule in self.never]

    @property
    def repeats(self) -> Iterator[Repeat]:
        return (part.repeat for part in self.steps if part.repeat)

    @property
    def has_holds(self) -> bool:
        return any(repeat.length(Sound.HOLD) for repeat in self.repeats)

    @property
    def is_endless(self) -> bool:
        return any(repeat.endless for repeat in self.repeats)

    @property
    def is_paced(self) -> bool:
        return any(repeat.is_paced for repeat in self.repeats)

    @property
    def texts(self) -> Iterator[str]:
        """Yield every sentence of ours in it, as it will be said."""
        for part in self.steps:
            yield from part.texts
            if part.repeat:
                for step in part.repeat.steps:
                    for item in part.repeat.each or ("",):
                        yield from (text.replace("{each}", item) for text in step.texts)
                yield from (over.say for over in part.repeat.over)

    @property
    def lines(self) -> Iterator[str]:
        """Yield the ids of its reviewed sentences."""
        for part in self.steps:
            yield from (
                step.line
                for step in (part, *(part.repeat.steps if part.repeat else ()))
                if step.line
            )

    @model_validator(mode="after")
    def _filled_once(self) -> "Script":
        rhythms = sum(repeat.fills for repeat in self.repeats)
        shares = any(part.share for part in self.steps)
        if bool(self.minutes) != (rhythms + shares > 0):
            raise ValueError("'minutes' belongs to a 'share', or a 'repeat' that is not counted")
        if rhythms + shares > 1 and not self._choices_part_them():
            raise ValueError("only one repetition, or shares, can fill the minutes")
        return self

    def _choices_part_them(self) -> bool:
        """Tell that a condition always takes all but one of what fills the minutes."""
        marked = [part for part in self.steps if part.share or (part.repeat and part.repeat.fills)]
        return all(part.when or part.unless or part.only for part in marked)

    @model_validator(mode="after")
    def _chosen_from(self) -> "Script":
        for step in self._every_step():
            if step.only and step.only not in self.choices:
                raise ValueError(f"'only: {step.only}' is none of 'choices'")
        return self

    @model_validator(mode="after")
    def _holds_are_asked_about(self) -> "Script":
        if any(part.sound is Sound.HOLD for part in self.steps):
            raise ValueError("a hold can stand in a repetition only")
        if not self.has_holds:
            return self
        if missing := HOLDS - {condition for rule in self.never for condition in rule.when}:
            names = ", ".join(sorted(missing))
            raise ValueError(f"with a hold, 'never' must also name: {names}")
        first = next(i for i, part in enumerate(self.steps) if part.repeat)
        if not any(part.answer for part in self.steps[:first]):
            raise ValueError("a hold needs a question with 'answer' before it")
        return self

    def _every_step(self) -> Iterator[Step]:
        for part in self.steps:
            yield part
            yield from part.repeat.steps if part.repeat else ()


def read_scripts(*folders: Path) -> Mapping[str, Script]:
    """Read every exercise of some folders, by the name of its file. Raises SettingsError."""
    scripts: dict[str, Script] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        if path.stem in scripts:
            raise SettingsError(f"There are two exercises '{path.stem}'.", fix=f"Rename {path}.")
        scripts[path.stem] = read(path, Script)
    for name, script in scripts.items():
        for _, instead in script.rules:
            if instead and (instead not in scripts or instead == name):
                raise SettingsError(
                    f"{name}.yaml: 'never': there is no other exercise '{instead}'.",
                    fix=f"Use one of: {', '.join(other for other in scripts if other != name)}.",
                )
    return scripts
