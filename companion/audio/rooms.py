"""Simulated rooms: a loudspeaker, a microphone, and the air and the clocks between them.

A room stands in for PortAudio, so what runs in it is the real devices' code: rates, fades, drained
samples, what is laid out for the echo canceller. Time goes on only when the room is told so, in
blocks of 20 ms: tests and reports of faults need no devices and no waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soxr

from companion.values import Samples

RATE = 16_000
"""Hertz of the air"""
BLOCK = 0.02
"""Seconds"""
HIGHEST = 7_000
"""Hertz that the loudspeaker still gives well"""
LOW_PASS = 32
"""Samples on either side in its filter"""
DECAY = 6.9
"""Nepers by which a room has faded after its reverberation time: 60 dB"""


@dataclass(frozen=True)
class Room:
    """What is between the loudspeaker and the microphone."""

    delay: float = 0.06
    """Seconds from the loudspeaker's callback to the microphone"""
    gain: float = 0.5
    """Of the echo, times what was played"""
    reverberation: float = 0.3
    """Seconds in which it fades by 60 dB"""
    direct: float = 0.1
    """Share of the energy that comes without touching a wall: beside a loudspeaker it is more"""
    distortion: float = 0.0
    """How far the loudspeaker is overdriven; 0: not at all, 2.5: a small and loud one"""
    drift: float = 0.0
    """Parts in a million by which the loudspeaker's clock is faster than the microphone's"""
    noise: float = 0.001
    """Root mean square of the room itself; full scale is 1"""
    speaker_rate: int = 48_000
    microphone_rate: int = 48_000
    """Hertz"""
    seed: int = 0

    def response(self) -> Samples:
        """Give the impulse response without its delay, at 16 kHz, with the energy of the gain."""
        rng = np.random.default_rng(self.seed)
        count = max(1, round(self.reverberation * RATE))
        walls = rng.standard_normal(count) * np.exp(-DECAY * np.arange(count) / count)
        response: Samples = walls * np.sqrt((1 - self.direct) / np.dot(walls, walls))
        response[0] += np.sqrt(self.direct)
        return (self.gain * response).astype(np.float32)


@dataclass
class _Stream:
    """An open device. Its callback is called when time goes on."""

    samplerate: float
    channels: int
    callback: Callable[..., None]
    latency: float = 0.05
    active: bool = False

    def start(self) -> None:
        self.active = True

    def close(self, ignore_errors: bool = True) -> None:
        self.active = False


@dataclass
class _Status:
    input_overflow: bool = False
    output_underflow: bool = False


@dataclass
class _Times:
    inputBufferAdcTime: float = 0.0


@dataclass
class _Default:
    device: tuple[int, int] = (0, 1)


class RoomFault(Exception):
    """What a room's devices may refuse; they refuse nothing."""


@dataclass
class SimulatedSound:
    """One room, in place of the module `sounddevice`: one microphone and one loudspeaker."""

    room: Room = field(default_factory=Room)
    default: _Default = field(default_factory=_Default)
    PortAudioError: type[Exception] = RoomFault
    heard: list[Samples] = field(default_factory=list)
    """What the loudspeaker gave to the air, in blocks at 16 kHz of the microphone's time"""

    def __post_init__(self) -> None:
        room = self.room
        self._microphone: _Stream | None = None
        self._speaker: _Stream | None = None
        self._response = room.response()
        self._rng = np.random.default_rng(room.seed + 1)
        self._membrane = _low_pass(room.speaker_rate)
        self._moving = np.zeros(len(self._membrane) - 1, np.float32)
        # The better kinds give sound in bursts, and devices would seem to stumble.
        self._to_air = soxr.ResampleStream(
            room.speaker_rate * (1 + room.drift * 1e-6), RATE, 1, dtype="float32", quality="QQ"
        )
        self._from_air = soxr.ResampleStream(
            RATE, room.microphone_rate, 1, dtype="float32", quality="QQ"
        )
        self._air = np.zeros(round(room.delay * RATE), np.float32)
        """What is under way to the microphone"""
        self._ringing = np.zeros(len(self._response) - 1, np.float32)
        """What the walls still add to it"""
        self._played = np.zeros(0, np.float32)
        self._ready = np.zeros(0, np.float32)
        self.seconds = 0.0
        """Of the microphone"""

    def query_hostapis(self) -> list[dict[str, Any]]:
        """Give the one sound system."""
        return [{"name": "simulated"}]

    def query_devices(self) -> list[dict[str, Any]]:
        """Give the microphone and the loudspeaker."""
        rows = (("Room microphone", 1, 0), ("Room loudspeaker", 0, 1))
        rates = (self.room.microphone_rate, self.room.speaker_rate)
        return [
            {
                "index": number,
                "name": name,
                "hostapi": 0,
                "max_input_channels": inputs,
                "max_output_channels": outputs,
                "default_samplerate": float(rates[number]),
            }
            for number, (name, inputs, outputs) in enumerate(rows)
        ]

    def InputStream(self, **asked: Any) -> _Stream:
        """Open the microphone."""
        self._microphone = _Stream(asked["samplerate"], asked["channels"], asked["callback"])
        return self._microphone

    def OutputStream(self, **asked: Any) -> _Stream:
        """Open the loudspeaker."""
        self._speaker = _Stream(asked["samplerate"], asked["channels"], asked["callback"])
        return self._speaker

    def go_on(self, person: Samples | None = None) -> None:
        """Let 20 ms pass, in which a person may speak: samples at 16 kHz as the microphone hears.

        The microphone's callback comes last, as its block is then complete.
        """
        count = round(BLOCK * RATE)
        while len(self._air) < count:
            self._pull()
        echo, self._air = self._air[:count], self._air[count:]
        noise = self.room.noise * self._rng.standard_normal(count)
        sound = echo + noise.astype(np.float32)
        if person is not None:
            sound[: len(person)] += person
        self._note(count)
        self._deliver(np.clip(sound, -1.0, 1.0).astype(np.float32))

    def _pull(self) -> None:
        """Let the loudspeaker play a block, on its own clock."""
        rate = self.room.speaker_rate
        block = np.zeros((round(rate * BLOCK), 1), np.float32)
        if self._speaker and self._speaker.active:
            out = np.zeros((len(block), self._speaker.channels), np.float32)
            self._speaker.callback(out, len(out), _Times(), _Status())
            block = out[:, :1]
        moving = np.concatenate((self._moving, block[:, 0]))
        self._moving = moving[len(block) :]
        sound = self._to_air.resample_chunk(np.convolve(moving, self._membrane, "valid"))
        self._played = np.concatenate((self._played, sound))
        if drive := self.room.distortion:
            sound = np.tanh(drive * sound) / np.float32(drive)
        self._air = np.concatenate((self._air, self._echo(sound)))

    def _echo(self, sound: Samples) -> Samples:
        """Add what the walls give back: convolution, block by block."""
        if not len(sound):
            return sound
        size = len(sound) + len(self._response) - 1
        points = 1 << size.bit_length()
        spectrum = np.fft.rfft(sound, points) * np.fft.rfft(self._response, points)
        whole = np.fft.irfft(spectrum, points)[:size].astype(np.float32)
        whole[: len(self._ringing)] += self._ringing
        self._ringing = whole[len(sound) :]
        return whole[: len(sound)]

    def _note(self, count: int) -> None:
        self._played = self._played[-RATE:]
        self.heard.append(self._played[:count])
        self._played = self._played[count:]

    def _deliver(self, sound: Samples) -> None:
        at = self.seconds
        self.seconds += BLOCK
        microphone = self._microphone
        if not (microphone and microphone.active):
            return
        self._ready = np.concatenate((self._ready, self._from_air.resample_chunk(sound)))
        size = round(microphone.samplerate * BLOCK)
        while len(self._ready) >= size:
            frames = np.repeat(self._ready[:size, None], microphone.channels, axis=1)
            self._ready = self._ready[size:]
            microphone.callback(frames, size, _Times(at), _Status())


def _low_pass(rate: int) -> Samples:
    """Give a filter that leaves what 16 kHz can hold: a windowed sinc."""
    taps = np.arange(-LOW_PASS, LOW_PASS + 1)
    shape = np.sinc(taps * HIGHEST * 2 / rate) * np.hamming(len(taps))
    return np.asarray(shape / shape.sum(), np.float32)
