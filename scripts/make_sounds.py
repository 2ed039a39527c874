"""Speak the most needed safety sentences beforehand: companion/data/en/sounds/*.ogg.

    python scripts/make_sounds.py

They are played when the voice itself is broken (`speak/recorded.py`). They name
no country's numbers, only how to find one's own.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import app, paths
from companion.guard.reviewed import fill, read_protocol
from companion.parts import build_voices, read_parts
from companion.settings import Settings, SpeakSettings
from companion.values import Style

RATE = 16_000
"""Hertz"""
NEEDED = (
    "now-call", "now-someone", "now-door", "now-even-well", "now-no-waiting", "overdose-now",
    "others-now", "child-now", "eating-now", "third-now", "medical-now", "medical-flags",
    "medical-else", "help-numbers", "guard-fault", "ear-fault", "ear-limited", "think-fault",
)  # fmt: skip


def main() -> int:
    """Write one file a sentence."""
    parts = read_parts(Settings(speak=SpeakSettings(voice="espeak")))
    lines = fill(read_protocol(parts.folder / "safety"), parts.helplines)
    voice = build_voices(parts)[0]
    folder = paths.DATA / parts.settings.language / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    for line in NEEDED:
        chunks = list(voice.synthesize(app.own_words(lines[line]), Style()))
        sound = np.concatenate([chunk.samples for chunk in chunks])
        sound = np.clip(soxr.resample(sound, chunks[0].rate, RATE), -1, 1)
        soundfile.write(folder / f"{line}.ogg", sound, RATE, format="OGG", subtype="VORBIS")
    print(f"{len(NEEDED)} sentences in {folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
