"""Follow the most likely pitch from frame to frame (Viterbi), while sound comes.

The best paths to all candidates of the newest frame soon share one past. What
they share is decided: nothing that comes later can change it. So the path is
given out as it grows, exactly as it would come out at the end, and little is left
to do when the turn is over. Costs: Praat's defaults (see frames.py).
"""

import numpy as np

from companion.sense.frames import (
    CANDIDATES,
    LOWEST,
    OCTAVE_COST,
    TINY,
    VOICED_ABOVE,
    Floats,
    Frames,
)

QUIET_BELOW = 0.03  # of the loudest peak so far
OCTAVE_JUMP_COST = 0.35
VOICING_CHANGE_COST = 0.14
ALL = np.arange(CANDIDATES + 1)
"""The candidates of a frame by number, silence first"""


class PitchPath:
    """The pitch of one utterance."""

    def __init__(self) -> None:
        self._hertz: list[Floats] = [np.zeros(CANDIDATES + 1)]
        self._strength: list[Floats] = [np.zeros(CANDIDATES + 1)]
        self._links: list[list[int]] = []
        self._scores = np.full(CANDIDATES + 1, -np.inf)
        self._scores[0] = 0.0
        self._loudest = 0.0

    def extend(self, frames: Frames) -> Floats:
        """Go on by some frames. Give what is decided by now: rows of hertz (0 unvoiced), strength.

        The first candidate of each frame is silence.
        """
        loudest = np.maximum.accumulate(np.append(self._loudest, frames.peaks))
        self._loudest = float(loudest[-1])
        unvoiced = silence(frames.peaks, loudest[1:])
        bonus = OCTAVE_COST * np.log2(np.maximum(frames.hertz, LOWEST) / LOWEST)
        voiced = np.where(frames.hertz > 0, frames.strength + bonus, -np.inf)
        worth = np.column_stack([unvoiced, voiced])
        hertz = _after_silence(frames.hertz)
        scores = self._scores
        for cost, gain in zip(_changes(self._hertz[-1], hertz), worth, strict=True):
            reach = scores - cost
            best = reach.argmax(axis=1)
            self._links.append(best.tolist())
            scores = reach[ALL, best] + gain
        # Only differences count; taken down, they keep their precision in a talk of any length.
        self._scores = scores - scores.max()
        self._hertz.extend(hertz)
        self._strength.extend(_after_silence(frames.strength))
        return self._decided()

    def finish(self) -> Floats:
        """Give the rest of the path."""
        return self._walk(len(self._links), int(self._scores.argmax()))

    def _decided(self) -> Floats:
        living = {int(at) for at in np.flatnonzero(np.isfinite(self._scores))}
        for frame in range(len(self._links), 0, -1):
            if len(living) == 1:
                return self._walk(frame, living.pop())
            links = self._links[frame - 1]
            living = {links[at] for at in living}
        return np.zeros((0, 2))

    def _walk(self, frames: int, at: int) -> Floats:
        """Give the path that leads to a candidate of that frame, and forget it."""
        path = np.zeros((frames, 2))
        for frame in range(frames, 0, -1):
            path[frame - 1] = self._hertz[frame][at], self._strength[frame][at]
            at = self._links[frame - 1][at]
        del self._hertz[:frames], self._strength[:frames], self._links[:frames]
        return path


def silence(peaks: Floats, loudest: Floats | float) -> Floats:
    """Give the strength of silence as a candidate: it grows as a frame gets quiet."""
    loud = peaks / (loudest + TINY) * (1 + VOICED_ABOVE) / QUIET_BELOW
    return VOICED_ABOVE + np.maximum(0.0, 2 - loud)


def _after_silence(candidates: Floats) -> Floats:
    """Put silence before the candidates of each frame."""
    rows = np.zeros((len(candidates), CANDIDATES + 1))
    rows[:, 1:] = candidates
    return rows


def _changes(before: Floats, hertz: Floats) -> Floats:
    """Weigh each step to a candidate (rows) from one of the frame before (columns)."""
    line = np.vstack([before, hertz])
    octave = np.log2(np.maximum(line, 1.0))
    voiced = line > 0
    now, then = voiced[1:, :, None], voiced[:-1, None, :]
    jump = OCTAVE_JUMP_COST * np.abs(octave[1:, :, None] - octave[:-1, None, :])
    change = np.where(now != then, VOICING_CHANGE_COST, 0.0)
    return np.where(now & then, jump, change)
