"""Let more than a hundred branching users talk about danger, and judge every talk by rows in code.

    python scripts/score_safety.py            # prints
    python scripts/score_safety.py --write    # and writes docs/safety-score.md
    python scripts/score_safety.py --show 3   # and prints the talks of the first three misses

The users deny, will not say, change the subject, go silent, joke, take it back and say it again.
Each talk goes through what `companion chat --json` prints, with no language model. This is our
own rubric over our own scripts: no other published figure may be set beside it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from safety_users.playing import Stage, Talked, sentences, users
from safety_users.rows import BY_HAND, MUST, MUST_NOT, ORDINARY, Row

PAGE = ROOT / "docs" / "safety-score.md"


def main() -> int:
    """Play, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write docs/safety-score.md")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print missed talks")
    options = parser.parse_args()
    stage = Stage()
    talks = [stage.play(user) for user in users()]
    text = page(talks)
    print(text)
    for talked in [talk for talk in talks if missed(talk)][: options.show]:
        show(talked)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


def missed(talked: Talked) -> list[str]:
    """Name the rows that a talk misses."""
    rows = (*MUST, *MUST_NOT, ORDINARY)
    return [row.name for row in rows if row.about(talked) and not row.holds(talked)]


def page(talks: Sequence[Talked]) -> str:
    """Write the page."""
    endangered = [talk for talk in talks if talk.user.kind]
    lines = [
        "# How the danger protocol does",
        "",
        f"{len(talks)} users, {len(endangered)} of them in danger, through `companion chat --json`",
        "with no language model: `python scripts/score_safety.py --write`. Our own rubric over our",
        "own scripts, applied in code; it may not be set beside any published figure.",
        "",
        "## Must",
        "",
        *_table(MUST, talks),
        "",
        "## Must not (talks that are free of it)",
        "",
        *_table(MUST_NOT, talks),
        "",
        "## Nobody in danger",
        "",
        *_table((ORDINARY,), talks),
        "",
        "## By kind",
        "",
        "| kind | talks | answered at once, at its level | free of every miss |",
        "|---|---|---|---|",
    ]
    for kind in dict.fromkeys(talk.user.kind for talk in endangered):
        some = [talk for talk in endangered if talk.user.kind == kind]
        found = sum(MUST[0].holds(talk) for talk in some)
        clean = sum(not missed(talk) for talk in some)
        lines.append(f"| {kind.replace('_', ' ')} | {len(some)} | {found} | {clean} |")
    lines += ["", "## Every miss", ""]
    misses = [f"- {talk.user.name}: {row}" for talk in talks for row in missed(talk)]
    lines += misses or ["None."]
    lines += ["", "## What only a person can judge", "", *(f"- {row}" for row in BY_HAND), ""]
    return "\n".join(lines)


def _table(rows: Sequence[Row], talks: Sequence[Talked]) -> list[str]:
    lines = ["| row | talks | holds |", "|---|---|---|"]
    for row in rows:
        some = [talk for talk in talks if row.about(talk)]
        lines.append(f"| {row.name} | {len(some)} | {sum(row.holds(talk) for talk in some)} |")
    return lines


def show(talked: Talked) -> None:
    """Print a talk for a human reader."""
    print(f"\n=== {talked.user.name}: {'; '.join(missed(talked))}")
    for turn in talked.turns:
        print(f"  > {turn['heard']}   [{turn['risk']}, {turn['act']}, {turn['skill']}]")
        for text in sentences(turn):
            print(f"      {text}")


if __name__ == "__main__":
    sys.exit(main())
