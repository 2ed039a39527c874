"""Say how unusual an utterance is for this very person, and how sure that is.

Not "you are stressed": real stress moves the pitch by a third of a semitone, less
than a healthy voice drifts between days. So the answer is a rank among the person's
own utterances (conformal p), and in any decision it may weigh little: see
`log_ratio`. It never begins anything alone, and never lowers a danger level: no
guard takes it.

Conformal p: V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random
World" (2005), here with jackknife scores: p = (1 + calm scores at least as high) /
(k + 1). With k utterances no p is below 1 / (k + 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from companion.sense.baseline import (
    Baseline,
    Observation,
    is_elsewhere,
    is_strange,
    unready,
    usual,
)
from companion.sense.frames import Floats
from companion.sense.usual import TIMBRE, Usual
from companion.tone import ToneLevel

LIKE_USUAL, CLEARLY = 0.2, 0.05
"""p above the first is like the usual; at most the second, over enough voice, is clear"""
POOLED_VOICE, MOST_POOLED = 8.0, 5
"""Seconds of voice, in the last utterances, before anything is called clear"""
RECENT, TIMES = 3, 2
"""A bit different: in two of the last three utterances"""
EFFECT = 0.4
"""How far real stress moves such an index, in spreads (published: 0.3 to 0.55)"""
MOST_WEIGHT = 0.7
"""Natural logarithm: no judgement may weigh more than 2 to 1"""
LEAST_FOR_WEIGHT = 8
PITCH_NOISE = 1.0
"""Semitones by which the median pitch of one second of voice is off; falls with the root"""
OTHER_ROOM = "another room: the sound fades in another way than usual, and that moves the pitch"
NINETY = 1.645
"""Spreads to either side that hold 90 % of a normal distribution"""


@dataclass(frozen=True)
class Judgement:
    """One utterance held against a person's own past."""

    score: float | None = None
    """Spreads above the usual: about 0 when calm"""
    interval: tuple[float, float] | None = None
    """Of the score, 90 %"""
    p: float | None = None
    """Share of the person's own utterances at least as high; None without enough of them"""
    compared: int = 0
    """How many those are"""
    voiced: float = 0.0
    """Seconds"""
    names: frozenset[str] = frozenset()
    """The features that went into it"""
    why: str = ""
    """Why there is no judgement"""


def judge(baseline: Baseline, observation: Observation, known: Usual | None = None) -> Judgement:
    """Compare an utterance. `known` is `usual(...)` of this moment, where it was worked out."""
    if why := unready(baseline):
        return Judgement(voiced=observation.voiced, why=why)
    known = known or usual(baseline, observation.at, observation.device)
    if is_elsewhere(known, observation):
        return Judgement(voiced=observation.voiced, why=OTHER_ROOM)
    names = known.names(observation.values)
    if is_strange(known, observation):
        names -= frozenset(TIMBRE)
    score = known.score(observation.values, names)
    if score is None:
        return Judgement(voiced=observation.voiced, why="nothing that could be compared")
    calm = known.calm(names)
    reach = NINETY * _error(known, observation)
    return Judgement(
        score,
        (score - reach, score + reach),
        _p(calm, score),
        len(calm),
        observation.voiced,
        names,
    )


def level(recent: Sequence[Judgement], known: Usual) -> ToneLevel:
    """Say what the last utterances allow one to say, newest last."""
    if not recent or recent[-1].score is None or recent[-1].p is None:
        return ToneLevel.NONE
    pooled = _pooled(recent, known)
    if pooled is not None and pooled <= CLEARLY and recent[-1].p <= LIKE_USUAL:
        return ToneLevel.CLEARLY
    last = [one.p for one in recent[-RECENT:] if one.p is not None]
    if sum(p <= LIKE_USUAL for p in last) >= TIMES and last[-1] <= LIKE_USUAL:
        return ToneLevel.A_BIT
    return ToneLevel.USUAL


def log_ratio(judgement: Judgement, known: Usual) -> float:
    """Give what a judgement may weigh in a decision: natural logarithm, within +-0.7.

    exp(d z - d^2 / 2) is the likelihood ratio of two normal distributions d apart.
    """
    calm = known.calm(judgement.names)
    if judgement.score is None or len(calm) < LEAST_FOR_WEIGHT:
        return 0.0
    z = (judgement.score - float(calm.mean())) / max(float(calm.std()), 0.1)
    return float(np.clip(EFFECT * z - EFFECT**2 / 2, -MOST_WEIGHT, MOST_WEIGHT))


def _p(calm: Floats, score: float) -> float | None:
    return float((1 + np.count_nonzero(calm >= score)) / (len(calm) + 1)) if len(calm) else None


def _pooled(recent: Sequence[Judgement], known: Usual) -> float | None:
    """Give p of the mean of the last utterances; None where they hold too little voice."""
    last = [one for one in reversed(recent[-MOST_POOLED:]) if one.score is not None]
    # Now and then one sounds as through another microphone, and its timbre has no part in it:
    # such are pooled apart.
    for names in dict.fromkeys(one.names for one in last):
        alike = [one for one in last if one.names == names]
        if sum(one.voiced for one in alike) >= POOLED_VOICE:
            return _pooled_over(alike, known.calm(names))
    return None


def _pooled_over(newest_first: Sequence[Judgement], calm: Floats) -> float | None:
    """Hold the mean of some against the means of as many in a row, of the person's own."""
    some, voiced = list[float](), 0.0
    for one in newest_first:
        some.append(one.score or 0.0)
        voiced += one.voiced
        if voiced >= POOLED_VOICE:
            break
    if len(calm) < len(some):
        return None
    means = np.convolve(calm, np.full(len(some), 1 / len(some)), "valid")
    return _p(means, float(np.mean(some)))


def _error(known: Usual, observation: Observation) -> float:
    """Estimate how far the score would be off if the same was said again, in spreads.

    Pitch rules it: its error falls with the seconds of voice, and that of the centre
    with the utterances it rests on.
    """
    spread = known.spread("pitch_level")
    own = PITCH_NOISE**2 / max(observation.voiced, 0.5)
    return float(np.sqrt(own + spread**2 / max(known.worth, 1.0)) / spread)
