"""Find which of several things a person named, in a text of plain words."""

import re
from collections.abc import Iterable, Iterator, Mapping

from companion.answers import as_words

_APART = re.compile(r"[.,;!?\n]+|:(?!\d)|\b(?:and|but|because|though|although|however|so that)\b")
_TOGETHER = re.compile(r"\b(on|up|tossing) and (off|down|turning)\b")
BEFORE = 3
"""Words before a phrase in which a denial still reaches it"""


class Phrases:
    """Names for phrases. Of two that overlap, the longer one is meant."""

    def __init__(self, names: Mapping[str, Iterable[str]], denials: Iterable[str] = ()) -> None:
        """A phrase that stands just after one of `denials` is not found."""
        self._name = {
            as_words(phrase).strip(): name for name, some in names.items() for phrase in some
        }
        longest = sorted(self._name, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, longest))})(?= )")
        self._denials = frozenset(denials)

    def find(self, text: str) -> list[str]:
        """Name what was named, in that order, each once."""
        return list(dict.fromkeys(name for name, _ in self._found(text)))

    def spoken(self, text: str) -> list[str]:
        """Give the phrases themselves."""
        return [phrase for _, phrase in self._found(text)]

    def exactly(self, text: str) -> str | None:
        """Name what the whole text says."""
        return self._name.get(as_words(text).strip())

    def without(self, text: str) -> str:
        """Give the text without what was named."""
        return self._pattern.sub(" ", as_words(text))

    def _found(self, text: str) -> Iterator[tuple[str, str]]:
        plain = as_words(text)
        for match in self._pattern.finditer(plain):
            before = plain[: match.start()].split()[-BEFORE:]
            if not self._denials.intersection(before):
                yield self._name[match[0]], match[0]


def clauses(text: str) -> list[str]:
    """Cut a text where one thought ends and another may begin."""
    joined = re.sub(r"(?<=\d)\.(?=\d)", "point", text.casefold().replace("’", "'"))
    joined = _TOGETHER.sub(r"\1 n \2", joined)
    joined = re.sub(r"\band a (half|quarter)\b", r"plus a \1", joined)
    joined = re.sub(r"\band (?=(?:\S+ ){1,2}min(?:ute)?s?\b)", "plus ", joined)
    parts = (part.strip() for part in _APART.split(joined))
    return [re.sub(r"(?<=\d)point(?=\d)", ".", part) for part in parts if part]
