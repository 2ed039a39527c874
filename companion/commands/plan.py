"""plan: the safety plan, read and filled in by typing. It loads no model."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from companion import paths
from companion.cares import STEPS, SafetyPlan
from companion.commands.now import now, zone_name
from companion.commands.vault import open_vault
from companion.errors import SettingsError, VaultError
from companion.guard.reviewed import read_protocol
from companion.memory import entries, unlocked
from companion.memory.journal import Journal
from companion.memory.planned import kept_plan
from companion.memory.vault import Vault
from companion.settings import read_settings

EMPTY = """There is nothing in it yet. To fill it in: companion plan --edit,
or say "my plan" in a talk."""
KEPT = """Parts 2 and 5 can now be read while the diary is locked, by whoever uses this login:
companion plan, or "my plan" in a talk. To take that back: companion plan --no-unlocked-copy"""
FORGOTTEN = "The copy is destroyed. The plan is read from the diary alone."
NO_COPY = "There is no copy; the plan is read from the diary alone."
LOCKED = "The diary is locked. These are the parts that you chose to keep readable."
HOW = "One line each; an empty line goes on to the next part, Ctrl+D ends."


def plan(options: argparse.Namespace) -> int:
    """Read the plan, or change it."""
    settings = read_settings(options.settings)
    lines = read_protocol(paths.content() / settings.language / "safety").lines
    folder = paths.profile_folder(options.person)
    if options.no_unlocked_copy:
        print(FORGOTTEN if unlocked.forget(folder) else NO_COPY)
        return 0
    vault = _opened(options, folder)
    if vault is None:
        print(LOCKED, file=sys.stderr)
        _show(unlocked.read(folder), lines, as_json=options.json)
        return 0
    with closing(vault):
        journal = Journal(vault)
        known = kept_plan(journal)
        if options.keep_unlocked_copy:
            unlocked.keep(folder, known)
            print(KEPT)
            return 0
        changed = _changed(options, known, lines)
        if changed != known:
            at = now()
            body = entries.Plan(steps=changed.steps)
            journal.add(body, at=at, zone=zone_name(), now=at)
            unlocked.renew(folder, changed)
    _show(changed, lines, as_json=options.json)
    return 0


def _opened(options: argparse.Namespace, folder: Path) -> Vault | None:
    """Open the diary; None where it stays locked and the copy is all that was asked for.

    Raises VaultError.
    """
    reads = not (options.edit or options.add or options.clear or options.keep_unlocked_copy)
    try:
        vault = open_vault(options, required=True)
    except VaultError:
        if reads and not unlocked.read(folder).is_empty:
            return None
        raise
    if vault is None:
        raise VaultError("The plan is kept in the diary, and there is none.")
    return vault


def _changed(
    options: argparse.Namespace, known: SafetyPlan, lines: Mapping[str, str]
) -> SafetyPlan:
    if options.clear is not None:
        return known.having(_part(options.clear), ())
    steps = range(STEPS) if options.edit else () if options.add is None else (_part(options.add),)
    at_terminal = sys.stdin.isatty()
    if options.edit and at_terminal:
        print(HOW)
    for step in steps:
        if at_terminal:
            print(f"\n{step + 1}. {lines[f'plan-ask-{step + 1}']}")
            print("".join(f"   {item}\n" for item in known.steps[step]), end="")
        known, ended = _filled(known, step)
        if ended:
            break
    return known


def _filled(known: SafetyPlan, step: int) -> tuple[SafetyPlan, bool]:
    """Take lines for a part until an empty one; say whether everything has ended."""
    for item in _typed():
        if not item:
            return known, False
        known = known.adding(step, item)
    return known, True


def _part(number: int) -> int:
    if not 1 <= number <= STEPS:
        raise SettingsError(f"There is no part {number}.", fix=f"Use 1 to {STEPS}.")
    return number - 1


def _typed() -> Iterator[str]:
    """Give what is typed, line by line, until the end."""
    while True:
        try:
            line = input("   > ") if sys.stdin.isatty() else sys.stdin.readline()
        except EOFError:
            return
        if not line and not sys.stdin.isatty():
            return
        yield " ".join(line.split())


def _show(known: SafetyPlan, lines: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"steps": known.steps}, ensure_ascii=False))
        return
    if known.is_empty:
        print(EMPTY)
    for number, items in enumerate(known.steps, start=1):
        if items:
            print(f"\n{number}. {lines[f'plan-{number}']}")
            for item in items:
                print(f"   - {item}")
