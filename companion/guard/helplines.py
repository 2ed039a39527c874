"""The helplines of a person's country: `prompts/hotlines.yaml`.

Blank stays blank: where nothing is known, the emergency number is named, and
where that is not known, how to find it. Nothing is guessed from the language.
A line that is closed at this hour is never named first, and only a row that was read in a
published source is spoken as a fact.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import Field

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.hours import ALWAYS, is_open

FRESH = timedelta(days=365)
"""An older comparison with the provider counts as none"""
MOST_LINES = 3
"""Shown at once, the emergency number among them"""


class _Fallback(Content):
    emergency: str
    text: str


class _Emergency(Content):
    ambulance: str = ""
    police: str = ""


class Helpline(Content):
    """One line a person can call, text or open."""

    id: str
    use: str = Field(alias="for")
    name: str
    call: str = ""
    text: str = ""
    chat: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    source: str
    verified_on: str = ""
    confidence: str

    @property
    def reach(self) -> str:
        """What to dial, else what to text or open."""
        return self.call or (f"text {self.text}" if self.text else self.chat)

    def is_fresh(self, today: date | None) -> bool:
        """Tell whether somebody compared it with its provider within a year."""
        if not self.verified_on or today is None:
            return False
        return today - date.fromisoformat(self.verified_on) <= FRESH


class _Country(Content):
    name: str
    emergency: _Emergency = _Emergency()
    poison: str = ""
    lines: tuple[Helpline, ...] = ()


class Hotlines(Content):
    """`hotlines.yaml`."""

    fallback: _Fallback
    countries: dict[str, _Country]


UNKNOWN_LINE = "a crisis line near you, listed by country at findahelpline.com,"
UNKNOWN_EMERGENCY = "your local emergency number, 112 from most mobiles,"
CHECK = "Numbers change, so please check this one when you can. "

_INSTEAD = {
    "violence": ("general", "suicide"),
    "child": ("youth", "general", "suicide"),
    "suicide": ("general",),
    "general": ("suicide",),
}
"""Which lines may stand in, best first, where a country has none of a kind"""


class Helplines:
    """The numbers of one country, at one local time."""

    def __init__(self, source: Path | Hotlines, country: str, now: datetime | None = None) -> None:
        """`country` is two letters, or empty where it is not known. Raises SettingsError."""
        self._data = source if isinstance(source, Hotlines) else read(source, Hotlines)
        if country and country not in self._data.countries:
            raise SettingsError(
                f"There are no helplines for the country '{country}'.",
                fix=f"Use one of {', '.join(sorted(self._data.countries))}, or leave it empty.",
            )
        self.country = country
        self._now = now
        self._country = self._data.countries.get(country, _Country(name=""))
        self.telephone = frozenset(_numbers(self._data))

    def within(self, country: str, now: datetime | None) -> "Helplines":
        """Give those of another country, at a local time. Raises SettingsError."""
        return Helplines(self._data, country, now)

    @property
    def names(self) -> Mapping[str, str]:
        """The names of all countries, by their two letters."""
        return {code: country.name for code, country in self._data.countries.items()}

    def emergency(self) -> str:
        """Name the number to call when someone is in danger."""
        return self._country.emergency.ambulance or UNKNOWN_EMERGENCY

    def poison(self) -> str:
        """Name the emergency number, and the poison line where one is known."""
        known = self._country.poison
        return f"{self.emergency()} or the poison line, {known}," if known else self.emergency()

    def lines(self, use: str) -> tuple[Helpline, ...]:
        """Give the lines for `use`, such as "violence", the one to name first first."""
        kinds = (use, *_INSTEAD.get(use, ("suicide", "general")))
        found = [line for line in self._country.lines if line.use in kinds and line.reach]
        return tuple(sorted(found, key=lambda line: (kinds.index(line.use), self._rank(line))))

    def _rank(self, line: Helpline) -> int:
        if line.hours == ALWAYS:
            return 0
        return {True: 1, None: 2, False: 3}[is_open(line.hours, self._now)]

    def first(self, use: str) -> Helpline | None:
        """Give the line to name first. One that is closed now gives way to one that is not."""
        lines = self.lines(use)
        return next((line for line in lines if self._rank(line) < 3), lines[0] if lines else None)

    def line(self, use: str) -> str:
        """Name a line for `use`, such as "violence", with how to reach it."""
        line = self.first(use)
        if line is None:
            return UNKNOWN_LINE
        sure = "" if line.confidence == "read" else "as far as I know "
        closed = f", open {line.hours}" if self._rank(line) == 3 else ""
        return f"{line.name}, {sure}{line.reach}{closed},"

    def again(self, use: str) -> str:
        """Give the number alone, so that it is said a second time."""
        line = self.first(use)
        return line.reach if line else "findahelpline.com"

    def check(self, use: str) -> str:
        """Ask to check a number that nobody compared with its provider for a year."""
        line = self.first(use)
        fresh = line is None or line.is_fresh(self._now.date() if self._now else None)
        return "" if fresh else CHECK

    def screen(self, use: str) -> str:
        """Write the numbers one below the other: emergency first, three at the most."""
        emergency = self._country.emergency.ambulance
        rows = [
            f"Emergency: {emergency} · tel:{_dialled(emergency)}"
            if emergency
            else f"Emergency: {UNKNOWN_EMERGENCY.rstrip(',')}"
        ]
        for line in self.lines(use)[: MOST_LINES - 1]:
            number = f" · tel:{_dialled(line.call)}" if line.call else ""
            text = f" · text: {line.text}" if line.text else ""
            rows.append(f"{line.name}: {line.reach}{number}{text if line.call else ''}")
        if len(rows) == 1:
            rows.append("Helplines by country: findahelpline.com")
        return "\n".join(rows)


def _dialled(number: str) -> str:
    """Write a number as a telephone takes it (RFC 3966)."""
    return re.sub(r"[^\d*#+]", "", number)


def _numbers(data: Hotlines) -> set[str]:
    found = {data.fallback.emergency}
    for country in data.countries.values():
        found |= {country.emergency.ambulance, country.emergency.police, country.poison}
        found |= {line.call for line in country.lines}
    return found - {""}
