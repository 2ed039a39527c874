"""courses, course: a path of short days, each with a few words and an exercise."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from companion import paths
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.portaudio import muted
from companion.commands import sessions
from companion.commands.health import known
from companion.commands.leading import Lead, aloud, blocks, write
from companion.commands.loud import STOPPED, ctrl_c_stops
from companion.commands.now import now
from companion.commands.vault import open_vault
from companion.errors import SettingsError, VaultError
from companion.exercise import Progress
from companion.memory import keys
from companion.sessions import courses as paths_of_days
from companion.sessions.courses import Course, read_courses
from companion.sessions.health import told
from companion.sessions.mixing import Block
from companion.sessions.script import Script
from companion.sessions.timing import Wishes
from companion.settings import Settings, read_settings

STATE = "courses"
"""Where the diary keeps how many days of each course were done"""


def courses(options: argparse.Namespace) -> int:
    """Name the courses, and how far each has come."""
    settings = read_settings(options.settings)
    there, _ = _all(settings)
    done = _done(options, settings)
    for name, course in there.items():
        days, many = done.get(name, 0), len(course.days)
        if options.json:
            row = {"name": name, "title": course.title, "days": many, "done": days}
            print(json.dumps(row, ensure_ascii=False))
        else:
            far = f"day {min(days + 1, many)} of {many} is next" if days < many else "all done"
            print(f"{name:<16} {course.title} ({far if days else f'{many} days'})")
    return 0


def course(options: argparse.Namespace) -> int:
    """Lead the next day of a course; missed days lose nothing."""
    settings = sessions.with_voice(read_settings(options.settings), options.voice)
    there, scripts = _all(settings)
    if options.name not in there:
        raise SettingsError(
            f"There is no course '{options.name}'.", fix=f"Use one of: {', '.join(there)}."
        )
    chosen = there[options.name]
    number = _day(options, settings, chosen)
    day = chosen.days[number - 1]
    options.health = list(known(options, settings).health or ())
    name = sessions.allowed(day.session, scripts, told(options.health))
    minutes = day.minutes if name == day.session else None
    wishes = Wishes(minutes=minutes, health=told(options.health))
    leads = (
        Lead(options.name, paths_of_days.spoken(chosen, number), Wishes()),
        Lead(name, scripts[name], wishes),
        Lead(options.name, paths_of_days.closing(chosen, number), Wishes()),
    )
    print(f"{chosen.title}: day {number} of {len(chosen.days)}, {day.title}\n", flush=True)
    made = _one_after_the_other(leads, settings)
    if options.out:
        seconds = write(made, options.out, None)
        print(f"{options.out}: {seconds / 60:.1f} minutes.")
    elif not _heard(made, settings):
        print(STOPPED)
        return 0
    print(f"\nUntil next time: {day.practice}")
    _keep(options, settings, number)
    return 0


def _all(settings: Settings) -> tuple[Mapping[str, Course], Mapping[str, Script]]:
    scripts = sessions.read_all(settings)
    folders = (paths.content() / settings.language / "courses", paths.data_folder() / "courses")
    return read_courses(scripts, *folders), scripts


def _one_after_the_other(leads: tuple[Lead, ...], settings: Settings) -> Iterator[Block]:
    end = 0.0
    for lead in leads:
        for block in blocks(replace(lead, start=Progress(at=end)), settings):
            end = block.chunk.end
            yield block


def _heard(made: Iterator[Block], settings: Settings) -> bool:
    ctrl_c_stops()
    with muted():
        speaker = DeviceSpeaker(settings.audio.speaker, now=time.monotonic)
        return aloud(made, speaker)


# --- how far it has come ------------------------------------------------------------------


def _day(options: argparse.Namespace, settings: Settings, chosen: Course) -> int:
    many = len(chosen.days)
    if options.day is None:
        done = _done(options, settings).get(options.name, 0)
        return done + 1 if done < many else 1
    if not 1 <= options.day <= many:
        raise SettingsError(f"'{options.name}' has {many} days.", fix=f"--day from 1 to {many}.")
    return int(options.day)


def _done(options: argparse.Namespace, settings: Settings) -> dict[str, int]:
    """Give how many days of each course were done; none where there is no open diary."""
    kept = _with_vault(options, settings, None)
    return {str(name): int(days) for name, days in kept.items()}


def _keep(options: argparse.Namespace, settings: Settings, number: int) -> None:
    kept = _with_vault(options, settings, {options.name: number})
    if options.name not in kept:
        print("Nothing was kept: next time, --day says where to go on.", file=sys.stderr)


def _with_vault(
    options: argparse.Namespace, settings: Settings, new: dict[str, int] | None
) -> dict[str, Any]:
    """Read what the diary keeps of courses, after adding what is new to it."""
    there = keys.exists(paths.profile_folder(options.person))
    vault = open_vault(options) if settings.memory.keep and there else None
    if vault is None:
        return {}
    with closing(vault):
        try:
            kept: dict[str, Any] = vault.get(STATE) or {}
            if new:
                kept = {**kept, **new}
                vault.put(STATE, kept, now())
        except VaultError as error:
            print(error, file=sys.stderr)
            return {}
    return kept
