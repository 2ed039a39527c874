"""The command line. A command's module, and with it any engine, is imported only when it runs."""

import argparse
import io
import os
import pkgutil
import sys
from pathlib import Path

from companion import __version__
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
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _talking(commands)
    _files(commands)
    _checking(commands)
    _models(commands)
    return parser


def _talking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = _add(commands, "demo", "hear a recorded talk and answer it aloud", "talks:demo")
    demo.add_argument("--speaker", metavar="NAME", help="whose recording; see the list it prints")
    demo.add_argument("--out", type=Path, default=Path("demo.wav"), metavar="FILE")

    talk = _add(commands, "talk", "talk aloud, or through sound files", "talks:talk")
    talk.add_argument("--wav", type=Path, metavar="IN", help="what is said, in place of a device")
    talk.add_argument("--out", type=Path, metavar="OUT", help="what is answered, in place of one")
    talk.add_argument("--trace", type=Path, metavar="FILE", help="what happened, as plain text")
    talk.add_argument(
        "--charge-work", action="store_true", help="answers begin as late as their work took"
    )
    talk.add_argument("--json", action="store_true", help="one object a turn")

    chat = _add(commands, "chat", "the same talk, typed", "talks:chat")
    chat.add_argument("--json", action="store_true", help="one object a turn")


def _files(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    hear = _add(commands, "hear", "turn speech in sound files into words", "files:hear")
    hear.add_argument("files", nargs="+", type=Path, metavar="FILE")
    hear.add_argument("--json", action="store_true", help="one object a file")

    sense = _add(commands, "sense", "measure how a voice sounds in sound files", "files:sense")
    sense.add_argument("files", nargs="+", type=Path, metavar="FILE")
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
