"""sense: how a voice sounds in sound files, and how that compares with other recordings of it.

Without files it is about one's own voice: see own_voice.py.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from companion.audio.wav import FileMicrophone
from companion.commands.now import now
from companion.errors import CompanionError
from companion.parts import build_reader
from companion.sense.baseline import Observation, calibrate, observe
from companion.sense.baseline import usual as usual_of
from companion.sense.stress import Judgement, judge, level
from companion.settings import Settings, read_settings
from companion.tone import ToneLevel
from companion.values import Prosody, Transcript


@dataclass(frozen=True)
class Measured:
    """What was measured in one file."""

    prosody: Prosody
    notes: tuple[str, ...]

    def observed(self, at: datetime) -> Observation | None:
        # Whoever names a recording as a baseline has listened to it: short ones count, too.
        return observe(self.prosody, at, short=True)


def sense(options: argparse.Namespace) -> int:
    """Print how the voice sounds in each file, and how unusual that is for it."""
    if options.own or not options.files:
        from companion.commands.own_voice import own_voice  # the diary, which files do not need

        return own_voice(options)
    settings = read_settings(options.settings)
    at = now()
    known, code = _baseline(settings, options.baseline, at)
    for path in options.files:
        try:
            tone = read_tone(settings, path)
        except CompanionError as error:
            print(error, file=sys.stderr)
            code = 1
            continue
        judgement, said = _compare(tone, known, at)
        if options.json:
            print(json.dumps(_row(path, tone, judgement, said), ensure_ascii=False), flush=True)
            continue
        print(f"{path}: {_text(tone.prosody, judgement, said)}", flush=True)
        for note in tone.notes:
            print(f"{path}: {note}", file=sys.stderr)
    return code


def _baseline(
    settings: Settings, paths: Iterable[Path], at: datetime
) -> tuple[list[Observation], int]:
    """Measure the recordings to compare with. One sentence for each that will not do."""
    known, code = list[Observation](), 0
    for path in paths:
        try:
            tone = read_tone(settings, path)
        except CompanionError as error:
            print(error, file=sys.stderr)
            code = 1
            continue
        observation = tone.observed(at)
        if observation is None:
            why = tone.prosody.quality.why or "no pitch was measured"
            print(f"{path}: not used as a baseline ({why}).", file=sys.stderr)
            continue
        known.append(observation)
    return known, code


def read_tone(settings: Settings, path: Path) -> Measured:
    """Measure a sound file. Raises CompanionError."""
    microphone = FileMicrophone(path)
    reader = build_reader(settings)
    reader.start()
    for chunk in microphone.blocks():
        reader.accept(chunk)
    return Measured(reader.finish(Transcript()), microphone.notes)


def _compare(tone: Measured, known: list[Observation], at: datetime) -> tuple[Judgement, ToneLevel]:
    quality = tone.prosody.quality
    if not quality.ok:
        return Judgement(why=quality.why), ToneLevel.NONE
    observation = tone.observed(at)
    if not known or observation is None:
        return Judgement(why="nothing to compare with"), ToneLevel.NONE
    baseline = calibrate(known)
    usual = usual_of(baseline, at)
    judgement = judge(baseline, observation, usual)
    return judgement, level([judgement], usual)


def _row(path: Path, tone: Measured, judgement: Judgement, said: ToneLevel) -> dict[str, Any]:
    quality = tone.prosody.quality
    return {
        "file": str(path),
        "stress_index": judgement.score,
        "interval": judgement.interval,
        "quality": {"ok": quality.ok, "why": quality.why},
        "features": {
            name: {"value": feature.value, "unit": feature.unit}
            for name, feature in tone.prosody.features.items()
        },
        "p": judgement.p,
        "compared": judgement.compared,
        "level": said.value,
        "why": judgement.why,
        "notes": list(tone.notes),
    }


def _text(prosody: Prosody, judgement: Judgement, said: ToneLevel) -> str:
    measured = ", ".join(
        f"{name} {feature.value:.2f} {feature.unit}"
        for name, feature in prosody.features.items()
        if feature.value is not None and not name.startswith(("band_", "mfcc_"))
    )
    if judgement.score is None:
        doubt = f" (no judgement: {judgement.why})"
    else:
        rank = "too few recordings to rank it" if judgement.p is None else said.value
        doubt = f" ({judgement.score:+.1f} spreads from the baseline: {rank})"
    return (measured or "nothing could be measured") + doubt
