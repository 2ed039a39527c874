"""Speak a turn with eSpeak NG, with pauses and sighs in it, and note when each word was said.

The companion's own voice keeps no times of words; here they are the labels.
"""

import ctypes
from dataclasses import dataclass, field

import espeakng_loader
import numpy as np
import soxr

from companion.values import Samples

RATE = 16_000
BEFORE, AFTER = 0.5, 1.0
"""Seconds of quiet around a turn"""
NOISE = 0.0008
"""Standard deviation of the noise that is everywhere: -62 dBFS"""
AUDIBLE = 0.004
"""Of full scale: what is quieter, at either end, is no part of a word"""


@dataclass(frozen=True)
class Speaker:
    """A voice and its habits."""

    name: str
    split: str
    accent: str
    pace: int
    """eSpeak's words a minute"""
    pitch: int
    pause: float
    """Seconds: the median of this speaker's pauses"""


@dataclass(frozen=True)
class Piece:
    """Words said in one go, and the pause after them."""

    text: str
    pause: float = 0.0
    """Seconds"""
    place: str = ""
    """What the words before the pause are: clause, within, joint, filler, trails, room"""
    sigh: bool = False


@dataclass
class Label:
    """What is true of one turn."""

    file: str
    speaker: str
    split: str
    words: list[tuple[str, float, float]] = field(default_factory=list)
    """Text, start and end in seconds"""
    pauses: list[tuple[float, float, str]] = field(default_factory=list)
    """Start and end in seconds, and place"""
    end: float = 0.0
    """Seconds: the end of the last word"""


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int), ("id", ctypes.c_uint), ("at", ctypes.c_int),
        ("length", ctypes.c_int), ("milliseconds", ctypes.c_int), ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p), ("value", ctypes.c_char * 8),
    )  # fmt: skip


_WORD = 1
_TAKE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """eSpeak NG with the times of its words, which the companion's own voice does not need."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self._rate = self._library.espeak_Initialize(2, 0, data, 1 << 15)
        self._callback = _TAKE(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._made = bytearray()
        self._words: list[tuple[int, float]] = []

    def say(self, text: str, speaker: Speaker) -> tuple[Samples, list[tuple[str, float, float]]]:
        """Give the sound at 16 kHz, without quiet around it, and its words."""
        self._made.clear()
        self._words.clear()
        self._library.espeak_SetVoiceByName(speaker.accent.encode())
        self._library.espeak_SetParameter(1, speaker.pace, 0)
        self._library.espeak_SetParameter(3, speaker.pitch, 0)
        written = text.encode()
        self._library.espeak_Synth(written, len(written) + 1, 0, 1, 0, 1, None, None)
        made = np.frombuffer(bytes(self._made), np.int16).astype(np.float32) / 32_768
        sound = soxr.resample(made, self._rate, RATE)
        loud = np.flatnonzero(np.abs(sound) > 0.004)
        first, last = (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(sound))
        return sound[first:last], self._timed(text, first / RATE, last / RATE)

    def _timed(self, text: str, first: float, last: float) -> list[tuple[str, float, float]]:
        words: list[tuple[str, float | None]] = []
        at = 0
        for word in text.strip(",.").split():
            at = text.index(word, at)
            begins = [time for place, time in self._words if at <= place - 1 < at + len(word)]
            words.append((word, begins[0] if begins else None))
            at += len(word)
        starts = [max(0.0, (time if time is not None else first) - first) for _, time in words]
        for number in range(1, len(starts)):
            starts[number] = max(starts[number], starts[number - 1])
        ends = [*starts[1:], last - first]
        texts = [word for word, _ in words]
        return list(zip(texts, starts, ends, strict=True))

    def _take(self, sound: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if sound and count > 0:
            self._made += ctypes.string_at(sound, count * 2)
        number = 0
        while events[number].type:
            if events[number].type == _WORD:
                self._words.append((events[number].at, events[number].milliseconds / 1000))
            number += 1
        return 0


def sigh(chance: np.random.Generator) -> Samples:
    """Make a breath: noise between 300 and 3000 Hz that swells and fades."""
    size = round(RATE * chance.uniform(0.5, 0.9))
    spectrum = np.fft.rfft(chance.standard_normal(size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    breath = np.fft.irfft(spectrum * ((hertz > 300) & (hertz < 3_000)), size) * np.hanning(size)
    quiet: Samples = (breath / np.abs(breath).max() * 0.03).astype(np.float32)
    return quiet


def record(
    pieces: list[Piece], speaker: Speaker, label: Label, espeak: Espeak, seed: int
) -> Samples:
    """Speak a turn and fill in its label."""
    noise = np.random.default_rng(seed)
    parts = [np.zeros(round(BEFORE * RATE), np.float32)]
    size = len(parts[0])
    for piece in pieces:
        mark = "," if piece.pause else "."
        sound, words = espeak.say(piece.text + mark, speaker)
        label.words += [
            (word, round(size / RATE + start, 3), round(size / RATE + end, 3))
            for word, start, end in words
        ]
        size += len(sound)
        label.end = round(size / RATE, 3)
        quiet = np.zeros(round((piece.pause or AFTER) * RATE), np.float32)
        if piece.sigh:
            breath = sigh(noise)
            at = (len(quiet) - len(breath)) // 2
            quiet[at : at + len(breath)] += breath
        if piece.pause:
            begins = label.end
            label.pauses.append((begins, round(begins + piece.pause, 3), piece.place))
        size += len(quiet)
        parts += [0.7 * sound, quiet]
    made = np.concatenate(parts)
    return (made + noise.standard_normal(len(made)) * NOISE).astype(np.float32)
