"""Read a check-in from what a person says: all parts that are in it, whatever was asked.

"Pretty rough, slept four hours badly, work, energy two" is a whole check-in. What could mean two
things is not read: it is asked for.
"""

import re
from pathlib import Path

from companion.answers import TOP, Answers, as_words
from companion.care.nights import NightReader, SleepWords
from companion.care.phrases import Phrases, clauses
from companion.content import Content, read
from companion.errors import SettingsError
from companion.records import Given

MOOD, SLEEP, ENERGY, ABOUT, LINE = "mood", "sleep", "energy", "about", "line"
PARTS = (MOOD, SLEEP, ENERGY, ABOUT, LINE)
"""In the order in which they are asked"""
FEELINGS, ASLEEP, IN_BED, QUALITY = "feelings", "asleep", "in_bed", "quality"
"""What is told along with them"""
_BEGINS = re.compile(
    r" (?=i (?:slept|woke|went to bed|couldn't sleep|didn't sleep|feel|am|have)\b|i'm "
    r"|my (?:sleep|energy)\b"
    r"|(?<!\bi )(?<!'ve )(?<!hardly )(?<!barely )(?<!hours )(?<!never )(?<!not )slept\b"
    r"|(?<!my )(?<!no )(?<!of )energy (?:is|was|at|about|none|low|high|good|okay|fine|zero|one|two"
    r"|three|four|five|six|seven|eight|nine|ten)\b)"
)
"""Where something new begins in speech: a recogniser writes no commas"""
SHORT = 4
"""Words up to which an answer is no more than that"""


class Level(Content):
    """One step between very unpleasant and very pleasant."""

    name: str
    valence: float
    """-1 to 1"""


class Energy(Content):
    """How people speak of their energy."""

    cues: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    """Phrases by a number from 0 to 10"""


class CheckInWords(Content):
    """`checkin.yaml`."""

    ask: dict[str, str]
    ask_at_once: str
    ask_about_aloud: str
    ask_closed: dict[str, str]
    again: dict[str, str]
    given_up: str
    told: dict[str, str]
    nothing: tuple[str, ...]
    changed: str
    levels: tuple[Level, ...]
    moods: dict[str, tuple[str, ...]]
    feelings: dict[str, tuple[str, ...]]
    contexts: dict[str, tuple[str, ...]]
    denials: tuple[str, ...]
    others: tuple[str, ...]
    kin: tuple[str, ...]
    sleep: SleepWords
    quality: dict[str, tuple[str, ...]]
    energy: Energy
    numbers: dict[str, int]
    units: dict[str, tuple[str, ...]]


def read_words(folder: Path) -> CheckInWords:
    """Read `checkin.yaml` of a language's folder. Raises SettingsError."""
    words = read(folder / "checkin.yaml", CheckInWords)
    if unknown := sorted(words.moods.keys() - {level.name for level in words.levels}):
        raise SettingsError(f"checkin.yaml: 'moods' has the unknown level '{unknown[0]}'.")
    for name, parts, given in (
        ("ask", PARTS, words.ask),
        ("ask_closed", (MOOD, SLEEP, QUALITY, ENERGY), words.ask_closed),
        ("again", (*PARTS, QUALITY), words.again),
    ):
        if missing := sorted(set(parts) - given.keys()):
            raise SettingsError(f"checkin.yaml: '{name}' has no '{missing[0]}'.")
    return words


class CheckInReader:
    """Finds the parts of a check-in in a text."""

    def __init__(self, words: CheckInWords, answers: Answers) -> None:
        self._answers = answers
        self._valence = {level.name: level.valence for level in words.levels}
        self._moods = Phrases(words.moods, words.denials)
        self._feelings = Phrases(
            {n: (n, *some) for n, some in words.feelings.items()}, words.denials
        )
        self._contexts = Phrases({n: (n, *some) for n, some in words.contexts.items()})
        self._energy = Phrases(words.energy.levels)
        self._energy_cues = Phrases({"energy": words.energy.cues})
        others = "|".join(map(re.escape, words.others))
        kin = "|".join(map(re.escape, words.kin))
        self._nothing = Phrases({"nothing": words.nothing})
        self._others = re.compile(rf" (?:{others}|(?:{kin})(?:'s| is| was| feels| felt)) ")
        numbers = {name.replace("-", " "): number for name, number in words.numbers.items()}
        numbers |= answers.words.numbers
        self._nights = NightReader(words.sleep, words.quality, numbers, words.units)

    def read(self, text: str, asked: str) -> tuple[Given, ...]:
        """Give all that was told; `asked` says what a bare number or word is about."""
        text = _BEGINS.sub(", ", text)
        if asked == QUALITY:
            number = self._answers.scale(text)
            return (Given(QUALITY, number, confirmed=True),) if number is not None else ()
        night = self._nights.read(text, asked=asked == SLEEP)
        rest = text if asked == SLEEP and night.is_empty else self._nights.remaining(text)
        found = [
            Given(part, number, confirmed=True)
            for part, number in (
                (ASLEEP, night.asleep), (IN_BED, night.in_bed), (QUALITY, night.quality),
            )
            if number is not None
        ]  # fmt: skip
        if asked == SLEEP and not night.is_empty and len(text.split()) <= SHORT:
            return tuple(found)
        found += self._level_of_energy(rest, asked)
        rest = ", ".join(part for part in clauses(rest) if not self._energy_cues.find(part))
        own = ", ".join(part for part in clauses(rest) if not self._others.search(as_words(part)))
        if asked != ENERGY:
            found += self._mood(own, asked)
        if feelings := self._feelings.find(own):
            found.append(Given(FEELINGS, words=tuple(feelings), confirmed=True))
        if contexts := self._contexts.find(rest):
            found.append(Given(ABOUT, words=tuple(contexts), confirmed=True))
        return tuple(found)

    def in_own_words(self, text: str, asked: str) -> tuple[Given, ...]:
        """Take what was said of the contexts as it is: a few words name one, more are a line."""
        plain = " ".join(text.split())
        if asked == LINE or len(plain.split()) > SHORT:
            return (Given(LINE, words=(plain,)),)
        return (Given(ABOUT, words=(plain.rstrip(".!"),)),)

    def is_nothing(self, text: str) -> bool:
        """Tell whether somebody says that there is nothing to say."""
        return self._nothing.exactly(text) is not None

    def valence(self, text: str) -> float | None:
        """Read -1 to 1 from words; None where they say none, or more than one way."""
        said = {self._valence[name] for part in clauses(text) for name in self._moods.find(part)}
        if len(said) > 1 and min(said) < 0 < max(said):
            return None
        return sum(said) / len(said) if said else None

    def _mood(self, text: str, asked: str) -> list[Given]:
        number = self._answers.scale(text) if asked == MOOD else None
        if number is not None:
            middle = TOP / 2
            return [Given(MOOD, (number - middle) / middle, confirmed=True)]
        valence = self.valence(text) if asked == MOOD else None
        return [] if valence is None else [Given(MOOD, round(valence, 2), confirmed=True)]

    def _level_of_energy(self, text: str, asked: str) -> list[Given]:
        for part in clauses(text):
            if asked != ENERGY and not self._energy_cues.find(part):
                continue
            bare = self._energy_cues.without(part)
            number = self._answers.scale(part)
            if number is None and (found := self._energy.find(part) or self._energy.find(bare)):
                number = int(found[0])
            if number is not None:
                return [Given(ENERGY, number, confirmed=True)]
        return []
