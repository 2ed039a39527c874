"""A course as a file: seven to fourteen short days, each with a few words and an exercise.

Nothing in it counts days in a row: whoever comes back after a month goes on where they were.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from companion.content import Content, read
from companion.errors import SettingsError
from companion.sessions.script import Script
from companion.sessions.steps import Minutes, Name, Text

FEWEST, MOST = 7, 14
"""Days"""


class Day(Content):
    """What one day has."""

    title: Text
    say: Annotated[tuple[Text, ...], Field(min_length=1, max_length=6)]
    """Said before the exercise"""
    session: Name
    minutes: Minutes | None = None
    """None: as long as is usual"""
    practice: Text
    """Something small for the time until the next day"""


class Course(Content):
    """One path."""

    title: Text
    about: Text
    evidence: Annotated[str, Field(min_length=1, max_length=400)]
    days: Annotated[tuple[Day, ...], Field(min_length=FEWEST, max_length=MOST)]
    review: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Said after the last day"""

    @property
    def texts(self) -> Iterator[str]:
        """Yield every sentence that is said."""
        for day in self.days:
            yield from (*day.say, day.practice)
        yield from self.review


def read_courses(scripts: Mapping[str, Script], *folders: Path) -> Mapping[str, Course]:
    """Read every course of some folders, by the name of its file. Raises SettingsError."""
    courses: dict[str, Course] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        if path.stem in courses:
            raise SettingsError(f"There are two courses '{path.stem}'.", fix=f"Rename {path}.")
        courses[path.stem] = course = read(path, Course)
        for number, day in enumerate(course.days, start=1):
            _check(path, number, day, scripts)
    return courses


def spoken(course: Course, number: int) -> Script:
    """Give what is said on a day, as a script; number 1 is the first."""
    return _script(course, course.days[number - 1].say)


def closing(course: Course, number: int) -> Script:
    """Give what is said when the exercise of a day is over; after the last one, the review."""
    over = number == len(course.days)
    last = course.review if over else ()
    return _script(course, (course.days[number - 1].practice, *last))


def _script(course: Course, texts: tuple[str, ...]) -> Script:
    steps = [{"say": text, "rest": 1.0} for text in texts]
    return Script.model_validate(
        {"title": course.title, "suits": ["calm"], "evidence": course.evidence, "steps": steps}
    )


def _check(path: Path, number: int, day: Day, scripts: Mapping[str, Script]) -> None:
    script = scripts.get(day.session)
    if script is None:
        raise SettingsError(
            f"{path.name}: day {number}: there is no exercise '{day.session}'.",
            fix=f"Use one of: {', '.join(scripts)}.",
        )
    if day.minutes is not None and (not script.minutes or day.minutes < min(script.minutes)):
        raise SettingsError(
            f"{path.name}: day {number}: '{day.session}' cannot take {day.minutes:g} minutes.",
            fix="Leave 'minutes' out, or ask for more.",
        )
