"""The command line. A command's module, and with it any engine, is imported only when it runs."""

import argparse
import io
import os
import pkgutil
import sys
from pathlib import Path

from companion import __version__, paths
from companion.commands.bench_options import add_bench
from companion.commands.checkin_options import add_checkin
from companion.commands.journal_options import add_journal
from companion.commands.model_options import add_models
from companion.commands.options import Commands, add
from companion.commands.plan_options import add_plan
from companion.commands.sense_options import add_sense
from companion.commands.session_options import add_sessions
from companion.commands.talk_options import add_talk
from companion.commands.vault_options import add_records, add_vault
from companion.errors import CompanionError

ABOUT = """An offline voice companion for hard moments. It hears, answers aloud, and
stays on this device. It is a self-help program, not a therapist and not an
emergency service: in danger, call your local emergency number (112 from most
mobiles)."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command. 0 done, 1 a CompanionError, 2 wrong usage, 130 stopped by Ctrl+C."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            # Whatever the locale: a wrong letter in a person's words is said, not swallowed.
            stream.reconfigure(encoding="utf-8", errors="strict")
    try:
        with paths.passphrase_set_aside():
            code: int = pkgutil.resolve_name(options.run)(options)
        sys.stdout.flush()
        return code
    except CompanionError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`companion chat | head`); so do we, quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="companion", description=ABOUT)
    parser.add_argument("--version", action="version", version=f"companion {__version__}")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings to use")
    parser.add_argument(
        "--profile", dest="person", default="me", metavar="NAME", help="whose diary"
    )
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="a file that opens the diary")
    parser.add_argument(
        "--key-descriptor", type=int, metavar="N", help="read the diary's passphrase from there"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _talking(commands)
    add_checkin(commands)
    add_plan(commands)
    _files(commands)
    add_sense(commands)
    _checking(commands)
    add_bench(commands)
    add_sessions(commands)
    add_models(commands)
    add_vault(commands)
    add_journal(commands)
    add_records(commands)
    return parser


def _talking(commands: Commands) -> None:
    demo = add(commands, "demo", "hear a recorded talk and answer it aloud", "talks:demo")
    demo.add_argument("--speaker", metavar="NAME", help="whose recording; see the list it prints")
    demo.add_argument("--out", type=Path, default=Path("demo.wav"), metavar="FILE")

    add_talk(commands)

    chat = add(commands, "chat", "the same talk, typed", "talks:chat")
    chat.add_argument("--json", action="store_true", help="one object a turn")


def _files(commands: Commands) -> None:
    hear = add(commands, "hear", "turn speech in sound files into words", "files:hear")
    hear.add_argument("files", nargs="+", type=Path, metavar="FILE")
    hear.add_argument("--json", action="store_true", help="one object a file")

    say = add(commands, "say", "turn text from standard input into speech", "files:say")
    say.add_argument("--out", type=Path, required=True, metavar="FILE", help="a WAV file")


def _checking(commands: Commands) -> None:
    guard = add(commands, "guard", "weigh each line of standard input for danger", "checks:guard")
    guard.add_argument("--json", action="store_true", help="one object a line")
    guard.add_argument("--explain", action="store_true", help="which rules, and what softened them")

    setup = add(commands, "setup", "say what is installed and what can be added", "checks:setup")
    setup.add_argument("--llm", action="store_true", help="also build the language model's engine")

    devices = add(commands, "devices", "name the microphones and loudspeakers", "sound:devices")
    how = devices.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="listen for 2 s, and play a tone")
    how.add_argument("--json", action="store_true", help="one object a device")

    doctor = add(commands, "doctor", "check whether everything is all right", "doctor:doctor")
    doctor.add_argument(
        "--quick", action="store_true", help="without checksums, language model and recording"
    )
    doctor.add_argument("--json", action="store_true", help="one object a check")
