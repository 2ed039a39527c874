"""Record the demo's synthetic speakers: companion/data/demo/*.flac.

    python scripts/make_demo.py

eSpeak NG speaks the sentences of demo.yaml, with quiet between them in which the
companion answers, and a little room noise (seeded), as a microphone would have.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import app, paths
from companion.commands.talks import Demo, Recording
from companion.content import read
from companion.speak.espeak import EspeakVoice
from companion.text import read_spoken_forms
from companion.values import Samples, Style

RATE = 16_000
"""Hertz"""
LEAD_IN = 1.0
"""Seconds before the first words"""
ANSWERS = (20.0, 14.0, 3.0)
"""Seconds of quiet after each sentence: the companion's turn"""
NOISE = 0.0008
"""Root mean square of the room noise: -62 dBFS"""
PACE = 0.95
SEED = 20


def record(recording: Recording) -> Samples:
    """Give the whole recording at 16 kHz."""
    spoken = read_spoken_forms(paths.content() / "en")
    voice = EspeakVoice(recording.accent, spoken=spoken)
    pieces = [np.zeros(round(LEAD_IN * RATE), np.float32)]
    for text, quiet in zip(recording.texts, ANSWERS, strict=True):
        chunks = list(voice.synthesize(app.own_words(text), Style(speed=PACE)))
        sound = np.concatenate([chunk.samples for chunk in chunks])
        pieces.append(soxr.resample(sound, chunks[0].rate, RATE).astype(np.float32))
        pieces.append(np.zeros(round(quiet * RATE), np.float32))
    whole = np.concatenate(pieces)
    noise = np.random.default_rng(SEED).standard_normal(len(whole)).astype(np.float32)
    return np.asarray(0.7 * whole + NOISE * noise, np.float32)


def main() -> int:
    """Write every recording."""
    folder = paths.DATA / "demo"
    for name, recording in read(folder / "demo.yaml", Demo).recordings.items():
        sound = record(recording)
        soundfile.write(folder / recording.file, sound, RATE, format="FLAC", subtype="PCM_16")
        print(f"{name}: {len(sound) / RATE:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
