"""Hold a model's sentences to the act that the policy chose.

A small model asks where it was told to listen, advises, says the same again, or hands the
person's words back. Each sentence is looked at before the guard sees it: the first that does not
keep to the act ends the model's reply. Where nothing was said by then, the written reply is
given whole; where a question is owed and none came, the written question follows.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from companion.content import Content, read
from companion.values import Plan, Turn

MOST_WORDS = 30
"""In one sentence: more is no speech"""
MOST_PARROTED = 8
"""Words in a row taken from the person: more than a clause"""
MOST_SENTENCES = 3
LISTENING = frozenset({"reflect", "validate"})
"""Tasks in which nothing is asked"""
_WORD = re.compile(r"[a-z0-9']+")


class _Habits(Content):
    advice: tuple[str, ...]
    never: tuple[str, ...]


class Contract:
    """What may be said for one act."""

    def __init__(self, folder: Path) -> None:
        """Read `habits.yaml`. Raises SettingsError."""
        habits = read(folder / "habits.yaml", _Habits)
        self._unwanted = _any_of((*habits.advice, *habits.never))

    def keep(self, sentences: Iterable[str], turn: Turn, plan: Plan) -> Iterator[str]:
        """Yield the sentences that keep to the act; owe no question."""
        question = plan.lines[-1].text if plan.lines and plan.lines[-1].text.endswith("?") else ""
        said = {_plain(text) for exchange in turn.history for text in exchange.said}
        heard = _plain(turn.transcript.text)
        count = 0
        for sentence in sentences:
            plain = _plain(sentence)
            asks = "?" in sentence
            if plain in said or not self._may_be_said(sentence, plain, heard):
                break
            if asks and (plan.task in LISTENING or not question):
                break
            if not asks and question and count == MOST_SENTENCES - 1:
                break
            said.add(plain)
            count += 1
            yield sentence
            if asks:
                # One question, and it comes last.
                return
        if count and question:
            yield question

    def _may_be_said(self, sentence: str, plain: str, heard: str) -> bool:
        words = plain.split()
        if not words or len(words) > MOST_WORDS or self._unwanted.search(f" {plain} "):
            return False
        return not any(
            f" {' '.join(words[at : at + MOST_PARROTED + 1])} " in f" {_turned(heard)} "
            or f" {' '.join(words[at : at + MOST_PARROTED + 1])} " in f" {heard} "
            for at in range(len(words) - MOST_PARROTED)
        )


_TURNS = {"i": "you", "my": "your", "me": "you", "i'm": "you're", "am": "are", "i've": "you've"}


def _turned(heard: str) -> str:
    return " ".join(_TURNS.get(word, word) for word in heard.split())


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold().replace("’", "'")))


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r" (?:" + "|".join(map(re.escape, phrases)) + r") ")
