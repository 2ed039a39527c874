"""Tell from the words so far whether somebody may have finished.

"I slept badly and" cannot be all; "let me think" asks for room; "that's all" hands the
word over. The rules are data (`endings.yaml`): the longest ending that is known decides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from pathlib import Path

from companion.content import Content, read

_TOKEN = re.compile(r"[a-z'-]+")
NOUN = 3
"""Words from which on a clause that begins with an article may say something"""


class Ending(Enum):
    """How the words so far end."""

    UNKNOWN = auto()
    """No words are known"""
    WHOLE = auto()
    """They may end so"""
    CLOSED = auto()
    """They hand the word over to us"""
    TRAILS = auto()
    """They trail off: more may come, or not"""
    OPEN = auto()
    """A sentence cannot end so"""
    ROOM = auto()
    """They ask us to wait"""
    COMMAND = auto()
    """They are a command of the exercise that is led, and nothing else"""


class _Endings(Content):
    room: tuple[str, ...]
    trails: tuple[str, ...]
    open: tuple[tuple[str, ...], ...]
    whole: tuple[str, ...]
    closed: tuple[str, ...]
    asks: tuple[str, ...]
    halves: tuple[str, ...]
    alone: tuple[str, ...]
    subjects: tuple[str, ...]
    nouns: tuple[str, ...]
    joints: tuple[str, ...]
    pairs: tuple[str, ...]
    backchannels: tuple[str, ...]


Words = tuple[str, ...]


class Endings:
    """The rules of one language."""

    def __init__(self, folder: Path) -> None:
        """Read `endings.yaml` of the language's folder. Raises SettingsError."""
        data = read(folder / "endings.yaml", _Endings)
        together = [phrase for group in data.open for phrase in group]
        self._known: dict[Words, Ending] = {
            **_all(data.trails, Ending.TRAILS),
            **_all(together, Ending.OPEN),
            **_all(data.whole, Ending.WHOLE),
            **_all(data.closed, Ending.CLOSED),
            **_all(data.room, Ending.ROOM),
        }
        self._longest = max(map(len, self._known))
        self._asks, self._halves = _plain(data.asks), _plain(data.halves)
        self._subjects, self._nouns = frozenset(data.subjects), frozenset(data.nouns)
        self._joints, self._pairs = frozenset(data.joints), frozenset(data.pairs)
        self._alone = frozenset(data.alone)
        self.backchannels: frozenset[Words] = frozenset(_plain(data.backchannels))

    def judge(self, text: str, *, after_question: bool = False) -> Ending:
        """Say how these words end. `after_question`: a noun may be a whole answer."""
        words = spoken(text)
        if not words:
            return Ending.UNKNOWN
        for length in range(min(self._longest, len(words)), 0, -1):
            known = self._known.get(words[-length:])
            if known is not None:
                return known
        if not after_question and self._is_part(words):
            return Ending.OPEN
        return Ending.CLOSED if _begins(words, self._asks) else Ending.WHOLE

    def _is_part(self, words: Words) -> bool:
        """Say whether this is a subject, or a first half, of which nothing is said yet."""
        begins = self._last_clause(words)
        clause, joint = words[begins:], words[begins - 1] if begins else ""
        if len(clause) == 1 and clause[0] not in self._alone and joint not in self._pairs:
            return True
        if len(clause) < NOUN and clause[0] in self._nouns:
            return True
        subjects = sum(word in self._subjects for word in words)
        return subjects < 2 and _begins(words, self._halves)

    def _last_clause(self, words: Words) -> int:
        for at in range(len(words) - 1, 0, -1):
            if words[at - 1] in self._joints:
                return at
        return 0


def spoken(text: str) -> Words:
    """Give the words of a text, without case and punctuation."""
    return tuple(_TOKEN.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))


def _plain(phrases: Iterable[str]) -> Sequence[Words]:
    return [tuple(phrase.split()) for phrase in phrases]


def _all(phrases: Iterable[str], ending: Ending) -> Mapping[Words, Ending]:
    return dict.fromkeys(_plain(phrases), ending)


def _begins(words: Words, phrases: Iterable[Words]) -> bool:
    return any(words[: len(phrase)] == phrase for phrase in phrases)
