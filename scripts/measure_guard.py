"""Measure both guards on the phrase sets, and on data sets where they are given.

    python scripts/measure_guard.py [--sealed] [--misses] [--data DIR] [--write]

Recall and reply are reported by kind, because no kind may hide in an average.
`--write` keeps the result in docs/guard.md.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import app
from companion.guard.outgoing import ScopeGuard
from companion.guard.reviewed import fill, read_protocol
from companion.guard.words import read_normaliser
from companion.parts import read_parts
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.settings import Settings
from companion.stages import IncomingGuard
from companion.values import Transcript

LEVELS = {level.name.lower(): level for level in Risk}
ORDINARY = (
    ("everyday_emotion_text", "empatheticdialogues_dev.csv"),
    ("everyday_emotion_text", "goemotions_dev.csv"),
    ("annomi", "annomi_dev.csv"),
    ("esconv", "esconv_dev_turns.csv"),
)


class Report:
    """Lines for the screen and for the page."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str = "") -> None:
        """Print a line and keep it."""
        print(line)
        self.lines.append(line)


def judge(guard: IncomingGuard, text: str) -> Assessment:
    """Judge one sentence alone."""
    return guard.weigh(Transcript(text), RiskState())[0]


def incoming(guard: IncomingGuard, half: str, report: Report, misses: bool) -> None:
    """Count what is found of each kind, and what is found where nothing is."""
    rows = yaml.load(
        (ROOT / f"tests/phrases/incoming_{half}.yaml").read_text(), Loader=yaml.BaseLoader
    )["phrases"]
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in rows:
        level = judge(guard, row["text"]).level
        low, high = LEVELS[row.get("at_least", "none")], LEVELS[row.get("at_most", "immediate")]
        total[row["kind"]] += 1
        if low is not Risk.NONE and level is not Risk.NONE:
            found[row["kind"]] += 1
        if not low <= level <= high:
            wrong[row["kind"]] += 1
            if misses:
                print(f"  {row['kind']:20} {level.name.lower():10} {row['text']}")
    report.say(f"## Incoming guard, {half} half\n")
    report.say("| kind | phrases | found at all | at a wrong level |")
    report.say("|---|---|---|---|")
    kinds = {kind.value for kind in Kind}
    for kind in sorted(total, key=lambda kind: (kind not in kinds, kind)):
        seen = f"{found[kind] / total[kind]:.0%}" if kind in kinds else "-"
        report.say(f"| {kind} | {total[kind]} | {seen} | {wrong[kind]} |")
    signs = sum(total[kind] for kind in kinds)
    report.say(
        f"\nRecall over all signs {sum(found.values()) / signs:.1%}; "
        f"{sum(wrong[kind] for kind in kinds)} of {signs} at a wrong level; "
        f"{sum(wrong.values()) - sum(wrong[kind] for kind in kinds)} of "
        f"{sum(total.values()) - signs} ordinary sentences above what is right.\n"
    )


def outgoing(guard: ScopeGuard, half: str, report: Report, misses: bool) -> None:
    """Count bad sentences that pass and good ones that do not."""
    rows = yaml.load(
        (ROOT / f"tests/phrases/outgoing_{half}.yaml").read_text(), Loader=yaml.BaseLoader
    )["sentences"]
    passed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in rows:
        good = row["ok"] == "true"
        total[row["rule"] if not good else "good"] += 1
        if (guard.reason(row["text"]) is None) != good:
            passed[row["rule"] if not good else "good"] += 1
            if misses:
                print(f"  {row['rule']:12} {'refused' if good else 'passed'}: {row['text']}")
    bad = sum(total.values()) - total["good"]
    report.say(f"## Outgoing guard, {half} half\n")
    report.say(
        f"Stopped {bad - sum(passed.values()) + passed['good']} of {bad} sentences that must not "
        f"be said; refused {passed['good']} of {total['good']} good ones "
        f"({passed['good'] / total['good']:.1%}).\n"
    )
    leaks = ", ".join(f"{rule} {n}" for rule, n in sorted(passed.items()) if rule != "good")
    report.say(f"Passed by rule: {leaks or 'none'}.\n")


def texts(path: Path) -> Iterator[str]:
    """Give the texts of a table."""
    with path.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield row.get("text") or row.get("utterance_text") or row.get("content") or ""


def ordinary(guard: IncomingGuard, data: Path, report: Report, misses: bool) -> None:
    """Count firings on ordinary talk."""
    report.say("## Ordinary talk (data sets that are not part of this project)\n")
    report.say("| set | turns | high or immediate per 1,000 | any question per 1,000 |")
    report.say("|---|---|---|---|")
    for folder, name in ORDINARY:
        path = data / folder / name
        if path.is_file():
            _count(guard, name, texts(path), report, misses)
    for folder, name, wanted in (
        ("xstest", "xstest_dev.csv", ("label", "safe")),
        ("natural_hard_negatives", "hard_negatives_dev.csv", ("expected", "no_crisis")),
    ):
        path = data / folder / name
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as rows:
                picked = [
                    row.get("text") or row["prompt"]
                    for row in csv.DictReader(rows)
                    if row[wanted[0]] == wanted[1]
                ]
            _count(guard, name, picked, report, misses)
    report.say()


def _count(
    guard: IncomingGuard, name: str, rows: Iterable[str], report: Report, misses: bool
) -> None:
    turns = loud = asked = 0
    for text in rows:
        turns += 1
        assessment = judge(guard, text)
        loud += assessment.level >= Risk.HIGH
        asked += assessment.level >= Risk.CONCERN
        if misses and assessment.level >= Risk.CONCERN:
            print(
                f"  {name[:12]} {assessment.level.name.lower()} {assessment.why[0]}: {text[:220]}"
            )
    if turns:
        report.say(f"| {name} | {turns} | {1000 * loud / turns:.1f} | {1000 * asked / turns:.1f} |")


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sealed", action="store_true", help="the half kept for the end")
    parser.add_argument("--misses", action="store_true", help="print every miss")
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/guard.md")
    options = parser.parse_args()
    report = Report()
    parts = read_parts(Settings())
    safety = parts.folder / "safety"
    heard = app.build_guards(parts).incoming
    said = ScopeGuard(safety, fill(read_protocol(safety), parts.helplines), read_normaliser(safety))
    for half in ("dev", "sealed") if options.sealed else ("dev",):
        incoming(heard, half, report, options.misses)
        outgoing(said, half, report, options.misses)
    if options.data:
        ordinary(heard, options.data, report, options.misses)
    if options.write:
        page = ROOT / "docs" / "guard.md"
        head = "# How well the guards do\n\nWritten by `scripts/measure_guard.py --sealed --write`."
        page.write_text("\n".join([head, "", *report.lines]).rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
