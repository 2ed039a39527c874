"""Measure the turn machine on recorded turns of others, in the form that eot-bench has.

    python scripts/measure_eot.py --data FOLDER [--write]

FOLDER holds `rows.jsonl`, one turn a line with the public fields of livekit/eot-bench-data: `id`,
`audio` (here the name of a sound file in FOLDER), `silence_spans` (`start` and `end` in seconds,
the last of which is the end of the turn), and `words` (`text` or `word`, `start`, `end`), where
they are known. For each setting of the holds it prints the share of turns that were taken within
an earlier span (false cut-offs), and the dead air: seconds from the start of the last span to the
turn being taken. Words count from 0.5 s after their end on, as there. The data are not ours and
nothing of them is kept.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from hesitant_replay import BLOCK, RATE, SPEECH, Player, Result, Turn

from companion import paths
from companion.hear.endings import Endings
from companion.hear.holds import BALANCED, PATIENT, Holds
from companion.hear.silero import SileroDetector
from companion.values import AudioChunk

LAG = 0.5
"""Seconds after its end at which a word is known"""
SCALES = (0.3, 0.5, 0.7, 1.0, 1.5)
"""Times the holds of a profile"""
PAGE = ROOT / "docs" / "eot.md"


def main() -> int:
    """Print a table; 2 where there are no data."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="keep the table in docs/eot.md")
    chosen = options.parse_args()
    if not (chosen.data / "rows.jsonl").is_file():
        print(f"There is no rows.jsonl in {chosen.data}: see the top of this file.")
        return 2
    turns = list(read_rows(chosen.data))
    text = "\n".join(table(turns))
    print(text)
    if chosen.write:
        head = "# On the turns of eot-bench\n\nWritten by `python scripts/measure_eot.py --write`."
        PAGE.write_text(f"{head}\n\n{text}\n", encoding="utf-8")
    return 0


def read_rows(folder: Path) -> Iterator[Turn]:
    """Read each turn, and judge its sound."""
    for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sound = _sound(folder / row["audio"])
        end = row["silence_spans"][-1]["start"]
        # Of what comes after the end nothing is to be known: a hold may last longer than it.
        speech = list(_judged(sound[: round((end + 0.1) * RATE)]))
        yield Turn(str(row["id"]), str(row["id"]), "test", list(_words(row)), [], end, speech)


def table(turns: list[Turn]) -> Iterator[str]:
    """Write what each profile and scale makes of them."""
    endings = Endings(paths.content() / "en")
    yield f"{len(turns)} turns; nothing is learned from one turn for the next."
    yield ""
    yield "| holds | false cut-offs | dead air p50 | mean |"
    yield "|---|---|---|---|"
    for name, holds in (("patient", PATIENT), ("balanced", BALANCED)):
        for scale in SCALES:
            results = Player(_scaled(holds, scale), endings).play(turns)
            cut = sum(was_cut(result) for result in results) / len(results)
            air = [result.hold for result in results]
            yield f"| {name} x {scale:g} | {cut:.1%} | {np.median(air):.2f} | {np.mean(air):.2f} |"


def was_cut(result: Result) -> bool:
    """Say whether the turn was taken before its end."""
    return any(at < result.end for at in result.taken)


def _scaled(holds: Holds, by: float) -> Holds:
    return replace(
        holds,
        statement=holds.statement * by,
        question=holds.question * by,
        trails=holds.trails * by,
        open=holds.open * by,
        room=holds.room * by,
    )


def _words(row: dict[str, Any]) -> Iterator[tuple[str, float, float]]:
    for word in row.get("words") or ():
        yield word.get("text") or word["word"], word["start"] + LAG, word["end"] + LAG


def _sound(path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono: np.ndarray[Any, np.dtype[np.float32]] = soxr.resample(sound.mean(axis=1), rate, RATE)
    return mono


def _judged(sound: np.ndarray[Any, np.dtype[np.float32]]) -> Iterator[bool]:
    detector = SileroDetector()
    for at in range(0, len(sound), BLOCK):
        chunk = AudioChunk(sound[at : at + BLOCK], RATE, at / RATE)
        yield detector.probability(chunk) > SPEECH


if __name__ == "__main__":
    sys.exit(main())
