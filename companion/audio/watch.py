"""Notice a microphone that is open and of no use: muted, far too quiet, or cut off."""

from collections import deque

SILENT = -110.0
"""dBFS: no microphone that is switched on is so quiet; a muted one gives zeros"""
TOO_QUIET = -70.0
"""dBFS: less than a quiet room through any microphone that is switched on"""
AFTER = 5.0
"""Seconds without anything louder"""
CUT = 0.001
"""Share of samples at the limit from which a reading counts as cut off"""
LOUD = 3
"""Such readings in a row of READINGS"""
READINGS = 20
SHOWN = 10.0
"""Seconds for which a loss is told of"""

MUTED = "The microphone sends pure silence. Is it muted, or switched off?"
QUIET = "The microphone sends next to nothing. Is it muted, or turned down?"
LOST = "This computer is very busy: a piece of sound was lost."
CLIPPED = "The microphone is too loud and is cut off. Lower its level in the sound settings."


class MicrophoneWatch:
    """Takes the level a few times a second; gives a sentence, or "" while all is well."""

    def __init__(self) -> None:
        self._loud: float | None = None
        """Seconds: when it was last loud enough"""
        self._sound: float | None = None
        """Seconds: when it last gave anything at all"""
        self._cut: deque[bool] = deque(maxlen=READINGS)

    def take(self, at: float, level: float, clipped: float) -> str:
        """Look at the reading at second `at`: `level` in dBFS, `clipped` a share."""
        if self._loud is None or level > TOO_QUIET:
            self._loud = at
        if self._sound is None or level > SILENT:
            self._sound = at
        self._cut.append(clipped > CUT)
        if at - self._sound >= AFTER:
            return MUTED
        if at - self._loud >= AFTER:
            return QUIET
        return CLIPPED if sum(self._cut) >= LOUD else ""


class Losses:
    """Takes how much sound was lost so far; tells of it for a while."""

    def __init__(self) -> None:
        self._count = 0
        self._until = 0.0

    def take(self, at: float, count: int) -> str:
        """Look at second `at`: `count` blocks were lost since the devices were opened."""
        if count > self._count:
            self._count, self._until = count, at + SHOWN
        return LOST if at < self._until else ""
