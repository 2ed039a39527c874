"""Every feature: its name, unit, definition and source. The one list of them.

A value is None where it could not be measured. Means are over voiced frames;
"trusted" frames are those within 12 dB of the loud ones whose autocorrelation has
a peak above 0.6. What a person's mood does to a voice is not stated here: it is not
the same from one person to the next.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from companion.sense.frames import BANDS, Floats, decibels
from companion.sense.pace import articulation_rate, words_rate
from companion.sense.summary import Summary
from companion.values import Feature, Transcript

STRONGEST = 0.9999
"""Of 1: a peak of the autocorrelation, so that the harmonicity stays finite (40 dB)"""


@dataclass(frozen=True)
class Definition:
    """What a feature is."""

    unit: str
    meaning: str
    source: str
    measure: Callable[["Heard"], float | None]


@dataclass(frozen=True)
class Heard:
    """All that a feature may be made of."""

    summary: Summary
    transcript: Transcript
    seconds: float
    clipped: float

    @property
    def semitones(self) -> Floats:
        """Pitch of the trusted frames, above 100 Hz."""
        return self.summary.semitones

    @property
    def speech(self) -> Floats:
        """Level of the frames of speech, dBFS."""
        level: Floats = self.summary.level[self.summary.speech]
        return level


def features(
    summary: Summary, transcript: Transcript, seconds: float, clipped: float
) -> dict[str, Feature]:
    """Measure every feature."""
    heard = Heard(summary, transcript, seconds, clipped)
    return {name: Feature(d.measure(heard), d.unit) for name, d in FEATURES.items()}


def _median(heard: Heard) -> float | None:
    pitch = heard.summary.pitch[heard.summary.firm]
    return float(np.median(pitch)) if len(pitch) else None


def _pitch_at(*shares: float) -> Callable[[Heard], float | None]:
    """Give a percentile of the pitch, or the distance between two."""

    def measure(heard: Heard) -> float | None:
        values = heard.semitones
        if not len(values):
            return None
        found = np.percentile(values, shares)
        return float(found[-1] - (found[0] if len(shares) > 1 else 0.0))

    return measure


def _spread(values: Callable[[Heard], Floats]) -> Callable[[Heard], float | None]:
    def measure(heard: Heard) -> float | None:
        found = values(heard)
        return float(found.std()) if len(found) else None

    return measure


def _mean(name: str, times: float = 1.0) -> Callable[[Heard], float | None]:
    def measure(heard: Heard) -> float | None:
        found = heard.summary.mean(name)
        return None if found is None else times * found

    return measure


def _band(number: int) -> Callable[[Heard], float | None]:
    def measure(heard: Heard) -> float | None:
        share = heard.summary.mean(f"band_{number}")
        return None if share is None else float(decibels(max(share, 1e-9)))

    return measure


def _loudness(heard: Heard) -> float | None:
    return float(heard.speech.mean()) if len(heard.speech) else None


def _loudness_range(heard: Heard) -> float | None:
    if not len(heard.speech):
        return None
    low, high = np.percentile(heard.speech, (5, 95))
    return float(high - low)


def _harmonicity(heard: Heard) -> float | None:
    strength = heard.summary.strength[heard.summary.voiced]
    if not len(strength):
        return None
    strength = np.minimum(strength, STRONGEST)
    return float((10 * np.log10(strength / (1 - strength))).mean())


def _percent(name: str) -> Callable[[Heard], float | None]:
    def measure(heard: Heard) -> float | None:
        share: float | None = getattr(heard.summary.regularity, name)
        return None if share is None else 100 * share

    return measure


def _nuclei(heard: Heard) -> float | None:
    found = heard.summary.pace
    return float(found.syllables) if found else None


def _nuclei_rate(heard: Heard) -> float | None:
    found = heard.summary.pace
    return found.syllables / found.spoken if found else None


def _pause_share(heard: Heard) -> float | None:
    found = heard.summary.pace
    return sum(found.pauses) / found.span if found else None


def _pause_mean(heard: Heard) -> float | None:
    found = heard.summary.pace
    return float(np.mean(found.pauses)) if found and found.pauses else None


def _pause_rate(heard: Heard) -> float | None:
    found = heard.summary.pace
    return 60 * len(found.pauses) / found.span if found else None


def _voiced_share(heard: Heard) -> float | None:
    speech = int(heard.summary.speech.sum())
    return int(heard.summary.voiced.sum()) / speech if speech else None


def _voiced_run(heard: Heard) -> float | None:
    runs = heard.summary.runs
    return sum(runs) / len(runs) if runs else None


def _voiced_rate(heard: Heard) -> float | None:
    found = heard.summary.pace
    return len(heard.summary.runs) / found.span if found else None


BOERSMA = "Boersma 1993 (frames.py)"
GEMAPS = "Eyben et al. 2016 (frames.py)"
NUCLEI = "de Jong and Wempe 2009 (pace.py)"
PRAAT = "Praat's jitter (local) and shimmer (local) (pulses.py)"
OURS = "ours"

FEATURES: dict[str, Definition] = {
    "pitch_median": Definition("Hz", "median pitch of trusted frames", BOERSMA, _median),
    "pitch_level": Definition("semitones", "the same, above 100 Hz", BOERSMA, _pitch_at(50)),
    "pitch_floor": Definition("semitones", "its 20th percentile", BOERSMA, _pitch_at(20)),
    "pitch_top": Definition("semitones", "its 80th percentile", BOERSMA, _pitch_at(80)),
    "pitch_range": Definition("semitones", "from 5th to 95th", BOERSMA, _pitch_at(5, 95)),
    "pitch_spread": Definition(
        "semitones", "its standard deviation", BOERSMA, _spread(lambda heard: heard.semitones)
    ),
    "harmonicity": Definition("dB", "10 log10(r / (1 - r)), r the strength", BOERSMA, _harmonicity),
    "loudness": Definition("dBFS", "mean level of speech; a full sine has -3", OURS, _loudness),
    "loudness_spread": Definition(
        "dB", "its standard deviation", OURS, _spread(lambda heard: heard.speech)
    ),
    "loudness_range": Definition(
        "dB", "from its 5th to its 95th percentile", OURS, _loudness_range
    ),
    "alpha": Definition("dB", "1 to 5 kHz against 50 Hz to 1 kHz", GEMAPS, _mean("alpha")),
    "hammarberg": Definition(
        "dB", "highest peak below 2 kHz against 2 to 5 kHz", GEMAPS, _mean("hammarberg")
    ),
    "slope_low": Definition("dB/kHz", "line through 20 to 500 Hz", GEMAPS, _mean("slope_low")),
    "slope_high": Definition("dB/kHz", "line through 500 to 1500 Hz", GEMAPS, _mean("slope_high")),
    "centroid": Definition("Hz", "mean frequency of the power", OURS, _mean("centroid")),
    "flux": Definition(
        "1e-3", "squared change of the spectrum's shares", GEMAPS, _mean("flux", 1000)
    ),
    **{
        f"mfcc_{n}": Definition("1", f"mel cepstrum, number {n}", "frames.py", _mean(f"mfcc_{n}"))
        for n in range(1, 5)
    },
    "cpps": Definition(
        "dB", "smoothed cepstral peak", "Hillenbrand and Houde 1996 (frames.py)", _mean("cpps")
    ),
    "jitter": Definition("%", "change from period to period", PRAAT, _percent("jitter")),
    "shimmer": Definition("%", "change from height to height", PRAAT, _percent("shimmer")),
    "syllables": Definition("count", "nuclei found in the sound", NUCLEI, _nuclei),
    "nuclei_rate": Definition("per second", "nuclei in time of speech", NUCLEI, _nuclei_rate),
    "articulation_rate": Definition(
        "per second",
        "syllables of the words in time of speech; None if the nuclei differ by a quarter",
        OURS,
        lambda heard: articulation_rate(heard.transcript, heard.summary.pace),
    ),
    "speech_rate": Definition(
        "words per minute", "by the times of words", OURS, lambda h: words_rate(h.transcript)
    ),
    "pause_share": Definition("share", "pauses of 0.2 s or more", OURS, _pause_share),
    "pause_mean": Definition("seconds", "their mean length", OURS, _pause_mean),
    "pause_rate": Definition("per minute", "how many", OURS, _pause_rate),
    "voiced_share": Definition("share", "voice, of speech", OURS, _voiced_share),
    "voiced_run": Definition("seconds", "mean length of a run of voice", OURS, _voiced_run),
    "voiced_rate": Definition("per second", "runs of voice", OURS, _voiced_rate),
    "voiced": Definition("seconds", "voice", OURS, lambda heard: heard.summary.voice_seconds),
    "duration": Definition("seconds", "all that was heard", OURS, lambda heard: heard.seconds),
    "snr": Definition("dB", "voice above background", OURS, lambda heard: heard.summary.snr),
    "noise": Definition("dBFS", "background", OURS, lambda heard: heard.summary.noise_level),
    "echo": Definition(
        "seconds",
        "in which the fastest fades would fall by 60 dB",
        "Wen et al. 2008 (summary.py)",
        lambda heard: heard.summary.echo,
    ),
    "clipped": Definition("share", "samples at full scale", OURS, lambda heard: heard.clipped),
    "agreement": Definition(
        "share", "trusted frames with the cepstrum's pitch", OURS, lambda h: h.summary.agreement
    ),
    "steadiness": Definition(
        "share",
        "pitch held as a note, within 5 cents for 50 ms",
        OURS,
        lambda h: h.summary.steadiness,
    ),
    **{
        f"band_{n}": Definition("dB", f"{BANDS[n - 1]} to {BANDS[n]} Hz, of all", OURS, _band(n))
        for n in range(1, 11)
    },
}
"""By name"""
