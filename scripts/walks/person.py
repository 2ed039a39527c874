"""A person who walks through a form by voice: what they say, how it sounds, and how it went."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from companion.content import Content
from companion.hear.holds import PATIENT
from companion.values import Samples

SCRIPTS = Path(__file__).resolve().parents[1]
VOICE = "gmw/en-US+m3"
SPEAK = """
import json, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from vosk_model.speech import Manner, Speaker
speaker = Speaker()
texts, voice = json.load(sys.stdin)
np.savez(sys.argv[2], *[speaker.say(text, Manner(voice, pace=125)).samples for text in texts])
"""
"""In a child, for the companion's own voice sets the same library up otherwise"""


class Walk(Content):
    """One person and one form."""

    name: str
    begins: str
    says: dict[str, tuple[str, ...]]
    between: dict[str, tuple[str, ...]] = {}
    wanted: dict[str, str] = {}


class Walks(Content):
    """All of them."""

    walks: tuple[Walk, ...]


@dataclass
class Way:
    """How one walk went."""

    name: str
    done: bool = False
    right: int = 0
    wanted: int = 0
    turns: int = 0
    ours: float = 0.0
    """Seconds of our speech"""
    theirs: float = 0.0
    """Seconds of the person's"""
    told: float = 0.0
    """Seconds of what we said last"""
    lines: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """From the request to the last of our words, with the holds."""
        return self.ours + self.theirs + self.turns * PATIENT.question

    @property
    def asked(self) -> float:
        """From the request to the last that the person has to say."""
        return self.seconds - self.told - PATIENT.question


def speak(texts: Sequence[str]) -> dict[str, Samples]:
    """Let eSpeak speak them all, in a process of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "speech.npz"
        command = [sys.executable, "-c", SPEAK, str(SCRIPTS), str(file)]
        rows = json.dumps([list(texts), VOICE])
        subprocess.run(command, input=rows, text=True, check=True, timeout=120)
        with np.load(file) as kept:
            return {text: kept[f"arr_{at}"] for at, text in enumerate(texts)}
