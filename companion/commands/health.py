"""health: what rules exercises out for somebody; and what was done before, for whoever leads."""

import argparse
import sys
from contextlib import closing

from companion import paths
from companion.commands.now import now, zone_name
from companion.commands.vault import at_terminal, open_vault
from companion.errors import VaultError
from companion.memory import keys
from companion.memory.led import LedKeeper, health_of, keep_health
from companion.memory.vault import Vault
from companion.records import Known
from companion.sessions.health import NAMES, Condition, Health, told
from companion.settings import Settings

ASK = """Some exercises are not for everyone. Which of these are so for you?
{names}
Write the words on the left with spaces between them, or just press Enter for none: """


def health(options: argparse.Namespace) -> int:
    """Show or change the health list."""
    add, remove = told(options.add), told(options.remove)
    vault = open_vault(options, required=True)
    assert vault is not None  # it is required
    with closing(vault):
        kept = told(health_of(vault) or ())
        if options.add or options.remove or options.none:
            kept = frozenset() if options.none else (kept | add) - remove
            keep_health(vault, _sorted(kept), now())
        elif health_of(vault) is None:
            kept = _asked(vault, kept)
    for word in _sorted(kept):
        print(f"{word:<15} {NAMES[Condition(word)]}")
    if not kept:
        print("Nothing rules out an exercise.")
    return 0


def known(options: argparse.Namespace, settings: Settings) -> Known:
    """Give what the diary knows for exercises, where there is one that can be opened.

    Asks once about health where somebody can answer; --health adds to what is kept.
    """
    there = keys.exists(paths.profile_folder(options.person))
    vault = open_vault(options) if settings.memory.keep and there else None
    if vault is None:
        return Known(health=tuple(options.health))
    try:
        keeper = LedKeeper(vault, zone_name())
        kept = keeper.health()
        if kept is None and not options.health:
            kept = _sorted(_asked(vault, frozenset()))
        return Known(kept=True, health=(*(kept or ()), *options.health), led=keeper.before())
    except VaultError as error:
        print(error, file=sys.stderr)
        return Known(health=tuple(options.health))
    finally:
        vault.close()


def _asked(vault: Vault, kept: Health) -> Health:
    """Ask once, where somebody can answer, and keep it."""
    person = at_terminal()
    if person is None:
        return kept
    usual = [c for c in Condition if c not in (Condition.DRIVING, Condition.WATER)]
    names = "\n".join(f"  {condition.value:<15} {NAMES[condition]}" for condition in usual)
    answer = person.ask(ASK.format(names=names))
    found = told(answer.replace(",", " ").casefold().split())
    keep_health(vault, _sorted(found), now())
    return found


def _sorted(health: Health) -> tuple[str, ...]:
    return tuple(sorted(condition.value for condition in health))
