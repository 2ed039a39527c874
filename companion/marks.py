"""The signs by which a screen tells whose turn it is, and their like for a terminal without."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """Signs that a terminal may lack."""

    listening: str = "●"
    working: str = "◌"
    speaking: str = "▶"
    closed: str = "■"
    full: str = "█"
    empty: str = "·"
    rule: str = "─"
    dot: str = "·"


PLAIN = Marks("*", "~", ">", "#", "#", ".", "-", "-")
