"""Make a diary that nobody wrote, to measure with and to try things on.

    COMPANION_PASSPHRASE=… python scripts/make_diary.py FOLDER [--entries N] [--seed S]

It runs over three years, through summer times and some journeys; the same seed gives the same
diary. Its person is the generator: sentences are put together from parts and mean nothing.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from companion import paths
from companion.errors import CompanionError, VaultError
from companion.memory import entries as kept
from companion.memory import keys
from companion.memory.entries import Body, Entry
from companion.memory.journal import Journal
from companion.memory.slots import as_secret
from companion.memory.vault import Vault

DAYS = 1_096
"""Three years"""
LAST = date(2026, 11, 22)
"""Day of the last entries"""
HOME = "Europe/London"
JOURNEYS = (
    (60, 14, "Asia/Tokyo"),
    (200, 10, "America/New_York"),
    (410, 21, "Australia/Sydney"),
    (640, 7, "Asia/Kolkata"),
    (830, 12, "America/St_Johns"),
)
"""First day, number of days, where"""
AT_ONCE = 500
"""Entries in one transaction"""

WHEN = ("This morning", "After lunch", "On the way home", "In the evening", "Before bed", "At work")
WHAT = (
    "I walked along the river", "I called my sister", "I made soup", "I sat in the garden",
    "I sorted old letters", "I missed the bus", "I read two pages", "I watered the plants",
    "I met a neighbour on the stairs", "I put off the washing", "I listened to the rain",
    "I went round the block", "I mended a chair", "I wrote a list and lost it",
)  # fmt: skip
FELT = (
    "and it was quiet", "and my shoulders came down", "and I was tired", "and I nearly turned back",
    "and it went better than I thought", "and I could not sit still", "and I laughed once",
    "and nothing much came of it", "and I was glad of it afterwards", "and I felt far away",
)  # fmt: skip
FEELINGS = ("calm", "anxious", "sad", "hopeful", "tired", "angry", "content", "lonely", "proud")
ABOUT = ("work", "family", "health", "sleep", "money", "friends", "weather", "home")
ACTS = ("reflect", "ask", "support", "suggest", "summarise")
SKILLS = ("breathing", "grounding", "thought record", "activity", "worry time")
THOUGHTS = ("I always get this wrong", "They will notice", "It will not get better", "I am late")
MEASURES = (("pitch", "Hz", 180.0), ("rate", "syllables/s", 4.2), ("pauses", "s", 0.6))


class Person:
    """Lives through the days, from one seed."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._bodies: dict[Callable[[], Body], int] = {
            self._checkin: 30, self._note: 22, self._talk: 14, self._activity: 12,
            self._exercise: 9, self._sleep: 5, self._voice: 3, self._thought: 2,
            self._questionnaire: 2, self._incident: 1,
        }  # fmt: skip

    def entries(self, count: int) -> Iterator[Entry]:
        """Yield so many entries, in order."""
        for day in range(DAYS):
            today = count * (day + 1) // DAYS - count * day // DAYS
            zone = where(day)
            minutes = sorted(self._dice.sample(range(7 * 60, 24 * 60), today))
            for minute in minutes:
                yield self._entry(day, minute, zone)

    def _entry(self, day: int, minute: int, zone: str) -> Entry:
        morning = datetime.combine(LAST - timedelta(DAYS - 1 - day), time())
        wall = morning + timedelta(minutes=minute, seconds=self._dice.randrange(60))
        at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        edited = at + timedelta(hours=2) if self._dice.random() < 0.05 else None
        (make,) = self._dice.choices(list(self._bodies), list(self._bodies.values()))
        return Entry(
            id=f"{self._dice.getrandbits(128):032x}",
            at=at,
            zone=zone,
            created=at,
            edited=edited,
            excluded=self._dice.random() < 0.02,
            body=make(),
        )

    def _some(self, names: tuple[str, ...], most: int) -> tuple[str, ...]:
        return tuple(self._dice.sample(names, self._dice.randint(1, most)))

    def _words(self, sentences: int) -> str:
        dice = self._dice
        said = (
            f"{dice.choice(WHEN)} {dice.choice(WHAT)} {dice.choice(FELT)}."
            for _ in range(sentences)
        )
        return " ".join(said)

    def _checkin(self) -> Body:
        return kept.CheckIn(
            valence=round(self._dice.uniform(-1, 1), 2),
            labels=self._some(FEELINGS, 3),
            about=self._some(ABOUT, 2),
            note=self._words(self._dice.randint(0, 2)),
        )

    def _note(self) -> Body:
        return kept.Note(text=self._words(self._dice.randint(1, 9)))

    def _talk(self) -> Body:
        return kept.Talk(
            seconds=self._dice.randint(60, 1_800),
            turns=self._dice.randint(2, 40),
            acts=self._some(ACTS, 4),
            skills=self._some(SKILLS, 2),
        )

    def _activity(self) -> Body:
        return kept.Activity(
            what=self._words(1),
            minutes=self._dice.choice((10, 20, 45, 90)),
            pleasure=self._dice.randint(0, 10),
            mastery=self._dice.randint(0, 10),
        )

    def _exercise(self) -> Body:
        before = self._dice.randint(2, 10)
        return kept.Exercise(
            name=self._dice.choice(SKILLS),
            seconds=self._dice.choice((120, 300, 600)),
            before=before,
            after=before - self._dice.randint(0, 2),
        )

    def _sleep(self) -> Body:
        asleep = self._dice.randint(240, 540)
        return kept.Sleep(
            minutes_asleep=asleep,
            minutes_in_bed=asleep + self._dice.randint(10, 90),
            quality=self._dice.randint(0, 10),
        )

    def _voice(self) -> Body:
        features = {
            name: kept.Measure(value=round(usual * self._dice.uniform(0.8, 1.2), 3), unit=unit)
            for name, unit, usual in MEASURES
        }
        return kept.Voice(features=features, microphone="built in")

    def _thought(self) -> Body:
        return kept.ThoughtRecord(
            situation=self._words(1),
            thought=self._dice.choice(THOUGHTS),
            belief_before=self._dice.randint(50, 100),
            belief_after=self._dice.randint(0, 70),
            feelings=(kept.Feeling(name=self._dice.choice(FEELINGS), before=70, after=40),),
            evidence_for=self._words(1),
            evidence_against=self._words(2),
            balanced=self._words(1),
        )

    def _questionnaire(self) -> Body:
        values = [self._dice.randint(0, 3) for _ in range(7)]
        answers = tuple(
            kept.Answer(item=f"gad7-{number}", value=value, confirmed=True)
            for number, value in enumerate(values, 1)
        )
        return kept.Questionnaire(instrument="gad7", answers=answers, total=sum(values))

    def _incident(self) -> Body:
        kind = self._dice.choice(("suicide", "self_harm", "harm_from_others"))
        return kept.Incident(level="concern", kinds=(kind,), rules=("made-1",), lines=("made-a",))


def where(day: int) -> str:
    """Name the zone in which a day was lived."""
    for first, length, zone in JOURNEYS:
        if first <= day < first + length:
            return zone
    return HOME


def fill(journal: Journal, count: int, seed: int) -> None:
    """Keep a whole diary."""
    lived = Person(seed).entries(count)
    while some := list(islice(lived, AT_ONCE)):
        journal.restore(some)


def main() -> int:
    """Make a vault and fill it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a new profile's folder")
    parser.add_argument("--entries", type=int, default=50_000, metavar="N")
    parser.add_argument("--seed", type=int, default=4, metavar="S")
    options = parser.parse_args()
    try:
        words = paths.passphrase()
        if not words:
            raise VaultError("No passphrase is set.", fix="Set COMPANION_PASSPHRASE.")
        key = keys.create(options.folder, "passphrase", as_secret(words))
        fill(Journal(Vault(options.folder, key)), options.entries, options.seed)
    except CompanionError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.entries} entries are in {options.folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
