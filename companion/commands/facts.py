"""memory: what is remembered of what a person told, to read; the journal changes and deletes it."""

import argparse
import sys
from contextlib import closing

from companion.commands.journal_show import ID, legible
from companion.commands.vault import open_vault
from companion.errors import VaultError
from companion.memory.entries import Fact
from companion.memory.journal import Journal

HOW = "To change one: companion journal edit ID. To forget one: companion journal delete ID."
UNASKED = "  (never brought up unasked)"


def show(options: argparse.Namespace) -> int:
    """Print all facts, the newest first."""
    vault = open_vault(options, required=True)
    if vault is None:
        raise VaultError("The diary could not be opened.")
    with closing(vault):
        found = False
        for entry in Journal(vault).list(kinds=("fact",)):
            if not isinstance(entry.body, Fact):
                continue
            found = True
            if options.json:
                print(entry.model_dump_json(), flush=True)
                continue
            text = " ".join(legible(entry.body.text).split())
            mark = UNASKED if entry.body.sensitive else ""
            print(f"  {entry.id[:ID]}  {entry.body.about:7} {text}{mark}")
    if not found:
        print("Nothing is remembered.", file=sys.stderr)
    elif not options.json:
        print(HOW, file=sys.stderr)
    return 0
