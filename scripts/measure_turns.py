"""Measure how often the turn machine cuts hesitant speakers off, and how long it waits.

    python scripts/measure_turns.py [--set build/hesitant] [--write]

Makes the set when it is not there (make_hesitant.py). What the detector and the recogniser
hear is kept beside it: ten minutes the first time, one after that. `--write` keeps the
result in docs/turns.md and docs/turns.svg.
"""

import argparse
import math
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from hesitant_replay import WORK, Player, Result, Turn, read_set, recognise, sense
from make_hesitant import make
from shares import interval
from turns_plot import draw

from companion import choices, paths
from companion.hear.endings import Endings
from companion.hear.holds import BALANCED, PATIENT, SOONEST, Holds
from companion.hear.sphinx import SphinxRecogniser
from companion.parts import build_recogniser, read_parts
from companion.settings import Settings
from companion.stages import Recogniser

RECOGNISED = 8
"""Turns of each speaker that a recogniser hears too: it is slow"""
KNOWN = 10
"""Turns after which a speaker is known"""
VAD = (0.5, 0.7, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
"""Seconds of hold"""
SCALES = (0.5, 0.6, 0.7, 0.85, 1.0, 1.25, 1.5)
"""Times the patient holds"""
PLACES = {
    "clause": "a whole clause", "within": "part of a clause", "joint": "a word that joins",
    "filler": "um, uh", "trails": "words that trail off", "room": "being asked for room",
}  # fmt: skip

HEAD = """\
# How patient the turns are

Written by `python scripts/measure_turns.py --write` on turns that `scripts/make_hesitant.py`
makes: eSpeak NG speaks our own sentences with pauses (log-normal, median 0.8 s, 95th percentile
2.5 s before what is too long is drawn again; longer only after words that join, trail off or ask
for room), fillers, sighs, restarts, slow voices. Synthetic speech shows what the rules do; how
people pause it does not show. The rules were tuned on other speakers and other sentences: the
test has those of tests/speech/unseen.yaml, written apart.

- **Cut-off**: a turn in which audible content of an answer came before the labelled end. An
  answer sounds {work} s after its turn was taken, for it was found during the hold (bench.md), but
  no sooner after the voice than {soonest} times the hold after a statement: whoever goes on just
  then has not heard it. The detector alone has no such wait.
- **Taken early**: the turn was taken before its end, whether or not anything sounded.
- **Hold**: seconds from the labelled end (the last word, not our detector's view of it) to the
  turn being taken. **Voice to voice**: to the answer.
- **Oracle words** are known when they have been said. Recognised words come from {ear}.
- Ranges are Wilson's, 95 %.
"""


@dataclass(frozen=True)
class Figures:
    """What rules made of many turns. Times in seconds."""

    turns: int
    cut: int
    early: int
    voice_to_voice: float
    mean: float
    median: float
    high: float

    @property
    def share(self) -> float:
        return self.cut / self.turns


def figures(results: Sequence[Result]) -> Figures:
    """Sum up."""
    holds = sorted(result.hold for result in results)
    return Figures(
        len(results),
        sum(result.is_cut for result in results),
        sum(bool(result.early) for result in results),
        statistics.median(result.voice_to_voice for result in results),
        statistics.mean(holds),
        statistics.median(holds),
        holds[math.ceil(0.95 * len(holds)) - 1],
    )


def row(name: str, found: Figures) -> str:
    """Give a line of the table."""
    low, high = interval(found.cut, found.turns)
    return (
        f"| {name} | {found.turns} | {found.share:.1%} ({low:.1%}-{high:.1%}) "
        f"| {found.early / found.turns:.1%} | {found.mean:.2f} | {found.median:.2f} "
        f"| {found.high:.2f} | {found.voice_to_voice:.2f} |"
    )


def plain(seconds: float) -> Holds:
    """Give the holds of a detector alone."""
    return Holds(seconds, seconds, seconds, seconds, seconds, learns=False)


def scaled(by: float) -> Holds:
    """Give the patient holds, all longer or shorter."""
    holds = PATIENT
    return replace(
        holds,
        statement=holds.statement * by, question=holds.question * by, trails=holds.trails * by,
        open=holds.open * by, room=holds.room * by,
    )  # fmt: skip


def run(turns: Sequence[Turn], player: Player) -> Figures:
    """Play turns to rules."""
    return figures(player.play(turns))


TABLE = """\
| rules | turns | cut-offs | taken early | hold mean | p50 | p95 | voice to voice p50 |
|---|---|---|---|---|---|---|---|"""


def rows(turns: Sequence[Turn], endings: Endings) -> Iterable[str]:
    """Compare rules with oracle words."""
    yield row("**patient**", run(turns, Player(PATIENT, endings)))
    results = Player(PATIENT, endings).play(turns)
    later = [one for one, turn in zip(results, turns, strict=True) if number(turn) >= KNOWN]
    yield row(f"patient, from a speaker's turn {KNOWN + 1} on", figures(later))
    after = Player(PATIENT, endings, after_question=True)
    yield row("patient, after a question of ours", run(turns, after))
    yield row("balanced", run(turns, Player(BALANCED, endings)))
    fixed = replace(PATIENT, learns=False)
    yield row("patient, habits not learned", run(turns, Player(fixed, endings)))
    yield row("patient, words not looked at", run(turns, Player(PATIENT, None)))
    yield row(
        "patient, with the cadence of the voice", run(turns, Player(PATIENT, endings, cadence=True))
    )
    yield row(
        "balanced, with the cadence of the voice",
        run(turns, Player(BALANCED, endings, cadence=True)),
    )
    toned = Player(PATIENT, endings, tone=0.8)
    yield row("patient, with a made-up tone that is right in 80 %", run(turns, toned))


def number(turn: Turn) -> int:
    """Say which of its speaker's turns this is."""
    return int(turn.file.rpartition("-")[2].partition(".")[0])


def recognised(turns: Sequence[Turn], endings: Endings) -> Iterable[str]:
    """Compare oracle words with recognised ones, on the same turns."""
    some = [turn for turn in turns if number(turn) < RECOGNISED]
    yield row("patient, oracle words", run(some, Player(PATIENT, endings)))
    yield row("patient, recognised words", run(some, Player(PATIENT, endings, recognised=True)))
    asked = Player(PATIENT, endings, after_question=True, recognised=True)
    yield row("patient, recognised words, after a question of ours", run(some, asked))
    yield row("patient, words not looked at", run(some, Player(PATIENT, None)))
    for seconds in (1.0, 2.0):
        yield row(f"detector alone, {seconds:.1f} s", run(some, Player(plain(seconds), None)))


def places(turns: Sequence[Turn], endings: Endings) -> Iterable[str]:
    """Say after what speakers are cut off."""
    yield "| after | pauses | patient | detector alone, 1.5 s |"
    yield "|---|---|---|---|"
    there = Counter(
        place for turn in turns for start, end, place in turn.pauses if end - start > 0.2
    )
    found = [
        Counter(
            place
            for result in player.play(turns)
            for sounds, goes_on, place in result.early
            if sounds < goes_on + 0.1
        )
        for player in (Player(PATIENT, endings), Player(plain(1.5), None))
    ]
    for place, name in PLACES.items():
        shares = " | ".join(f"{cut[place] / there[place]:.0%}" for cut in found)
        yield f"| {name} | {there[place]} | {shares} |"


def targets(turns: Sequence[Turn], endings: Endings) -> Iterable[str]:
    """Hold the patient rules against what was aimed at."""
    found = run(turns, Player(PATIENT, endings))
    yield "| aimed at, patient, oracle words | measured |"
    yield "|---|---|"
    yield f"| at most 3 % cut off | {found.share:.1%} |"
    yield f"| voice to voice p50 at most 1.4 s | {found.voice_to_voice:.2f} s |"
    yield f"| hold at most 1.6 s in the mean | {found.mean:.2f} s |"
    yield WHY


WHY = """
What is left is pauses after whole clauses and after words that could be all: nothing in the words
tells them from an end. Habits tell some, after a few turns; a tone of voice could tell more (the
made-up one shows how much). The cadence that a talk listens to (voice.md) has no part in these
figures: a synthetic voice falls by rule. The middle hold is 1.0 s and what the detector adds, some
0.07 s. The mean is raised by turns that truly end in "and um" or "I don't know": the set has many.
Without the wait, as many would be cut off as turns are taken early."""


def curves(turns: Sequence[Turn], endings: Endings) -> dict[str, list[Figures]]:
    """Lengthen and shorten the holds of both."""
    return {
        "detector alone": [run(turns, Player(plain(seconds), None)) for seconds in VAD],
        "words and habits": [run(turns, Player(scaled(by), endings)) for by in SCALES],
    }


def curve_rows(found: dict[str, list[Figures]]) -> Iterable[str]:
    """Show the curves as a table."""
    yield "| hold mean | cut-offs, words and habits | cut-offs, detector alone at equal hold |"
    yield "|---|---|---|"
    alone = [(one.mean, one.share) for one in found["detector alone"]]
    for one in found["words and habits"]:
        yield f"| {one.mean:.2f} s | {one.share:.1%} | {_between(alone, one.mean):.1%} |"


def _between(points: Sequence[tuple[float, float]], x: float) -> float:
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[0][1] if x < points[0][0] else points[-1][1]


def ears() -> Recogniser:
    """Load Vosk where there is a model, else the ear without a download."""
    settings = Settings()
    parts = read_parts(settings)
    if choices.recogniser(settings) == "vosk":
        return build_recogniser(parts)
    return SphinxRecogniser(paths.DATA / settings.language, parts.answers)


def page(turns: Sequence[Turn], ear: Recogniser) -> tuple[str, str]:
    """Give the page and its plot."""
    endings = Endings(paths.content() / "en")
    names = {"sphinx": "PocketSphinx, which gets most words wrong (hearing.md)", "vosk": "Vosk"}
    found = curves(turns, endings)
    pauses = sum(end - start > 0.2 for turn in turns for start, end, _ in turn.pauses)
    lines = [
        HEAD.format(work=WORK, soonest=SOONEST, ear=names.get(ear.name, ear.name)),
        f"The {len(turns)} turns of test speakers hold {pauses} pauses.\n",
        TABLE, *rows(turns, endings),
        "",
        *targets(turns, endings),
        f"\nWith the words of a recogniser, on {RECOGNISED} turns of each speaker:\n",
        TABLE, *recognised(turns, endings),
        "\n## Against a detector alone\n\n![Cut-offs against mean hold](turns.svg)\n",
        *curve_rows(found),
        "\n## After what people are cut off\n\nShare of the pauses of each kind.\n",
        *places(turns, endings),
    ]  # fmt: skip
    points = {name: [(one.mean, one.share) for one in row] for name, row in found.items()}
    return "\n".join(lines) + "\n", draw(points)


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", type=Path, default=ROOT / "build" / "hesitant")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/turns.md")
    options = parser.parse_args()
    if not (options.set / "labels.json").is_file():
        make(options.set, 600)
    turns = read_set(options.set, "test")
    sense(options.set, turns)
    ear = ears()
    recognise(options.set, (turn for turn in turns if number(turn) < RECOGNISED), ear)
    text, drawn = page(turns, ear)
    print(text)
    if options.write:
        (ROOT / "docs" / "turns.md").write_text(text, encoding="utf-8")
        (ROOT / "docs" / "turns.svg").write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
