"""What rooms, telephones, headsets and wrong settings do to a recording."""

from pathlib import Path

import numpy as np
from prosody_trials import RATE, Change, load

from companion.audio.rooms import Room
from companion.values import Samples

LEVELLED, ATTACK, RELEASE = 0.1, 0.05, 0.5
"""Root mean square that the gain control aims at; seconds in which it turns down, and up"""


def gain_controlled(samples: Samples) -> Samples:
    """Let an automatic gain control even out the loudness."""
    step = RATE // 100
    gain, out = 1.0, samples.astype(float)
    for at in range(0, len(out), step):
        block = out[at : at + step]
        loud = float(np.sqrt(np.mean(block**2)))
        wanted = min(LEVELLED / loud, 30.0) if loud > 1e-4 else gain
        gain += (wanted - gain) * 0.01 / (ATTACK if wanted < gain else RELEASE)
        out[at : at + step] = block * gain
    return np.asarray(np.clip(out, -1, 1), np.float32)


def clipped(samples: Samples) -> Samples:
    """Turn the microphone up until one sample in fifty is cut off."""
    loud = float(np.quantile(np.abs(samples), 0.98))
    return np.asarray(np.clip(samples / loud, -1, 1), np.float32)


def telephone(samples: Samples) -> Samples:
    """Take away all above 3.6 kHz, as a headset does that also plays."""
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE) > 3600] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def in_room(response: Samples) -> Change:
    """Hear in a room, by its impulse response."""

    def change(samples: Samples) -> Samples:
        size = len(samples) + len(response)
        sound = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
        sound = sound[: len(samples)]
        return np.asarray(sound * 0.5 / np.abs(sound).max(), np.float32)

    return change


def changes(data: Path) -> dict[str, Change]:
    """Name them all, as far as the data is there."""
    rooms = {
        f"a room ({path.stem})": in_room(load(path))
        for path in sorted((data / "noise_rir" / "rir").glob("*.wav"))
    }
    return {
        "automatic gain": gain_controlled,
        "cut off (2 % of samples)": clipped,
        "telephone band": telephone,
        **rooms,
        **{
            f"a made room, {seconds} s": in_room(Room(reverberation=seconds, gain=1).response())
            for seconds in (0.2, 0.4, 0.6, 0.9)
        },
    }
