"""What every engine of a stage must do, whoever wrote it."""

from typing import Any

import numpy as np

from companion import paths
from companion.answers import Answers
from companion.parts import Parts, read_parts
from companion.settings import Settings
from companion.text import read_spoken_forms
from companion.values import AudioChunk

from . import made

ENGLISH = paths.content() / "en"
RATE = 16_000


def options(name: str) -> dict[str, Any]:
    """Give what a shipped engine needs to be built."""
    match name:
        case "sphinx":
            return {"folder": paths.DATA / "en", "answers": Answers(ENGLISH)}
        case "espeak":
            return {"spoken": read_spoken_forms(ENGLISH)}
        case "piper":
            return {"model": made.voice(), "spoken": read_spoken_forms(ENGLISH)}
        case "llama":
            return {"model": made.mind(), "folder": ENGLISH, "deadline": 30.0}
    return {}


def noise(seconds: float, level: float = 0.05) -> list[AudioChunk]:
    """Give noise in blocks of 20 ms."""
    sound = np.random.default_rng(7).standard_normal(round(seconds * RATE)).astype(np.float32)
    size = RATE // 50
    return [
        AudioChunk(level * sound[at : at + size], RATE, at / RATE)
        for at in range(0, len(sound), size)
    ]


def parts() -> Parts:
    """Give the shipped content."""
    return read_parts(Settings())
