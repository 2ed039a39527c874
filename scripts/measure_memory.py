"""Talk for hours in audio time, and measure whether the memory grows.

    python scripts/measure_memory.py [--hours 2] [--write]

The talk is that of `companion bench`, over and over: every engine of the line, no devices. The
slope is that of a line through the memory held at each answer, after the first tenth. It takes
about a twelfth of the time that it talks for. `--write` keeps the result in docs/bench_memory.md.
"""

import argparse
import sys
import time
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from companion import app
from companion.commands.bench import machine
from companion.commands.bench_clocks import Costs
from companion.commands.bench_people import read_script, speak
from companion.commands.bench_soak import resident, slope
from companion.commands.bench_turns import hold
from companion.parts import build_recogniser, read_parts
from companion.settings import Settings

TARGET = 1.0
"""MB an hour, at the most"""
TURN = 9.0
"""Seconds that a turn and its answer take, about"""
PAGE = ROOT / "docs" / "bench_memory.md"


def main() -> int:
    """Print what was measured; 1 where the memory grows."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--hours", type=float, default=2.0)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    settings = Settings()
    parts = read_parts(settings)
    conversation = app.build_conversation(
        parts, build_recogniser(parts), aloud=True, nobody_at_risk=True
    )
    looks: list[tuple[float, float]] = []
    turns = list(islice(cycle(speak(parts, read_script(), 108)), round(chosen.hours * 3600 / TURN)))
    began = time.perf_counter()
    with closing(conversation):
        hold(
            parts, conversation, turns, Costs(time.perf_counter),
            lambda at, turn: looks.append((at, resident())),
        )  # fmt: skip
    settled = [look for look in looks if look[0] >= looks[-1][0] / 10]
    grown = slope(settled)
    text = (
        f"{looks[-1][0] / 3600:.2f} hours of talk in {(time.perf_counter() - began) / 60:.1f} "
        f"minutes, {len(looks)} answers: {settled[0][1]:.1f} MB after a tenth of it, "
        f"{settled[-1][1]:.1f} MB at the end, {grown} MB an hour (at most {TARGET:g}). "
        f"{machine(settings)['machine']}."
    )
    print(text)
    if chosen.write:
        head = "# Does the memory grow?\n\nWritten by `python scripts/measure_memory.py --write`."
        PAGE.write_text(f"{head}\n\n{text}\n", encoding="utf-8")
    return int(grown is None or grown > TARGET)


if __name__ == "__main__":
    sys.exit(main())
