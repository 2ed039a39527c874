"""What bench_prosody.py measures of recordings that Praat has changed: pitch, range, tempo, gain.

Praat moves one thing and leaves the others (PSOLA; E. Moulines and F. Charpentier, Speech
Communication 9 (1990), 453-467), so what was changed must be found, and nothing else.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from prosody_trials import RATE, Clip, read, value

from companion.values import Prosody, Samples

LEVELS = ("loudness", "noise")


def manipulated(found: Sequence[Clip]) -> list[tuple[str, str, str, str]]:
    """Give what was done, what was found (median), the worst, and what was aimed at.

    Empty where praat-parselmouth is not installed.
    """
    if importlib.util.find_spec("parselmouth") is None:
        return []
    pairs = [(clip.samples, read(clip.samples)) for clip in found]
    rows = [_shift(pairs, semitones) for semitones in (1.0, 3.0, -3.0)]
    rows.append(_ratio(pairs, "tempo x 1.25", _tempo(1.25), "nuclei_rate", (1.25, 0.08)))
    rows.append(_ratio(pairs, "range x 1.5", _range(1.5), "pitch_spread", (1.5, 0.10)))
    rows.append(_gain(pairs))
    return rows


_Pairs = Sequence[tuple[Samples, Prosody]]


def _shift(pairs: _Pairs, semitones: float) -> tuple[str, str, str, str]:
    moved = []
    for samples, plain in pairs:
        other = read(_pitch(f"self * {2 ** (semitones / 12)}")(samples))
        moved.append(value(other, "pitch_level") - value(plain, "pitch_level"))
    apart = np.abs(np.array(moved) - semitones)
    return (
        f"pitch {semitones:+.0f} st", f"{np.nanmedian(moved):+.2f} st",
        f"{np.nanmax(apart):.2f} st off", f"{semitones:+.0f} +- 0.25 st",
    )  # fmt: skip


def _ratio(
    pairs: _Pairs,
    name: str,
    change: Callable[[Samples], Samples],
    feature: str,
    aim: tuple[float, float],
) -> tuple[str, str, str, str]:
    ratios = [value(read(change(s)), feature) / value(plain, feature) for s, plain in pairs]
    apart = np.abs(np.array(ratios) / aim[0] - 1)
    return (
        name, f"{feature} x {np.nanmedian(ratios):.2f}", f"{np.nanmax(apart):.0%} off",
        f"x {aim[0]:.2f} +- {aim[1]:.0%}",
    )  # fmt: skip


def _gain(pairs: _Pairs) -> tuple[str, str, str, str]:
    worst = 0.0
    for samples, plain in pairs:
        other = read((samples.astype(float) * 10 ** (-12 / 20)).astype(np.float32))
        for name in plain.features.keys() - set(LEVELS):
            one, two = value(plain, name), value(other, name)
            if not np.isnan(one):
                worst = max(worst, abs(one - two) / max(abs(one), 1.0))
    return ("gain -12 dB", "-", f"{worst:.1e} in all but level", "1e-6")


def _call(*arguments: Any) -> Any:
    return importlib.import_module("parselmouth.praat").call(*arguments)


def _parts(samples: Samples) -> Iterator[Any]:
    """Give a sound and its manipulation."""
    praat = importlib.import_module("parselmouth")
    sound = praat.Sound(samples.astype(float), RATE)
    yield sound
    yield _call(sound, "To Manipulation", 0.01, 75, 600)


def _sound(manipulation: Any) -> Samples:
    made = _call(manipulation, "Get resynthesis (overlap-add)")
    return np.asarray(made.values[0], np.float32)


def _pitch(formula: str) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        _, manipulation = _parts(samples)
        tier = _call(manipulation, "Extract pitch tier")
        _call(tier, "Formula", formula)
        _call([tier, manipulation], "Replace pitch tier")
        return _sound(manipulation)

    return change


def _range(times: float) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        _, manipulation = _parts(samples)
        tier = _call(manipulation, "Extract pitch tier")
        mean = _call(tier, "Get mean (points)", 0, 0)
        _call(tier, "Formula", f"{mean} * (self / {mean}) ^ {times}")
        _call([tier, manipulation], "Replace pitch tier")
        return _sound(manipulation)

    return change


def _tempo(times: float) -> Callable[[Samples], Samples]:
    def change(samples: Samples) -> Samples:
        sound, manipulation = _parts(samples)
        tier = _call("Create DurationTier", "tempo", 0, sound.duration)
        _call(tier, "Add point", sound.duration / 2, 1 / times)
        _call([tier, manipulation], "Replace duration tier")
        return _sound(manipulation)

    return change
