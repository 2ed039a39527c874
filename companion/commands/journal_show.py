"""Show entries of the diary to a person: one line each, or one with all that it holds."""

import shutil
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, TextIO

from pydantic import BaseModel
from rich.cells import cell_len, set_cell_size

from companion.memory.entries import (
    Activity,
    CheckIn,
    Entry,
    Exercise,
    Fact,
    Incident,
    Note,
    Plan,
    Questionnaire,
    Sleep,
    Talk,
    ThoughtRecord,
    Voice,
)
from companion.memory.rows import NewerBody

ID = 8
"""Characters of an id that are shown; more where these are not enough"""
WIDTH = 80
NAMES = {"checkin": "check-in", "thought_record": "thought"}
"""Of kinds, where people call them otherwise"""
NEWER = "an entry of a newer version of Companion"
_LEFT_OUT = "(counted in no trend) "
_SPACE_FOR = {"\n": "\n", "\t": " "}


def show_list(entries: Iterable[Entry], zone: str, out: TextIO) -> bool:
    """Print a line each, under the day on which it was lived. Say whether there was any."""
    day = None
    for entry in entries:
        if entry.day != day:
            print(("\n" if day else "") + _day(entry.day), file=out)
            day = entry.day
        print(_line(entry, zone, _width(out)), file=out, flush=True)
    return day is not None


def show_whole(entry: Entry, out: TextIO) -> None:
    """Print all that one entry holds."""
    print(f"{name_of(entry)}, {entry.zone}", file=out)
    print(f"id: {entry.id}", file=out)
    if entry.edited:
        print(f"last changed: {_minute(entry.edited.astimezone(entry.local.tzinfo))}", file=out)
    if entry.excluded:
        print("excluded: kept, but counted in no trend", file=out)
    if isinstance(entry.body, NewerBody):
        print(NEWER, file=out)
        return
    for line in _fields(entry.body, ""):
        shown = textwrap.wrap(line, _width(out), subsequent_indent="  ") or [""]
        print("\n".join(shown), file=out)


def name_of(entry: Entry) -> str:
    """Name an entry by its kind and its time, and by nothing that it holds."""
    return f"{NAMES.get(entry.kind, entry.kind)}, {_minute(entry.local)}"


def legible(text: str) -> str:
    """Take out what would steer a terminal."""
    return "".join(
        _SPACE_FOR.get(letter, "") if unicodedata.category(letter) in ("Cc", "Cs") else letter
        for letter in text
    )


def _line(entry: Entry, zone: str, width: int) -> str:
    kind = NAMES.get(entry.kind, entry.kind)
    away = "" if entry.zone == zone else f"({entry.zone}) "
    excluded = _LEFT_OUT if entry.excluded else ""
    what = " ".join(legible(f"{excluded}{away}{_summary(entry)}").split())
    line = f"  {entry.local:%H:%M}  {entry.id[:ID]}  {kind:13}  {what}".rstrip()
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


def _summary(entry: Entry) -> str:
    for model, words in _SUMMARIES.items():
        if isinstance(entry.body, model):
            return words(entry.body)
    return NEWER


def _talk(talk: Talk) -> str:
    return f"{_time(talk.seconds / 60)}, {talk.turns} turns"


def _checkin(checkin: CheckIn) -> str:
    mood = "no mood" if checkin.valence is None else f"{checkin.valence:+.1f}"
    energy = () if checkin.energy is None else (f"energy {checkin.energy} of 10",)
    felt = ", ".join((mood, *checkin.labels, *energy))
    return f"{felt}. {checkin.note}" if checkin.note else felt


def _questionnaire(filled: Questionnaire) -> str:
    total = "no total" if filled.total is None else f"total {filled.total}"
    return f"{filled.instrument.upper()}, {total}"


def _exercise(exercise: Exercise) -> str:
    ends = "" if exercise.finished else ", not finished"
    felt = (exercise.before, exercise.after)
    change = "" if None in felt else f", {exercise.before} before, {exercise.after} after"
    return f"{exercise.name}, {_time(exercise.seconds / 60)}{change}{ends}"


def _activity(activity: Activity) -> str:
    return activity.what if activity.done else f"planned: {activity.what}"


def _sleep(sleep: Sleep) -> str:
    asleep = "" if sleep.minutes_asleep is None else _time(sleep.minutes_asleep)
    quality = "" if sleep.quality is None else f"quality {sleep.quality} of 10"
    return ", ".join(part for part in (asleep, quality) if part)


def _voice(voice: Voice) -> str:
    return f"{len(voice.features)} properties" if voice.usable else f"not used: {voice.why_not}"


_SUMMARIES: dict[type[BaseModel], Callable[[Any], str]] = {
    Talk: _talk,
    CheckIn: _checkin,
    Questionnaire: _questionnaire,
    Exercise: _exercise,
    ThoughtRecord: lambda record: str(record.thought),
    Activity: _activity,
    Sleep: _sleep,
    Voice: _voice,
    Incident: lambda incident: f"level {incident.level}",
    Plan: lambda plan: f"{len(plan.steps)} steps",
    Fact: lambda fact: str(fact.text),
    Note: lambda note: str(note.text),
}


def _fields(body: BaseModel, indent: str) -> Iterator[str]:
    for name in type(body).model_fields:
        if name != "kind":
            yield from _field(f"{indent}{name.replace('_', ' ')}", getattr(body, name))


def _field(name: str, value: Any) -> Iterator[str]:
    indent = " " * (len(name) - len(name.lstrip()) + 2)
    if value is None or value in ("", (), {}):
        return
    if isinstance(value, BaseModel):
        yield f"{name}:"
        yield from _fields(value, indent)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _field(f"{name}, {key}", item)
    elif isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            yield from _field(f"{name} {number}", item)
    else:
        yield from f"{name}: {_value(value)}".split("\n")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else legible(str(value))


def _time(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _minute(moment: datetime) -> str:
    return f"{_day(moment.date())}, {moment:%H:%M}"


def _width(out: TextIO) -> int:
    return shutil.get_terminal_size().columns if out.isatty() else WIDTH
