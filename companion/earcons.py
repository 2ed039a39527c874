"""Soft sounds that say nothing and show that somebody is there: listening, thinking, in trouble.

They are made here in plain numpy, so that no file can be missing. None has a sharp edge, none
is louder than a quiet voice, and none lasts longer than a breath.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from companion.values import AudioChunk, Samples

RATE = 16_000
"""Hertz"""
LOUDNESS = 0.06
"""Of full scale: about 12 dB below a voice of ours"""
SWELL = 0.02
"""Seconds: nobody is startled"""
THINKING_AFTER = 1.0
"""Seconds without an answer after which a sign is due"""
THINKING_EVERY = 4.0
"""Seconds between two of them"""
_TAIL = 0.3
"""Seconds that a sign may need until it has left the loudspeaker, beyond its own"""


class Earcon(StrEnum):
    """What a sound stands for."""

    LISTENING = "listening"
    """It is your turn: two notes that rise"""
    THINKING = "thinking"
    """I am at it: one low, soft note"""
    TROUBLE = "trouble"
    """Look at the screen: two notes that fall"""


EARCONS = tuple(Earcon)
_NOTES = {
    Earcon.LISTENING: ((523.25, 0.07), (659.26, 0.1)),
    Earcon.THINKING: ((392.00, 0.24),),
    Earcon.TROUBLE: ((440.00, 0.2), (349.23, 0.3)),
}
"""Hertz and seconds: C5 E5, G4, A4 F4"""


def make(earcon: Earcon, volume: float = 1.0) -> AudioChunk:
    """Make a sound; `volume` times the usual loudness."""
    notes = [_note(hertz, seconds) for hertz, seconds in _NOTES[earcon]]
    return AudioChunk(np.float32(LOUDNESS * volume) * np.concatenate(notes), RATE)


def _note(hertz: float, seconds: float) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    shape = np.minimum(1.0, time / SWELL) * np.minimum(1.0, (seconds - time) / (seconds / 2))
    sound = shape * (np.sin(2 * np.pi * hertz * time) + 0.2 * np.sin(4 * np.pi * hertz * time))
    return (sound / 1.2).astype(np.float32)


class Earcons:
    """Says which sound is due. It has no clock: time is seconds of sound."""

    def __init__(self, wanted: Sequence[Earcon] = EARCONS, volume: float = 1.0) -> None:
        """`wanted` may sound at any time; after a sign of danger all of them do."""
        self._wanted = frozenset(wanted)
        self._made = {earcon: make(earcon, volume) for earcon in Earcon}
        self._due = THINKING_AFTER
        """Seconds of waiting at which the next sign is due"""
        self._began = self._spoke = False
        """The talk has begun; we have been heard, and were deaf meanwhile"""
        self._sign_ends = 0.0
        """Seconds: until then what is heard may be a sign"""

    def due(
        self, now: float, waited: float | None, *, sounding: bool, deaf: bool, always: bool
    ) -> AudioChunk | None:
        """Give the sound that is due at `now` seconds, if any.

        `waited`: seconds since the person finished and waits for an answer, or None.
        `deaf`: while we are heard nobody is listened to, so the end of it is worth a sign.
        `always`: somebody may be in danger, and is never left without one.
        """
        earcon = self._choose(waited, sounding and now >= self._sign_ends, deaf)
        if earcon is None or not (always or earcon in self._wanted):
            return None
        chunk = self._made[earcon]
        self._sign_ends = now + chunk.seconds + _TAIL
        return chunk

    def _choose(self, waited: float | None, sounding: bool, deaf: bool) -> Earcon | None:
        if waited is not None:
            if waited < self._due:
                return None
            self._due += THINKING_EVERY
            return Earcon.THINKING
        self._due = THINKING_AFTER
        if sounding:
            self._spoke = self._spoke or deaf
            return None
        turns = not self._began or self._spoke
        self._began, self._spoke = True, False
        return Earcon.LISTENING if turns else None
