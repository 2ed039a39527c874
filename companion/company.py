"""Keep somebody company who is silent: short words that ask for nothing, said quietly.

After an answer to danger they come after 8, 20 and 60 seconds and then every 2 minutes, as long as
the talk lasts, and no setting ends them (SAFETY: silence never times out). In other silences
there are few of them, and a person may do without.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from companion.events import Event, Said
from companion.risk import Kind, Risk
from companion.speaking import spoken
from companion.stages import Voice
from companion.values import Cleared, State, Style, TurnId

QUIETLY = 0.7
"""Times the usual loudness"""

Lines = Sequence[tuple[float, Cleared]]
"""After so many seconds of silence this is said; after danger the last of them again and again"""


@dataclass(frozen=True)
class Company:
    """What is said in a silence."""

    voices: tuple[Voice, ...]
    style: Style
    after_danger: Lines
    ordinary: Lines
    """Empty: nothing"""
    neutral: Lines = ()
    """After a danger that comes from a person, who may be in the room"""

    def line(self, seconds: float, state: State) -> Cleared | None:
        """Choose what is said after so many seconds of silence, if anything."""
        risk = state.risk
        # A danger from an earlier talk is asked about when it is private, and not told to a room.
        danger = risk.level >= Risk.CONCERN and not risk.carried
        lines = self.after_danger if danger else self.ordinary
        if danger and self.neutral and Kind.HARM_FROM_OTHERS in risk.kinds:
            lines = self.neutral
        found = [text for after, text in lines if after == seconds]
        if not found and danger and lines and seconds > lines[-1][0]:
            return lines[-1][1]
        return found[0] if found else None

    def say(self, id: TurnId, text: Cleared, state: State) -> Generator[Event, None, None]:
        """Say it, or only show it where somebody may be listening."""
        aloud = not state.risk.hushed
        yield Said(id, text, aloud=aloud)
        if aloud:
            quietly = replace(self.style, volume=self.style.volume * QUIETLY)
            yield from spoken(self.voices, text, quietly, id)
