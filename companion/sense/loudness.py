"""Read loudness alone: the smallest reader, for tests and as a pattern for your own."""

import numpy as np

from companion.values import AudioChunk, Feature, Prosody, Quality, Transcript

SILENCE = 1e-10
"""Mean square below which there is nothing to measure: -100 dBFS"""


class LoudnessReader:
    """Measures how loud an utterance is as a whole."""

    name = "loudness"

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Forget the last utterance."""
        self._energy = 0.0
        self._samples = 0
        self._seconds = 0.0
        self._played = False

    def overheard(self) -> None:
        """Take note that our own voice sounds meanwhile."""
        self._played = True

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound, at any rate."""
        sound = np.nan_to_num(np.asarray(chunk.samples, np.float64), posinf=1.0, neginf=-1.0)
        self._energy += float(np.sum(np.clip(sound, -1, 1) ** 2))
        self._samples += len(chunk.samples)
        self._seconds += chunk.seconds

    def finish(self, transcript: Transcript) -> Prosody:
        """Measure `loudness` (dBFS, of the mean square) and `duration` (seconds)."""
        power = self._energy / max(1, self._samples)
        heard = power > SILENCE
        features = {
            "loudness": Feature(float(10 * np.log10(power)) if heard else None, "dBFS"),
            "duration": Feature(self._seconds, "seconds"),
        }
        why = "" if heard else "silence: nothing was heard"
        why = "our own voice: the companion was speaking at the same time" if self._played else why
        return Prosody(features, Quality(not why, why))
