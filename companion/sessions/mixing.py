"""Beats into sound, block by block: made ahead, in as many tracks as are wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto

import numpy as np

from companion.sessions.beats import Beat
from companion.sessions.tones import RATE, bed
from companion.values import AudioChunk, Samples

BLOCK = round(0.1 * RATE)
"""Frames handed out at once"""
TAIL = 0.5
"""Seconds of quiet at the end"""

_LOUD = 0.8
"""Level from which sound is bent"""
_LEAD = RATE
"""Frames that a beat's sound may begin before it: a cue of one word, at the very most"""


class Track(Flag):
    """What can be heard of an exercise."""

    WORDS = auto()
    TONES = auto()
    CUES = WORDS | TONES
    BED = auto()


@dataclass(frozen=True)
class Block:
    """A little sound, and what begins in it."""

    chunk: AudioChunk
    beats: tuple[Beat, ...]


class Mixer:
    """Lays beats over one another. Its volume may be changed while it goes on."""

    def __init__(self, beats: Iterator[Beat], tracks: Track = Track.CUES, *, at: int = 0) -> None:
        """Start at frame `at`."""
        self.volume = 1.0
        self._was = 0.0
        self._beats = beats
        self._tracks = tracks
        self._at = at
        self._pulled = at - _LEAD
        self._end: int | None = None
        self._sounding: list[tuple[int, Samples]] = []
        self._coming: list[Beat] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the exercise from where it starts."""
        while self._end is None or self._at < self._end:
            until = self._at + BLOCK
            self._pull(until + _LEAD)
            if self._end is not None:
                until = min(until, self._end)
            if until > self._at:
                chunk = AudioChunk(self._mixed(until), RATE, self._at / RATE)
                yield Block(chunk, tuple(self._begun(until)))
            self._at = until

    def _pull(self, until: int) -> None:
        """Fetch all beats that may be heard before frame `until`."""
        while self._pulled < until and self._end is None:
            beat = next(self._beats, None)
            if beat is None or beat.kind == "end":
                self._finish(beat)
            if beat is None:
                return
            self._pulled = max(self._pulled, round(beat.at * RATE))
            self._coming.append(beat)
            wanted = Track.TONES if beat.kind == "sound" else Track.WORDS
            if wanted & self._tracks and len(beat.samples):
                self._sounding.append((beat.start, beat.samples))

    def _finish(self, last: Beat | None) -> None:
        ends = [start + len(samples) for start, samples in self._sounding]
        at = round(last.at * RATE) if last else self._at
        self._end = max([at, *ends]) + round(TAIL * RATE)

    def _begun(self, until: int) -> Iterator[Beat]:
        last = self._end is not None and until >= self._end
        for beat in [*self._coming]:
            if last or beat.at * RATE < until:
                self._coming.remove(beat)
                yield beat

    def _mixed(self, until: int) -> Samples:
        sound = np.zeros(until - self._at, np.float32)
        if Track.BED & self._tracks:
            sound += np.take(bed(), np.arange(self._at, until), mode="wrap")
        for start, samples in self._sounding:
            first, last = max(start, self._at), min(start + len(samples), until)
            if first < last:
                sound[first - self._at : last - self._at] += samples[first - start : last - start]
        self._sounding = [
            (start, samples) for start, samples in self._sounding if start + len(samples) > until
        ]
        # A volume is reached over a block, at the start and the end, too: it does not click.
        volume = 0.0 if until == self._end else self.volume
        gain = np.linspace(self._was, volume, len(sound), dtype=np.float32)
        self._was = volume
        return _limited(sound * gain)


def _limited(sound: Samples) -> Samples:
    """Bend what is too loud instead of cutting it off."""
    over = np.abs(sound) - _LOUD
    bent = np.sign(sound) * (_LOUD + (1 - _LOUD) * np.tanh(np.maximum(over, 0.0) / (1 - _LOUD)))
    return np.asarray(np.where(over > 0.0, bent, sound), np.float32)
