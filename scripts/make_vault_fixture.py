"""Write a small vault of today's version into tests/vaults/, for the versions to come.

Run it once, before a step is added to companion/memory/schema.py: each vault there must
still open with every later Companion. Its words are invented, its passphrase is no secret.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from companion.memory import keys, schema
from companion.memory.slots import as_secret
from companion.memory.vault import FILE, Vault

FOLDER = Path(__file__).parents[1] / "tests" / "vaults"
PASSPHRASE = "a test and nothing else"
NOTE = '{"kind": "note", "text": "Invented: the kettle sang."}'
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def main() -> int:
    """Write it, unless this version has one."""
    folder = FOLDER / f"version-{len(schema.STEPS)}"
    if folder.exists():
        print(f"{folder} is there already: a vault of an old version is never made anew.")
        return 1
    vault = Vault(folder, keys.create(folder, "passphrase", as_secret(PASSPHRASE)))
    at = MOMENT.isoformat(timespec="microseconds")
    with vault.writing() as connection:
        connection.execute(
            "INSERT INTO entries (id, kind, at, zone, created, body) VALUES (?, ?, ?, ?, ?, ?)",
            ("0" * 32, "note", at, "Europe/Berlin", at, NOTE),
        )
        connection.execute(
            "INSERT INTO words (id, text) VALUES (?, ?)", ("0" * 32, "Invented: the kettle sang.")
        )
    vault.put("greeting", {"words": "invented, too"}, MOMENT)
    vault.close()
    for name in (f"{FILE}-journal", "vault.lock"):
        (folder / name).unlink(missing_ok=True)
    print(f"Written: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
