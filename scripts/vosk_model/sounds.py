"""The sounds of speech that the model tells apart: eSpeak's phonemes, alike ones put together.

eSpeak has more, for it draws each accent in its own; the same word then has a
pronunciation for each, and the lexicon holds them all.
"""

QUIET, OTHER = "SIL", "SPN"
"""No speech, and any speech: what an unknown word is made of"""

_STRESS = "',%=|!"
_ALIKE = {
    ";": "",  # A glide, part of the sound before it
    "?": "t",
    "@-": "@",
    "@2": "@",
    "@5": "@",
    "A@": "A:",
    "I#": "I",
    "I2": "I",
    "IR": "3:",
    "O2": "0",
    "O@": "O:",
    "U@": "O:",
    "VR": "3:",
    "Z": "dZ",
    "a#": "@",
    "aI2": "aI",
    "aI3": "aI@",
    "i": "i:",
    "i@3": "i@",
    "n-": "n",
    "o@": "O:",
    "r-": "r",
    "t#": "t",
    "t2": "t",
    "t[": "t",
    "w#": "w",
}
SOUNDS = (
    QUIET,
    *("p", "t", "k", "b", "d", "g", "tS", "dZ", "f", "v", "T", "D", "s", "z", "S", "h"),
    *("m", "n", "N", "l", "r", "w", "j", "@L"),
    *("I", "i:", "E", "a", "aa", "A:", "0", "O:", "V", "U", "u:", "@", "3", "3:"),
    *("aI", "aI@", "eI", "oU", "aU", "OI", "e@", "i@"),
)
"""In the order of the network's outputs, after which comes any speech"""


def sound_of(name: str) -> str:
    """Give the sound for one of eSpeak's phonemes: "" for a glide. Raises KeyError."""
    plain = name.lstrip(_STRESS)
    if not plain or plain.startswith("_"):
        return QUIET
    found = _ALIKE.get(plain, plain)
    if found and found not in SOUNDS:
        raise KeyError(f"eSpeak speaks a sound that is not in the list: {name}")
    return found
