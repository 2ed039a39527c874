"""The check that is left when the real one fails.

It reads no file and takes no argument, so there is nothing that can be missing.
"""

from dataclasses import replace

from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import Transcript

_SIGNS = (
    "kill myself", "killing myself", "kill me", "end my life", "take my life", "suicid",
    "want to die", "wanna die", "be dead", "hurt myself", "harm myself", "cut myself",
    "cutting myself", "overdose", "took all", "end it all", "no reason to live",
    "can't breathe", "cant breathe", "chest pain", "hurt someone", "kill him", "kill her",
    "hits me", "hit me", "rape",
)  # fmt: skip


class MinimalGuard:
    """Takes any plain danger word for immediate danger."""

    def weigh(self, transcript: Transcript, state: RiskState) -> tuple[Assessment, RiskState]:
        """Say `immediate` for a danger word, else leave the level as it is."""
        heard = " ".join((transcript.text, *transcript.alternatives)).casefold().replace("’", "'")
        if not any(sign in heard for sign in _SIGNS):
            return Assessment(), state
        found = Assessment(Risk.IMMEDIATE, (Kind.SUICIDE,), why=("minimal",))
        return found, replace(state, level=Risk.IMMEDIATE, kinds=(Kind.SUICIDE, *state.kinds))
