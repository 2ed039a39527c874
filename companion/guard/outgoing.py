"""Clear each sentence before it is spoken. The only maker of `Cleared`.

A reviewed safety line passes by its id. Everything else, whoever wrote it, is
checked sentence by sentence against `prompts/<lang>/safety/outgoing.yaml`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from companion.content import Content, read
from companion.errors import GuardError, SettingsError
from companion.guard.patterns import Phrases
from companion.guard.worded import Worded
from companion.guard.words import Normaliser
from companion.values import Cleared, Turn

_MARKS = re.compile(r"[<>{}\[\]|`#*_~=\\]|^\s*[-•–]\s|(?:^|\s)\d+[.)]\s+\w|\s-\s.*\s-\s")
"""Signs of lists, tables, code and of a model's own notation"""
_ROLE = re.compile(
    r"^\W*(user|assistant|system|human|ai|model|therapist|companion|bot|person|me|you)\s*:", re.I
)
_LEADING = re.compile(r"(n't|n’t|\bnot|\bnever)\b.*,\s*\w+ (you|it|there)\s*\?", re.I)
"""A question that leads to a no, as in "you are not thinking of that, are you?" does"""
_ADDRESS = re.compile(
    r"https?:|www\.|\S+@\S+\.\S|\b[\w-]+\.(com|org|net|example|io|co|uk|info)\b", re.I
)
_UNSEEN = ("Cf", "Cc", "Co", "Cs", "Cn")
"""Unicode categories of signs that nobody sees, and that could part a word"""
_TELEPHONE = re.compile(r"\d[\d\s().-]{5,}\d|\b\d{3}\b")
_WORD = re.compile(r"[a-z']+")
_LONG_ENOUGH_TO_TELL = 5
"""Words from which the everyday words of a language are to be expected"""


class _Rule(Content):
    id: str
    say: tuple[str, ...]
    unless: tuple[str, ...] = ()
    """Phrases that, anywhere in the sentence, take the rule away"""


class _Outgoing(Content):
    most_letters: int
    most_questions: int
    most_commas: int
    everyday: tuple[str, ...]
    lists: dict[str, str]
    rules: tuple[_Rule, ...]


def as_given(text: str) -> Cleared:
    """Pass a text that a person has typed to hear it read: it is theirs, not our answer."""
    return Cleared(text)


class ScopeGuard:
    """Refuses what steps outside what a companion may say."""

    def __init__(
        self,
        folder: Path,
        reviewed: Mapping[str, str],
        normalise: Normaliser,
        at: Callable[[str, datetime | None], Mapping[str, str]] | None = None,
    ) -> None:
        """Read `outgoing.yaml`; `reviewed` are the safety lines by id. Raises SettingsError.

        `at` gives the lines with the numbers of another country, at a local time.
        """
        path = folder / "outgoing.yaml"
        self._data = read(path, _Outgoing)
        self._everyday = frozenset(self._data.everyday)
        self._normalise = normalise
        self._worded = Worded(folder, normalise)
        try:
            rules = self._data.rules
            self._rules = Phrases({rule.id: rule.say for rule in rules}, self._data.lists)
            self._unless = Phrases({rule.id: rule.unless for rule in rules}, self._data.lists)
        except SettingsError as error:
            raise SettingsError(f"{path.name}: {error.problem}", fix=error.fix) from None
        self._at = at
        self._reviewed = {line: Cleared(text) for line, text in reviewed.items()}

    def clear(self, sentence: str, turn: Turn) -> Cleared | None:
        """Pass the sentence, or None where it must not be said."""
        text = " ".join(sentence.split())
        return Cleared(text) if text and self.reason(text) is None else None

    def reviewed(self, line_id: str, turn: Turn | None = None) -> Cleared:
        """Give a reviewed safety line. Raises GuardError where there is none."""
        try:
            # What does not depend on place and hour, such as a questionnaire, is as it was read.
            at = self._at(turn.care.country, turn.now) if self._at and turn else {}
            return Cleared(at[line_id]) if line_id in at else self._reviewed[line_id]
        except KeyError:
            raise GuardError(f"There is no reviewed sentence '{line_id}'.") from None

    def clear_worded(self, sentence: str, turn: Turn, before: str = "") -> Cleared | None:
        """Pass what a language model made up, or None where it must not be said.

        `before` is what it has said in this answer: the whole may not ask or offer too much.
        """
        if self.reason_worded(" ".join(sentence.split()), before) is not None:
            return None
        return self.clear(sentence, turn)

    def own(self, words: str) -> Cleared:
        """Pass what the person wrote themselves, to be read back to them."""
        return as_given(words)

    def reason(self, text: str) -> str | None:
        """Name the rule that refuses the sentence; None where it may be said."""
        return self._form(text) or self._content(text)

    def reason_worded(self, text: str, before: str = "") -> str | None:
        """Name what refuses a sentence that a language model made up; None where nothing does."""
        return self.reason(text) or self._worded(text) or self._worded.too_much(f"{before} {text}")

    def _form(self, text: str) -> str | None:
        """Check what a sentence looks like."""
        if len(text) > self._data.most_letters:
            return "too-long"
        if text.count("?") > self._data.most_questions:
            return "questions"
        if _LEADING.search(text):
            return "leading-question"
        if _MARKS.search(text) or _ROLE.search(text):
            return "format"
        if _ADDRESS.search(text) or _TELEPHONE.search(text):
            return "contact"
        if any(unicodedata.category(sign) == "So" for sign in text):
            return "emoji"
        if any(unicodedata.category(sign) in _UNSEEN for sign in text):
            return "format"
        return None if self._is_our_language(text) else "language"

    def _is_our_language(self, text: str) -> bool:
        if any(sign.isalpha() and not sign.isascii() for sign in text):
            return False
        words = _WORD.findall(text.casefold())
        known = sum(word in self._everyday for word in words)
        return bool(words) and (len(words) < _LONG_ENOUGH_TO_TELL or known > 0)

    def _content(self, text: str) -> str | None:
        words = self._normalise(text)
        # A comma in the middle ("you, um, ought to") must not part what belongs together.
        joined = self._normalise(text.replace(",", " "))
        found = self._rules.find(words).keys() | self._rules.find(joined).keys()
        if found and (refused := found - self._unless.find(words).keys()):
            return min(refused)
        if text.count(",") > self._data.most_commas:
            return "steps"
        if "?" in text and re.findall(r"\b(?:what|who|how|when|where|why)\b", words)[3:]:
            return "questions"
        return None
