"""A PortAudio without hardware or threads: the test says when a device gives and takes sound.

It stands in for the module `sounddevice`, and refuses what real devices refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from companion.values import Samples

WRONG_CHANNELS, WRONG_RATE, BUSY, HOST = -9998, -9997, -9985, -9999


class PortAudioError(Exception):
    """A message and a number, as in sounddevice."""


@dataclass
class Gear:
    """A device, and what it is willing to do."""

    name: str
    inputs: int = 0
    outputs: int = 0
    rate: int = 48_000
    rates: tuple[int, ...] = ()
    """Hertz that it takes; empty: all"""
    counts: tuple[int, ...] = ()
    """Channels that it takes; empty: all"""
    fault: int = 0
    """Refuses to open with this number"""
    start_fault: int = 0


@dataclass
class Status:
    input_overflow: bool = False
    output_underflow: bool = False


@dataclass
class Times:
    inputBufferAdcTime: float = 0.0


@dataclass
class FakeStream:
    """An open device. `hear` and `pull` are its callbacks."""

    samplerate: float
    channels: int
    blocksize: int
    callback: Callable[..., None]
    start_fault: int = 0
    latency: float = 0.05
    started: bool = False
    active: bool = True
    """False once the device has gone, where the system notices"""
    closed: int = 0
    at: float = 100.0
    """Seconds of the device's own clock"""

    def start(self) -> None:
        if self.start_fault:
            raise PortAudioError("Error starting stream", self.start_fault)
        self.started = True

    def close(self, ignore_errors: bool = True) -> None:
        self.closed += 1

    def hear(self, sound: Samples, lost: float = 0.0) -> None:
        """Deliver mono sound to every channel, in blocks, after dropping `lost` seconds."""
        self.at += lost
        for start in range(0, len(sound), self.blocksize):
            block = np.repeat(sound[start : start + self.blocksize, None], self.channels, 1)
            self.hear_frames(block, overflow=lost > 0 and start == 0)

    def hear_frames(self, frames: Samples, overflow: bool = False) -> None:
        """Deliver one block of frames by channels. The device uses its memory again."""
        buffer = frames.astype(np.float32)
        self.callback(buffer, len(buffer), Times(self.at), Status(input_overflow=overflow))
        buffer[:] = np.nan
        self.at += len(frames) / self.samplerate

    def pull(self, blocks: int = 1, underflow: bool = False) -> Samples:
        """Take so many blocks; give frames by channels. Memory comes full of rubbish."""
        taken = []
        for _ in range(blocks):
            out = np.full((self.blocksize, self.channels), np.nan, np.float32)
            self.callback(out, len(out), Times(), Status(output_underflow=underflow))
            taken.append(out)
        return np.concatenate(taken)


@dataclass
class Choice:
    device: tuple[int, int]


@dataclass
class FakePortAudio:
    """What `sounddevice` is to the companion."""

    gear: tuple[Gear, ...]
    chosen: tuple[int, int] = (-1, -1)
    opened: list[FakeStream] = field(default_factory=list)
    tried: list[tuple[int, int]] = field(default_factory=list)
    """Rate and channels of every attempt"""
    PortAudioError: type[Exception] = PortAudioError

    @property
    def default(self) -> Choice:
        return Choice(self.chosen)

    @property
    def stream(self) -> FakeStream:
        return self.opened[-1]

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {
                "index": number,
                "name": gear.name,
                "hostapi": 0,
                "max_input_channels": gear.inputs,
                "max_output_channels": gear.outputs,
                "default_samplerate": float(gear.rate),
            }
            for number, gear in enumerate(self.gear)
        ]

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA"}]

    def InputStream(self, **asked: Any) -> FakeStream:
        return self._open(**asked)

    def OutputStream(self, **asked: Any) -> FakeStream:
        return self._open(**asked)

    def _open(
        self, *, device: int, samplerate: int, channels: int, blocksize: int, **asked: Any
    ) -> FakeStream:
        assert asked["dtype"] == "float32"
        gear = self.gear[device]
        self.tried.append((samplerate, channels))
        if gear.fault:
            raise PortAudioError("Error opening the stream", gear.fault)
        if gear.rates and samplerate not in gear.rates:
            raise PortAudioError("Invalid sample rate", WRONG_RATE)
        if gear.counts and channels not in gear.counts:
            raise PortAudioError("Invalid number of channels", WRONG_CHANNELS)
        self.opened.append(
            FakeStream(samplerate, channels, blocksize, asked["callback"], gear.start_fault)
        )
        return self.stream
