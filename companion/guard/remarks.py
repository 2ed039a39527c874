"""Read what is said around a danger: when it is, how it was meant, who may be listening.

The words are data (`safety/phrases/remarks.yaml`). What follows from them is decided
elsewhere: this file only reads.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from companion.content import Content, read
from companion.guard.patterns import Phrases
from companion.guard.words import Normaliser
from companion.risk import Assessment, Explains, Remark, Risk, When
from companion.values import Transcript

SURE = 0.5
"""Confidence of the recogniser below which its words are doubted"""
OLDEST = 110
YOUNGEST_ALONE = 11
"""Years: "i am ten" answers a question; "i am fifteen" tells an age"""

_PLAIN = ("taken", "sober", "overheard", "near", "unheard")
_NUMBERS = {
    name: number
    for number, name in enumerate(
        "five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split(),
        start=5,
    )
}
_ORDINALS = {
    name: number
    for number, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        start=1,
    )
} | {f"{number}th": number for number in range(4, 13)}
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"


class _Remarks(Content):
    when: dict[When, tuple[str, ...]]
    explains: dict[Explains, tuple[str, ...]]
    taken: tuple[str, ...]
    sober: tuple[str, ...]
    overheard: tuple[str, ...]
    near: tuple[str, ...]
    unheard: tuple[str, ...]
    age: tuple[str, ...]
    age_alone: tuple[str, ...]
    school: dict[str, int]


class Remarks:
    """Reads the remarks in what was said."""

    def __init__(self, folder: Path, normalise: Normaliser, lists: Mapping[str, str]) -> None:
        """Read `remarks.yaml` of the phrases' folder. Raises SettingsError."""
        data = read(folder / "remarks.yaml", _Remarks)
        self._normalise = normalise
        self._when = list(data.when)
        self._explains = list(data.explains)
        plain = {name: getattr(data, name) for name in _PLAIN}
        timed = {str(when): phrases for when, phrases in data.when.items()}
        meant = {str(how): phrases for how, phrases in data.explains.items()}
        self._phrases = Phrases({**timed, **meant, **plain}, lists)
        self._age = _ages(data.age, r"(?= )")
        # Nothing may follow: "i am fifteen minutes late".
        self._age_alone = _ages(data.age_alone, r"(?= (?:,|and |$|$))")
        self._school = [
            (
                re.compile(rf" in (?:the )?(?:{word} {_NUMBER}|({'|'.join(_ORDINALS)}) {word}) "),
                first,
            )
            for word, first in data.school.items()
        ]

    def __call__(self, text: str) -> Remark:
        """Give what was remarked."""
        words = self._normalise(text)
        found = self._phrases.find(words).keys()
        return Remark(
            when=next((when for when in self._when if when in found), None),
            explains=next((how for how in self._explains if how in found), None),
            **{name: name in found for name in _PLAIN},
            age=self._years(words),
        )

    def _years(self, words: str) -> int | None:
        for pattern, youngest in ((self._age, 1), (self._age_alone, YOUNGEST_ALONE)):
            if told := pattern.search(words):
                years = _number(next(filter(None, told.groups())))
                return years if years and youngest <= years <= OLDEST else None
        for pattern, first in self._school:
            if told := pattern.search(words):
                year = _number(next(filter(None, told.groups())))
                # In the highest years of a school one may be grown up, and is not taken for it.
                return min(year + first, 17) if year and year <= 13 else None
        return None


def is_doubtful(found: Assessment, transcript: Transcript) -> bool:
    """Tell whether a danger may have been misheard: low confidence, or only a second guess."""
    if found.level < Risk.CONCERN or transcript.typed:
        return False
    guessed = all(rule.endswith("?") for rule in found.why)
    return guessed or (transcript.confidence is not None and transcript.confidence < SURE)


def _ages(phrases: Sequence[str], after: str) -> re.Pattern[str]:
    told = "|".join(phrase.replace("N", _NUMBER) for phrase in phrases)
    return re.compile(rf" (?:{told}){after}")


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else _NUMBERS.get(word) or _ORDINALS.get(word)
