"""doctor: is everything all right, on one screen, each line with its fix.

Nothing is asked, nothing is kept, and one fault never hides another.
"""

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path
from time import localtime
from typing import TextIO

from companion import paths
from companion.commands import doctor_machine as machine
from companion.commands import doctor_parts as parts
from companion.commands import doctor_talk as around
from companion.commands.doctor_case import Case, Check, Row, Sound, short
from companion.errors import CompanionError, SettingsError
from companion.settings import Settings, read_settings

CHECKS: Mapping[str, Check] = {
    "ear": parts.ear,
    "detector": parts.detector,
    "tone": parts.tone,
    "voice": parts.voice,
    "words": parts.words,
    "safety": parts.safety,
    "helplines": parts.helplines,
    "models": machine.models,
    "talk": around.talk,
    "screen": around.screen,
    "microphone": machine.microphone,
    "loudspeaker": machine.loudspeaker,
    "disk": machine.disk,
    "memory": machine.memory,
    "offline": machine.offline,  # last, when every engine has been loaded
}
FAULTS = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, MemoryError,
    OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What an engine of one's own, or a library, may raise in place of a CompanionError"""


def doctor(options: argparse.Namespace, sound: Sound | None = None) -> int:
    """Check everything. 1 where something is wrong."""
    settings, of_settings = _settings(options.settings)
    case = Case(
        settings,
        date(*localtime()[:3]),
        quick=options.quick,
        tell=_tell,
        sound=sound or Sound(),
    )
    screen, found = Screen(sys.stdout), []
    for row in chain(machine.program(case), [of_settings], examine(case)):
        found.append(row)
        _tell("")
        print(json.dumps(asdict(row)) if options.json else screen.show(row), flush=True)
    if not options.json:
        print(f"\n{summary(found)}")
    return int(any(row.state == "wrong" for row in found))


def examine(case: Case, checks: Mapping[str, Check] = CHECKS) -> Iterator[Row]:
    """Yield what each check finds; one that fails is a row, too."""
    for name, check in checks.items():
        case.tell(f"looking at: {name}")
        try:
            yield from check(case)
        except CompanionError as error:
            yield Row(name, "wrong", error.problem, error.fix)
        except FAULTS as error:
            fix = "Run: scripts/companion setup. If an engine is your own, look there."
            yield Row(name, "wrong", f"it failed ({type(error).__name__})", fix)


def summary(rows: Iterable[Row]) -> str:
    """Say in a sentence how all of it is."""
    states = [row.state for row in rows]
    wrong, notes = states.count("wrong"), states.count("note")
    noted = f" {_count(notes, 'note')} above." if notes else ""
    if wrong:
        are = "is" if wrong == 1 else "are"
        return f"{_count(wrong, 'thing')} {are} wrong; what to do stands below each.{noted}"
    return f"Nothing is wrong.{noted}"


class Screen:
    """Writes rows for a person: whole for a file, fitted to a terminal."""

    def __init__(self, out: TextIO) -> None:
        self._width = shutil.get_terminal_size().columns if out.isatty() else None
        self._told: set[str] = set()

    def show(self, row: Row) -> str:
        """Give the lines of a row. What may be added is said once; what is wrong has its fix."""
        lines = self._fitted(f"{row.state:6} {row.check:11} {_plain(row.what)}", 19)
        if row.fix and (row.state == "wrong" or row.fix not in self._told):
            lines += self._fitted(f"    -> {_plain(row.fix)}", 7)
            self._told.add(row.fix)
        return "\n".join(lines)

    def _fitted(self, line: str, column: int) -> list[str]:
        if self._width is None:
            return [line]
        return textwrap.wrap(
            line,
            self._width,
            subsequent_indent=" " * min(column, self._width // 3),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _settings(asked: Path | None) -> tuple[Settings, Row]:
    """Read the settings; where they are wrong, go on with the defaults."""
    file = asked or paths.settings_file()
    try:
        settings = read_settings(asked)
    except SettingsError as error:
        problem = f"{error.problem.rstrip('.')}; the defaults are looked at instead"
        return Settings(), Row("settings", "wrong", problem, error.fix)
    if file.is_file():
        return settings, Row("settings", "ok", f"{short(file)} is valid")
    return settings, Row("settings", "ok", f"the defaults; there is no {short(file)}")


def _tell(text: str) -> None:
    """Show what is going on to a person who waits; "" clears it."""
    # Looked up each time: while a device is open, another one stands there.
    if sys.stderr and sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{f'... {text}' if text else '':{width}.{width}}\r")
        sys.stderr.flush()


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    """Take out of a name or a library's words what would upset a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
