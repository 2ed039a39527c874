"""The eSpeak NG voice: small, quick, in every language, and nothing to download.

Library and data come in a wheel (espeakng_loader) and are called through ctypes. eSpeak
keeps one state for the whole process, so each sentence is made under one lock, with
accent, speed and pitch set anew. A sentence takes milliseconds (5 ms for 3.6 s of speech
on a laptop), so it is made whole and handed out in short chunks: to stop is to close.

The same sentences in the same order give the same samples in every process. Said twice
in one process, a sentence differs by a hair, for eSpeak carries the flutter of its pitch
from one to the next.
"""

import atexit
import ctypes
import math
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import espeakng_loader
import numpy as np

from companion.errors import SpeakError
from companion.speak.sentences import in_chunks, trimmed
from companion.text import SpokenForms, speakable
from companion.values import AudioChunk, Cleared, Samples, Style

_WORDS_A_MINUTE = 115
"""eSpeak's own count. On ten sentences of ours it makes 155 real words, 3.3 syllables a second"""
_SLOWEST, _FASTEST = 80, 450
"""The limits of eSpeak, by its own count"""
_MIDDLE_PITCH, _HIGHEST_PITCH = 50, 99
_BASE_SHARE = 0.66
"""eSpeak's pitch of 50 + n makes the base of a melody 2 ** (n / 50) times as high (its table in
wavegen.c) and leaves the melody above it. Measured: the base is 0.64 to 0.68 of the mean pitch"""

_SYNCHRONOUS = 2
_DO_NOT_EXIT = 1 << 15
_UTF8 = 1
_RATE, _PITCH = 1, 3
"""Numbers of parameters in eSpeak's interface (speak_lib.h)"""
_LONGEST_PATH = 120
"""Bytes. eSpeak copies the path of its data into 160, then looks elsewhere without a word"""

_SETUP = "Run: scripts/companion setup"
_lock = threading.Lock()


class EspeakVoice:
    """Speaks with eSpeak NG. An accent is a language ("en-gb"), with or without a variant ("+f3").

    Speed holds from 0.7 to 3.9, pitch from 7 semitones down to 8 up: eSpeak goes no further.
    """

    name = "espeak"

    def __init__(self, accent: str = "en-gb", *, spoken: SpokenForms) -> None:
        """Load the library. Raises SpeakError for an accent that eSpeak does not have."""
        self._spoken = spoken
        with _lock:
            self._engine = _engine()
            self._accent = self._engine.find(accent)
        # The first number would otherwise load its words while somebody waits.
        speakable("1", spoken)

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the text as sound in chunks of 60 ms. A text without words gives none."""
        yield from in_chunks(
            text, self._spoken, self._engine.rate, lambda said: [self._sound(said, style)]
        )

    def _sound(self, said: str, style: Style) -> Samples:
        pace = round(_WORDS_A_MINUTE * min(max(style.speed, 0.1), 10.0))
        with _lock:
            sound = self._engine.speak(
                said,
                self._accent,
                min(max(pace, _SLOWEST), _FASTEST),
                _pitch(style.pitch),
            )
        louder = trimmed(sound, self._engine.rate) * np.float32(style.volume)
        return louder.clip(-1.0, 1.0)


def _pitch(semitones: float) -> int:
    """Give the number by which eSpeak knows a pitch so many semitones above the voice's own."""
    height = 2 ** (min(max(semitones, -12.0), 12.0) / 12)
    base = max(0.5, (height - 1) / _BASE_SHARE + 1)
    return min(_HIGHEST_PITCH, round(_MIDDLE_PITCH * (1 + math.log2(base))))


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class _Engine:
    """eSpeak's library. Whoever calls it holds the lock."""

    def __init__(self, library: ctypes.CDLL, data: Path, rate: int) -> None:
        self.rate = rate
        self._library = library
        self._data = data
        self._made = bytearray()
        # Kept here: the library has only its address.
        self._callback = _CALLBACK(self._take)
        library.espeak_SetSynthCallback(self._callback)

    def find(self, accent: str) -> bytes:
        """Find the name under which eSpeak loads an accent. Raises SpeakError."""
        language, plus, variant = accent.partition("+")
        best = min(self._voices(language.lower()), default=None)
        # eSpeak takes an unknown variant without a word, so its file is looked for.
        named = re.fullmatch(r"\w+", variant, re.ASCII) is not None
        if best is None or (
            plus and not (named and (self._data / "voices/!v" / variant).is_file())
        ):
            raise SpeakError(
                f"eSpeak has no accent called '{accent}'.",
                fix="Use for example en-gb, en-us, en-gb-scotland or en-us+f3.",
            )
        return (best[1] + plus + variant).encode()

    def _voices(self, language: str) -> Iterator[tuple[int, str]]:
        """Yield the voices for a language: how good each is (less is better), and its file.

        eSpeak's own search by name does not know "en-gb", whose file is called "en".
        """
        folder = self._data / "lang"
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                key, *rest = line.split()[:3] or [""]
                if key == "language" and rest and rest[0].lower() == language:
                    yield int(rest[1]) if rest[1:] else 5, path.relative_to(folder).as_posix()

    def speak(self, text: str, accent: bytes, pace: int, pitch: int) -> Samples:
        """Make the sound of one sentence. Raises SpeakError."""
        library = self._library
        self._made.clear()
        if library.espeak_SetVoiceByName(accent):
            raise SpeakError("eSpeak could not load its voice.", fix=_SETUP)
        library.espeak_SetParameter(_RATE, pace, 0)
        library.espeak_SetParameter(_PITCH, pitch, 0)
        written = text.encode()
        if library.espeak_Synth(written, len(written) + 1, 0, 1, 0, _UTF8, None, None):
            raise SpeakError("eSpeak could not speak.", fix="Use another voice.")
        return np.frombuffer(bytes(self._made), np.int16).astype(np.float32) / np.float32(32_768)

    def _take(self, sound: int | None, count: int, _events: int | None) -> int:
        if sound and count > 0:
            self._made += ctypes.string_at(sound, count * 2)
        return 0


@cache
def _engine() -> _Engine:
    """Load eSpeak, once in a process. Raises SpeakError."""
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
    except (OSError, RuntimeError):
        raise SpeakError("eSpeak could not be loaded.", fix=_SETUP) from None
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(_short(data)), _DO_NOT_EXIT)
    if rate <= 0:
        raise SpeakError("eSpeak's data could not be read.", fix=_SETUP)
    return _Engine(library, data, rate)


def _short(data: Path) -> Path:
    """Give a path to the data that is short enough for eSpeak."""
    if len(os.fsencode(data)) <= _LONGEST_PATH:
        return data
    folder = Path(tempfile.mkdtemp(prefix="companion-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    link = folder / data.name
    link.symlink_to(data, target_is_directory=True)
    return link
