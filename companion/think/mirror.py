"""Say back a few of the person's own words, turned round: "my boss" becomes "your boss".

So a talk with no language model is about *this* person. High precision before all: only short
clauses of a few known forms are said back, never a judgement on oneself, never a word that could
hurt, and a thought that may be a trap only as a thought. The forms are data (`mirror.yaml`);
`plan` lines made of them pass the outgoing guard like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from companion.content import Content, read
from companion.think.understanding import Trap

LONGEST = 8
"""Words of a person that are said back at the most: less than a clause is no parroting"""
_SAID_AS_THOUGHTS = frozenset({"fortune_telling", "mind_reading"})
"""Traps whose sentence may be said back, as a thought; the others would hurt"""
_PIECE = re.compile(r"[\w'’-]+|[.,;:!?…]+")


class _Clause(Content):
    hear: tuple[str, ...]
    begins: Literal["verb", "ing", "noun", "subject"]
    """What must follow"""
    say: tuple[str, ...]


class _Forms(Content):
    people: tuple[str, ...]
    things: tuple[str, ...]
    adjectives: tuple[str, ...]
    turn: dict[str, str]
    after_i: dict[str, str]
    leave: tuple[str, ...]
    joints: tuple[str, ...]
    subjects: tuple[str, ...]
    loose: tuple[str, ...]
    hanging: tuple[str, ...]
    verbs: tuple[str, ...]
    clauses: tuple[_Clause, ...]
    events: tuple[str, ...]
    thoughts: tuple[str, ...]
    named_people: tuple[str, ...]
    named_things: tuple[str, ...]


@dataclass(frozen=True)
class Echo:
    """Ways to say one thing back."""

    family: str
    """Which of the forms it is, so that they take turns"""
    sentences: tuple[str, ...] = field(repr=False)


class Mirror:
    """Finds what may be said back."""

    def __init__(self, folder: Path) -> None:
        """Read `mirror.yaml`. Raises SettingsError."""
        self._forms = forms = read(folder / "mirror.yaml", _Forms)
        self._leave = frozenset(forms.leave)
        self._joints = frozenset(forms.joints)
        self._subjects = frozenset(forms.subjects)
        self._people = frozenset(forms.people)
        self._things = frozenset(forms.things)
        self._adjectives = frozenset(forms.adjectives)
        self._clauses = [
            (heard.split(), at)
            for at, clause in enumerate(forms.clauses)
            for heard in sorted(clause.hear, key=len, reverse=True)
        ]
        self._clauses.sort(key=lambda clause: -len(clause[0]))

    def named(self, text: str) -> tuple[str, ...]:
        """Give the people and things that were called one's own, turned: "your new job"."""
        words = [word.casefold().strip("-") for word in _WORDS.findall(text.replace("’", "'"))]
        found = []
        for at, word in enumerate(words):
            if word != "my":
                continue
            after = words[at + 1 : at + 4]
            adjectives = []
            while after and after[0] in self._adjectives:
                adjectives.append(after.pop(0))
            if after and (after[0] in self._people or after[0] in self._things):
                found.append(" ".join(["your", *adjectives, after[0]]))
        return tuple(dict.fromkeys(found))

    def echoes(self, text: str, trap: Trap | None) -> tuple[Echo, ...]:
        """Give what may be said back, the closest to the person's words first."""
        found: list[Echo] = []
        if trap and trap.kind in _SAID_AS_THOUGHTS:
            found += self._thought(trap)
        for pieces in _clause_pieces(text):
            if trap and " ".join(pieces).casefold() in _flat(trap.sentence):
                continue
            found += self._clause(pieces)
            found += self._event(pieces)
        return tuple(found)

    def about(self, thing: str) -> Echo:
        """Give ways to name one of the person's people or things."""
        is_person = thing.rsplit(" ", 1)[-1] in self._people
        forms = self._forms.named_people if is_person else self._forms.named_things
        return Echo("named", tuple(form.format(thing=thing) for form in forms))

    # --- three kinds of echo ----------------------------------------------------------

    def _clause(self, pieces: Sequence[str]) -> Iterator[Echo]:
        lower = [piece.casefold() for piece in pieces]
        for start in range(len(lower)):
            for heard, at in self._clauses:
                if lower[start : start + len(heard)] == heard:
                    rest = self._cut(pieces[start + len(heard) :])
                    form = self._forms.clauses[at]
                    if self._fits(rest, form.begins) and (turned := self._turned(rest)):
                        says = tuple(say.format(rest=turned) for say in form.say)
                        yield Echo(f"clause-{at}", says)
                    break

    def _event(self, pieces: Sequence[str]) -> Iterator[Echo]:
        lower = [piece.casefold() for piece in pieces]
        if len(lower) < 3 or lower[0] != "my" or lower[1] not in self._people:
            return
        if lower[2] not in self._forms.verbs and not lower[2].endswith("ed"):
            return
        whole = [*pieces[:2], *self._cut(pieces[2:])]
        if 3 < len(whole) <= LONGEST + 2 and (turned := self._turned(whole)):
            yield Echo("event", tuple(form.format(clause=turned) for form in self._forms.events))

    def _thought(self, trap: Trap) -> Iterator[Echo]:
        for pieces in _clause_pieces(trap.sentence):
            clause = self._cut(pieces)
            if len(clause) > 3 and self._fits(clause, "subject") and (turn := self._turned(clause)):
                forms = self._forms.thoughts
                yield Echo("thought", tuple(form.format(clause=turn) for form in forms))
                return

    # --- words ------------------------------------------------------------------------

    def _cut(self, pieces: Sequence[str]) -> list[str]:
        """Take the words up to the end of the clause."""
        words: list[str] = []
        # "he thinks i do not care" is one clause, "sleep i keep worrying" is two.
        least = 2 if pieces and pieces[0].casefold() in self._subjects else 0
        for piece in pieces:
            lower = piece.casefold()
            if lower in self._joints or (len(words) > least and lower in self._subjects):
                break
            words.append(piece)
        while words and words[-1].casefold() in self._forms.loose:
            if words.pop().casefold() in self._forms.hanging:
                return []
        return words

    def _fits(self, words: Sequence[str], begins: str) -> bool:
        if not words or len(words) > LONGEST:
            return False
        first = words[0].casefold()
        starts_noun = first in ("my", "the", "a", "his", "her", "their", "this", "all")
        starts_clause = first in self._subjects or first in ("nobody", "everyone", "people")
        if begins == "ing":
            return first.endswith("ing")
        if begins == "noun":
            return starts_noun
        if begins == "subject":
            owner = first == "my" and len(words) > 2 and words[1].casefold() in self._people
            return starts_clause or owner
        return not (starts_noun or starts_clause or first.endswith(("ing", "ed")))

    def _turned(self, words: Sequence[str]) -> str:
        """Turn I into you; "" where the words had better not be said back."""
        turned: list[str] = []
        for at, word in enumerate(words):
            lower = word.casefold()
            if lower in self._leave or any(char.isdigit() for char in word):
                return ""
            after_i = at and words[at - 1].casefold() == "i"
            swap = self._forms.after_i if after_i and lower in self._forms.after_i else None
            turned.append((swap or self._forms.turn).get(lower, word))
        first = words[0].casefold()
        is_name = words[0][:1].isupper() and first not in self._known
        return " ".join([turned[0] if is_name else turned[0].casefold(), *turned[1:]])

    @property
    def _known(self) -> frozenset[str]:
        """Words that are capital only because a sentence began with them."""
        return self._subjects | {
            "the",
            "a",
            "his",
            "her",
            "their",
            "this",
            "all",
            "nobody",
            "people",
        }


_WORDS = re.compile(r"[\w'-]+")


def _clause_pieces(text: str) -> Iterator[list[str]]:
    """Give the words of each stretch between marks."""
    words: list[str] = []
    for piece in _PIECE.findall(text.replace("’", "'")):
        if piece[0] in ".,;:!?…":
            if words:
                yield words
            words = []
        else:
            words.append(piece)
    if words:
        yield words


def _flat(sentence: str) -> str:
    return " ".join(_WORDS.findall(sentence.replace("’", "'"))).casefold()
