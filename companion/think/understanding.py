"""What a person's words are about: a first rough sorting, by words.

The words are data (`prompts/<lang>/understanding.yaml`).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from companion.content import Content, read

_APART = re.compile(r"[^a-z0-9']+")


class _Words(Content):
    feelings: dict[str, tuple[str, ...]]
    topics: dict[str, tuple[str, ...]]
    about: dict[str, tuple[str, ...]]


class Understanding:
    """Finds feelings, topics and questions about the companion itself."""

    def __init__(self, folder: Path) -> None:
        """Read `understanding.yaml`. Raises SettingsError."""
        words = read(folder / "understanding.yaml", _Words)
        self._feelings = _patterns(words.feelings)
        self._topics = _patterns(words.topics)
        self._about = _patterns(words.about)

    @property
    def feelings(self) -> frozenset[str]:
        """Name every feeling that can be found."""
        return frozenset(self._feelings)

    @property
    def topics(self) -> frozenset[str]:
        """Name every topic that can be found."""
        return frozenset(self._topics)

    def feeling(self, text: str) -> str:
        """Name the feeling, or ""."""
        return _most(self._feelings, text)

    def topic(self, text: str) -> str:
        """Name the topic, or ""."""
        return _most(self._topics, text)

    def about(self, text: str) -> str:
        """Name the question about the companion that was asked, or ""."""
        return _most(self._about, text)


def _patterns(words: Mapping[str, Iterable[str]]) -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(r" (?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?= )")
        for name, phrases in words.items()
    }


def _most(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    plain = f" {_APART.sub(' ', text.casefold().replace('’', chr(39))).strip()} "
    counts = {name: len(pattern.findall(plain)) for name, pattern in patterns.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""
