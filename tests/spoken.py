"""Sentences that eSpeak speaks, and tells when each word is said."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from companion.values import Samples

from . import voices

SCRIPTS = Path(__file__).parents[1] / "scripts"
VOICES = ("gmw/en-US+m3", "gmw/en+f3", "gmw/en-GB-x-rp+m6")
"""None of them was trained on"""


@dataclass(frozen=True)
class Spoken:
    """A sentence, its sound, and when its words begin and end in seconds."""

    text: str
    samples: Samples
    times: tuple[tuple[float, float], ...]


SPEAK = """
import json, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from vosk_model.speech import Manner, Speaker
speaker, kept = Speaker(), {}
for number, (text, voice) in enumerate(json.load(sys.stdin)):
    speech = speaker.say(text, Manner(voice, pace=115))
    kept[f"sound{number}"] = speech.samples
    kept[f"times{number}"] = np.array([(word.start, word.end) for word in speech.words])
np.savez(sys.argv[2], **kept)
"""
"""In a child, for the companion's own voice sets the same library up otherwise"""


def speak(texts: Sequence[str], folder: Path) -> list[Spoken]:
    """Let eSpeak speak, with half a second of faint noise before and after."""
    rows = [(text, VOICES[at % len(VOICES)]) for at, text in enumerate(texts)]
    file = folder / "speech.npz"
    command = [sys.executable, "-c", SPEAK, str(SCRIPTS), str(file)]
    subprocess.run(command, input=json.dumps(rows), text=True, check=True, timeout=60)
    spoken, edge = [], 0.5
    with np.load(file) as kept:
        for number, text in enumerate(texts):
            gap = voices.quiet(edge)
            whole = np.concatenate([gap, 0.7 * kept[f"sound{number}"], gap])
            whole = whole + voices.noise(len(whole) / voices.RATE + 1, -62)[: len(whole)]
            times = [(float(a) + edge, float(b) + edge) for a, b in kept[f"times{number}"]]
            spoken.append(Spoken(text, whole.astype(np.float32), tuple(times)))
    return spoken
