"""What the commands of the vault and its records understand: nothing is loaded for `--help`."""

import argparse
from datetime import date
from pathlib import Path

from companion.commands.options import Commands, add


def add_vault(commands: Commands) -> None:
    """Add `vault`."""
    what = "say what locks the diary, and change it"
    vault = commands.add_parser("vault", help=what, description=what[0].upper() + what[1:] + ".")
    kinds = vault.add_subparsers(title="commands", metavar="COMMAND", required=True)

    status = add(kinds, "status", "say what locks the diary and what it holds", "keys:status")
    status.add_argument("--json", action="store_true", help="one object")
    add(kinds, "new", "make a diary and choose what locks it", "keys:new")
    add(kinds, "lock", "forget what opens the diary without asking", "keys:lock")
    add(kinds, "profiles", "name the profiles on this device", "keys:profiles")

    key = kinds.add_parser("key", help="change what opens the diary")
    changes = key.add_subparsers(title="commands", metavar="COMMAND", required=True)
    change = add(changes, "change", "choose a new passphrase", "keys:change")
    change.add_argument(
        "--new-descriptor", type=int, metavar="N", help="read the new passphrase from there"
    )
    add(changes, "add-recovery", "make a recovery key to write down", "keys:add_recovery")
    add(changes, "add-keyring", "let the keyring of this login open it", "keys:add_keyring")
    add_file = add(changes, "add-file", "make a file that opens it", "keys:add_file")
    add_file.add_argument("file", type=Path, metavar="FILE", help="a new one, kept elsewhere")
    remove = add(changes, "remove", "take a key away", "keys:remove")
    remove.add_argument("id", metavar="ID", help="as `vault status` names it")


def add_records(commands: Commands) -> None:
    """Add `export`, `import` and `erase`."""
    export = add(commands, "export", "write the diary into a file, as plain text", "records:export")
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

    take_in = add(commands, "import", "take an export in: all of it or nothing", "records:take_in")
    take_in.add_argument("file", type=Path, metavar="FILE", help="made with export --format jsonl")

    erase = add(commands, "erase", "erase the diary, or some days of it", "records:erase")
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
