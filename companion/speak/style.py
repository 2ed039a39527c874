"""How an answer is said: a little slower, softer and with more pause where a voice is unusual.

Whoever is wound up is not answered in a hurry; nobody is answered faster than the settings
say. It follows what the last utterances show together, not one alone, so that the style does
not jump from sentence to sentence. An answer to danger keeps its loudness: it must be heard.
The limits are ours: a tenth slower and 2 dB softer are noticed as calm, and not as odd.
"""

from dataclasses import replace

from companion.tone import ToneLevel
from companion.values import Plan, Style, Turn

CALM = {ToneLevel.A_BIT: 0.5, ToneLevel.CLEARLY: 1.0}
"""How far the style moves towards its limits"""
SLOWEST, SOFTEST, LONGEST_PAUSE = 0.9, 0.8, 1.6
"""Times the usual"""


class GentleManner:
    """Answers an unusual voice more gently."""

    def choose(self, usual: Style, turn: Turn, plan: Plan) -> Style:
        """Give the style of an answer: never faster or louder than usual."""
        calm = CALM.get(turn.tone.level, 0.0)
        essential = any(line.essential for line in plan.lines)
        return settle(usual, calm, loudness_kept=essential)


def settle(usual: Style, calm: float, *, loudness_kept: bool = False) -> Style:
    """Move a style towards its limits, by a share from 0 to 1."""
    share = min(max(calm, 0.0), 1.0)
    softer = 1.0 if loudness_kept else 1 - share * (1 - SOFTEST)
    return replace(
        usual,
        speed=usual.speed * (1 - share * (1 - SLOWEST)),
        volume=usual.volume * softer,
        pause=usual.pause * (1 + share * (LONGEST_PAUSE - 1)),
    )
