"""Measure pitch, loudness, timbre and pace, while the person speaks.

The one idea: sound is cut into frames as it comes, on a grid that does not
depend on how it was delivered, and all that is costly happens there (frames.py,
pitch.py, voicing.py). What is left for the end of the turn is to sum up. Whole
file or 20 ms at a time, the numbers are the same.
"""

import numpy as np

from companion.errors import SenseError
from companion.sense.definitions import features
from companion.sense.frames import HOP, RATE, WINDOW, Floats, Meter
from companion.sense.pitch import PitchPath
from companion.sense.quality import CLIPPED, judge
from companion.sense.summary import Summary
from companion.sense.voicing import Stretches
from companion.values import AudioChunk, Prosody, Samples, Transcript

BLOCK = 32
"""Frames measured at once. A fixed number, so that the size of chunks changes nothing"""
SPAN = (BLOCK - 1) * HOP + WINDOW
"""Samples in which they lie"""


class PitchReader:
    """Reads pitch, loudness, timbre and pace from 16 kHz sound."""

    name = "pitch"

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Forget the last utterance."""
        # Half a window of nothing puts the first frame's middle on the first sample.
        self._rest: Samples = np.zeros(WINDOW // 2, np.float32)
        self._waiting: list[Samples] = []
        self._fill = len(self._rest)
        self._measures: list[Floats] = []
        self._meter, self._pitch, self._stretches = Meter(), PitchPath(), Stretches()
        self._samples = self._clipped = 0
        self._played = False

    def overheard(self) -> None:
        """Say that the companion's own voice sounds: this utterance is not judged."""
        self._played = True

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound. Raises SenseError for any rate but 16 kHz."""
        if chunk.rate != RATE:
            raise SenseError(f"The tone of voice needs sound at {RATE} Hz, not {chunk.rate} Hz.")
        self._waiting.append(chunk.samples)
        self._fill += len(chunk.samples)
        if self._fill >= SPAN:
            self._take()

    def finish(self, transcript: Transcript) -> Prosody:
        """Sum up. The next sound needs a `start` before it."""
        summary = self.summarise()
        clipped = self._clipped / max(1, self._samples)
        return Prosody(
            features(summary, transcript, self._samples / RATE, clipped),
            judge(summary, clipped, self._played),
        )

    def summarise(self) -> Summary:
        """Measure the last frames and give them all, sorted."""
        self._take()
        # At least one frame, so that no sound at all is silence like any other.
        short = max(WINDOW - len(self._rest), WINDOW // 2)
        rest = np.concatenate([self._rest, np.zeros(short, np.float32)])
        self._stretches.hear(np.zeros(short, np.float32))
        self._stretches.extend(self._measure(rest))
        self._stretches.finish(self._pitch.finish())
        path = np.vstack(self._stretches.path)
        return Summary(np.vstack(self._measures), path, self._stretches.found)

    def _take(self) -> None:
        """Measure what has come, in blocks; keep what does not fill one."""
        sound = np.concatenate([np.zeros(0, np.float32), *self._waiting], dtype=np.float32)
        sound = np.clip(np.nan_to_num(sound, posinf=1.0, neginf=-1.0), -1, 1)
        self._samples += len(sound)
        self._clipped += int(np.count_nonzero(np.abs(sound) >= CLIPPED))
        self._stretches.hear(sound)
        rest = np.concatenate([self._rest, sound])
        at = 0
        while at + SPAN <= len(rest):
            self._stretches.extend(self._measure(rest[at : at + SPAN]))
            at += BLOCK * HOP
        self._rest, self._waiting, self._fill = rest[at:], [], len(rest) - at

    def _measure(self, sound: Samples) -> Floats:
        frames = self._meter.measure(sound)
        self._measures.append(frames.measures)
        return self._pitch.extend(frames)
