"""vault: what locks the diary, and how that is changed."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from companion import paths
from companion.commands.vault import (
    Person,
    at_terminal,
    choose_passphrase,
    give_recovery_key,
    open_vault,
    reauthenticate,
    sources,
)
from companion.errors import VaultError
from companion.installs import megabytes
from companion.memory import keys, secrets
from companion.memory.slots import Slot
from companion.memory.vault import FILE, Vault

KINDS = {
    "passphrase": "a passphrase",
    "recovery": "a recovery key on paper",
    "file": "a key file",
    "keyring": "the keyring of this login, without asking",
}
OLD_COPIES = """A copy of vault.key from before, such as in a backup, still opens the diary with
what opened it then."""


def new(options: argparse.Namespace) -> int:
    """Make a vault, or say that there is one."""
    folder = paths.profile_folder(options.person)
    if keys.exists(folder):
        print(f"There is a diary for '{folder.name}' already.")
        return 0
    vault = open_vault(options, required=True)
    if vault is not None:
        vault.close()
    print(f"The diary of '{folder.name}' is ready.")
    return 0


def status(options: argparse.Namespace) -> int:
    """Say what locks the vault and what it holds; nobody is asked for a passphrase."""
    folder = paths.profile_folder(options.person)
    there = keys.exists(folder)
    kept = keys.slots(folder) if there else ()
    size = sum(one.stat().st_size for one in folder.glob(f"{FILE}*")) if there else 0
    count = _count(options, folder) if there else None
    if options.json:
        row = {
            "profile": folder.name,
            "exists": there,
            "keys": [{"id": slot.id, "kind": slot.kind} for slot in kept],
            "bytes": size,
            "entries": count,
        }
        print(json.dumps(row))
    elif there:
        print(f"The diary of '{folder.name}' ({megabytes(size)}) opens with:")
        for slot in kept:
            print(f"  {slot.id}  {KINDS[slot.kind]}")
        print("It is locked now." if count is None else f"It holds {count} entries.")
        if all(slot.kind != "recovery" for slot in kept):
            print("There is no recovery key: companion vault key add-recovery")
    else:
        print(f"There is no diary for '{folder.name}' yet: companion vault new")
    return 0


def lock(options: argparse.Namespace) -> int:
    """Forget what opens the vault without asking, where something else opens it, too."""
    folder = paths.profile_folder(options.person)
    kept = keys.slots(folder)
    asks_nobody = [slot for slot in kept if slot.kind == "keyring"]
    if asks_nobody and len(asks_nobody) == len(kept):
        raise VaultError(
            "Only the keyring of this login opens the diary, so there is nothing to lock it with.",
            fix="Choose a passphrase first: companion vault key change",
        )
    for slot in asks_nobody:
        _forget(folder, slot)
    if asks_nobody:
        print("The keyring does not open the diary any more; the next command asks.")
    print("Between commands the diary is always locked. A talk that is running now locks it")
    print("when it ends, after 5 minutes without use, or when the device sleeps.")
    return 0


def profiles(options: argparse.Namespace) -> int:
    """Name the profiles on this device."""
    for name in paths.profile_names():
        print(name)
    return 0


def change(options: argparse.Namespace) -> int:
    """Choose a new passphrase; what the vault holds is not encrypted anew."""
    folder = paths.profile_folder(options.person)
    key = reauthenticate(options)
    if options.new_descriptor is not None:
        words: bytes | None = secrets.read_descriptor(options.new_descriptor)
    else:
        words = choose_passphrase(_person())
    if words is None:
        print("Nothing was changed.")
        return 0
    old = [slot for slot in keys.slots(folder) if slot.kind == "passphrase"]
    if old:
        keys.replace(folder, old[0].id, key, "passphrase", words)
    else:
        keys.add(folder, key, "passphrase", words)
    print(f"The new passphrase opens the diary. {OLD_COPIES}")
    return 0


def add_recovery(options: argparse.Namespace) -> int:
    """Make a recovery key, and show it once."""
    person = _person()
    give_recovery_key(paths.profile_folder(options.person), reauthenticate(options), person)
    return 0


def add_keyring(options: argparse.Namespace) -> int:
    """Let the system's keyring open the vault."""
    ring = secrets.system_ring()
    if ring is None:
        raise VaultError(
            "This device has no keyring that encrypts.", fix="Keep the passphrase, or a key file."
        )
    secrets.put_into_ring(ring, paths.profile_folder(options.person), reauthenticate(options))
    print("The keyring of this login opens the diary from now on, without asking.")
    return 0


def add_file(options: argparse.Namespace) -> int:
    """Make a key file that opens the vault."""
    folder = paths.profile_folder(options.person)
    key = reauthenticate(options)
    keys.add(folder, key, "file", secrets.make_key_file(options.file, folder))
    print(f"{options.file} opens the diary: companion --key-file {options.file} …")
    print("Whoever has this file and this device can read it: keep the two apart.")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take a key away; the last one stays."""
    folder = paths.profile_folder(options.person)
    reauthenticate(options)
    named = [slot for slot in keys.slots(folder) if slot.id == options.id]
    gone = _forget(folder, named[0]) if named else keys.remove(folder, options.id)
    print(f"Gone: {KINDS[gone.kind]} ({gone.id}). {OLD_COPIES}")
    return 0


def _forget(folder: Path, slot: Slot) -> Slot:
    gone = keys.remove(folder, slot.id)
    ring = secrets.system_ring() if slot.kind == "keyring" else None
    if ring is not None:
        secrets.forget_in_ring(ring, slot.id)
    return gone


def _count(options: argparse.Namespace, folder: Path) -> int | None:
    """Count the entries, where that needs no question."""
    found = replace(sources(options), ask=None)
    given = found.words is not None or found.key_file is not None
    if not given and all(slot.kind != "keyring" for slot in keys.slots(folder)):
        return None
    vault = Vault(folder, secrets.find_key(folder, found))
    try:
        with vault.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
    finally:
        vault.close()


def _person() -> Person:
    person = at_terminal()
    if person is None:
        raise VaultError("This needs somebody at a terminal.", fix="Give the command there.")
    return person
