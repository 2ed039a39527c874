"""What the commands of the sessions understand. They load nothing that `--help` does not need."""

import argparse
from pathlib import Path

from companion.commands.options import Commands, add

STATES = ("panic", "worry", "low", "sleep", "anger")


def add_sessions(commands: Commands) -> None:
    """Add `sessions`, `session`, `panic`, `courses`, `course` and `health`."""
    listed = add(commands, "sessions", "name the exercises that can be led", "sessions:sessions")
    listed.add_argument("--json", action="store_true", help="one object an exercise")
    listed.add_argument(
        "--for",
        dest="state",
        metavar="STATE",
        choices=STATES,
        help=f"only what suits a state, the first first: {', '.join(STATES)}",
    )
    listed.add_argument("--minutes", type=_minutes, metavar="N", help="only what fits into them")
    _health(listed)

    _add_led(commands)
    paths = add(commands, "courses", "name the courses of short days", "courses:courses")
    paths.add_argument("--json", action="store_true", help="one object a course")
    path = add(commands, "course", "lead the next day of a course", "courses:course")
    path.add_argument("name", metavar="NAME", help="as `courses` names it")
    path.add_argument("--day", type=int, metavar="N", help="this one instead; 1 is the first")
    path.add_argument("--out", type=Path, metavar="FILE", help="write a WAV file instead")
    path.add_argument("--voice", metavar="NAME", help="instead of the one in the settings")
    _health(path)

    kept = add(commands, "health", "say what rules exercises out for you", "health:health")
    kept.add_argument("--add", action="append", default=[], metavar="WORD", help="such as heart")
    kept.add_argument("--remove", action="append", default=[], metavar="WORD", help="take one out")
    kept.add_argument("--none", action="store_true", help="nothing rules one out")


def _add_led(commands: Commands) -> None:
    led = add(commands, "session", "lead an exercise, aloud or into a file", "sessions:session")
    led.add_argument("name", metavar="NAME", help="as `sessions` names it")
    led.add_argument("--choice", metavar="NAME", help="one of its choices")
    panic = add(commands, "panic", "begin the exercise for panic at once", "panic:panic")
    for parser in (led, panic):
        parser.add_argument("--out", type=Path, metavar="FILE", help="write a WAV file instead")
        parser.add_argument("--timeline", type=Path, metavar="FILE", help="and what is when in it")
        parser.add_argument("--minutes", type=_minutes, metavar="N", help="how long it shall take")
        parser.add_argument("--voice", metavar="NAME", help="instead of the one in the settings")
        parser.add_argument("--sounds-only", action="store_true", help="few words, mostly sounds")
        parser.add_argument("--noise", action="store_true", help="with soft noise beneath")
        parser.add_argument(
            "--plain", action="store_true", help="line by line, not the whole screen"
        )
        parser.add_argument("--no-colour", action="store_true", help="a screen without colours")
        _health(parser)


def _health(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--health", action="append", default=[], metavar="WORD",
        help="what to take care of, such as heart, lungs or pregnancy; again for another",
    )  # fmt: skip


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0.5 <= minutes <= 60:
        raise argparse.ArgumentTypeError("from 0.5 to 60 minutes")
    return minutes
