"""Measure the diary on 50,000 entries of three years: how long it takes, and what memory.

    python scripts/measure_diary.py [--entries N] [--write]

The diary is a made one (see make_diary.py), in a temporary folder; every figure is of a process
of its own that has just opened it. About a minute; `--write` keeps the result in docs/diary.md.
"""

import argparse
import json
import os
import platform
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from make_diary import LAST, fill

from companion.memory import keys
from companion.memory.entries import Note
from companion.memory.journal import Journal
from companion.memory.vault import FILE, Vault

PAGE = 50
"""Entries that a person is shown at once"""
TIMES = 20
ADDED = 300
NOW = datetime(LAST.year, LAST.month, LAST.day, 22, tzinfo=UTC)
TARGETS = {"open": 500.0, "add": 20.0, "list": 200.0, "search": 200.0}
"""Milliseconds, by the first word of what is done"""

Figures = dict[str, tuple[float, float]]
"""What is done: how long it took, and the slowest twentieth, in milliseconds"""


def measure(folder: Path, key: bytes) -> dict[str, object]:
    """Open the diary and use it."""
    figures: Figures = {}

    def take(what: str, work: Callable[[], object], times: int = TIMES) -> None:
        took = []
        for _ in range(times):
            began = time.perf_counter()
            work()
            took.append((time.perf_counter() - began) * 1_000)
        slowest = quantiles(took, n=20)[-1] if times > 1 else took[0]
        figures[what] = (median(took), slowest)

    opened: list[Vault] = []
    take("open, and show the first page", lambda: opened.append(_open_first(folder, key)), 1)
    journal = Journal(opened[0])
    _reading(journal, take)
    take("list all, page by page", lambda: sum(1 for _ in journal.list()), 1)
    added: list[str] = []
    take("(the disk alone: 4 KB written and synced)", lambda: _write_and_sync(folder), ADDED)
    take("add a note", lambda: added.append(_add(journal)), ADDED)
    take("edit it", lambda: journal.edit(added[0], Note(text="Something else."), NOW))
    take("delete it", lambda: journal.delete(added.pop()))
    return {"figures": figures, "entries": journal.count(include_hidden=True)}


def _open_first(folder: Path, key: bytes) -> Vault:
    vault = Vault(folder, key)
    list(Journal(vault).list(limit=PAGE))
    return vault


def _add(journal: Journal) -> str:
    return journal.add(Note(text="I walked to the river."), at=NOW, zone="UTC", now=NOW).id


def _write_and_sync(folder: Path) -> None:
    opened = os.open(folder / "probe", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(opened, bytes(4_096), 0)
        os.fsync(opened)
    finally:
        os.close(opened)


def _reading(journal: Journal, take: Callable[..., None]) -> None:
    day = date(LAST.year - 2, 3, 1)

    def page(**which: object) -> Callable[[], object]:
        return lambda: list(journal.list(limit=PAGE, **which))  # type: ignore[arg-type]

    def found(words: str, **which: object) -> Callable[[], object]:
        return lambda: list(journal.search(words, limit=PAGE, **which))  # type: ignore[arg-type]

    take("list the newest page", page())
    take("list a page of two kinds", page(kinds=("thought_record", "sleep")))
    take("list one day, years ago", page(since=day, until=day))
    take("list what is not there", page(kinds=("plan",)))
    take("search a word of nearly every entry", found("the"))
    take("search one letter, the beginning of many words", found("i"))
    take("search four words", found("sister soup bus rain"))
    take("search what is not there", found("zebra"))
    take("search one day, years ago", found("the", since=day, until=day))
    take("search a common word among thoughts alone", found("the", kinds=("thought_record",)))
    take("count all", journal.count)
    take("count by day", journal.days, 5)


def memory(folder: Path, key: bytes, entries: int) -> dict[str, object]:
    """List so many entries; give the most memory that it took, in MB."""
    count = sum(1 for _ in Journal(Vault(folder, key)).list(limit=entries))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"count": count, "mb": most / (1_024 if sys.platform == "linux" else 1_048_576)}


def in_a_child(folder: Path, key: bytes, entries: int) -> dict[str, object]:
    """Let a process of its own measure; the key goes through its standard input."""
    command = [sys.executable, __file__, "--child", str(folder), "--entries", str(entries)]
    done = subprocess.run(command, input=key, capture_output=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def whole_command(folder: Path, key_file: Path) -> float:
    """Give the seconds of `companion journal list`, from the start of its process."""
    home = {**os.environ, "COMPANION_HOME": str(folder.parents[1])}
    home.pop("COMPANION_PASSPHRASE", None)
    command = [sys.executable, "-m", "companion", "--key-file", str(key_file), "journal", "list"]
    took = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(command, env=home, cwd=ROOT, capture_output=True, check=True)
        took.append(time.perf_counter() - began)
    return median(took)


def report(entries: int) -> list[str]:
    """Make a diary, measure it, and give the lines of a page."""
    with tempfile.TemporaryDirectory() as place:
        folder, key_file = Path(place) / "profiles" / "me", Path(place) / "key"
        secret = secrets.token_bytes(32)
        key_file.write_bytes(secret)
        key_file.chmod(0o600)
        key = keys.create(folder, "file", secret)
        vault = Vault(folder, key)
        began = time.perf_counter()
        fill(Journal(vault), entries, seed=4)
        filled = time.perf_counter() - began
        vault.close()
        size = (folder / FILE).stat().st_size / 1e6
        some, all_of_it = (in_a_child(folder, key, count) for count in (1_000, entries))
        whole = whole_command(folder, key_file)
        figures = in_a_child(folder, key, 0)["figures"]
    assert isinstance(figures, dict)
    return [
        f"{entries:,} entries, {size:.0f} MB; written in {filled:.0f} s, {entries // filled:,.0f} "
        "a second.\n",
        "| what | median, ms | slowest in twenty, ms | at most, ms | |",
        "|---|---|---|---|---|",
        *(_row(what, *took) for what, took in figures.items()),
        f"\nMost memory of a process that lists {some['count']:,}: {some['mb']:.0f} MB; "
        f"that lists {all_of_it['count']:,}: {all_of_it['mb']:.0f} MB.",
        f"`companion journal list`, from the start of its process: {whole:.2f} s.",
    ]


def _row(what: str, usual: float, slow: float) -> str:
    target = TARGETS.get(what.replace(",", "").split()[0]) if "all" not in what else None
    verdict = "" if target is None else "yes" if slow <= target else "**no**"
    return (
        f"| {what} | {usual:.1f} | {slow:.1f} | {f'{target:.0f}' if target else ''} | {verdict} |"
    )


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=50_000, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/diary.md")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        key, entries = sys.stdin.buffer.read(), options.entries
        done = memory(options.child, key, entries) if entries else measure(options.child, key)
        print(json.dumps(done))
        return 0
    lines = report(options.entries)
    print("\n".join(lines))
    if options.write:
        head = (
            "# How fast the diary is\n\n"
            "Written by `python scripts/measure_diary.py --write`, on a diary that\n"
            "`scripts/make_diary.py` makes: three years, six time zones, every kind of entry but\n"
            f"plans. {platform.machine()}, {os.cpu_count()} cores, Python "
            f"{platform.python_version()}; every write is on the disk before it returns\n"
            "(`synchronous = FULL`), so adding takes as long as the disk does. A page is 50\n"
            "entries. A line of `journal list --json` is described in [export.md](export.md).\n"
        )
        text = "\n".join([head, *lines]) + "\n"
        (ROOT / "docs" / "diary.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
