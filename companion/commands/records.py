"""export, import, erase: what is kept belongs to its owner, who can take it along or end it."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from companion import paths
from companion.commands.now import now, zone_name
from companion.commands.vault import at_terminal, open_vault, reauthenticate, sources
from companion.errors import SettingsError, VaultError
from companion.memory import erase as erasing
from companion.memory import fhir, keys, secrets
from companion.memory.export import (
    BODIES,
    PLAIN,
    Choice,
    Chosen,
    private_file,
    write_json_lines,
    write_tables,
)
from companion.memory.imports import read_export
from companion.memory.planned import renew_copy
from companion.memory.vault import FILE, Vault

MAY_REMAIN = """What may remain: copies that you or a backup program made of the folder; exports;
folders that are kept in step with another device; and, on a worn flash disk or in unused
parts of a disk, old pieces of the encrypted file."""
STAYS = "What stays on purpose: your settings, and for three days how safe your last talks were."


def export(options: argparse.Namespace) -> int:
    """Write the diary out, after the secret was asked for again."""
    choice = _choice(options)
    folder = paths.profile_folder(options.person)
    _require_diary(folder)
    with closing(Vault(folder, reauthenticate(options))) as vault:
        chosen = Chosen(vault, choice)
        print(PLAIN, file=sys.stderr)
        with _target(options) as out:
            _write(chosen, out, options.format)
    where = options.out or "standard output"
    print(f"Written to {where}: {_amount(chosen.counts)}.", file=sys.stderr)
    print(_left_out(options), end="", file=sys.stderr)
    if chosen.unreadable:
        lost = f"The diary's file is damaged: {chosen.unreadable} more could not be read."
        print(lost, file=sys.stderr)
        return 1
    return 0


def take_in(options: argparse.Namespace) -> int:
    """Take an export in: all of it or nothing."""
    try:
        file = options.file.open("rb")
    except OSError as error:
        raise VaultError(
            f"{options.file} cannot be read ({error.strerror}).", fix="Check the file's name."
        ) from None
    with file:
        vault = open_vault(options, required=True)
        if vault is None:
            return 1
        with closing(vault):
            done = read_export(vault, file)
            renew_copy(vault)
    print(f"New: {done.added}. Here already: {done.same}.")
    if done.replaced or done.kept:
        print(f"Changed on both sides: {done.replaced} are now as in the file, because they")
        print(f"were changed there last; {done.kept} stay as they are here.")
    return 0


def erase(options: argparse.Namespace) -> int:
    """Erase everything, or a range of days, once the person has typed the profile's name."""
    is_range = bool(options.since or options.until)
    if options.all == is_range:
        raise SettingsError(
            "What should be erased?", fix="Give --all, or --since and --until with days."
        )
    folder = paths.profile_folder(options.person)
    if options.all:
        return _erase_all(options, folder)
    _require_diary(folder)
    with closing(Vault(folder, secrets.find_key(folder, sources(options)))) as vault:
        counts = erasing.count_range(vault, options.since, options.until)
        _confirm(options, f"This erases {_amount(counts)}. It cannot be undone.")
        gone = erasing.erase_range(vault, options.since, options.until)
    print(f"Erased: {_amount(gone)}.")
    print(f"{STAYS}\n{MAY_REMAIN}")
    return 0


def _erase_all(options: argparse.Namespace, folder: Path) -> int:
    erasing.require_folder(folder)
    counts = _counts_if_open(options, folder)
    held = "" if counts is None else f", with {_amount(counts)}"
    _confirm(options, f"This erases the whole diary of '{folder.name}'{held}. It cannot be undone.")
    gone = erasing.erase_all(folder, secrets.system_ring)
    print("Erased: the key, so that nobody can read any copy that is left, you included; and")
    print(f"{gone.bytes} bytes in these files: {', '.join(gone.names) or 'none'}.")
    if counts is not None:
        print(f"They held {_amount(counts)}.")
    else:
        print("They were locked, so what they held could not be counted.")
    if gone.ring_items:
        print("The keyring of this login has forgotten its key, too.")
    print(MAY_REMAIN)
    return 0


def _counts_if_open(options: argparse.Namespace, folder: Path) -> dict[str, int] | None:
    """Count what there is if nobody need be asked for a secret: who forgot it may erase, too."""
    try:
        key = secrets.find_key(folder, replace(sources(options), ask=None))
        with closing(Vault(folder, key)) as vault:
            return erasing.count_range(vault, None, None)
    except VaultError:
        return None


def _confirm(options: argparse.Namespace, warning: str) -> None:
    """Let the person type the profile's name. Raises VaultError unless they do."""
    if options.yes:
        return
    person = at_terminal()
    if person is None:
        raise VaultError("Nothing was erased: nobody is here to ask.", fix="Add --yes to go on.")
    print(warning, file=sys.stderr)
    name = paths.profile_folder(options.person).name
    if person.ask(f"Type the profile's name, {name}, to go on: ").strip() != name:
        raise VaultError("Nothing was erased.")


def _left_out(options: argparse.Namespace) -> str:
    if options.format == "fhir":
        return "FHIR has a place for what was measured or filled in, and not for free writing.\n"
    if options.with_incidents:
        return ""
    # The same words whether there are any or not.
    return "Moments of danger are left out; --with-incidents adds them.\n"


def _choice(options: argparse.Namespace) -> Choice:
    _refuse_contradictions(options)
    kinds = frozenset(options.kind)
    if options.format == "fhir":
        kinds = frozenset(fhir.KINDS) & (kinds or frozenset(fhir.KINDS))
        if not kinds:
            raise SettingsError(
                "FHIR has no place for this kind.", fix=f"It has for: {', '.join(fhir.KINDS)}."
            )
    return Choice(
        since=options.since,
        until=options.until,
        kinds=kinds,
        incidents=options.with_incidents,
        hidden=options.with_hidden,
    )


def _refuse_contradictions(options: argparse.Namespace) -> None:
    unknown = sorted(set(options.kind) - BODIES.keys())
    if unknown:
        raise SettingsError(
            f"There is no kind '{unknown[0]}'.", fix=f"Use one of: {', '.join(BODIES)}."
        )
    if options.with_hidden and not options.with_incidents:
        raise SettingsError("--with-hidden adds nothing by itself.", fix="Add --with-incidents.")
    if options.with_incidents and options.format == "fhir":
        raise SettingsError(
            "FHIR has no place for moments of danger.", fix="Use --format jsonl or csv."
        )


def _require_diary(folder: Path) -> None:
    if not keys.exists(folder) and not (folder / FILE).exists():
        raise VaultError(
            f"There is no diary of '{folder.name}' yet.",
            fix="Name another with --profile, or make one: companion vault new",
        )


@contextmanager
def _target(options: argparse.Namespace) -> Iterator[BinaryIO]:
    if options.out:
        with private_file(options.out, replace=options.force) as file:
            yield file
        return
    if options.format == "csv" and sys.stdout.isatty():
        raise SettingsError("An archive cannot be shown here.", fix="Add --out FILE.zip.")
    sys.stdout.flush()
    yield sys.stdout.buffer


def _write(chosen: Chosen, out: BinaryIO, form: str) -> None:
    if form == "jsonl":
        write_json_lines(chosen, out, now(), zone_name())
    elif form == "csv":
        write_tables(chosen, out, now())
    else:
        for piece in fhir.bundle(chosen.entries(), now()):
            out.write(piece.encode())


def _amount(counts: Mapping[str, int]) -> str:
    """Write "3 entries (note 2, talk 1)"."""
    total = sum(counts.values())
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(counts.items()))
    return f"{total} {'entry' if total == 1 else 'entries'}" + (f" ({kinds})" if kinds else "")
