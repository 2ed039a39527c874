"""Sound files as bytes: opened as far as they can be heard, written whole or not at all.

Recordings come from phones, crashed programs and pipes. A header that promises more
than is there, or knows no length, is no reason not to hear what is there.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from companion.errors import AudioError

SYNTHETIC = "Synthetic speech, made by a computer program (Companion)."
"""The mark in every file we write"""

_UNKNOWN_SIZE = 0x7FFF0000
"""Bytes: from here on a size in a WAV header means that its writer did not know it"""
_UNKNOWN_FRAMES = 1 << 60
_LARGEST = 0xFFFF0000
"""Bytes of sound in a WAV file"""


class _Source:
    """The bytes of a file. A WAV header with "no sound" before sound is read as "to the end"."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size_at, size = _data_size(file)
        behind = file.seek(0, os.SEEK_END) - size_at - 4
        self.cut_short = size_at > 0 and behind < size < _UNKNOWN_SIZE
        unfinished = size_at > 0 and size == 0 and behind > 0
        self._mended = range(size_at, size_at + 4) if unfinished else range(0)
        file.seek(0)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, count: int) -> bytes:
        start = self._file.tell()
        found = bytearray(self._file.read(count))
        for place in self._mended:
            if start <= place < start + len(found):
                found[place - start] = 0xFF
        return bytes(found)


class _Forwards(soundfile.SoundFile):  # type: ignore[misc]
    """A sound file that is only read forwards.

    After each read the library seeks to where it already is, which fails in a
    stream of unknown length. A file that says it cannot seek is spared that.
    """

    def seekable(self) -> bool:
        return False


class SoundSource:
    """A sound file, open for reading."""

    def __init__(self, sound: soundfile.SoundFile, source: _Source) -> None:
        self._sound = sound
        self._source = source
        self.rate: int = sound.samplerate
        self.channels: int = sound.channels
        self.kind: str = sound.subtype
        self.cut_short = source.cut_short

    def frames(self, most: int) -> Iterator[NDArray[np.float32]]:
        """Yield frames by channels until the file ends or is damaged; then `cut_short` is known."""
        heard = 0
        while len(frames := self._next(most)):
            heard += len(frames)
            yield frames
        self.cut_short |= heard < self._sound.frames < _UNKNOWN_FRAMES

    def _next(self, most: int) -> NDArray[np.float32]:
        try:
            return np.asarray(self._sound.read(most, dtype="float32", always_2d=True))
        except soundfile.SoundFileError:
            self.cut_short = True
            return np.zeros((0, self.channels), np.float32)


@contextmanager
def opened(path: Path) -> Iterator[SoundSource]:
    """Open a sound file of any kind. Raises AudioError."""
    if path.is_dir():
        raise AudioError(f"{path} is a folder.", fix="Name a sound file in it.")
    if path.exists() and not path.is_file():
        raise AudioError(f"{path} is not a file.", fix="Name a WAV, FLAC or OGG file.")
    try:
        file = path.open("rb")
    except OSError as error:
        raise AudioError(
            f"{path} cannot be read ({error.strerror}).", fix="Check its name and its rights."
        ) from None
    with file:
        source = _Source(file)
        try:
            sound = _Forwards(source)
        except soundfile.SoundFileError:
            fault = "is not sound" if file.seek(0, os.SEEK_END) else "is empty"
            raise AudioError(f"{path} {fault}.", fix="Use a WAV, FLAC or OGG file.") from None
        with sound:
            yield SoundSource(sound, source)


def _data_size(file: BinaryIO) -> tuple[int, int]:
    """Find where a WAV header tells the size of its sound, and that size; else (0, 0)."""
    head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        while len(chunk := file.read(8)) == 8:
            size = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                return file.tell() - 4, size
            file.seek(size + size % 2, os.SEEK_CUR)
    return 0, 0


def write(
    path: Path, pieces: Iterable[NDArray[np.int16]], frames: int, channels: int, rate: int
) -> None:
    """Write a 16-bit WAV file that only its owner may read. Raises AudioError.

    The header is written here and not by libsndfile, which adds its own version to
    it: the same sound is the same bytes everywhere.
    """
    if frames * channels * 2 > _LARGEST:
        raise AudioError(f"{path} would be too long for a WAV file.", fix="Write shorter parts.")
    try:
        handle, part = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_header(frames, channels, rate))
            for piece in pieces:
                file.write(piece.astype("<i2", copy=False).tobytes())
        Path(part).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        Path(part).unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> AudioError:
    return AudioError(
        f"{path} cannot be written ({error.strerror}).",
        fix="Choose a folder that exists, has room, and is yours.",
    )


def _header(frames: int, channels: int, rate: int) -> bytes:
    """Make the header of a WAV file (RIFF, 16-bit PCM) with the mark as its comment."""
    sound = frames * channels * 2
    mark = SYNTHETIC.encode("ascii") + b"\0"
    mark += b"\0" * (len(mark) % 2)
    comment = b"INFOICMT" + _u32(len(mark)) + mark
    layout = b"\1\0" + channels.to_bytes(2, "little") + _u32(rate) + _u32(rate * channels * 2)
    layout += (channels * 2).to_bytes(2, "little") + b"\20\0"
    body = b"WAVEfmt " + _u32(len(layout)) + layout + b"LIST" + _u32(len(comment)) + comment
    body += b"data" + _u32(sound)
    return b"RIFF" + _u32(len(body) + sound) + body


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "little")
