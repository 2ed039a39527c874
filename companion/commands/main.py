"""The command line. A command's module, and with it any engine, is imported only when it runs."""

import argparse
import io
import os
import pkgutil
import sys
from datetime import date
from pathlib import Path

from companion import __version__, paths
from companion.commands.journal_options import add_journal
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
    _files(commands)
    _checking(commands)
    _leading(commands)
    _models(commands)
    _vault(commands)
    add_journal(commands, _add)
    _records(commands)
    return parser


def _talking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = _add(commands, "demo", "hear a recorded talk and answer it aloud", "talks:demo")
    demo.add_argument("--speaker", metavar="NAME", help="whose recording; see the list it prints")
    demo.add_argument("--out", type=Path, default=Path("demo.wav"), metavar="FILE")

    talk = _add(commands, "talk", "talk aloud, or through sound files", "aloud:talk")
    talk.add_argument("--wav", type=Path, metavar="IN", help="what is said, in place of a device")
    talk.add_argument("--out", type=Path, metavar="OUT", help="what is answered, in place of one")
    talk.add_argument("--trace", type=Path, metavar="FILE", help="what happened, as plain text")
    talk.add_argument(
        "--charge-work", action="store_true", help="answers begin as late as their work took"
    )
    talk.add_argument("--json", action="store_true", help="one object a turn")

    chat = _add(commands, "chat", "the same talk, typed", "talks:chat")
    chat.add_argument("--json", action="store_true", help="one object a turn")


def _leading(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listed = _add(commands, "sessions", "name the exercises that can be led", "sessions:sessions")
    listed.add_argument("--json", action="store_true", help="one object an exercise")

    led = _add(commands, "session", "lead an exercise, aloud or into a file", "sessions:session")
    led.add_argument("name", metavar="NAME", help="as `sessions` names it")
    led.add_argument("--choice", metavar="NAME", help="one of its choices")
    panic = _add(commands, "panic", "begin the exercise for panic at once", "panic:panic")
    for parser in (led, panic):
        parser.add_argument("--out", type=Path, metavar="FILE", help="write a WAV file instead")
        parser.add_argument("--timeline", type=Path, metavar="FILE", help="and what is when in it")
        parser.add_argument("--minutes", type=_minutes, metavar="N", help="how long it shall take")
        parser.add_argument("--voice", metavar="NAME", help="instead of the one in the settings")
        parser.add_argument("--sounds-only", action="store_true", help="few words, mostly sounds")
        parser.add_argument("--noise", action="store_true", help="with soft noise beneath")
        parser.add_argument(
            "--health", action="append", default=[], metavar="WORD",
            help="what to take care of, such as heart, lungs or pregnancy; again for another",
        )  # fmt: skip


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0.5 <= minutes <= 60:
        raise argparse.ArgumentTypeError("from 0.5 to 60 minutes")
    return minutes


def _files(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    hear = _add(commands, "hear", "turn speech in sound files into words", "files:hear")
    hear.add_argument("files", nargs="+", type=Path, metavar="FILE")
    hear.add_argument("--json", action="store_true", help="one object a file")

    sense = _add(commands, "sense", "measure how a voice sounds in sound files", "sense:sense")
    sense.add_argument("files", nargs="+", type=Path, metavar="FILE")
    sense.add_argument(
        "--baseline",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a calm recording of the same voice to compare with; may be given many times",
    )
    sense.add_argument("--json", action="store_true", help="one object a file")

    say = _add(commands, "say", "turn text from standard input into speech", "files:say")
    say.add_argument("--out", type=Path, required=True, metavar="FILE", help="a WAV file")


def _checking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    guard = _add(commands, "guard", "weigh each line of standard input for danger", "checks:guard")
    guard.add_argument("--json", action="store_true", help="one object a line")

    setup = _add(commands, "setup", "say what is installed and what can be added", "checks:setup")
    setup.add_argument("--llm", action="store_true", help="also build the language model's engine")

    devices = _add(commands, "devices", "name the microphones and loudspeakers", "sound:devices")
    how = devices.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="listen for 2 s, and play a tone")
    how.add_argument("--json", action="store_true", help="one object a device")

    doctor = _add(commands, "doctor", "check whether everything is all right", "doctor:doctor")
    doctor.add_argument(
        "--quick", action="store_true", help="without checksums, language model and recording"
    )
    doctor.add_argument("--json", action="store_true", help="one object a check")


def _models(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = "fetch ears, voices and language models: the one command that uses the network"
    models = commands.add_parser("models", help=what, description=what[0].upper() + what[1:] + ".")
    kinds = models.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listed = _add(kinds, "list", "name what can be had, with its licence", "models:show")
    listed.add_argument("--language", metavar="LANG", help="such as en, or en-GB")
    listed.add_argument("--json", action="store_true", help="one object a model")

    get = _add(
        kinds, "get", "fetch models, an ear and a voice unless others are named", "models:get"
    )
    get.add_argument("ids", nargs="*", metavar="ID", help="as `models list` names them")
    get.add_argument(
        "--profile",
        choices=("speech", "minimal", "pi5-4gb", "pi5-8gb", "laptop-16gb"),
        help="an ear and a voice (speech); with a language model that suits the machine (others)",
    )
    get.add_argument("--language", metavar="LANG", help="ear and voice of another language")
    get.add_argument(
        "--proxy", metavar="URL", help="such as http://host:8080; no other is looked up"
    )
    bundle = get.add_mutually_exclusive_group()
    bundle.add_argument(
        "--offline-bundle", type=Path, metavar="FILE", help="write one file to carry"
    )
    bundle.add_argument("--from-bundle", type=Path, metavar="FILE", help="install from such a file")

    verify = _add(kinds, "verify", "check every file that is present", "models:verify")
    verify.add_argument("--json", action="store_true", help="one object a model")


def _vault(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = "say what locks the diary, and change it"
    vault = commands.add_parser("vault", help=what, description=what[0].upper() + what[1:] + ".")
    kinds = vault.add_subparsers(title="commands", metavar="COMMAND", required=True)

    status = _add(kinds, "status", "say what locks the diary and what it holds", "keys:status")
    status.add_argument("--json", action="store_true", help="one object")
    _add(kinds, "new", "make a diary and choose what locks it", "keys:new")
    _add(kinds, "lock", "forget what opens the diary without asking", "keys:lock")
    _add(kinds, "profiles", "name the profiles on this device", "keys:profiles")

    key = kinds.add_parser("key", help="change what opens the diary")
    changes = key.add_subparsers(title="commands", metavar="COMMAND", required=True)
    change = _add(changes, "change", "choose a new passphrase", "keys:change")
    change.add_argument(
        "--new-descriptor", type=int, metavar="N", help="read the new passphrase from there"
    )
    _add(changes, "add-recovery", "make a recovery key to write down", "keys:add_recovery")
    _add(changes, "add-keyring", "let the keyring of this login open it", "keys:add_keyring")
    add_file = _add(changes, "add-file", "make a file that opens it", "keys:add_file")
    add_file.add_argument("file", type=Path, metavar="FILE", help="a new one, kept elsewhere")
    remove = _add(changes, "remove", "take a key away", "keys:remove")
    remove.add_argument("id", metavar="ID", help="as `vault status` names it")


def _records(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = _add(
        commands, "export", "write the diary into a file, as plain text", "records:export"
    )
    export.add_argument(
        "--format",
        choices=("jsonl", "csv", "fhir"),
        default="jsonl",
        help="jsonl: all of it, for `companion import` (the default); csv: a ZIP archive of "
        "tables; fhir: what can be measured, for a program of a clinic",
    )
    export.add_argument("--out", type=Path, metavar="FILE", help="else standard output")
    export.add_argument("--force", action="store_true", help="replace FILE if it is there")
    _range(export)
    export.add_argument("--kind", action="append", default=[], help="only this; may be repeated")
    export.add_argument("--with-incidents", action="store_true", help="also moments of danger")
    export.add_argument("--with-hidden", action="store_true", help="also those that no list shows")

    take_in = _add(commands, "import", "take an export in: all of it or nothing", "records:take_in")
    take_in.add_argument("file", type=Path, metavar="FILE", help="made with export --format jsonl")

    erase = _add(commands, "erase", "erase the diary, or some days of it", "records:erase")
    erase.add_argument("--all", action="store_true", help="the key, the diary and its folder")
    _range(erase)
    erase.add_argument("--yes", action="store_true", help="do not ask")


def _range(command: argparse.ArgumentParser) -> None:
    command.add_argument("--since", type=_day, metavar="DAY", help="such as 2026-01-31, included")
    command.add_argument("--until", type=_day, metavar="DAY", help="included, too")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write a day as 2026-01-31") from None


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    what: str,
    handler: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
    module, function = handler.split(":")
    parser.set_defaults(run=f"companion.commands.{module}:{function}")
    return parser
