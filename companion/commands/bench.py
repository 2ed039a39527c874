"""bench: how fast and how patiently it talks, on this machine, with these engines.

More than a hundred turns of synthetic speech go through the line in audio time; the work that
each stage has measured delays its answer. The first turn, which is cold, is told apart.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from companion import __version__, app, choices
from companion.audio.echo import echo_library_is_present
from companion.commands.bench_clocks import Costs
from companion.commands.bench_page import compare, page, table
from companion.commands.bench_people import Spoken, read_script, speak
from companion.commands.bench_room import SpokenOver
from companion.commands.bench_soak import soak
from companion.commands.bench_turns import Answer, hold, quantiles
from companion.conversation import Conversation
from companion.errors import EngineError, SettingsError
from companion.manifest import read_manifest
from companion.parts import Parts, build_recogniser, read_parts
from companion.settings import Settings, read_settings
from companion.shelf import find, usual_places

FEWEST = 4
"""Turns"""
MOST_OVER = 24
"""People who speak over us in a room; a fourth of the turns, if these are fewer"""
_MEGABYTE = 1_000_000


def bench(options: argparse.Namespace) -> int:
    """Measure; 1 where --against has found something that is clearly worse."""
    before = _earlier(options.against) if options.against else None
    if options.turns < FEWEST:
        raise SettingsError(f"{options.turns} turns tell nothing.", fix=f"Take {FEWEST} or more.")
    settings = read_settings(options.settings)
    if options.soak is not None:
        found = {"soak": soak(settings, options.soak * 60.0, _tell), **machine(settings)}
    else:
        found = turns(settings, options.turns)
    _tell("")
    worse = compare(before, found) if before else []
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(table(found, shutil.get_terminal_size().columns if sys.stdout.isatty() else 100))
    if options.write:
        _write(options.write, page(found))
    for line in worse:
        print(line, file=sys.stderr)
    return 1 if worse else 0


def turns(settings: Settings, count: int) -> dict[str, Any]:
    """Hold a talk of so many turns, and give its figures; the first one is told apart."""
    _tell("the engines are loaded")
    began = time.perf_counter()
    parts = read_parts(settings)
    # Nobody's words but our own: nobody is at risk, so that a weak ear carries the talk, too.
    conversation = app.build_conversation(
        parts, build_recogniser(parts), aloud=True, nobody_at_risk=True
    )
    loaded = time.perf_counter() - began
    costs = Costs(time.perf_counter)
    with closing(conversation):
        _tell("what is said is made")
        spoken = speak(parts, read_script(), count)
        (cold, *warm), own = hold(
            parts, conversation, spoken, costs,
            lambda at, turn: _tell(f"{turn} of {count} turns"),
        )  # fmt: skip

        engines = _engines(conversation)
        over = _spoken_over(parts, conversation, spoken)
    # A child of ours counts from when it has ended.
    return {
        **_figures(warm),
        **over,
        "self_interruptions": own + over.get("self_interruptions", 0),
        "underruns": costs.voice.late,
        "rss_mb": memory(),
        "real_time_factors": {
            name: None if cost.factor is None else round(cost.factor, 4)
            for name, cost in (
                ("ear", costs.ear), ("recogniser", costs.recogniser), ("voice", costs.voice)
            )
        },
        "cold": {"load_s": round(loaded, 3), "work_s": _rounded(cold.work)},
        "echo": bool(over),
        "engines": engines,
        **machine(settings),
    }  # fmt: skip


def _spoken_over(parts: Parts, conversation: Conversation, spoken: list[Spoken]) -> dict[str, Any]:
    """Let some speak over us in a simulated room, where our voice can be taken out of it."""
    if not echo_library_is_present() or not conversation.voices:
        return {}
    _tell("people speak over it in a simulated room")
    people = spoken[: min(MOST_OVER, max(2, len(spoken) // 4))]
    found = SpokenOver(parts, conversation.voices[0], people).run()
    return {
        "barge_in_s": quantiles(found.barge_in),
        "spoken_over": len(found.barge_in),
        "noticed": sum(late is not None for late in found.barge_in),
        "self_interruptions": found.self_interruptions,
        "room_s": round(found.seconds),
    }


def _figures(answers: list[Answer]) -> dict[str, Any]:
    early = sum(answer.early for answer in answers)
    return {
        "turns": len(answers),
        "answered": sum(answer.hold is not None for answer in answers),
        "voice_to_voice_s": quantiles([answer.voice_to_voice for answer in answers]),
        "all_work_after_s": quantiles([answer.all_after for answer in answers]),
        "work_ahead_s": quantiles([answer.ahead for answer in answers]),
        "found_ahead_ratio": round(sum(a.ahead > 0 for a in answers) / len(answers), 4),
        "after_statement_s": quantiles([a.voice_to_voice for a in answers if not a.asked]),
        "after_question_s": quantiles([a.voice_to_voice for a in answers if a.asked]),
        "work_s": quantiles([answer.work for answer in answers]),
        "hold_s": quantiles([answer.hold for answer in answers]),
        "sign_of_life_s": quantiles([answer.sign_of_life for answer in answers]),
        "barge_in_s": quantiles([answer.barge_in for answer in answers]),
        "false_cut_off_ratio": round(sum(a.cut_off for a in answers) / len(answers), 4),
        "taken_early_ratio": round(early / len(answers), 4),
    }


def machine(settings: Settings) -> dict[str, Any]:
    """Name what it was measured on, and whether the models are those that are published."""
    cores = _cores()
    name = f"{_processor()}, {cores} core{'s' if cores > 1 else ''}"
    return {
        "weights": weights(settings),
        "machine": f"{name}, {platform.system()} {platform.machine()}",
        "version": __version__,
        "python": platform.python_version(),
    }


def weights(settings: Settings) -> str:
    """Say "stand-in" where a model in use is none of the manifest, else "real"."""
    places = usual_places()
    known = {find(model, places) for model in read_manifest().models}
    return "real" if all(path in known for path in _models(settings)) else "stand-in"


def _models(settings: Settings) -> Iterable[Path]:
    """Yield the files and folders of the models that a talk would use."""
    try:
        if choices.recogniser(settings) == "vosk" and settings.hear.recogniser in ("auto", "vosk"):
            yield choices.vosk_model(settings)
        if settings.speak.voice in ("auto", "piper") and (voice := choices.voice_model(settings)):
            yield voice
        if settings.think.mind in ("auto", "llama") and (
            mind := choices.mind_model(settings.think)
        ):
            yield mind
    except EngineError:
        return


def memory() -> int:
    """Give the most memory that we and the largest child that has ended held, in MB."""
    kilobytes = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return round(kilobytes * unit / _MEGABYTE)


def _engines(conversation: Conversation) -> dict[str, str]:
    voice = conversation.voices[0].name if conversation.voices else "none"
    return {
        "ear": conversation.recogniser.name,
        "words": conversation.mind.name,
        "voice": voice,
    }


def _cores() -> int:
    """Count the cores that we may use: those of a container, too."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    """Name the processor, as far as anyone says."""
    for file in ("/proc/device-tree/model", "/proc/cpuinfo"):
        try:
            text = Path(file).read_text(encoding="utf-8", errors="replace").strip("\0\n")
        except OSError:
            continue
        if file.endswith("model"):
            return text
        for line in text.splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "an unnamed processor"


def _earlier(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or "weights" not in found:
        raise SettingsError(
            f"{path} is no result of 'companion bench --json'.",
            fix="Name the file of an earlier one.",
        )
    return found


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}).", fix="Name another file."
        ) from None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _tell(text: str) -> None:
    """Show what is going on to a person who waits; "" clears it."""
    if sys.stderr and sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{f'... {text}' if text else ''}")
        sys.stderr.flush()
