"""The helplines of a person's country: `prompts/hotlines.yaml`.

Blank stays blank: where nothing is known, the emergency number is named, and
where that is not known, how to find it. Nothing is guessed from the language.
"""

from pathlib import Path

from pydantic import Field

from companion.content import Content, read
from companion.errors import SettingsError


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


class _Country(Content):
    name: str
    emergency: _Emergency = _Emergency()
    poison: str = ""
    lines: tuple[Helpline, ...] = ()


class _Hotlines(Content):
    fallback: _Fallback
    countries: dict[str, _Country]


UNKNOWN_LINE = "a crisis line near you, listed by country at findahelpline.com,"
UNKNOWN_EMERGENCY = "your local emergency number, 112 from most mobiles,"

_INSTEAD = {
    "violence": ("general", "suicide"),
    "child": ("youth", "general", "suicide"),
    "suicide": ("general",),
    "general": ("suicide",),
}
"""Which lines may stand in, best first, where a country has none of a kind"""


class Helplines:
    """The numbers of one country."""

    def __init__(self, path: Path, country: str) -> None:
        """`country` is two letters, or empty where it is not known. Raises SettingsError."""
        data = read(path, _Hotlines)
        if country and country not in data.countries:
            raise SettingsError(
                f"There are no helplines for the country '{country}'.",
                fix=f"Use one of {', '.join(sorted(data.countries))}, or leave it empty.",
            )
        self._country = data.countries.get(country, _Country(name=""))
        self.telephone = frozenset(_numbers(data))

    def emergency(self) -> str:
        """Name the number to call when someone is in danger."""
        return self._country.emergency.ambulance or UNKNOWN_EMERGENCY

    def poison(self) -> str:
        """Name the emergency number, and the poison line where one is known."""
        known = self._country.poison
        return f"{self.emergency()} or the poison line, {known}," if known else self.emergency()

    def line(self, use: str) -> str:
        """Name a line for `use`, such as "violence", with how to reach it."""
        # One that may be closed now is never named first.
        lines = sorted(self._country.lines, key=lambda line: line.hours != "24/7")
        for kind in (use, *_INSTEAD.get(use, ("suicide", "general"))):
            for line in lines:
                if line.use == kind:
                    return f"{line.name}, {_reach(line)},"
        return UNKNOWN_LINE


def _reach(line: Helpline) -> str:
    return line.call or (f"text {line.text}" if line.text else line.chat)


def _numbers(data: _Hotlines) -> set[str]:
    found = {data.fallback.emergency}
    for country in data.countries.values():
        found |= {country.emergency.ambulance, country.emergency.police, country.poison}
        found |= {line.call for line in country.lines}
    return found - {""}
