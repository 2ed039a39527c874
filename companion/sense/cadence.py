"""Notice how a voice comes to a pause: whether it falls, lengthens and fades, as at an end.

It serves the turn machine alone: how long a silence is waited for. It compares a voice
with nothing but its own last seconds, keeps nothing beyond the turn, and says nothing
about the person; so it runs without the consent that the reading of a tone needs, and
nothing else may use it.

What tells an end from a breath (A. Gravano and J. Hirschberg, "Turn-taking cues in
task-oriented dialogue", Computer Speech and Language 25 (2011), 601-634): the pitch ends
low, the intensity has fallen; a level pitch, and a last syllable that is drawn out
without a fall, hold the turn. Weights and limits are ours, set by hand.
"""

import numpy as np
from numpy.typing import NDArray

from companion.errors import SenseError
from companion.sense.frames import RATE, WINDOW, Floats, Meter, decibels
from companion.tone import Cadence
from companion.values import AudioChunk, Samples

HOP = 320
"""Samples: a frame every 20 ms"""
BLOCK = 5
"""Frames measured at once: 0.1 s"""
STEP = HOP / RATE
"""Seconds from one frame to the next"""
STRONG, WITHIN = 0.6, 25.0
"""Height of the autocorrelation's peak, of 1; decibels below the loud frames: else no voice"""
LONGEST = 20.0
"""Seconds that are looked back upon: how one speaks now, and not a minute ago"""
LEAST = 0.5
"""Seconds of voice before a cadence means anything"""
LAST, WHOLE = 0.12, 0.4
"""Seconds of voice that are the end, and that are kept apart from what it is compared with"""
WILD = 14.0
"""Semitones from the middle: no melody, but an error of the measurement"""
SILENT = 0.06
"""Seconds without voice before the last voice is taken for the last"""
SHORT_RUN, LEAST_RUNS = 2, 3
"""Frames: a shorter run is no syllable; runs that a usual length needs"""
USUAL_FALL, FALL_SPREAD = 2.2, 2.5
"""Semitones: between a pause within a sentence and its end; from that to a plain sign"""
USUAL_DECAY, DECAY_SPREAD = 6.0, 8.0
"""Decibels, in the same way"""
FALL_WEIGHT = 0.5
"""Of the two: people fade more than they fall, eSpeak falls (docs/prosody.md)"""
DRAWN_OUT = 1.5
"""Times the usual run: longer without a fall is hesitation"""


class CadenceReader:
    """Follows the melody of one turn, and says how it came to its last pause."""

    name = "cadence"

    def __init__(self) -> None:
        self._meter = Meter()
        self.start()

    def start(self) -> None:
        """Forget the last turn."""
        self._rest: Samples = np.zeros(0, np.float32)
        self._rows: list[Floats] = []
        self._known: Cadence | None = None

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound. Raises SenseError for any rate but 16 kHz."""
        if chunk.rate != RATE:
            raise SenseError(f"The cadence needs sound at {RATE} Hz, not {chunk.rate} Hz.")
        sound = np.clip(np.nan_to_num(chunk.samples, posinf=1.0, neginf=-1.0), -1, 1)
        self._rest = np.concatenate([self._rest, sound], dtype=np.float32)
        span = (BLOCK - 1) * HOP + WINDOW
        while len(self._rest) >= span:
            self._rows.append(self._meter.melody(self._rest[:span], HOP))
            self._rest = self._rest[BLOCK * HOP :]
            self._known = None
        del self._rows[: -round(LONGEST / STEP / BLOCK)]

    def cadence(self) -> Cadence:
        """Say how the voice came to the pause that goes on now."""
        if self._known is None:
            self._known = _cadence(np.vstack(self._rows)) if self._rows else Cadence()
        return self._known


def _cadence(rows: Floats) -> Cadence:
    power, hertz, strength = rows.T
    voice = (hertz > 0) & (strength >= STRONG)
    if voice.sum() * STEP < LEAST:
        return Cadence()
    level = decibels(power)
    voice &= level > float(np.percentile(level[voice], 90)) - WITHIN
    at = np.flatnonzero(voice)
    pitch = 12 * np.log2(hertz[at])
    sane = np.abs(pitch - np.median(pitch)) < WILD
    at, pitch, level = at[sane], pitch[sane], level[at[sane]]
    if len(rows) - 1 - at[-1] < SILENT / STEP:
        return Cadence()  # The voice goes on.
    last, before = at > at[-1] - LAST / STEP, at <= at[-1] - WHOLE / STEP
    if last.sum() < 3 or before.sum() * STEP < LEAST - LAST:
        return Cadence()
    fall = float(np.median(pitch[before]) - np.median(pitch[last]))
    decay = float(np.median(level[before]) - np.mean(level[last]))
    lengthening = _lengthening(at)
    return Cadence(fall, lengthening, decay, _tone(fall, lengthening, decay))


def _lengthening(at: NDArray[np.intp]) -> float:
    """Say how long the last run of voice is, against the usual one of this turn."""
    runs = [len(run) for run in np.split(at, np.flatnonzero(np.diff(at) > 2) + 1)]
    earlier = [run for run in runs[:-1] if run >= SHORT_RUN]
    return runs[-1] / float(np.median(earlier)) if len(earlier) >= LEAST_RUNS else 1.0


def _tone(fall: float, lengthening: float, decay: float) -> float:
    """Weigh the three: -1 the voice holds on to the turn, 1 it gives it away."""
    drawn_out = max(0.0, lengthening - DRAWN_OUT) if fall < USUAL_FALL else 0.0
    tone = (
        FALL_WEIGHT * (fall - USUAL_FALL) / FALL_SPREAD
        + (1 - FALL_WEIGHT) * (decay - USUAL_DECAY) / DECAY_SPREAD
        - drawn_out
    )
    return float(np.clip(tone, -1, 1))
