"""What every made Piper voice shares, and the tiny one: it sounds, but says no words."""

import json
from math import pi, sqrt
from pathlib import Path

import numpy as np
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from .onnx_file import FLOAT, INT64, Graph, Shape
from .weights import Floats, Weights

RATE = 22_050
"""Hertz"""
HOP = 256
"""Samples in a frame"""
SYMBOLS = 256
"""Phoneme ids: more than the map has, as in real voices"""
LETTERS = slice(DEFAULT_PHONEME_ID_MAP["a"][0], SYMBOLS)
"""Ids before are pads, spaces and signs"""
NOISE, LENGTH, LENGTH_NOISE = 0, 1, 2
"""What stands where in `scales`"""


def durations(*, letter: float, pad: float, sign: float, space: float, end: float) -> Floats:
    """Make a table of frames by phoneme id."""
    table = np.full(SYMBOLS, sign, np.float32)
    table[LETTERS] = letter
    for mark, frames in {"_": pad, " ": space, "^": end, "$": end}.items():
        table[DEFAULT_PHONEME_ID_MAP[mark]] = frames
    return table


def scale(g: Graph, which: int) -> str:
    """Give one of the three scales, with one dimension."""
    return g.add("Gather", "scales", g.constant([which]))


def alignment(g: Graph, frames: str) -> str:
    """Turn frames of each phoneme, [N], into a matrix of phoneme by frame, [N, F], of 0 and 1."""
    whole = g.add("Ceil", g.add("Mul", frames, scale(g, LENGTH)))
    ends = g.add("CumSum", whole, g.constant(0))
    starts = g.add("Sub", ends, whole)
    total = g.add("ReduceSum", whole, keepdims=0)
    times = g.add("Range", g.constant(0.0), total, g.constant(1.0))
    upright = g.constant([1])
    begun = g.add("GreaterOrEqual", times, g.add("Unsqueeze", starts, upright))
    going_on = g.add("Less", times, g.add("Unsqueeze", ends, upright))
    return g.add("Cast", g.add("And", begun, going_on), to=FLOAT)


def write_voice(g: Graph, sound: str, path: Path) -> None:
    """Write the graph, which ends in `sound`, and the settings beside it."""
    shaped = g.add("Reshape", sound, g.constant([1, 1, 1, -1]))
    inputs: dict[str, tuple[int, Shape]] = {
        "input": (INT64, ["batch_size", "phonemes"]),
        "input_lengths": (INT64, ["batch_size"]),
        "scales": (FLOAT, [3]),
    }
    g.write(path, inputs, {shaped: (FLOAT, ["batch_size", 1, 1, "time"])})
    settings = {
        "audio": {"sample_rate": RATE, "quality": "made"},
        "espeak": {"voice": "en-us"},
        "phoneme_type": "espeak",
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "speaker_id_map": {},
        "hop_length": HOP,
    }
    beside = path.with_name(path.name + ".json")
    beside.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def write_tiny_voice(path: Path) -> None:
    """Write a voice of two tones a phoneme in a little noise, with quiet at signs."""
    g = Graph()
    even = Weights(1).floats(2, SYMBOLS, spread=1 / sqrt(12)) + 0.5
    loud = np.zeros(SYMBOLS)
    loud[LETTERS] = 0.3
    table = np.stack([110 + 20 * even[0], 400 * 6 ** even[1], loud])
    ids = g.add("Reshape", "input", g.constant([-1]))
    usual = g.constant(durations(letter=6.5, pad=0, sign=12, space=2, end=8))
    frames = _varied(g, g.add("Gather", usual, ids))
    by_phoneme = g.add("Gather", g.constant(table), ids, axis=1)
    by_frame = g.add("MatMul", by_phoneme, alignment(g, frames))
    held = g.add("Expand", g.add("Unsqueeze", by_frame, g.constant([2])), g.constant([1, 1, HOP]))
    flat = g.add("Reshape", held, g.constant([3, -1]))
    low, high, level = g.split("Split", flat, outputs=3, axis=0)
    tone = g.add("Add", _tone(g, low), g.add("Mul", _tone(g, high), g.constant(0.4)))
    hiss = g.add("Mul", g.add("RandomNormalLike", tone), scale(g, NOISE))
    rough = g.add("Mul", g.add("Add", tone, g.add("Mul", hiss, g.constant(0.03))), level)
    # Real voices are never quite still either.
    write_voice(g, g.add("Add", rough, g.add("Mul", hiss, g.constant(0.0001))), path)


def _varied(g: Graph, frames: str) -> str:
    chance = g.add("Mul", g.add("RandomNormalLike", frames), scale(g, LENGTH_NOISE))
    factor = g.add("Exp", g.add("Mul", chance, g.constant(0.05)))
    return g.add("Mul", frames, factor)


def _tone(g: Graph, hertz: str) -> str:
    """Sound a pitch that moves without a jump."""
    step = g.add("Mul", hertz, g.constant(2 * pi / RATE))
    return g.add("Sin", g.add("CumSum", step, g.constant(1)))
