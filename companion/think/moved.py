"""How strongly somebody is moved: by their words, and a little by their voice.

A voice settles only what the words leave open: whoever tells it lightly, or strongly, is believed,
and where no feeling was named it settles nothing. All it changes is which of two reflections is
said, never the act.
"""

OPEN = -0.5
"""Natural logarithm of the odds that somebody who names a feeling, and not how strong it is, is
strongly moved: ours, and so near even that a voice, which weighs 0.7 at the most, can settle it"""


def moved(strength: str, feeling: str, tone: float) -> str:
    """Say "strong", "light" or "", as the words do, or as the voice does where they are open.

    `tone`: natural logarithm of a likelihood ratio, 0 where the voice is not looked at.
    """
    if strength or not feeling:
        return strength
    return "strong" if OPEN + tone > 0 else ""
