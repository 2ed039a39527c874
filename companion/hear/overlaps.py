"""What a sound over our own voice means: a cough, a sign of listening, or somebody speaking.

Pure judgements. What follows from them is for whoever holds the floor.
"""

from collections.abc import Collection

from companion.events import Overlap
from companion.hear.endings import spoken

FALSE_START = 0.25
"""Seconds of voice below which a sound without words was a cough or a click"""
SPEECH = 0.5
"""Seconds of voice after which somebody speaks, whatever the words"""
LISTENING = 1.0
"""Seconds of voice that a sign of listening may take: "oh yeah, right"."""


def judge(
    backchannels: Collection[tuple[str, ...]],
    words: str,
    voiced: float,
    *,
    has_ended: bool,
    after_question: bool,
) -> Overlap:
    """Say what a sound is from its words so far and its seconds of voice.

    `backchannels`: the words of signs of listening. `has_ended`: it has fallen silent again.
    `after_question`: what we are saying asks something, so "yeah" is an answer. "Stop" is not
    looked for here: it beats everything.
    """
    said = spoken(words)
    if said in backchannels and not after_question and voiced < LISTENING:
        return Overlap.BACKCHANNEL if has_ended else Overlap.UNKNOWN
    if said or voiced >= SPEECH:
        return Overlap.SPEECH
    if not has_ended:
        return Overlap.UNKNOWN
    return Overlap.FALSE_START if voiced < FALSE_START else Overlap.SPEECH
