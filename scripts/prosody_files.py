"""Read every sound file: none may break the reader, hold it up, or give what is no number."""

import math
import time
from pathlib import Path

from prosody_page import Report

from companion.audio.wav import FileMicrophone
from companion.errors import AudioError
from companion.sense.features import PitchReader
from companion.values import Transcript

MOST = 0.1
"""Seconds of work for a second of sound, and the same for any file however short"""


def report_files(report: Report, data: Path) -> None:
    """Report how many were read, the slowest, and what went wrong."""
    read = refused = late = wrong = judged = 0
    slowest = 0.0
    reader = PitchReader()
    for path in sorted([*data.rglob("*.wav"), *data.rglob("*.flac")]):
        try:
            microphone = FileMicrophone(path)
            began, seconds = time.process_time(), 0.0
            reader.start()
            for chunk in microphone.blocks():
                seconds = chunk.end
                reader.accept(chunk)
            prosody = reader.finish(Transcript())
        except AudioError:
            refused += 1
            continue
        spent = time.process_time() - began
        read += 1
        late += spent > MOST * (1 + seconds)
        slowest = max(slowest, spent / (1 + seconds))
        judged += prosody.quality.ok
        values = [feature.value for feature in prosody.features.values()]
        wrong += any(value is not None and not math.isfinite(value) for value in values)
    report.say("## Every sound file in the data\n")
    report.table(
        ("read", "no sound files", "judged", "over time", "with no number", "slowest"),
        [(read, refused, judged, late, wrong, f"{1000 * slowest:.0f} ms a second of sound")],
    )
