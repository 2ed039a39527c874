"""The phrase language of the safety files, and how phrases are found in a text.

    kill myself             these words, one after the other
    (want|wish) to die      one of several
    i am [so] done          a word that may be missing
    suicid*                 any word that begins like this
    end .. my life          up to three words between, in the same clause
    knife ... hurt          up to eight words between, also across a comma
    {wish} to die           a named list of alternatives
    baby & (devil|demon)    both close together, in either order

"just" and "only" may stand between any two words of a phrase. The text comes
from `guard/words.py`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from companion.errors import SettingsError

NEAR = 200
"""Characters: what stands this close together is read as one matter"""

_GAPS = {"..": r"(?:\w+ ){0,3}", "...": r"(?:[\w,]+ ){0,8}"}
_WIDTHS = {"..": 4, "...": 9}
_SKIPPED = "(?:just |only )?"
_MOST_WAYS = 400
"""Ways to fill the gaps of one phrase; more would make long texts slow"""
_DEEPEST = 4
"""Lists inside lists; a list that names itself would never end"""
_MOST_FOUND = 200
"""Places of one part of a phrase that are looked at, in one text"""
_ENDING = 80
"""Characters looked back for an ending"""
_TOKEN = re.compile(r"\s*(\(|\)|\||\[|\]|\.\.\.?|\{[a-z_]+\}|[a-z0-9]+\*?|,)\s*")
_WORD = re.compile(r"\S+")


class Span(NamedTuple):
    """A stretch of text, in characters."""

    start: int
    end: int


@dataclass(frozen=True)
class _Piece:
    """Part of a phrase, and what is known of it without matching."""

    pattern: str = ""
    begins: frozenset[str] = frozenset()
    """The words that it can begin with"""
    optional: bool = True
    ways: int = 1
    """To fill its gaps"""
    needs: tuple[frozenset[str], ...] = ()
    """Of each of these sets one word must stand in the text"""


class _Part:
    """One phrase, or one side of "&". Its expression is made when first needed."""

    def __init__(self, text: str, piece: _Piece) -> None:
        self.text = text
        self.begins = piece.begins
        self._expression = piece.pattern
        self.needs = piece.needs

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._expression)

    def is_possible(self, words: set[str]) -> bool:
        """Tell, without matching, whether a text could hold it.

        `words` are its words, and for each stem that one of them begins with "stem*".
        """
        for need in self.needs:
            if need.isdisjoint(words):
                return False
        return True


@dataclass
class _Reader:
    """Reads one phrase from left to right."""

    phrase: str
    lists: Mapping[str, str]
    depth: int = 0
    at: int = 0
    tokens: list[str] = field(default_factory=list)

    def read(self) -> _Piece:
        self.tokens = self._split()
        return self._choice("")

    def _split(self) -> list[str]:
        tokens: list[str] = []
        at = 0
        while at < len(self.phrase):
            found = _TOKEN.match(self.phrase, at)
            if found is None:
                raise SettingsError(
                    f"The phrase '{self.phrase}' cannot be read at '{self.phrase[at : at + 8]}'.",
                    fix="Use words, stem*, (a|b), [maybe], .., {list} and &.",
                )
            tokens.append(found[1])
            at = found.end()
        return tokens

    def _choice(self, closes: str) -> _Piece:
        """Read `a|b|c` up to the closing bracket."""
        branches = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence())
        if self._next() != closes:
            raise SettingsError(f"The phrase '{self.phrase}' has brackets that do not match.")
        self.at += bool(closes)
        begins = frozenset[str]().union(*(branch.begins for branch in branches))
        optional = any(branch.optional for branch in branches)
        return _Piece(
            "(?:" + "|".join(branch.pattern for branch in branches) + ")",
            begins,
            optional,
            max(branch.ways for branch in branches),
            () if optional else (begins,),
        )

    def _sequence(self) -> _Piece:
        whole = _Piece()
        while self._next() not in ("", "|", ")", "]"):
            token = self.tokens[self.at]
            self.at += 1
            if token in _GAPS and whole.optional:
                raise SettingsError(f"The phrase '{self.phrase}' has a gap with nothing before it.")
            whole = _joined(whole, self._piece(token))
        return whole

    def _piece(self, token: str) -> _Piece:
        if token == "(":
            return self._choice(")")
        if token == "[":
            inside = self._choice("]")
            return _Piece(f"{inside.pattern}?", inside.begins, True, inside.ways)
        if token in _GAPS:
            return _Piece(_GAPS[token], frozenset(), True, _WIDTHS[token])
        if token.startswith("{"):
            return self._list(token)
        word = token.replace("*", r"\w*")
        begins = frozenset((token,))
        return _Piece(f"{word} ", begins, False, needs=(begins,))

    def _list(self, token: str) -> _Piece:
        if token[1:-1] not in self.lists:
            raise SettingsError(f"The phrase '{self.phrase}' names an unknown list {token}.")
        if self.depth >= _DEEPEST:
            raise SettingsError(f"The phrase '{self.phrase}' nests too many lists at {token}.")
        return _Reader(self.lists[token[1:-1]], self.lists, self.depth + 1).read()

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""


def _joined(left: _Piece, right: _Piece) -> _Piece:
    between = _SKIPPED if left.pattern and right.pattern else ""
    return _Piece(
        left.pattern + between + right.pattern,
        left.begins | right.begins if left.optional else left.begins,
        left.optional and right.optional,
        left.ways * right.ways,
        left.needs + right.needs,
    )


def _compiled(text: str, lists: Mapping[str, str]) -> _Part:
    piece = _Reader(text, lists).read()
    if piece.optional:
        raise SettingsError(f"The phrase '{text}' could match nothing at all.")
    if piece.ways > _MOST_WAYS:
        raise SettingsError(
            f"The phrase '{text}' has too many gaps.", fix="Use fewer of '...', or make two of it."
        )
    return _Part(text, piece)


class Phrases:
    """Finds many phrases in one reading of a text."""

    def __init__(self, sets: Mapping[str, Iterable[str]], lists: Mapping[str, str]) -> None:
        """Take phrases by the name of their set. Raises SettingsError that names a bad one."""
        self._parts: dict[str, _Part] = {}
        self._phrases: list[tuple[str, tuple[str, ...]]] = []
        self._by_word: dict[str, list[_Part]] = {}
        """Parts by a word, or "stem*", that they begin with"""
        self._holding: dict[str, list[int]] = {}
        """The phrases that a part belongs to, by their place"""
        stems: set[str] = set()
        for name, phrases in sets.items():
            for phrase in phrases:
                parts = tuple(part.strip() for part in phrase.split("&"))
                for text in dict.fromkeys(parts):
                    self._holding.setdefault(text, []).append(len(self._phrases))
                    self._add(text, lists)
                self._phrases.append((name, parts))
        for part in self._parts.values():
            stems |= {word for need in (part.begins, *part.needs) for word in need if "*" in word}
        self._stems = frozenset(stems)
        self._lengths = sorted({len(stem) - 1 for stem in stems})
        """Letters of the stems"""

    def _add(self, text: str, lists: Mapping[str, str]) -> None:
        if text in self._parts:
            return
        part = self._parts[text] = _compiled(text, lists)
        for word in part.begins:
            self._by_word.setdefault(word, []).append(part)

    def find(self, words: str) -> dict[str, list[tuple[Span, ...]]]:
        """Give, by name of the set, where its phrases stand in text from a Normaliser."""
        places = self._places(words)
        found: dict[str, list[tuple[Span, ...]]] = {}
        for at in sorted({at for part in places for at in self._holding[part]}):
            name, parts = self._phrases[at]
            if all(part in places for part in parts):
                together = _together([places[part] for part in parts])
                if together:
                    found.setdefault(name, []).extend(together)
        return found

    def _places(self, words: str) -> dict[str, list[Span]]:
        places: dict[str, list[Span]] = {}
        forms = {word: (word, *self._stems_of(word)) for word in words.split()}
        present = {form for of_word in forms.values() for form in of_word}
        possible = {
            form: [part for part in self._by_word[form] if part.is_possible(present)]
            for form in present & self._by_word.keys()
        }
        for word in _WORD.finditer(words):
            start = word.start()
            for part in (part for form in forms[word[0]] for part in possible.get(form, ())):
                if found := part.pattern.match(words, start):
                    spans = places.setdefault(part.text, [])
                    if len(spans) < _MOST_FOUND:
                        spans.append(Span(start, found.end()))
        return places

    def _stems_of(self, word: str) -> list[str]:
        """Give the stems that a word begins with."""
        begun = (f"{word[:length]}*" for length in self._lengths if length <= len(word))
        return [stem for stem in begun if stem in self._stems]


def _together(places: list[list[Span]]) -> list[tuple[Span, ...]]:
    """Choose one place of each part so that all are near."""
    if len(places) == 1:
        return [(span,) for span in places[0]]
    first, *others = places
    chosen = []
    for span in first:
        near = [next((s for s in other if is_near(s, span)), None) for other in others]
        if None not in near:
            chosen.append((span, *(s for s in near if s is not None)))
    return chosen


class Endings:
    """Tells whether a text ends with one of some phrases."""

    def __init__(self, phrases: Iterable[str], lists: Mapping[str, str]) -> None:
        """Raises SettingsError that names a bad phrase."""
        patterns = [_compiled(phrase, lists).pattern.pattern for phrase in phrases]
        self._pattern = re.compile(r"(?<=\s)(?:" + "|".join(patterns or ["(?!)"]) + r")\Z")

    def before(self, words: str, at: int) -> bool:
        """Tell whether one of them stands just before this place."""
        return self._pattern.search(words[max(0, at - _ENDING) : at]) is not None


def is_near(one: Span, other: Span) -> bool:
    """Tell whether two stretches are close enough to be one matter."""
    return one.start - other.end <= NEAR and other.start - one.end <= NEAR
