"""What tests of devices share: cards that are not there, a tone, what a loudspeaker was given."""

from itertools import islice

import numpy as np

from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.stages import Microphone, Speaker
from companion.values import AudioChunk, Samples

from .portaudio import FakePortAudio, Gear

HEADSET = Gear("USB Headset: Audio (hw:1,0)", inputs=1, outputs=2)


class Time:
    """A clock that a test sets, and that may run by itself."""

    def __init__(self, step: float = 0.0) -> None:
        self.at, self.step = 0.0, step

    def __call__(self) -> float:
        self.at += self.step
        return self.at


def tone(rate: int, seconds: float, hertz: float = 300.0, level: float = 0.5) -> Samples:
    time = np.arange(round(rate * seconds)) / rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def microphone(gear: Gear = HEADSET, **options: object) -> tuple[Microphone, FakePortAudio]:
    library = FakePortAudio((gear,), (0, 0))
    return DeviceMicrophone(backend=library, **{"clock": Time(), **options}), library


def speaker(gear: Gear = HEADSET, **options: object) -> tuple[Speaker, FakePortAudio]:
    library = FakePortAudio((gear,), (0, 0))
    return DeviceSpeaker(backend=library, **{"now": Time(), "clock": Time(), **options}), library


def steepest(sound: Samples) -> float:
    return float(np.abs(np.diff(np.concatenate(([0.0], sound, [0.0])))).max())


def taken(mic: Microphone, count: int) -> list[AudioChunk]:
    return list(islice(mic.blocks(), count))
