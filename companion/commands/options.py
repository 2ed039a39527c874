"""How a command is added to the command line. It loads nothing that `--help` does not need."""

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add(
    commands: Commands,
    name: str,
    what: str,
    handler: str,
) -> argparse.ArgumentParser:
    """Add one: its parent, its name, what it does, and its handler, "module:function"."""
    parser = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
    module, function = handler.split(":")
    parser.set_defaults(run=f"companion.commands.{module}:{function}")
    return parser


def shown_how(parser: argparse.ArgumentParser) -> None:
    """Add how a talk is shown."""
    parser.add_argument("--plain", action="store_true", help="line by line, not the whole screen")
    parser.add_argument("--no-colour", action="store_true", help="a screen without colours")
