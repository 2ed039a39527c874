"""What a process of its own does to a vault, for tests: `python -m tests.vault_child WHAT FOLDER`.

It prints one JSON line. The key is a fixed one, for vaults that hold invented things only.
"""

import ctypes
import json
import os
import random
import resource
import select
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from companion.errors import VaultError
from companion.memory import schema
from companion.memory.vault import FILE, Vault

KEY = bytes(range(32))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def insert(connection, number, size=200):
    connection.execute(
        "INSERT INTO entries (id, kind, at, zone, created, body) VALUES (?, 'note', '', '', '', ?)",
        (f"{number:032x}", "x" * size),
    )


def numbers(vault):
    with vault.reading() as connection:
        return [int(row[0], 16) for row in connection.execute("SELECT id FROM entries ORDER BY id")]


def kill(folder, rounds, seed):
    """Kill a writer at a random moment, again and again; look each time at what is there."""
    chance = random.Random(seed)
    Vault(folder, KEY).close()
    there, found = 0, {"rounds": 0, "hot": 0, "lost": 0, "extra": 0, "wrong": 0, "kept": 0}
    for _ in range(int(rounds)):
        acknowledged = _killed_writer(folder, there, chance.uniform(0.0, 0.02), chance)
        journal = folder / f"{FILE}-journal"
        found["hot"] += journal.exists() and journal.stat().st_size > 0
        vault = Vault(folder, KEY)
        kept = numbers(vault)
        with vault.reading() as connection:
            whole = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        vault.close()
        found["rounds"] += 1
        found["lost"] += len(kept) < acknowledged
        found["extra"] += len(kept) > acknowledged + 1
        found["wrong"] += kept != list(range(len(kept))) or not whole
        there = len(kept)
    found["kept"] = there
    return found


def _killed_writer(folder, there, seconds, chance):
    """Give how many entries were there when the last word of the writer came."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            vault = Vault(folder, KEY)
            os.write(write, b".")
            for number in range(there, there + 10_000):
                with vault.writing() as connection:
                    insert(connection, number, chance.randint(10, 20_000))
                os.write(write, b"+")
        finally:
            os._exit(1)
    os.close(write)
    os.read(read, 1)
    select.select([], [], [], seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = b""
    while more := os.read(read, 65536):
        said += more
    os.close(read)
    return there + said.count(b"+")


def die_in_migration(folder):
    """Begin a step of the future and be killed in the middle of it."""

    def step():
        yield "ALTER TABLE state ADD COLUMN future TEXT"
        os.kill(os.getpid(), signal.SIGKILL)

    schema.STEPS = (*schema.STEPS, step())
    Vault(folder, KEY)


def hold(folder):
    """Keep a write open until standard input ends."""
    vault = Vault(folder, KEY)
    with vault.writing() as connection:
        insert(connection, 999)
        sys.stdout.write("holding\n")
        sys.stdout.flush()
        sys.stdin.read()
    return {}


def fill(folder, first, count):
    """Add so many entries, one write each."""
    vault = Vault(folder, KEY, patience=20)
    for number in range(int(first), int(first) + int(count)):
        with vault.writing() as connection:
            insert(connection, number)
    return {}


def no_room(folder, limit):
    """Write until the file may not grow any more; then say what happened and what is left."""
    vault = Vault(folder, KEY)
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    written, problem = 0, ""
    while not problem and written < 10_000:
        try:
            with vault.writing() as connection:
                insert(connection, written, 20_000)
            written += 1
        except VaultError as error:
            problem = error.problem
    kept = len(numbers(vault))
    with vault.reading() as connection:
        whole = connection.execute("PRAGMA quick_check").fetchone()[0]
    return {"written": written, "kept": kept, "problem": problem, "whole": whole}


def cores(folder):
    """Say what the system would do with the memory of a process that has opened a vault."""
    Vault(folder, KEY).close()
    get_dumpable = 3  # from <linux/prctl.h>
    linux = sys.platform == "linux"
    return {
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "dumpable": ctypes.CDLL(None).prctl(get_dumpable, 0, 0, 0, 0) if linux else 0,
    }


def main():
    what, folder, *rest = sys.argv[1:]
    sys.stdout.write(json.dumps(globals()[what](Path(folder), *rest)) + "\n")


if __name__ == "__main__":
    main()
