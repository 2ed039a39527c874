"""Notice, at almost no cost, that sound cards came or went, and that the computer has slept.

PortAudio tells of neither (python-sounddevice issue 627). What is found here only says that
it is worth looking again: `devices.fresh_devices` costs a process.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from companion.stages import Clock

CARDS = Path("/dev/snd")
"""Where Linux lists the cards"""
SLEPT = 2.0
"""Seconds that the computer must have been away: less is an adjustment of clocks"""


class Cards:
    """Which sound cards the system lists. Where it lists none there, nothing ever changes."""

    def __init__(self, folder: Path = CARDS) -> None:
        self._folder = folder
        self._before = self._names()

    def changed(self) -> bool:
        """Say whether one came or went since the last look."""
        now = self._names()
        changed, self._before = now != self._before, now
        return changed

    def _names(self) -> frozenset[str]:
        try:
            return frozenset(os.listdir(self._folder))
        except OSError:
            return frozenset()


def _since_boot() -> float:
    # Only Linux has a clock that goes on while the computer sleeps, beside one that does not.
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Sleep:
    """How long the computer has slept: two clocks, of which one stops meanwhile."""

    def __init__(
        self, awake: Clock = time.monotonic, always: Callable[[], float] = _since_boot
    ) -> None:
        self._awake = awake
        self._always = always
        self._before = always() - awake()

    def slept(self) -> bool:
        """Say whether it has slept since the last look."""
        now = self._always() - self._awake()
        slept, self._before = now - self._before > SLEPT, now
        return slept
