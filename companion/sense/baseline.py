"""What is known of a person's own voice: values in, values out, nothing else.

A baseline is a history of measured utterances; features are kept, never sound.
Each function gives a new one. It can be written as JSON (`model_dump(mode="json")`)
and read again (`Baseline.model_validate`). Times are aware and local: a voice is
lower in the morning than at night.

It learns from good utterances alone, and forgets. What was clearly unusual counts
in how often that happens to this person, but does not move what is usual for them.
A frozen copy of the first usual values stays, so that a slow drift is seen and told
instead of being absorbed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from companion.content import Content
from companion.sense.quality import CLEAR_SNR
from companion.sense.usual import BANDS, ECHO, PACE, PITCH, TIMBRE, Usual, strangeness
from companion.values import Prosody

LEAST_VOICE, LEAST_SYLLABLES = 1.5, 5
"""Seconds and count: shorter utterances vary too much to learn from"""
PACE_SNR = 15.0
"""Decibels: in more noise syllables and pauses are miscounted"""
LEAST_UTTERANCES, LEAST_DAYS = 8, 2
"""Until then the baseline is silent"""
FROZEN_AT = 20
"""Utterances after which the first usual values are kept for good"""
SAME_TALK = timedelta(hours=3)
"""What was said within it belongs to the same talk"""
MOST_KEPT = 400
STRANGE, STRANGE_TIMES = 1.1, 3
"""Spreads by which the bands lie apart on average, utterances in a row: it is another
microphone. One calm utterance in twenty passes it, and loses no more than its timbre; of
those through a microphone that tilts the sound by 3 dB an octave, nine in ten do"""
OTHER_ROOM = 2.0
"""Spreads by which the echo lies from the usual one: what sounds on of the last syllable moves
the pitch that is measured. Nearly all speech in an echoing room passes it, and one in twenty of
what is as usual, which then is not judged (docs/prosody.md)"""
MUTES = {"cold": timedelta(days=5), "exercise": timedelta(hours=1), "other": timedelta(hours=12)}
"""How long a voice is not compared after "I have a cold" and the like"""


class Observation(Content):
    """One utterance, measured."""

    at: datetime
    device: str = ""
    """Which microphone: its name, rate and system, as the caller puts it"""
    voiced: float
    """Seconds"""
    values: dict[str, float]
    """Features by name; what noise made unsure is left out"""
    unusual: bool = False
    """Clearly different, or marked by the person: it does not move what is usual"""
    calibration: bool = False
    """Spoken to say: this is my usual voice"""


class Baseline(Content):
    """One person's voice so far."""

    observations: tuple[Observation, ...] = ()
    """Oldest first"""
    calibrated: bool = False
    """Made on request from given recordings: no days are waited for"""
    microphones: dict[str, int] = {}
    """How often each device turned out to be another one under the same name"""
    strange: int = 0
    """Utterances in a row that sounded like another microphone"""
    reference: dict[str, float] = {}
    """The first usual values, frozen"""


@dataclass(frozen=True)
class Week:
    """The slow view: how one week sounded. It is no score of anything."""

    year: int
    week: int
    """As in ISO 8601"""
    utterances: int
    usual: dict[str, float]
    """Median of each feature"""


def observe(
    prosody: Prosody, at: datetime, device: str = "", *, short: bool = False
) -> Observation | None:
    """Keep what can be trusted of a good utterance; None of another. `short` takes any length."""
    found = {name: f.value for name, f in prosody.features.items() if f.value is not None}
    voiced, syllables = found.get("voiced", 0.0), found.get("syllables", 0.0)
    enough = short or (voiced >= LEAST_VOICE and syllables >= LEAST_SYLLABLES)
    if not prosody.quality.ok or not enough or "pitch_level" not in found:
        return None
    snr = found.get("snr", 0.0)
    names = list(PITCH)
    names += (*PACE, ECHO) if snr >= PACE_SNR else ()
    names += (*TIMBRE, *BANDS) if snr >= CLEAR_SNR else ()
    values = {name: found[name] for name in names if name in found}
    return Observation(at=at, device=device, voiced=voiced, values=values)


def before(baseline: Baseline, now: datetime) -> Baseline:
    """Give what was known before the talk that goes on now.

    Else who is upset for ten minutes would after five be compared with themselves upset.
    """
    since = now - SAME_TALK
    known = (one for one in baseline.observations if one.calibration or one.at < since)
    return baseline.model_copy(update={"observations": tuple(known)})


def calibrate(observations: Iterable[Observation]) -> Baseline:
    """Make a baseline on request, from recordings in which the person says they are calm."""
    return Baseline(observations=tuple(observations), calibrated=True)


def learn(baseline: Baseline, observation: Observation) -> Baseline:
    """Add an utterance."""
    number = baseline.microphones.get(observation.device, 1)
    named = observation.model_copy(update={"device": f"{observation.device}#{number}"})
    known = usual(baseline, observation.at, observation.device)
    strange = baseline.strange + 1 if is_strange(known, observation) else 0
    kept = (*baseline.observations, named)[-MOST_KEPT:]
    microphones = baseline.microphones
    if strange >= STRANGE_TIMES:
        # These, and what follows, are heard through another microphone.
        renamed = {"device": f"{observation.device}#{number + 1}"}
        fresh = (one.model_copy(update=renamed) for one in kept[-STRANGE_TIMES:])
        kept = (*kept[:-STRANGE_TIMES], *fresh)
        microphones, strange = {**microphones, observation.device: number + 1}, 0
    reference = baseline.reference
    if not reference and len(kept) >= FROZEN_AT:
        reference = medians(kept)
    changed = {
        "observations": kept,
        "microphones": microphones,
        "strange": strange,
        "reference": reference,
    }
    return baseline.model_copy(update=changed)


def usual(baseline: Baseline, at: datetime, device: str = "") -> Usual:
    """Work out what is usual for this person, at this time of day, through this microphone."""
    number = baseline.microphones.get(device, 1)
    names = {device, f"{device}#{number}"} if number == 1 else {f"{device}#{number}"}
    return Usual(
        [one.values for one in baseline.observations],
        [one.at for one in baseline.observations],
        at,
        own_device=[one.device in names for one in baseline.observations],
        unusual=[one.unusual for one in baseline.observations],
    )


def is_strange(known: Usual, observation: Observation) -> bool:
    """Tell that an utterance sounds as through another microphone, or in another room."""
    return strangeness(known, observation.values) > STRANGE


def is_elsewhere(known: Usual, observation: Observation) -> bool:
    """Tell that the room echoes more than usual, or less; of few utterances nobody can tell."""
    apart = known.apart(observation.values, ECHO)
    return known.count >= LEAST_UTTERANCES and apart is not None and abs(apart) > OTHER_ROOM


def unready(baseline: Baseline) -> str:
    """Say why nothing can be compared yet, or nothing at all: empty where it can."""
    count = len(baseline.observations)
    if baseline.calibrated:
        return "" if count else "nothing to compare with: no recording of the usual voice was good"
    days = len({one.at.date() for one in baseline.observations})
    if count < LEAST_UTTERANCES or days < LEAST_DAYS:
        return f"still learning: {count} good utterances on {days} days"
    return ""


def weeks(observations: Iterable[Observation]) -> list[Week]:
    """Give the medians of each week, for changes that are too slow for a day to show."""
    found: dict[tuple[int, int], list[Observation]] = defaultdict(list)
    for one in observations:
        found[one.at.isocalendar()[:2]].append(one)
    return [Week(*key, len(some), medians(some)) for key, some in sorted(found.items())]


def medians(observations: Iterable[Observation]) -> dict[str, float]:
    """Give the median of each feature of pitch and pace."""
    values: dict[str, list[float]] = defaultdict(list)
    for one in observations:
        for name in (*PITCH, *PACE):
            if name in one.values:
                values[name].append(one.values[name])
    return {name: float(np.median(some)) for name, some in values.items()}
