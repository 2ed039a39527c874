"""A bar that follows the breath, in step with what is heard. It knows no terminal."""

from dataclasses import dataclass

NAMES = {
    "in": "in",
    "sip": "and in",
    "out": "out",
    "hold": "rest",
    "tense": "tense",
    "ease": "let go",
    "bell": "",
}
_LONGEST = max(map(len, NAMES.values()))
WIDTH = 24
"""Columns"""
CAN_BE_SAID = "pause · go on · slower · faster · shorter · louder · how long still · stop"


@dataclass(frozen=True)
class Breath:
    """What sounds now."""

    sound: str
    """What it is for: `in`, `out`, …"""
    at: float
    seconds: float
    """When it began, and how long it lasts"""
    left: float | None = None
    """Seconds to the end of the exercise when it began; None: nobody knows"""
    asks: bool = False
    """It waits for a yes or a no"""

    def line(self, now: float, full: str = "#", empty: str = " ") -> str:
        """Draw the bar and the time that is left at `now`, in seconds like `at`."""
        into = now - self.at
        name, filled = "", 0
        if self.seconds and 0.0 <= into < self.seconds:
            name = NAMES.get(self.sound, "")
            filled = round(WIDTH * _fill(self.sound, into / self.seconds))
        bar = full * filled + empty * (WIDTH - filled)
        return f"{name:<{_LONGEST}} [{bar}]  {time_left(self.left, into)}"


def time_left(left: float | None, into: float) -> str:
    """Say how long it goes on, `into` seconds after that was known."""
    return "until you stop" if left is None else f"{clock(max(0.0, left - into))} left"


def clock(seconds: float) -> str:
    """Write minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _fill(sound: str, along: float) -> float:
    """Give how full the bar is: it grows with the breath in, and shrinks with the breath out."""
    if sound in ("out", "ease"):
        return 1.0 - along
    if sound in ("in", "tense"):
        return along
    if sound == "sip":
        return 1.0
    return 1.0 if sound == "hold" else 0.0
