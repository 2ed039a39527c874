"""Read how a night was from what a person says of it: hours, times of the clock, how well.

"four hours, badly"; "from eleven to seven"; "went to bed at eleven, asleep by one, up at half
six". What could mean two things is not read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from companion.answers import as_words
from companion.care.phrases import Phrases, clauses
from companion.content import Content

LONGEST = 16 * 60
"""Minutes; more than this is no night"""
_NEAR = 3
"""Hours by which two ends of "six to seven" may differ; further apart they are times of a clock"""
_N = r"(\d+(?:\.\d+)?)"
_TIME = r"(\d{1,2})(?: (\d{2}))?(?: o'clock)?(?: (AM|PM))?"
_SPOKEN_TIMES = (
    (r"\bhalf past (\d{1,2})\b", r"\1 30"),
    (r"\bquarter past (\d{1,2})\b", r"\1 15"),
    (r"\bhalf (\d{1,2})\b", r"\1 30"),
)
_TENS = re.compile(r"\b([2-5]0) ([1-9])\b")
_PLUS = re.compile(r"\b(\d+) (HOUR )?plus a (half|quarter)\b")


class SleepWords(Content):
    """How people speak of a night."""

    cues: tuple[str, ...]
    none: tuple[str, ...]
    bed: tuple[str, ...]
    asleep: tuple[str, ...]
    up: tuple[str, ...]
    until: tuple[str, ...]
    noon: tuple[str, ...]
    midnight: tuple[str, ...]
    evening: tuple[str, ...]
    morning: tuple[str, ...]


@dataclass(frozen=True)
class Night:
    """What was said of a night; None where nothing was."""

    asleep: float | None = None
    in_bed: float | None = None
    """Minutes, both"""
    quality: int | None = None
    """0 to 10"""

    @property
    def is_empty(self) -> bool:
        return self == Night()


class NightReader:
    """Reads nights in one language."""

    def __init__(
        self,
        words: SleepWords,
        quality: Mapping[str, tuple[str, ...]],
        numbers: Mapping[str, int],
        units: Mapping[str, tuple[str, ...]],
    ) -> None:
        """`quality` has phrases by a number from 0 to 10, `units` the words for hour and minute."""
        self._none = Phrases({"none": words.none})
        self._quality = Phrases(quality)
        self.cues = Phrases({"night": words.cues})
        self._roles = Phrases({"bed": words.bed, "asleep": words.asleep, "up": words.up})
        marks = {
            "HOUR": units["hour"], "MINUTE": units["minute"], "UNTIL": words.until,
            "AM": words.morning, "PM": words.evening, "12 PM": words.noon, "12 AM": words.midnight,
        }  # fmt: skip
        marks |= {str(number): (word,) for word, number in numbers.items()}
        self._marks = {as_words(w).strip(): mark for mark, some in marks.items() for w in some}
        longest = sorted(self._marks, key=len, reverse=True)
        self._marked = re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, longest))})(?= )")

    def read(self, text: str, *, asked: bool) -> Night:
        """Read a night. `asked`: we have just asked for it, so a bare number counts hours."""
        about = clauses(text) if asked else self._about_the_night(text)
        slept: float | None = None
        times: dict[str, float] = {}
        for part in about:
            marked = self._numerals(part)
            bare = asked and len(marked.split()) <= 4 and not self._roles.find(part)
            if (found := _duration(marked, bare=bare)) is not None:
                slept = found if slept is None else slept
            else:
                times |= self._times(part, marked)
        asleep, in_bed = _spans(times)
        if slept is None:
            slept = asleep
        quality = self._how_well(about)
        if slept is None and asked and any(self._none.find(part) for part in about):
            slept = 0.0
        elif slept is None and any(" sleep" in as_words(p) and self._none.find(p) for p in about):
            slept = 0.0
        return Night(slept, in_bed, quality)

    def _about_the_night(self, text: str) -> list[str]:
        """Give the parts that name the night, and a bare "badly" that follows one."""
        found: list[str] = []
        before = False
        for part in clauses(text):
            names_it = bool(self.cues.find(part))
            if names_it or before and (self._quality.exactly(part) or self._is_span(part)):
                found.append(part)
            else:
                names_it = False
            before = names_it or before and part in found
        return found

    def _is_span(self, part: str) -> bool:
        marked = self._numerals(part)
        return _duration(marked, bare=False) is not None or bool(self._roles.find(part))

    def remaining(self, text: str) -> str:
        """Give what is said of other things than the night."""
        night = self._about_the_night(text)
        return ", ".join(part for part in clauses(text) if part not in night)

    def _how_well(self, about: list[str]) -> int | None:
        for part in about:
            plain = self._numerals(part)
            if out_of := re.search(rf"\b{_N} (?:out of|of) 10\b", plain):
                return min(10, round(float(out_of[1])))
            if found := self._quality.find(part):
                return int(found[0])
        return None

    def _numerals(self, part: str) -> str:
        """Write numbers as digits, and units and marks of time as capitals."""
        plain = self._marked.sub(lambda m: self._marks[m[0]], as_words(part))
        plain = re.sub(r"\b(?:an|a) HOUR\b", "1 HOUR", plain)
        plain = _TENS.sub(lambda m: str(int(m[1]) + int(m[2])), plain)
        share = {"half": ".5", "quarter": ".25"}
        plain = _PLUS.sub(lambda m: f"{m[1]}{share[m[3]]} {m[2] or ''}".strip(), plain)
        plain = re.sub(r"\bhalf (?:1 )?HOUR\b", "30 MINUTE", plain)
        for pattern, written in _SPOKEN_TIMES:
            plain = re.sub(pattern, written, plain)
        return re.sub(r"\bquarter to (\d{1,2})\b", lambda m: f"{int(m[1]) - 1} 45", plain).strip()

    def _times(self, part: str, marked: str) -> dict[str, float]:
        role = next(iter(self._roles.find(part)), "")
        if both := re.search(rf"(?:from )?{_TIME} (?:to|UNTIL) (?:about |around )?{_TIME}", marked):
            begin = "bed" if role == "bed" else "asleep"
            return {begin: _evening(both[1], both[2], both[3]), "up": _morning(*both.groups()[3:])}
        if until := re.search(rf"UNTIL (?:about |around )?{_TIME}", marked):
            return {"up": _morning(*until.groups())}
        one = re.search(rf"(?:^| ){_TIME}(?: |$)", marked)
        if not role or one is None:
            return {}
        return {role: _morning(*one.groups()) if role == "up" else _evening(*one.groups())}


def _duration(marked: str, *, bare: bool) -> float | None:
    """Give minutes; of two neighbouring numbers the middle."""
    some = rf"{_N}(?: (?:or|to|maybe|HOUR or) {_N})?"
    if hours := re.search(rf"{some} HOUR(?: (?:plus )?(\d{{1,2}})(?: MINUTE)?\b)?", marked):
        first, second = float(hours[1]), float(hours[2] or hours[1])
        return _night((first + second) * 30 + float(hours[3] or 0))
    if minutes := re.search(rf"{some} MINUTE", marked):
        return _night((float(minutes[1]) + float(minutes[2] or minutes[1])) / 2)
    if not bare or re.search(r"\b(?:out of|of) 10\b|[AP]M\b|from |UNTIL", marked):
        return None
    number = re.search(rf" {some} ", f" {marked} ")
    if number is None or len(re.findall(_N, marked)) > (2 if number[2] else 1):
        return None
    first, second = float(number[1]), float(number[2] or number[1])
    return _night((first + second) * 30) if abs(first - second) <= _NEAR else None


def _night(minutes: float) -> float | None:
    return minutes if 0 <= minutes <= LONGEST else None


def _evening(hour: str, minute: str | None, half: str | None) -> float:
    """Give hours since noon for when somebody went to bed, or fell asleep."""
    clock = int(hour) % 24 + int(minute or 0) / 60
    if half:
        clock = clock % 12 + (12 if half == "PM" else 0)
    elif 6 <= clock < 12:
        clock += 12
    elif 12 <= clock < 13:
        clock -= 12
    return (clock - 12) % 24


def _morning(hour: str, minute: str | None, half: str | None) -> float:
    """Give hours since noon for when somebody got up."""
    clock = int(hour) % 24 + int(minute or 0) / 60
    if half:
        clock = clock % 12 + (12 if half == "PM" else 0)
    return (clock - 12) % 24


def _spans(times: Mapping[str, float]) -> tuple[float | None, float | None]:
    """Give minutes asleep and in bed."""
    if "up" not in times:
        return None, None
    lengths = [
        _night((times["up"] - times[role]) % 24 * 60) if role in times else None
        for role in ("asleep", "bed")
    ]
    return lengths[0], lengths[1]
