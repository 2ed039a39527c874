"""The people of `companion bench`: what they say, made of eSpeak's speech, with labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import soxr

from companion import app, paths
from companion.content import Content, read
from companion.engines import load
from companion.parts import Parts
from companion.speak import VOICES
from companion.stages import Voice
from companion.text import read_spoken_forms
from companion.values import AudioChunk, Samples, Style

RATE = 16_000
"""Hertz"""
BLOCK = 512
"""Samples: 32 ms, as sound files are heard"""
NOISE = 0.0008
"""Standard deviation of the noise that is everywhere: -62 dBFS"""
AUDIBLE = 0.004
"""Of full scale: what is quieter, at either end, is no part of a word"""
AFTER = 0.8
"""Seconds that a person lets pass before they go on"""
OVER = 1.0
"""Seconds of an answer after which some speak over it"""
EVERY = 4
"""Each fourth turn is begun over the answer before it"""
PATIENCE = 12.0
"""Seconds of waiting, or of listening, after which a person goes on in any case"""
PAUSE = re.compile(r"\s*\[([\d.]+)\]\s*")


class Speaker(Content):
    """A voice, and how fast it speaks."""

    voice: str
    speed: float


class Script(Content):
    """`data/bench/turns.yaml`."""

    speakers: tuple[Speaker, ...]
    turns: tuple[str, ...]


@dataclass(frozen=True)
class Spoken:
    """A turn as sound."""

    sound: Samples = field(repr=False)
    end: float
    """Seconds from its start to the last of its voice: the label. It starts with voice"""
    pauses: int
    """How many it has inside"""


@dataclass
class Moment:
    """One turn, and when it was said, in seconds."""

    spoken: Spoken
    start: float
    over: bool
    """It was begun while the answer before it was heard"""

    @property
    def end(self) -> float:
        return self.start + self.spoken.end


def read_script() -> Script:
    """Read what is said. Raises SettingsError."""
    return read(paths.DATA / "bench" / "turns.yaml", Script)


def speak(parts: Parts, script: Script, count: int) -> list[Spoken]:
    """Make so many turns: the speakers take turns, and begin again at the top of the list."""
    spoken = read_spoken_forms(parts.folder, parts.helplines.telephone)
    voices: list[tuple[Voice, Style]] = [
        (load("voice", VOICES, "espeak", accent=speaker.voice, spoken=spoken),
         Style(speed=speaker.speed))
        for speaker in script.speakers
    ]  # fmt: skip
    turns = script.turns
    return [
        _spoken(turns[number % len(turns)], *voices[(number + number // len(turns)) % len(voices)])
        for number in range(count)
    ]


def _spoken(text: str, voice: Voice, style: Style) -> Spoken:
    pieces = PAUSE.split(text)
    sounds: list[Samples] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            sounds.append(np.zeros(round(float(piece) * RATE), np.float32))
        else:
            sounds.append(_trimmed(_voiced(piece, voice, style)))
    sound = np.concatenate(sounds)
    return Spoken(sound, len(sound) / RATE, len(pieces) // 2)


def _voiced(text: str, voice: Voice, style: Style) -> Samples:
    chunks = list(voice.synthesize(app.own_words(text), style))
    sound = np.concatenate([chunk.samples for chunk in chunks])
    resampled: Samples = soxr.resample(sound, chunks[0].rate, RATE)
    return resampled


def _trimmed(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound) > AUDIBLE)
    return sound[loud[0] : loud[-1] + 1]


class Air:
    """A loudspeaker that keeps nothing but the time: what was played is not wanted again."""

    def __init__(self) -> None:
        self._at = 0.0
        self._until = 0.0
        self._left = 0.0
        """Seconds of sound that are held back"""

    def seek(self, at: float) -> None:
        """It is now `at` seconds."""
        self._at = at

    def play(self, chunk: AudioChunk) -> None:
        """Let its time pass."""
        self._until = max(self._until, self._at) + chunk.seconds

    def drained(self) -> float:
        """Say until when it sounds, in seconds."""
        return self._until

    def stop(self) -> None:
        """Fall silent."""
        self._until = min(self._until, self._at)

    def pause(self) -> None:
        """Fall silent, and know how much is left."""
        self._left = max(0.0, self._until - self._at)
        self.stop()

    def resume(self) -> None:
        """Let the rest of its time pass."""
        self._until, self._left = self._at + self._left, 0.0


class People:
    """A microphone into which one turn after the other is said, each when its time has come."""

    def __init__(self, turns: list[Spoken], air: Air) -> None:
        self.moments: list[Moment] = []
        self.answered = 0.0
        """Seconds: when the last answer began to be heard. Whoever follows the talk sets it"""
        self._turns = turns
        self._air = air
        self._noise = np.random.default_rng(7)
        self.now = 0.0
        """Seconds"""

    def blocks(self) -> Iterator[AudioChunk]:
        """Yield all that is said, and the quiet between."""
        for number, turn in enumerate(self._turns):
            over = bool(number) and number % EVERY == 0
            while not self._may_begin(over):
                yield self._block(np.zeros(BLOCK, np.float32))
            is_over = bool(self.moments) and self._air.drained() > self.now
            self.moments.append(Moment(turn, self.now, is_over))
            for start in range(0, len(turn.sound), BLOCK):
                yield self._block(turn.sound[start : start + BLOCK])
        while not self._may_begin(False):
            yield self._block(np.zeros(BLOCK, np.float32))

    def close(self) -> None:
        """Nothing is open."""

    def _may_begin(self, over: bool) -> bool:
        if not self.moments:
            return self.now >= 1.0
        end = self.moments[-1].end
        if self.answered < end:
            return self.now >= end + PATIENCE
        if over and self._air.drained() > self.now:
            return self.now >= self.answered + OVER
        waited = self.now >= self._air.drained() + AFTER
        return waited or self.now >= self.answered + PATIENCE

    def _block(self, sound: Samples) -> AudioChunk:
        noise = NOISE * self._noise.standard_normal(len(sound))
        chunk = AudioChunk((sound + noise).astype(np.float32), RATE, self.now)
        self.now = chunk.end
        return chunk
