"""Ask a second way of measuring about the pitch: a small neural network, SwiftF0.

Optional (`sense.reader: pitch+swift`): it doubles the work. It changes no number. Where the
two disagree about the median by more than a semitone, as they do when another voice or a
dog was followed instead, there is no judgement.

L. Nieradzik, "SwiftF0: Fast and Accurate Monophonic Pitch Detection" (2025), arXiv 2508.18440;
its weights travel in its wheel and it runs on the onnxruntime that is there already.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from companion.errors import EngineError
from companion.sense.features import PitchReader
from companion.sense.frames import HIGHEST, LOWEST, RATE, Floats
from companion.values import AudioChunk, Prosody, Quality, Samples, Transcript

BLOCK = RATE
"""Samples given to the network at once: in smaller pieces it does most of its work twice"""
VOICED, WITHIN = 0.5, 12.0
"""Its confidence, of 1; decibels below the loud frames: as the first way trusts a frame"""
APART = 1.0
"""Semitones"""
LEAST = 20
"""Frames of 16 ms: with fewer it has no opinion"""
WHY = "no clear pitch: two ways to measure it disagree"


class TwoPitchReader:
    """Reads as `pitch` does, and refuses where a second pitch tracker disagrees."""

    name = "pitch+swift"

    def __init__(self) -> None:
        """Load the network. Raises EngineError where it is not installed."""
        try:
            from swift_f0 import PitchStream, SwiftF0
        except ImportError:
            raise EngineError(
                "The second way to measure pitch is not installed.",
                fix="Set sense.reader to pitch, or run: pip install -r requirements/pitch.txt",
            ) from None
        self._first = PitchReader()
        network = SwiftF0(threads=1, spin=False)
        self._begin = partial(PitchStream, network, LOWEST, HIGHEST)
        self.start()

    def start(self) -> None:
        """Forget the last utterance."""
        self._first.start()
        self._stream = self._begin()
        self._waiting: list[Samples] = []
        self._rows: list[Floats] = []

    def overheard(self) -> None:
        """Say that the companion's own voice sounds: this utterance is not judged."""
        self._first.overheard()

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound. Raises SenseError for any rate but 16 kHz."""
        self._first.accept(chunk)
        sound = np.nan_to_num(chunk.samples, posinf=1.0, neginf=-1.0)
        self._waiting.append(np.clip(sound, -1, 1).astype(np.float32))
        if sum(map(len, self._waiting)) >= BLOCK:
            self._push()

    def finish(self, transcript: Transcript) -> Prosody:
        """Sum up, and hold the two medians against each other."""
        prosody = self._first.finish(transcript)
        self._push()
        found = self._stream.flush()
        self._keep(found.pitch_hz, found.confidence, found.loudness_db)
        first, second = prosody.features["pitch_level"].value, self._level()
        disagree = first is not None and second is not None and abs(first - second) > APART
        if prosody.quality.ok and disagree:
            return replace(prosody, quality=Quality(False, WHY))
        return prosody

    def _push(self) -> None:
        if self._waiting:
            found = self._stream.push(np.concatenate(self._waiting), RATE)
            self._waiting = []
            self._keep(found.pitch_hz, found.confidence, found.loudness_db)

    def _keep(self, hertz: Floats, confidence: Floats, level: Floats) -> None:
        self._rows.append(np.column_stack([hertz, confidence, level]))

    def _level(self) -> float | None:
        """Give the median pitch by the network, in semitones above 100 Hz."""
        hertz, confidence, level = np.vstack(self._rows).T
        voiced = confidence >= VOICED
        if voiced.sum() < LEAST:
            return None
        trusted = voiced & (level > np.percentile(level[voiced], 95) - WITHIN)
        return float(np.median(12 * np.log2(hertz[trusted] / 100)))
