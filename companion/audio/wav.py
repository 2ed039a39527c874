"""Sound files in place of the devices: a microphone that reads one, a speaker that writes one.

Dialogue time is seconds of audio, so a file behaves as a device does. What is read
is streamed and resampled piece by piece: three hours need no more memory than three
seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from companion.audio import files
from companion.errors import AudioError
from companion.values import AudioChunk, Samples

RATE = 16_000
"""Hertz: what every ear expects"""
BLOCK = 0.032
"""Seconds of sound in a block: 512 samples at 16 kHz"""

CLIPPED = "It was recorded too loud: parts of it are cut off."
TRUNCATED = "It ends earlier than it says: only what is there was heard."
NOT_NUMBERS = "Some of its samples are not numbers: they count as silence."

_SLOWEST, _FASTEST = 8_000, 192_000
"""Hertz"""
_PIECE = 0.25
"""Seconds read at once; a damaged file loses at most this much before the damage"""
_MOST_AT_ONCE = 1_000_000
"""Samples read at once, however many channels there are"""
_CLIPPED_SHARE = 0.001
_FULL_SCALE = 0.9999
_FULL_SCALE_8_BIT = 126.5 / 128
_FADE = 0.005
"""Seconds in which a sound that is cut falls silent: without them it clicks"""
_QUIET_AT_ONCE = 1 << 18
"""Samples of silence written at once"""


class FileMicrophone:
    """A sound file, heard as though somebody were speaking."""

    def __init__(self, path: Path | str, rate: int = RATE) -> None:
        """Check that the file can be heard, at `rate` hertz. Raises AudioError."""
        self._path = Path(path)
        self._rate = rate
        self._closed = False
        self._notes: tuple[str, ...] = ()
        with files.opened(self._path) as source:
            if not _SLOWEST <= source.rate <= _FASTEST:
                raise AudioError(
                    f"{self._path} was recorded at {source.rate} Hz.",
                    fix="Use a recording of 8 to 192 kHz.",
                )
            if next(source.frames(1), None) is None:
                raise AudioError(f"{self._path} holds no sound.", fix="Record it again.")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd about the recording, in sentences; known once it was read to its end."""
        return self._notes

    def blocks(self) -> Iterator[AudioChunk]:
        """Yield the sound from its start in blocks of 32 ms; the last may be shorter."""
        size = round(self._rate * BLOCK)
        waiting = np.zeros(0, np.float32)
        start = 0
        for sound in self._resampled():
            waiting = np.concatenate((waiting, sound))
            while len(waiting) >= size:
                if self._closed:
                    return
                # A copy: whoever keeps a block must not keep the whole piece with it.
                yield AudioChunk(waiting[:size].copy(), self._rate, start / self._rate)
                waiting, start = waiting[size:], start + size
        if len(waiting) and not self._closed:
            yield AudioChunk(waiting, self._rate, start / self._rate)

    def close(self) -> None:
        """End the stream. May be called from another thread, and twice."""
        self._closed = True

    def _resampled(self) -> Iterator[Samples]:
        with files.opened(self._path) as source:
            if source.rate == self._rate:
                yield from self._mono(source)
                return
            stream = soxr.ResampleStream(source.rate, self._rate, 1, dtype="float32")
            for piece in self._mono(source):
                yield np.clip(stream.resample_chunk(piece), -1.0, 1.0)
            rest = stream.resample_chunk(np.zeros(0, np.float32), last=True)
            yield np.clip(rest, -1.0, 1.0)

    def _mono(self, source: files.SoundSource) -> Iterator[Samples]:
        """Yield the mean of the channels; every sample is a number in [-1, 1]."""
        most = max(1, min(round(source.rate * _PIECE), _MOST_AT_ONCE // source.channels))
        full = _FULL_SCALE_8_BIT if source.kind in ("PCM_U8", "PCM_S8") else _FULL_SCALE
        heard = clipped = 0
        all_numbers = True
        for piece in source.frames(most):
            finite = bool(np.isfinite(piece).all())
            all_numbers &= finite
            level = np.clip(piece if finite else _numbers(piece), -1.0, 1.0)
            heard += len(level)
            clipped += int(np.count_nonzero(np.abs(level).max(axis=1) >= full))
            yield level.mean(axis=1, dtype=np.float32)
        found = {
            CLIPPED: clipped > heard * _CLIPPED_SHARE,
            TRUNCATED: source.cut_short,
            NOT_NUMBERS: not all_numbers,
        }
        self._notes = tuple(note for note, holds in found.items() if holds)


@dataclass
class _Run:
    """Chunks that follow each other without a gap."""

    start: int
    """Samples of the speaker"""
    rate: int
    """Hertz of the chunks"""
    pieces: list[Samples] = field(default_factory=list)
    length: int = 0
    """Samples of the chunks"""


class FileSpeaker:
    """The companion's side of a talk, on a timeline. The caller says what time it is."""

    def __init__(self, rate: int = 22_050) -> None:
        self.rate = rate
        self._now = 0
        self._done: list[tuple[int, NDArray[np.int16]]] = []
        self._run: _Run | None = None
        self._later: list[tuple[int, NDArray[np.int16]]] = []
        """What is kept while it is paused: samples after the pause, and sound"""

    def seek(self, at: float) -> None:
        """Set the time, in seconds since the talk began."""
        self._now = max(0, round(at * self.rate))

    def play(self, chunk: AudioChunk) -> None:
        """Queue a chunk behind what is queued, and not before the present time."""
        end = self._end()
        if self._run is None or self._run.rate != chunk.rate or self._now > end:
            self._settle()
            self._run = _Run(max(end, self._now), chunk.rate)
        self._run.pieces.append(chunk.samples)
        self._run.length += len(chunk.samples)

    def drained(self) -> float:
        """Say until what time, in seconds, all that was queued will have been heard."""
        return self._end() / self.rate

    def stop(self, at: float | None = None) -> None:
        """Fall silent at the present time, or at `at`, and forget what is queued behind it."""
        if at is not None:
            self.seek(at)
        self._settle()
        while self._done and self._done[-1][0] >= self._now:
            self._done.pop()
        if self._end() > self._now:
            start, sound = self._done[-1]
            cut = _faded(sound, self._now - start, round(_FADE * self.rate))
            self._done[-1] = (start, cut)

    def pause(self) -> None:
        """Fall silent at the present time, and keep what is queued behind it."""
        self._settle()
        self._later = [
            (max(0, start - self._now), sound[max(0, self._now - start) :])
            for start, sound in self._done
            if start + len(sound) > self._now
        ]
        self.stop()

    def resume(self) -> None:
        """Go on at the present time with what was kept."""
        self._settle()
        self._done += [(self._now + after, sound) for after, sound in self._later]
        self._later = []

    def samples(self) -> Samples:
        """Give all that was played, from second 0."""
        pieces = list(self._timeline()) or [np.zeros(0, np.int16)]
        return np.concatenate(pieces).astype(np.float32) / np.float32(32_768)

    def write(self, path: Path | str) -> None:
        """Write it as a mono WAV file, marked as synthetic. Raises AudioError."""
        self._settle()
        files.write(Path(path), self._timeline(), self._end(), 1, self.rate)

    def _end(self) -> int:
        """Give the end of the queue, in samples."""
        if self._run:
            return self._run.start + round(self._run.length * self.rate / self._run.rate)
        return self._done[-1][0] + len(self._done[-1][1]) if self._done else 0

    def _settle(self) -> None:
        """Turn the present run into 16-bit sound. In one go, so that its joins do not click."""
        if self._run is None:
            return
        start, end = self._run.start, self._end()
        sound = np.concatenate(self._run.pieces)
        if self._run.rate != self.rate:
            sound = soxr.resample(_numbers(sound), self._run.rate, self.rate)[: end - start]
            sound = np.pad(sound, (0, end - start - len(sound)))
        self._done.append((start, pcm16(sound)))
        self._run = None

    def _timeline(self) -> Iterator[NDArray[np.int16]]:
        self._settle()
        written = 0
        for start, sound in self._done:
            for quiet in range(written, start, _QUIET_AT_ONCE):
                yield np.zeros(min(_QUIET_AT_ONCE, start - quiet), np.int16)
            yield sound
            written = start + len(sound)


def pcm16(samples: Samples) -> NDArray[np.int16]:
    """Give sound as 16-bit numbers; too loud is cut, and what is no number is silence."""
    whole: Samples = np.rint(_numbers(samples) * np.float32(32_768))
    return np.clip(whole, -32_768, 32_767).astype(np.int16)


def write_stereo(path: Path | str, left: Samples, right: Samples, rate: int) -> None:
    """Write a stereo WAV file; the shorter side ends in silence. Raises AudioError."""
    frames = max(len(left), len(right))
    both = np.zeros((frames, 2), np.int16)
    both[: len(left), 0] = pcm16(left)
    both[: len(right), 1] = pcm16(right)
    files.write(Path(path), [both], frames, 2, rate)


def _numbers(samples: Samples) -> Samples:
    return np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)


def _faded(sound: NDArray[np.int16], kept: int, fade: int) -> NDArray[np.int16]:
    """Keep so many samples, and let those behind them fall silent."""
    falling = sound[kept : kept + fade]
    slope = np.linspace(1.0, 0.0, len(falling))
    return np.concatenate((sound[:kept], (falling * slope).astype(np.int16)))
