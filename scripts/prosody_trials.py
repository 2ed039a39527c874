"""What bench_prosody.py measures on recordings of people, which are not part of this project.

Recordings are read where they lie; of them nothing is kept but the figures. All are
acted: they show that the code works, and nothing about anybody's stress.
"""

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from companion.sense.baseline import Observation, calibrate, observe, usual
from companion.sense.features import PitchReader
from companion.sense.stress import judge
from companion.stages import ProsodyReader
from companion.values import AudioChunk, Prosody, Samples, Transcript

RATE = 16_000
AT = datetime(2026, 1, 1, 14, tzinfo=UTC)
DRAWS = 20
Floats = NDArray[np.float64]
Change = Callable[[Samples], Samples]


@dataclass(frozen=True)
class Clip:
    """One recording of a corpus."""

    corpus: str
    speaker: str
    name: str
    calm: bool
    aroused: bool
    samples: Samples


def read(samples: Samples, reader: ProsodyReader | None = None) -> Prosody:
    """Measure a sound."""
    reader = reader or PitchReader()
    reader.start()
    reader.accept(AudioChunk(np.asarray(samples, np.float32), RATE))
    return reader.finish(Transcript())


def value(prosody: Prosody, name: str) -> float:
    """Look up a feature; NaN where it was not measured."""
    found = prosody.features[name].value
    return np.nan if found is None else found


def clips(data: Path) -> list[Clip]:
    """Read ravdess and emodb, as far as they are there."""
    found: list[Clip] = []
    for path in sorted((data / "ravdess").glob("*.wav")):
        emotion, speaker = path.name[6:8], path.stem[-2:]
        samples = load(path)
        found.append(
            Clip("ravdess", speaker, path.name, emotion == "02", emotion in ("05", "06"), samples)
        )
    for path in sorted((data / "emodb").glob("*.wav")):
        letter = path.name[5]
        if letter != "E":
            found.append(
                Clip("emodb", path.name[:2], path.name, letter == "N", letter in "WAF", load(path))
            )
    return found


def load(path: Path) -> Samples:
    """Read a sound file at 16 kHz, mono."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(samples.mean(axis=1), rate, RATE), np.float32)


# --- changes to a recording ----------------------------------------------------------------


def at_rms(samples: Samples) -> Samples:
    """Scale to one loudness."""
    return np.asarray(samples * 0.03 / np.sqrt(np.mean(samples**2)), np.float32)


def speech_power(samples: Samples) -> float:
    """Give the mean square of what is within 30 dB of the loudest 10 ms."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    power = (frames**2).mean(axis=1)
    return float(power[power > power.max() / 1000].mean())


def in_noise(noise: Floats, snr: float) -> Change:
    """Add a noise so many decibels below the speech."""

    def change(samples: Samples) -> Samples:
        some = np.resize(noise, len(samples))
        height = np.sqrt(speech_power(samples) / np.mean(some**2) / 10 ** (snr / 10))
        mixed = samples + height * some
        return np.asarray(mixed * min(1.0, 0.95 / np.abs(mixed).max()), np.float32)

    return change


def tilted(decibels: float) -> Change:
    """Hear through a microphone that rises by so many decibels an octave."""

    def change(samples: Samples) -> Samples:
        hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 50)
        gain = 10 ** (decibels * np.log2(hertz / 1000) / 20)
        sound = np.fft.irfft(np.fft.rfft(samples) * gain, len(samples))
        return np.asarray(sound * min(1.0, 0.9 / np.abs(sound).max()), np.float32)

    return change


def noises(data: Path) -> dict[str, list[Floats]]:
    """Give white, pink, babble and real noises, as far as the data is there."""
    random = np.random.default_rng(0)
    white = random.standard_normal(8 * RATE)
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(np.arange(len(white) // 2 + 1), 1))
    found = {"white": [white], "pink": [np.fft.irfft(spectrum, len(white))]}
    talk = [load(path) for path in sorted((data / "speechocean762").glob("*.wav"))[3::10]]
    if talk:
        found["babble"] = [sum(np.resize(one, 8 * RATE) / one.std() for one in talk) + 0 * white]
    real = [load(p).astype(float) for p in sorted((data / "noise_rir/noise").glob("*.wav"))]
    if real := [one for one in real if one.std() > 1e-3]:
        found["real"] = real
    return found


# --- trials -------------------------------------------------------------------------------


def auroc(high: Sequence[float], low: Sequence[float]) -> float:
    """Give the share of pairs in the right order."""
    above, below = np.array(high)[:, None], np.array(low)[None]
    return float(np.mean((above > below) + 0.5 * (above == below)))


def ranking(found: Iterable[Clip], change: Change) -> tuple[list[float], int, int]:
    """Rank aroused above other clips, after 2 calm ones a speaker: AUROC a draw, judged, clips."""
    speakers: dict[str, list[tuple[Clip, Observation | None]]] = defaultdict(list)
    for clip in found:
        seen = observe(read(change(clip.samples)), AT, short=True)
        speakers[clip.speaker].append((clip, seen))
    results: list[float] = []
    judged = total = 0
    for draw in range(DRAWS):
        random, judged, total = np.random.default_rng(draw), 0, 0
        scores: dict[bool, list[float]] = {True: [], False: []}
        for rows in speakers.values():
            calm = [one for clip, one in rows if clip.calm and one]
            if len(calm) < 2:
                continue
            chosen = [calm[at] for at in random.choice(len(calm), 2, replace=False)]
            baseline = calibrate(chosen)
            known = usual(baseline, AT)
            for clip, one in rows:
                if any(one is other for other in chosen):
                    continue
                total += 1
                score = judge(baseline, one, known).score if one else None
                if score is not None:
                    judged += 1
                    scores[clip.aroused].append(score)
        results.append(auroc(scores[True], scores[False]))
    return results, judged, total


def residuals(found: Iterable[Clip], change: Change, *, clear: bool = True) -> list[Observation]:
    """Give calm utterances less what is usual for their speaker: a pool of calm variation.

    `clear`: those alone whose timbre is known.
    """
    pool: list[Observation] = []
    speakers: dict[tuple[str, str], list[Clip]] = defaultdict(list)
    for clip in found:
        if not clip.aroused:
            speakers[clip.corpus, clip.speaker].append(clip)
    for some in speakers.values():
        plain = [observe(read(clip.samples), AT, short=True) for clip in some]
        known = [one for one in plain if one and "alpha" in one.values]
        if len(known) < 4:
            continue
        medians = {
            name: float(np.median([one.values[name] for one in known if name in one.values]))
            for name in known[0].values
        }
        changed = [observe(read(change(clip.samples)), AT, short=True) for clip in some]
        for one in changed:
            if one and ("alpha" in one.values or not clear):
                less = {
                    name: v - medians[name] for name, v in one.values.items() if name in medians
                }
                pool.append(one.model_copy(update={"values": less}))
    return pool


def pooled(
    own: Sequence[Observation], other: Sequence[Observation] | None, k: int, runs: int
) -> list[float]:
    """Give p of a calm utterance against k others drawn from the pool."""
    found: list[float] = []
    for run in range(runs):
        random = np.random.default_rng(run)
        order = random.permutation(len(own)).tolist()
        one = own[order[k]] if other is None else other[int(random.integers(len(other)))]
        p = judge(calibrate(own[at] for at in order[:k]), one).p
        found.append(1.0 if p is None else p)
    return found


def noisy(
    found: Sequence[Clip], data: Path, reader: ProsodyReader | None = None
) -> Iterator[tuple[str, int, float, float]]:
    """Yield kind, decibels, share judged, share judged with a wrong pitch (> 1 st)."""
    random = np.random.default_rng(1)
    clear = [(clip, read(clip.samples)) for clip in found]
    clear = [(clip, plain) for clip, plain in clear if plain.quality.ok]
    for kind, some in noises(data).items():
        for snr in (20, 10, 5, 0):
            kept = wrong = 0
            for clip, plain in clear:
                noise = some[random.integers(len(some))]
                heard = read(in_noise(noise, snr)(clip.samples), reader)
                kept += heard.quality.ok
                apart = value(heard, "pitch_level") - value(plain, "pitch_level")
                wrong += heard.quality.ok and abs(apart) > 1
            yield kind, snr, kept / len(clear), wrong / len(clear)


def resampled(found: Sequence[Clip]) -> Iterator[tuple[float, float, float, float]]:
    """Yield a shift in semitones, the median found, the worst error, the median pace ratio."""
    for shift in (1.0, 3.0, -3.0):
        factor = 2 ** (shift / 12)
        moved, pace = [], []
        for clip in found:
            sound = soxr.resample(clip.samples, RATE * factor, RATE, quality="VHQ")
            plain, other = read(clip.samples), read(np.asarray(sound, np.float32))
            moved.append(value(other, "pitch_level") - value(plain, "pitch_level"))
            pace.append(value(other, "nuclei_rate") / value(plain, "nuclei_rate") / factor)
        errors = np.abs(np.array(moved) - shift)
        yield shift, float(np.median(moved)), float(errors.max()), float(np.median(pace))


def against_praat(found: Sequence[Clip]) -> dict[str, float] | None:
    """Compare with Praat, where praat-parselmouth is installed (it has no wheel for ARM Linux)."""
    if importlib.util.find_spec("parselmouth") is None:
        return None
    praat: Any = importlib.import_module("parselmouth")
    rows: list[tuple[float, ...]] = []
    same: list[NDArray[np.bool_]] = []
    cents: list[Floats] = []
    for clip in found:
        reader = PitchReader()
        reader.accept(AudioChunk(clip.samples, RATE))
        path = np.where((summary := reader.summarise()).voiced, summary.pitch, 0)
        sound = praat.Sound(clip.samples.astype(float), RATE)
        track = sound.to_pitch_ac(0.01, 75, pitch_ceiling=500)
        theirs = track.selected_array["frequency"]
        ours = path[np.clip(np.round(track.xs() * 100).astype(int), 0, len(path) - 1)]
        both = (ours > 0) & (theirs > 0)
        same.append((ours > 0) == (theirs > 0))
        cents.append(1200 * np.log2(ours[both] / theirs[both]))
        marks = praat.praat.call([sound, track], "To PointProcess (cc)")
        jitter = praat.praat.call(marks, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)
        clear = sound.to_harmonicity_ac(0.01, 75, 0.1, 3.0).values
        measured = read(clip.samples)
        rows.append((
            float(np.median(path[path > 0])), float(np.median(theirs[theirs > 0])),
            value(measured, "jitter"), 100 * jitter,
            value(measured, "harmonicity"), float(clear[clear > -200].mean()),
        ))  # fmt: skip
    table, apart = np.array(rows), np.abs(np.concatenate(cents))
    medians = np.abs(12 * np.log2(table[:, 0] / table[:, 1]))
    return {
        "voicing agreement": float(np.concatenate(same).mean()),
        "gross errors (> 20 %)": float((apart > 316).mean()),
        "frames, cents (median)": float(np.median(apart)),
        "median pitch, st (95th percentile)": float(np.percentile(medians, 95)),
        "jitter, rank correlation": _rank(table[:, 2], table[:, 3]),
        "harmonicity, rank correlation": _rank(table[:, 4], table[:, 5]),
    }


def _rank(one: Floats, other: Floats) -> float:
    fine = ~np.isnan(one) & ~np.isnan(other)
    order = [np.argsort(np.argsort(some[fine])) for some in (one, other)]
    return float(np.corrcoef(order[0].astype(float), order[1].astype(float))[0, 1])
