"""Speech of eSpeak NG that says of itself which sound and which word is when.

eSpeak's library keeps one state for the whole process. This sets it up otherwise than
the companion's voice does (with events), so the two never share a process.
"""

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader
import numpy as np
import soxr

from vosk_model.features import RATE, Floats
from vosk_model.sounds import QUIET, sound_of

_SYNCHRONOUS, _UTF8 = 2, 1
_WITH_SOUNDS, _DO_NOT_EXIT = 1, 1 << 15
_PACE, _PITCH = 1, 3
_END, _WORD, _SOUND = 0, 1, 7
"""Numbers of eSpeak's interface (speak_lib.h)"""


@dataclass(frozen=True)
class Manner:
    """How a sentence is said."""

    voice: str
    """A language's file and a variant, as eSpeak names them: "gmw/en-US+f2" """
    pace: int = 130
    """eSpeak's words a minute"""
    pitch: int = 50
    """0 to 99"""
    size: float = 1.0
    """Of the speaker: over 1 sounds smaller, higher and quicker by that factor"""


@dataclass(frozen=True)
class Said:
    """A word, from `start` to `end` in seconds, and its sounds; none where words ran together."""

    text: str
    start: float
    end: float
    sounds: tuple[str, ...]


@dataclass(frozen=True)
class Speech:
    """Sound at 16 kHz, where each sound ends in seconds, and the words."""

    samples: Floats
    sounds: tuple[tuple[str, float], ...]
    words: tuple[Said, ...]
    joined: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = ()
    """Two words that ran together, and their sounds"""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("text", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", _Id),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Speaker:
    """Speaks in any voice of eSpeak's. One at a time in a process."""

    def __init__(self) -> None:
        """Load the library. Raises RuntimeError."""
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = os.fsencode(Path(espeakng_loader.get_data_path()))
        options = _WITH_SOUNDS | _DO_NOT_EXIT
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, options)
        if self._rate <= 0:
            raise RuntimeError("eSpeak's data could not be read")
        self._made = bytearray()
        self._events: list[tuple[int, int, str]] = []
        # Kept here: the library has only its address.
        self._callback = _CALLBACK(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, manner: Manner) -> Speech:
        """Speak a text of words and spaces. Raises RuntimeError for a voice there is not."""
        self._made.clear()
        self._events.clear()
        if self._library.espeak_SetVoiceByName(manner.voice.encode()):
            raise RuntimeError(f"eSpeak has no voice '{manner.voice}'")
        self._library.espeak_SetParameter(_PACE, manner.pace, 0)
        self._library.espeak_SetParameter(_PITCH, manner.pitch, 0)
        written = text.encode()
        self._library.espeak_Synth(written, len(written) + 1, 0, 1, 0, _UTF8, None, None)
        rate = self._rate * manner.size
        sound = np.frombuffer(bytes(self._made), np.int16).astype(np.float32) / 32_768
        samples = soxr.resample(sound, rate, RATE).astype(np.float32)
        events = [(at / rate, position, name) for at, position, name in self._events]
        return _described(text, samples, events)

    def _take(self, sound: int | None, count: int, events: "Sequence[_Event]") -> int:
        if sound and count > 0:
            self._made += ctypes.string_at(sound, count * 2)
        at = 0
        while events and events[at].type != _END:
            event = events[at]
            if event.type == _SOUND:
                name = event.id.text.decode(errors="replace")
                self._events.append((event.sample, event.position, name))
            at += 1
        return 0


def _described(text: str, samples: Floats, events: list[tuple[float, int, str]]) -> Speech:
    """Tell the sounds and the words from eSpeak's events: a time, a place in the text, a name."""
    length = len(samples) / RATE
    starts = [start for start, _, _ in events] + [length]
    sounds = [
        (sound_of(name), position, start, end)
        for (start, position, name), end in zip(events, starts[1:], strict=True)
    ]
    words, joined, at = list[Said](), [], 1
    for word in text.split(" "):
        own = [one for one in sounds if one[1] == at and one[0] not in (QUIET, "")]
        at += len(word) + 1
        if own:
            names = tuple(name for name, *_ in own)
            words.append(Said(word, own[0][2], own[-1][3], names))
        elif words:
            # They ran together: eSpeak does not say which sound is whose.
            last = words.pop()
            joined.append(((last.text, word), last.sounds))
            words += [Said(last.text, 0.0, 0.0, ()), Said(word, 0.0, 0.0, ())]
    return Speech(samples, _joined(sounds), tuple(words), tuple(joined))


def _joined(sounds: list[tuple[str, int, float, float]]) -> tuple[tuple[str, float], ...]:
    """Give each sound with its end; a glide without a name belongs to the sound before it."""
    joined: list[tuple[str, float]] = []
    for name, _, _, end in sounds:
        if name or not joined:
            joined.append((name or QUIET, end))
        else:
            joined[-1] = (joined[-1][0], end)
    return tuple(joined)
