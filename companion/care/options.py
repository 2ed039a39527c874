"""Read which option of a questionnaire an answer means, and whether that is plain.

"Most days" is understood, but not in the words of the questionnaire: it is said back and counts
once the person agrees.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.answers import Answers, as_words
from companion.care.instruments import Option
from companion.care.phrases import Phrases

FORTNIGHT = 14
SHORT = 6
"""Words up to which an answer in the questionnaire's own words is plain"""
_DAYS = re.compile(
    r" (\d{1,2}|[a-z]+) (?:or (\d{1,2}|[a-z]+) )?(?:(?:out )?of (?:the )?(?:14 |fourteen )?)?"
    r"(?:days?|nights?)(?= )"
)
_DENIED = re.compile(r"(?:n't| not| never) $")


@dataclass(frozen=True)
class Meant:
    """What an answer means."""

    option: Option
    plain: bool
    """It was said in the words of the questionnaire"""


class OptionReader:
    """Reads answers to one set of options."""

    def __init__(
        self,
        options: Sequence[Option],
        answers: Answers,
        loose: Mapping[str, tuple[str, ...]],
        weekly: Sequence[str],
    ) -> None:
        """`loose` are other ways to say an option, `weekly` the words for "a week"."""
        self._options = {option.name: option for option in options}
        self._answers = answers
        own = {name: answers.words.choices[name] for name in self._options}
        self._own = Phrases(own)
        self._loose = Phrases({name: loose.get(name, ()) for name in self._options})
        self._weekly = Phrases({"weekly": weekly})
        self._by_days = "several_days" in self._options
        self._numbers = answers.words.numbers | {"eleven": 11, "twelve": 12, "thirteen": 13}

    @property
    def names(self) -> tuple[str, ...]:
        """Name the options."""
        return tuple(self._options)

    def read(self, text: str) -> Meant | None:
        """Say which option is meant; None where it could be two, or none."""
        if exact := self._answers.exactly(text, self._options):
            return Meant(self._options[exact], plain=True)
        own, loose = self._said(text, self._own), self._said(self._own.without(text), self._loose)
        if self._by_days and (days := self._days(text)):
            loose = [days]
        if len(own) == 1 and set(loose) <= set(own):
            return Meant(self._options[own[0]], plain=len(text.split()) <= SHORT)
        found = {*own, *loose}
        if len(found) == 1:
            return Meant(self._options[found.pop()], plain=False)
        if not found and (option := self._by_value(text)):
            return Meant(option, plain=False)
        return None

    def _said(self, text: str, phrases: Phrases) -> list[str]:
        """Name what was said; what is denied makes it unclear, so it counts twice."""
        found = phrases.find(text)
        plain = as_words(text)
        denied = any(_DENIED.search(plain[: plain.find(f" {one} ") + 1])
                     for one in phrases.spoken(text))  # fmt: skip
        return [*found, ""] if denied else found

    def _by_value(self, text: str) -> Option | None:
        plain = as_words(text).split()
        numbers = [int(word) if word.isdigit() else self._numbers.get(word) for word in plain]
        if len(plain) > 2 or len(said := [n for n in numbers if n is not None]) != 1:
            return None
        return next((one for one in self._options.values() if one.value == said[0]), None)

    def _days(self, text: str) -> str:
        """Read a count of days of the fortnight: none, up to half, more than half, nearly all."""
        counted = _DAYS.search(as_words(text))
        if counted is None:
            return ""
        several = [self._number(word) for word in counted.groups() if word]
        if None in several:
            return ""
        days = max(number for number in several if number is not None)
        days *= 2 if self._weekly.find(text) else 1
        names = (
            (0, "not_at_all"), (FORTNIGHT // 2, "several_days"),
            (FORTNIGHT - 3, "more_than_half"), (FORTNIGHT, "nearly_every_day"),
        )  # fmt: skip
        return next((name for most, name in names if days <= most), "")

    def _number(self, word: str) -> int | None:
        return int(word) if word.isdigit() else self._numbers.get(word)
