"""Measure both guards on the phrase sets, and on data sets where they are given.

    python scripts/measure_guard.py [--sealed] [--misses] [--data DIR] [--write]

Recall and reply are reported by kind, because no kind may hide in an average.
`--write` keeps the result in docs/guard.md.
"""

import argparse
import csv
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import app
from companion.guard.incoming import PhraseGuard
from companion.guard.outgoing import ScopeGuard
from companion.guard.reviewed import fill, read_protocol
from companion.guard.words import read_normaliser
from companion.parts import read_parts
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.settings import Settings
from companion.stages import IncomingGuard
from companion.values import Transcript

FIGURES = "<!-- What follows is written by scripts/measure_guard.py --sealed --write. -->"
HELPED = ("client", "seeker", "usr")
ASKED = float(Risk.CONCERN)
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


@dataclass
class _Count:
    """Phrases of one kind."""

    plain: int = 0
    hinted: int = 0
    plain_asked: int = 0
    """Reached a question or more"""
    plain_found: int = 0
    hinted_found: int = 0
    wrong: int = 0
    """At a level outside what stands beside the phrase"""

    def row(self, kind: str) -> str:
        """Give a line of the table."""
        return (
            f"| {kind} | {self.plain} | {_share(self.plain_asked, self.plain)} | "
            f"{_share(self.plain_found, self.plain)} | {self.hinted} | "
            f"{_share(self.hinted_found, self.hinted)} | {self.wrong} |"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def incoming(guard: IncomingGuard, half: str, report: Report) -> None:
    """Count what is found of each kind, and what is found where nothing is."""
    rows = yaml.load(
        (ROOT / f"tests/phrases/incoming_{half}.yaml").read_text(), Loader=yaml.BaseLoader
    )["phrases"]
    counts: dict[str, _Count] = {}
    missed: list[str] = []
    for row in rows:
        level = judge(guard, row["text"]).level
        low, high = LEVELS[row.get("at_least", "none")], LEVELS[row.get("at_most", "immediate")]
        count = counts.setdefault(row["kind"], _Count())
        if low is Risk.SOFT or row.get("said") == "hinted":
            count.hinted += 1
            count.hinted_found += level is not Risk.NONE
        else:
            count.plain += 1
            count.plain_asked += level >= Risk.CONCERN
            count.plain_found += level is not Risk.NONE
        if not low <= level <= high:
            count.wrong += 1
            missed.append(f"{row['kind']}, {level.name.lower()}: {row['text']}")
    _table(counts, half, report)
    if "sealed" not in half:
        report.say("\n".join(["At a wrong level:\n", *(f"- {miss}" for miss in missed), ""]))


def _table(counts: dict[str, _Count], half: str, report: Report) -> None:
    kinds = [str(kind) for kind in Kind if kind in counts]
    others = sorted(counts.keys() - set(kinds))
    report.say(f"## Incoming guard, {half} half\n")
    report.say("| kind | plain | asked | noticed | hinted | noticed | at a wrong level |")
    report.say("|---|---|---|---|---|---|---|")
    for kind in kinds:
        report.say(counts[kind].row(kind))
    every = _Count(*(sum(getattr(counts[k], f.name) for k in kinds) for f in fields(_Count)))
    report.say(every.row("all kinds"))
    above = ", ".join(f"{k} {counts[k].wrong}" for k in others if counts[k].wrong)
    ordinary = sum(counts[kind].plain + counts[kind].hinted for kind in others)
    report.say(
        f"\nOf {ordinary} ordinary sentences {sum(counts[k].wrong for k in others)} rose above "
        f"what is right: {above or 'none'}.\n"
    )


def outgoing(guard: ScopeGuard, half: str, report: Report, misses: bool) -> None:
    """Count bad sentences that pass and good ones that do not: as a model's, and by rules alone."""
    rows = yaml.load(
        (ROOT / f"tests/phrases/outgoing_{half}.yaml").read_text(), Loader=yaml.BaseLoader
    )["sentences"]
    passed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    by_rules = 0
    for row in rows:
        good = row["ok"] == "true"
        total[row["rule"] if not good else "good"] += 1
        by_rules += not good and guard.reason(row["text"]) is not None
        if (guard.reason_worded(row["text"]) is None) != good:
            passed[row["rule"] if not good else "good"] += 1
            if misses and "sealed" not in half:
                print(f"  {row['rule']:12} {'refused' if good else 'passed'}: {row['text']}")
    bad = sum(total.values()) - total["good"]
    report.say(f"## Outgoing guard, {half} half\n")
    report.say(
        f"Stopped {bad - sum(passed.values()) + passed['good']} of {bad} sentences that must not "
        f"be said; refused {passed['good']} of {total['good']} good ones. "
        f"By the rules alone, without what is learned: {by_rules}.\n"
    )
    leaks = ", ".join(f"{rule} {n}" for rule, n in sorted(passed.items()) if rule != "good")
    report.say(f"Passed by rule: {leaks or 'none'}.\n")


def texts(path: Path) -> Iterator[str]:
    """Give the texts of a table: where it says who speaks, those who were helped."""
    with path.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if (row.get("interlocutor") or row.get("speaker") or "client") not in HELPED:
                continue
            yield row.get("text") or row.get("utterance_text") or row.get("content") or ""


def ordinary(guard: IncomingGuard, data: Path, report: Report, misses: bool) -> None:
    """Count firings on ordinary talk."""
    report.say("## Ordinary talk (data sets that are not part of this project)\n")
    report.say(
        "| set | turns | high or immediate per 1,000 | any question per 1,000 | "
        "noticed quietly per 1,000 |"
    )
    report.say("|---|---|---|---|---|")
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
    turns = loud = asked = soft = 0
    for text in rows:
        turns += 1
        assessment = judge(guard, text)
        loud += assessment.level >= Risk.HIGH
        asked += assessment.level >= Risk.CONCERN
        soft += assessment.level is Risk.SOFT
        if misses and assessment.level >= Risk.CONCERN:
            print(
                f"  {name[:12]} {assessment.level.name.lower()} {assessment.why[0]}: {text[:220]}"
            )
    if turns:
        rates = " | ".join(f"{1000 * count / turns:.1f}" for count in (loud, asked, soft))
        report.say(f"| {name} | {turns} | {rates} |")


def intent(guard: PhraseGuard, data: Path, report: Report) -> None:
    """Say what share of posts marked as suicidal is found, also at 1 % of false alarms."""
    path = data / "twitter_suicidal_intent" / "tweets_dev.csv"
    if not path.is_file():
        return
    with path.open(newline="", encoding="utf-8") as rows:
        posts = [row["tweet"] for row in csv.DictReader(rows) if row["intention"] == "1"]
    calm = [
        text
        for folder, name in ORDINARY
        if (data / folder / name).is_file()
        for text in texts(data / folder / name)
    ][::4]
    alarm = sorted(score(guard, text) for text in calm)[int(0.99 * len(calm))]
    marked = [score(guard, text) for text in posts]
    report.say(
        f"Posts marked as suicidal ({len(posts)}, weak labels): asked about "
        f"{sum(found >= ASKED for found in marked) / len(posts):.0%} as the guard is set, "
        f"{sum(found > alarm for found in marked) / len(posts):.0%} at 1 % of false alarms on "
        f"{len(calm)} ordinary turns.\n"
    )


def score(guard: PhraseGuard, text: str) -> float:
    """Give one number for how worrying a text is: the level, and below a question the likeness."""
    level = judge(guard, text).level
    return float(level) if level >= Risk.CONCERN else guard.explain(text).like.score


def speed(guard: PhraseGuard, report: Report) -> None:
    """Say how long one sentence takes, in milliseconds of processor time."""
    path = ROOT / "tests/phrases/incoming_dev.yaml"
    rows = yaml.load(path.read_text(), Loader=yaml.BaseLoader)["phrases"]
    times = []
    # First without the clock: the phrases compile as their words come up.
    for judge_one in (guard.judge, guard.judge, guard.judge_by_phrases):
        start = time.process_time()
        for row in rows:
            judge_one(Transcript(row["text"]))
        times.append(1000 * (time.process_time() - start) / len(rows))
    report.say(
        f"One sentence takes {times[1]:.1f} ms of processor time, {times[2]:.1f} ms of them the "
        f"phrases; {times[0]:.1f} ms at first, on the machine that wrote this.\n"
    )


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
    heard = app.build_phrase_guard(parts)
    said = ScopeGuard(safety, fill(read_protocol(safety), parts.helplines), read_normaliser(safety))
    halves = ("dev", "more_dev", "sealed", "more_sealed")
    for half in halves if options.sealed else halves[:2]:
        incoming(heard, half, report)
        outgoing(said, half, report, options.misses)
    outgoing(said, "far_dev", report, options.misses)
    speed(heard, report)
    if options.data:
        ordinary(heard, options.data, report, options.misses)
        intent(heard, options.data, report)
    if options.write:
        page = ROOT / "docs" / "guard.md"
        head = page.read_text(encoding="utf-8").split(FIGURES)[0] + FIGURES
        page.write_text("\n".join([head, "", *report.lines]).rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
