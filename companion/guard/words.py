"""Write text as the safety phrases expect it.

Lower case, no punctuation, short forms written out, words that carry no meaning
taken out, stammered words once. Clause marks of typed text become " , ", so
that nothing is matched across them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from companion.content import Content, read

_CLAUSE_MARKS = re.compile(r"[.,;:!?()\n]+|\s[-–—]+\s|[—…]")
_NOT_WORD = re.compile(r"[^\w\s,']|_")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_DOUBLED_IN_WORDS = "elos"
"""Letters that are kept twice where stretched: "killll", "sooon" """
_CLAUSES = re.compile(r"(?:, )+")
_STAMMERED = re.compile(r"(?<=\s)((?:\w+ ){1,4})(?:(?:, )?\1)+")

_MOST_STAMMERS = 3
"""Stammers inside stammers: "i i do not i do not" """


class Normaliser:
    """Writes text as the phrases expect it."""

    def __init__(self, forms: Mapping[str, str], fillers: Iterable[str]) -> None:
        """`forms` maps what people write or recognisers print to its full form."""
        self._forms = {form: full for form, full in forms.items() if " " not in form}
        self._groups = {form: full for form, full in forms.items() if " " in form}
        self._groups |= {filler: "" for filler in fillers if " " in filler}
        self._fillers = frozenset(filler for filler in fillers if " " not in filler)
        longest_first = sorted(self._groups, key=len, reverse=True) or ["(?!)"]
        self._group = re.compile(r"\b(?:" + "|".join(longest_first) + r")\b")

    def __call__(self, text: str) -> str:
        """Give lower-case words with one space around each, clause marks as ','."""
        words = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("`", "'")
        words = _CLAUSE_MARKS.sub(" , ", words)
        words = _STRETCHED.sub(_short, _NOT_WORD.sub(" ", words))
        words = " ".join(self._full(word) for word in words.split())
        words = self._group.sub(lambda found: self._groups[found[0]], words)
        kept = " ".join(word for word in words.split() if word not in self._fillers)
        words = _CLAUSES.sub(", ", f" {kept} ")
        for _ in range(_MOST_STAMMERS):
            words = _STAMMERED.sub(r"\1", words)
        return words

    def _full(self, word: str) -> str:
        # "i'll" is not "ill": a form with an apostrophe comes before the one without.
        if "'" not in word:
            return self._forms.get(word, word)
        if word in self._forms:
            return self._forms[word]
        bare = word.replace("'", "")
        if bare in self._forms:
            return self._forms[bare]
        if word.endswith("in'"):
            return f"{bare}g"
        # "my mum's boyfriend", "my arm's numb": neither "'s" matters to any phrase.
        return bare[:-1] if word.endswith("'s") else bare


class _Forms(Content):
    forms: dict[str, str]
    fillers: tuple[str, ...]
    """Words that carry no meaning"""


def read_normaliser(folder: Path) -> Normaliser:
    """Read `phrases/forms.yaml` of a safety folder. Raises SettingsError."""
    forms = read(folder / "phrases" / "forms.yaml", _Forms)
    return Normaliser(forms.forms, forms.fillers)


def _short(found: re.Match[str]) -> str:
    return found[1] * (2 if found[1] in _DOUBLED_IN_WORDS else 1)
