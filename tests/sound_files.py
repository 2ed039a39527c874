"""What the tests of sound files share."""

import os

import numpy as np

from companion.stages import Microphone
from companion.values import Samples

AS_ROOT = os.geteuid() == 0


def tone(rate: int, seconds: float = 0.5, hertz: float = 440.0, level: float = 0.3) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def heard(microphone: Microphone) -> Samples:
    blocks = [block.samples for block in microphone.blocks()]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def loudest_hertz(sound: Samples, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate / len(sound))


def rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))
