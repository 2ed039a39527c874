"""The figures of `companion bench`: as a table, as a page, and against earlier ones."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WORSE = 0.15
"""Share by which a figure must have grown to count as worse"""
FLOOR = {"s": 0.05, "ratio": 0.02, "mb": 30.0}
"""And by so much at least: below this, two runs on one machine differ by chance"""

ROWS = (
    ("voice_to_voice_s", "from the last of the voice to the first of the answer"),
    ("all_work_after_s", "what that would be if no work were done during the hold"),
    ("work_ahead_s", "work for the answer that was over when the turn was taken"),
    ("after_statement_s", "of these, after a statement of ours"),
    ("after_question_s", "of these, after a question of ours: people take longer"),
    ("hold_s", "from the last of the voice to the turn being taken"),
    ("work_s", "computing from then to the first sound"),
    ("sign_of_life_s", "from then to the first thing heard, a soft sound too"),
    ("barge_in_s", "from a voice over the answer to silence"),
)
SINGLE = (
    ("false_cut_off_ratio", "turns in which an answer was heard before their end"),
    ("found_ahead_ratio", "answers of which something was found during the hold"),
    ("taken_early_ratio", "turns taken before their end, heard or not"),
    ("self_interruptions", "times it took its own voice for somebody's"),
    ("underruns", "pieces of sound that would have come too late"),
    ("rss_mb", "memory at the most, MB"),
)

HEAD = """\
# How fast it talks

Written by `companion bench --write docs/bench.md`; the same command measures another machine, such
as a Raspberry Pi, and `--against FILE` compares with an earlier `--json`.

Three eSpeak voices say our own sentences, a third of them with a pause of 0.5 to 2.2 s in the
middle; the end of a turn is the last of its voice, as the label has it. Each fourth turn begins
over the answer before it. The line is the one that talks, in audio time: work is measured on this
machine and delays the answer by as much. So figures of hold and cut-offs are the same on all
machines, figures of work are of this one, under the load that it had. Synthetic speech pauses
where we said; [turns.md](turns.md) has the set made for that question.

While it waits to be sure that somebody has finished, the answer to the words so far is found; that
work is measured, too, and what is over by then delays nobody. `all_work_after_s` is the same turns
with all of it after the hold.
An answer sounds no sooner than 1.3 s after the voice (0.9 s with *balanced*), or more people would
be cut off; `work_s` is the computing alone.

In that talk the microphone does not hear the loudspeaker. A second part speaks without end in a
simulated room (`audio/rooms.py`: echo, walls, noise) through the code of the real devices and the
echo canceller, and others speak over it: barge-in runs from the first of their voice to the last
sound that the loudspeaker gave to the air, and `self_interruptions` counts every start of speech,
in either part, when nobody spoke. The first turn is told apart.
"""


def table(found: Mapping[str, Any], width: int) -> str:
    """Write the figures for a terminal of so many columns."""
    return "\n".join(
        textwrap.fill(
            f"{name:<19} {value:>13}  {what}", width, subsequent_indent=" " * 35,
            break_on_hyphens=False,
        )
        for name, value, what in _rows(found)
    )  # fmt: skip


def page(found: Mapping[str, Any]) -> str:
    """Write the figures as Markdown."""
    rows = [f"| {what} | {value} |" for _, value, what in _rows(found)]
    return f"{HEAD}\n| | p50 / p95, seconds, or a count |\n|---|---|\n" + "\n".join(rows) + "\n"


def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Name what is clearly worse than it was."""
    return [
        f"worse: {name} was {was:g}, and is {value:g}"
        for name, was, value in _pairs(before, now)
        if value - was > max(WORSE * was, FLOOR[name.split(".")[0].rsplit("_", 1)[-1]])
    ]


def _pairs(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    for name, _ in ROWS:
        for share in ("p50", "p95"):
            was, value = ((one.get(name) or {}).get(share) for one in (before, now))
            if was is not None and value is not None:
                yield f"{name}.{share}", was, value
    for name in ("false_cut_off_ratio", "rss_mb"):
        if before.get(name) is not None and now.get(name) is not None:
            yield name, before[name], now[name]


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, what in ROWS:
        if name in found:
            yield name, f"{_text(found[name]['p50'])} / {_text(found[name]['p95'])}", what
    for name, what in SINGLE:
        if name in found:
            yield name, _text(found[name]), what
    if "turns" in found:
        yield from _of_turns(found)
    for name, value in found.get("soak", {}).items():
        yield f"soak.{name}", _text(value), SOAK[name]
    yield "weights", found["weights"], "of the models in use; stand-in: not the published ones"
    yield "machine", "", f"{found['machine']}, Python {found['python']}"


def _of_turns(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for stage, factor in found["real_time_factors"].items():
        yield f"factor.{stage}", _text(factor), f"seconds of work for a second of sound: {stage}"
    yield "cold.load_s", _text(found["cold"]["load_s"]), "loading all, once, seconds"
    yield "cold.work_s", _text(found["cold"]["work_s"]), "work of the first turn, seconds"
    if "room_s" in found:
        over = f"{found['noticed']} of {found['spoken_over']}"
        yield "spoken over", over, f"noticed at once, in {found['room_s']} s of a simulated room"
    yield "turns", f"{found['answered']} of {found['turns']}", "turns answered"
    yield "engines", "", ", ".join(f"{stage}: {name}" for stage, name in found["engines"].items())


SOAK = {
    "seconds": "seconds of talk in real time, through the devices",
    "underruns": "times the loudspeaker ran dry",
    "overflows": "pieces of sound that the microphone lost",
    "spoken_s": "seconds that were spoken",
    "busy": "processes beside it that kept the cores busy",
    "memory_mb_per_hour": "slope of the memory, MB an hour",
}
"""What each figure of a soak means"""


def _text(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:g}" if value < 10 else f"{value:.0f}"
