"""What bench_prosody.py measures of whole talks: remarks that nobody asked for, and cadences."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
from prosody_page import Report
from prosody_trials import AT, RATE, auroc, load
from shares import interval

from companion.sense.baseline import Baseline, Observation, before, usual
from companion.sense.cadence import CadenceReader
from companion.sense.stress import MOST_POOLED, Judgement, judge, level
from companion.sense.telling import STEADY
from companion.sense.usual import ECHO, SPREADS, WEIGHTS
from companion.tone import Cadence, ToneLevel
from companion.values import AudioChunk, Samples

WITHIN, DRIFT = 0.6, 0.4
"""Spreads by which utterances of a day differ, and days from one another"""
TURNS, DAYS, A_DAY = 20, 10, 4
PAUSE, SILENT = 0.24, 30.0
"""Seconds of a pause; decibels below the loud that are silence"""
ASKED = 0.12
"""Seconds into a pause at which the cadence is asked for"""

TALKS = 300
CADENCE = ("fall", "decay", "lengthening", "tone")
REMARKS_NOTE = """\
Simulated: utterances vary by 0.6 spreads within a day, days by 0.4. Real stress raises such an
index by 0.3 to 0.55. Without being asked, the companion speaks of it only after three utterances
in a row that were clearly different, at the most once in half a day, and where an open question
was due.
"""
CADENCE_NOTE = """\
Read speech, most of it by learners: the end of a reading falls little more than its pauses do. In
the set of docs/turns.md, which eSpeak speaks, the fall alone reaches 0.93: that is its own rule.
So a cadence may shift how long a silence is waited for; it decides nothing.
"""


def _spoken(random: np.random.Generator, number: int, day: int, mood: float) -> Observation:
    values = {
        name: spread * (WITHIN * random.standard_normal() + mood * np.sign(WEIGHTS.get(name, 1)))
        for name, spread in SPREADS.items()
        if name != ECHO  # no mood changes the room
    }
    at = AT + timedelta(days=day, minutes=10 * number)
    return Observation(at=at, device="desk#1", voiced=3.0, values=values)


def remarks(raised: float, talks: int) -> tuple[float, float]:
    """Give the share of talks with a reason for a remark, and of turns that are clearly different.

    Each talk has 20 turns, after ten days of four utterances; in it the index is raised by so
    many spreads.
    """
    told, clear = 0, 0
    for seed in range(talks):
        random = np.random.default_rng(seed)
        history = tuple(
            _spoken(random, number, day, mood)
            for day in range(DAYS)
            for mood in [DRIFT * random.standard_normal()]
            for number in range(A_DAY)
        )
        mood = DRIFT * random.standard_normal() + raised
        row, longest = 0, 0
        for reached in _talk(Baseline(observations=history), random, mood):
            row = row + 1 if reached is ToneLevel.CLEARLY else 0
            longest = max(longest, row)
            clear += row > 0
        told += longest >= STEADY
    return told / talks, clear / (talks * TURNS)


def _talk(known: Baseline, random: np.random.Generator, mood: float) -> Iterator[ToneLevel]:
    recent: tuple[Judgement, ...] = ()
    now = AT + timedelta(days=DAYS)
    earlier = before(known, now)
    own = usual(earlier, now, "desk")
    for number in range(TURNS):
        one = _spoken(random, number, DAYS, mood).model_copy(update={"device": "desk"})
        recent = (*recent, judge(earlier, one, own))[-MOST_POOLED:]
        yield level(recent, own)


def pauses(samples: Samples) -> tuple[list[float], float]:
    """Find where pauses begin within speech, and where it ends, in seconds."""
    step = RATE // 100
    frames = samples[: len(samples) // step * step].reshape(-1, step).astype(float)
    power = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    heard = np.flatnonzero(power > np.percentile(power, 95) - SILENT)
    gaps = np.flatnonzero(np.diff(heard) > PAUSE * 100)
    return [float(heard[gap]) / 100 for gap in gaps], float(heard[-1]) / 100


def _cadence(samples: Samples, at: float) -> Cadence:
    reader = CadenceReader()
    some = samples[: int((at + ASKED) * RATE)]
    quiet = np.zeros(int(0.2 * RATE), np.float32)
    reader.accept(AudioChunk(np.concatenate([some, quiet]).astype(np.float32), RATE))
    return reader.cadence()


def cadences(paths: Sequence[Path]) -> tuple[int, int, dict[str, float]]:
    """Tell ends from pauses within speech: how many of each, and AUROC by measure."""
    ends, within = list[Cadence](), list[Cadence]()
    for path in paths:
        samples = load(path)
        inner, end = pauses(samples)
        ends.append(_cadence(samples, end))
        within += [_cadence(samples, at) for at in inner]
    ends = [one for one in ends if one.tone is not None]
    within = [one for one in within if one.tone is not None]
    if not ends or not within:
        return len(ends), len(within), {}
    names = ("fall", "decay", "lengthening", "tone")
    found = {
        name: auroc([getattr(o, name) for o in ends], [getattr(o, name) for o in within])
        for name in names
    }
    return len(ends), len(within), found


def report_talks(report: Report, data: Path | None) -> None:
    """Report how often a talk gives reason for a remark, and how well cadences tell ends."""
    report.say("## Whole talks of 20 turns, after ten days\n")
    rows = []
    for raised in (0.0, 0.4, 1.0, 2.0):
        share, turns = remarks(raised, TALKS)
        low, high = interval(round(share * TALKS), TALKS)
        rows.append((f"{raised:.1f}", f"{share:.1%}", f"{low:.1%} to {high:.1%}", f"{turns:.1%}"))
    report.table(
        (
            "raised by, spreads",
            "talks with three in a row",
            "95 % interval",
            "of all turns clearly different",
        ),
        rows,
    )
    report.say(REMARKS_NOTE)
    if not data:
        return
    report.say("## Cadence: the end of speech against pauses within it\n")
    told: list[tuple[object, ...]] = []
    for name in ("speechocean762", "asr_read"):
        ends, within, found = cadences(sorted((data / name).glob("*.wav")))
        told.append((name, ends, within, *(f"{found.get(k, np.nan):.2f}" for k in CADENCE)))
    report.table(("recordings", "ends", "pauses", *(f"AUROC {k}" for k in CADENCE)), told)
    report.say(CADENCE_NOTE)
