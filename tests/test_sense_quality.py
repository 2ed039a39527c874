"""When the tone of voice is not judged: each poor sound has its own plain reason."""

import numpy as np
import pytest

from companion.sense.features import PitchReader
from companion.values import AudioChunk, Quality, Samples, Transcript

from . import voices

RATE = voices.RATE


def quality(samples: Samples) -> Quality:
    reader = PitchReader()
    reader.accept(AudioChunk(np.asarray(samples, np.float32), RATE))
    return reader.finish(Transcript()).quality


def tones(
    notes: list[float], seconds: float, quiet: float, *, vibrato: float = 0.0, fade: float = 0.0
) -> Samples:
    """Play notes of eight harmonics, with gaps between them, over a faint background."""
    time = np.arange(int(seconds * RATE)) / RATE
    gap = np.zeros(int(quiet * RATE))
    parts = [np.zeros(RATE // 2)]
    for note in notes:
        phase = 2 * np.pi * np.cumsum(note * 2 ** (vibrato / 12 * np.sin(35 * time))) / RATE
        shape = np.exp(-fade * time) * np.minimum(1, np.minimum(time, time[::-1]) * 100)
        parts += [sum(np.cos(k * phase) / k for k in range(1, 9)) * shape, gap]
    sound = 0.1 * np.concatenate([*parts, np.zeros(RATE // 2)])
    return (sound + 1e-4 * np.random.default_rng(2).standard_normal(len(sound))).astype(np.float32)


def breaths() -> Samples:
    """Breathe in and out three times: noise that swells."""
    time = np.arange(6 * RATE) / RATE
    noise = np.random.default_rng(4).standard_normal(len(time))
    soft = np.convolve(noise, np.ones(6) / 6, "same")
    return (0.1 * soft * np.sin(np.pi * time / 2) ** 2 + 1e-4 * noise).astype(np.float32)


def whisper() -> Samples:
    """Speak with hiss in place of the voice."""
    voice = voices.speak(130)
    noise = np.random.default_rng(6).standard_normal(len(voice.samples))
    return (0.05 * np.where(voice.pitch > 0, noise, 0.01 * noise)).astype(np.float32)


def laughter() -> Samples:
    """Laugh: short bursts of voice, five a second, with breath between."""
    return tones([320 - 4 * n for n in range(24)], 0.06, 0.14, vibrato=1.0)


def two_voices() -> Samples:
    """A low and a high voice take turns, half a second each."""
    low, high = voices.speak(95, 5, seed=1).samples, voices.speak(230, 5, seed=2).samples
    turn = np.arange(len(low)) // (RATE // 2) % 2
    return np.where(turn == 0, low, high).astype(np.float32)


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (whisper(), "no voice: only a whisper"),
        (breaths(), "no voice: only a whisper"),
        (laughter(), "no flowing speech: short sounds"),
        (tones([300], 3.0, 0.5, vibrato=0.6), "no flowing speech: long sounds"),
        (tones([262, 294, 330, 349, 392, 440] * 2, 0.4, 0.1, fade=2), "music: "),
        (two_voices(), "the pitch jumps: perhaps a second voice"),
        (np.full(3 * RATE, 0.3), "silence: "),
    ],
    ids=["whisper", "breath", "laughter", "singing", "music", "two voices", "direct current"],
)
def test_what_is_not_one_clear_voice_is_not_judged(samples, reason):
    """And the reason is one a person understands."""
    found = quality(samples)

    assert not found.ok
    assert found.why.startswith(reason)


def test_our_own_voice_is_not_judged():
    """While the companion speaks, the microphone may hear the companion."""
    reader = PitchReader()
    reader.accept(AudioChunk(voices.speak(130).samples, RATE))
    reader.overheard()
    found = reader.finish(Transcript()).quality
    reader.start()
    reader.accept(AudioChunk(voices.speak(130).samples, RATE))

    assert found.why.startswith("our own voice")
    assert reader.finish(Transcript()).quality.ok


def test_a_sound_whose_pitch_the_cepstrum_does_not_see_is_not_judged():
    """A pure tone with gliding pitch is periodic, but no voice."""
    time = np.arange(4 * RATE) / RATE
    glide = np.cumsum(250 + 40 * np.sin(9 * time)) / RATE
    on = (time % 0.5 < 0.3) & (time > 0.5)
    sound = np.where(on, 0.1 * np.sin(2 * np.pi * glide), 0) + voices.noise(4, -75)

    assert quality(sound).why.startswith("no clear pitch")


@pytest.mark.parametrize("snr", [20, 12])
def test_steady_noise_that_leaves_the_pitch_right_is_let_pass(snr):
    """Pitch survives it; what does not is left out of any comparison."""
    assert quality(voices.in_noise(voices.speak(150), snr)).ok
