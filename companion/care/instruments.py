"""Questionnaires as data: their own words, and their exact scoring.

Stem, options and items are verbatim; a file whose wording differs from its digest is refused. A
missing answer is never 0: where one is missing there is no total.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from companion.content import Content, read
from companion.errors import SettingsError
from companion.records import Form

NAMES = ("phq9", "phq8", "phq2", "gad7", "gad2", "who5")


class Option(Content):
    """One of the answers that an item may have."""

    name: str
    """Its name among the `choices` of answers.yaml"""
    value: int
    label: str


class Instrument(Content):
    """A file of `questionnaires/`."""

    title: str
    about: str
    minutes: Annotated[int, Field(ge=1)]
    licence: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    asks_for: tuple[str, ...]
    every: Annotated[int, Field(ge=1)]
    """Days between two"""
    per_point: Annotated[int, Field(ge=1)]
    most: int
    """Of what is told: the sum times `per_point`"""
    worth_from: int | None = None
    worth_up_to: int | None = None
    """From, or up to, which it is worth taking to a doctor; for adults"""
    change: int
    """By which two must differ to be told as different; 0: they are not compared"""
    danger: int | None = None
    """Number of the item that is asked about directly where it is above 0"""
    wording: str
    stem: str
    options: tuple[Option, ...]
    items: tuple[str, ...]

    def lines(self, name: str) -> dict[str, str]:
        """Give what is said word for word, by id."""
        spoken = {f"{name}-{number}": item for number, item in enumerate(self.items, 1)}
        labels = [option.label for option in self.options]
        one_of = ", ".join([labels[0], *(label.lower() for label in labels[1:-1])])
        options = f"{one_of}, or {labels[-1].lower()}."
        return {f"{name}-stem": self.stem, f"{name}-options": options, **spoken}

    def told(self, total: int) -> int:
        """Give a sum as it is told."""
        return total * self.per_point

    def is_worth_telling(self, total: int) -> bool:
        """Tell whether an adult is told to take this to a doctor."""
        told = self.told(total)
        low = self.worth_up_to is not None and told <= self.worth_up_to
        return low or self.worth_from is not None and told >= self.worth_from

    def changed(self, total: int, before: int) -> int:
        """Say how far it moved beyond chance: more is worse, less is better, 0 neither."""
        moved = self.told(total) - self.told(before)
        if not self.change or abs(moved) < self.change:
            return 0
        return -moved if self.worth_up_to is not None else moved


@dataclass(frozen=True)
class Score:
    """What the answers come to."""

    total: int | None
    """None: an answer is missing"""
    without_last: int | None
    """Where only the last one is missing"""


def score(form: Form, instrument: Instrument) -> Score:
    """Add the answers up. All of them must be there: no instrument here has another rule."""
    values = [_value(form, number) for number in range(1, len(instrument.items) + 1)]
    present = [value for value in values if value is not None]
    total = sum(present) if len(present) == len(values) else None
    only_last_missing = values[-1] is None and len(present) == len(values) - 1
    return Score(total, sum(present) if only_last_missing else None)


def read_instruments(folder: Path) -> Mapping[str, Instrument]:
    """Read `questionnaires/` of a language's folder. Raises SettingsError."""
    return {name: _read(folder / "questionnaires" / f"{name}.yaml") for name in NAMES}


def verbatim(folder: Path) -> Mapping[str, str]:
    """Give all that is said word for word, by id. Raises SettingsError."""
    return {
        line: text
        for name, instrument in read_instruments(folder).items()
        for line, text in instrument.lines(name).items()
    }


def _read(path: Path) -> Instrument:
    instrument = read(path, Instrument)
    texts = [instrument.stem, *(o.label for o in instrument.options), *instrument.items]
    if hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16] != instrument.wording:
        raise SettingsError(
            f"{path.name}: its wording was changed; a questionnaire is given word for word.",
            fix="Put the published wording back.",
        )
    highest = max(option.value for option in instrument.options) * len(instrument.items)
    if instrument.told(highest) != instrument.most:
        raise SettingsError(f"{path.name}: 'most' is not what its items add up to.")
    return instrument


def _value(form: Form, number: int) -> int | None:
    given = form.find(f"{form.name}-{number}")
    return None if given is None or given.number is None else round(given.number)
