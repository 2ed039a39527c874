"""Learn short facts from what a person says: people, worries, plans, what helped.

A wrong fact is worse than none. So only plain statements about oneself are read, sentence by
sentence, by rules whose words are data; a sentence that supposes, quotes, tells a story or asks is
passed over whole, and so is a fact that points at something nobody will know later.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from companion.content import Content, read

LONGEST = 7
"""Words of a fact: more of them is a story"""
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]?")
_CLAUSE = re.compile(r",|:|\b(?:and|but|because|so that|though|although|then)\b")
_TURNED = {"my": "your", "me": "you", "i": "you", "mine": "yours", "myself": "yourself",
           "i'm": "you're", "am": "are", "i've": "you've", "our": "your", "we": "you",
           "us": "you"}  # fmt: skip
_LEAD = r"^(?:(?:well|so|oh|um|uh|yes|yeah|okay|ok|and|then|today|tomorrow|tonight|actually) )*"
_NAME = r"([A-Z][a-z]{1,20})"


class Told(Content):
    """How facts are told."""

    person: str
    named: str
    died: str
    worry: str
    plan: str
    helped: str


class Say(Content):
    """What is said of memory."""

    nothing: str
    nothing_kept: str
    off: str
    first: str
    one: str
    more: str
    not_aloud: str
    mend: str
    forgotten: str
    not_found: str
    sure: str
    all_forgotten: str
    all_kept: str
    mended: str
    removed: str
    which: str
    recalled: str
    follow_up: str
    did: str
    did_not: str


class MemoryWords(Content):
    """`memory.yaml`."""

    kin: dict[str, tuple[str, ...]]
    partners: tuple[str, ...]
    before_kin: tuple[str, ...]
    called: tuple[str, ...]
    died: tuple[str, ...]
    late: str
    not_names: tuple[str, ...]
    unsure: tuple[str, ...]
    vague: tuple[str, ...]
    private: tuple[str, ...]
    worried: tuple[str, ...]
    worry_verbs: tuple[str, ...]
    very: tuple[str, ...]
    will: tuple[str, ...]
    verbs: tuple[str, ...]
    helped: tuple[str, ...]
    after_helped: tuple[str, ...]
    before_helped: tuple[str, ...]
    not_helped: tuple[str, ...]
    helping: tuple[str, ...]
    when: tuple[str, ...]
    told: Told
    ask: tuple[str, ...]
    forget_last: tuple[str, ...]
    forget_all: tuple[str, ...]
    forget_one: tuple[str, ...]
    wrong: tuple[str, ...]
    it_is: tuple[str, ...]
    say: Say
    more: tuple[str, ...]


@dataclass(frozen=True)
class Learnt:
    """A fact as it was told, before it has a place."""

    about: str
    what: str
    text: str
    sensitive: bool = False


def read_memory_words(folder: Path) -> MemoryWords:
    """Read `memory.yaml` of a language's folder. Raises SettingsError."""
    return read(folder / "memory.yaml", MemoryWords)


class FactReader:
    """Finds facts in what was said, in one language."""

    def __init__(self, words: MemoryWords) -> None:
        self._words = words
        self._role = {form: role for role, forms in words.kin.items() for form in forms}
        self._unsure = re.compile(rf"\b(?:{_any(words.unsure)})\b")
        self._private = frozenset(words.private)
        self._no_names = frozenset(words.not_names)
        kin = _any(self._role)
        before = rf"(?:(?:{_any(words.before_kin)}) )?"
        self._named = re.compile(
            rf"\bmy {before}(?P<kin>{kin})(?:,? (?:{_any(words.called)})|(?:{_any(words.called)}))"
            r" (?P<name>[a-z]{2,20})\b"
        )
        self._kin_name = re.compile(rf"\b[Mm]y {before}(?P<kin>{kin}) {_NAME}\b(?!')")
        self._died = re.compile(
            rf"\bmy (?:{before}(?P<kin>{kin}) (?:{_any(words.died)})"
            rf"|{words.late} (?P<late>{kin}))\b"
        )
        self._kin = re.compile(rf"(?<!not )\bmy {before}(?P<kin>{kin})\b(?!')(?! of mine)")
        very = rf"(?:(?:{_any(words.very)}) )*"
        self._worry = re.compile(
            rf"{_LEAD}i(?:'m| am) {very}(?:{_any(words.worried)}) (?P<what>.+)$"
        )
        self._worry_verb = re.compile(rf"{_LEAD}(?P<what>.+?) {very}(?:{_any(words.worry_verbs)})$")
        self._plan = re.compile(
            rf"{_LEAD}(?:{_any(words.will)}) (?P<what>(?:{_any(words.verbs)})\b.*)$"
        )
        self._when = re.compile(rf"(?: (?:{_any(words.when)}))+$")
        after = rf"(?: (?:{_any(words.after_helped)}))*"
        adverbs = rf"(?:(?:{_any(words.before_helped)}) )*"
        self._help = re.compile(rf"{_LEAD}(?P<what>.+?) {adverbs}(?:{_any(words.helped)}){after}$")

    def read(self, text: str) -> list[Learnt]:
        """Give the facts that were plainly stated; none of a doubtful sentence."""
        found: dict[tuple[str, str], Learnt] = {}
        for sentence in _SENTENCE.findall(text.replace("’", "'")):
            plain = " ".join(sentence.casefold().split())
            if "?" in plain or self._unsure.search(plain):
                continue
            for fact in (*self._people(sentence, plain), *self._told(plain)):
                known = found.get((fact.about, fact.what))
                if known is None or len(fact.text) > len(known.text):
                    found[fact.about, fact.what] = fact
        return list(found.values())

    def _people(self, sentence: str, plain: str) -> Iterator[Learnt]:
        told = self._words.told
        gone = {self._role[m["kin"] or m["late"]]: "" for m in self._died.finditer(plain)}
        for role in gone:
            yield Learnt("person", role, told.died.format(what=role), sensitive=True)
        if self._is_private(plain):
            return
        names = self._names(sentence, plain)
        there = dict.fromkeys((*names, *(self._role[m["kin"]] for m in self._kin.finditer(plain))))
        for role in (role for role in there if role not in gone):
            form = told.named if role in names else told.person
            text = form.format(what=role, name=names.get(role, ""))
            yield Learnt("person", role, text, sensitive=role in self._words.partners)

    def _names(self, sentence: str, plain: str) -> dict[str, str]:
        """Give names by who has them: as they were told, or written with a capital."""
        found = [(match["kin"], match["name"]) for match in self._named.finditer(plain)]
        if not sentence.isupper():
            found += [(match["kin"], match[2]) for match in self._kin_name.finditer(sentence)]
        return {
            self._role[kin.casefold()]: name.capitalize()
            for kin, name in reversed(found)
            if name.casefold() not in self._no_names
        }

    def _is_private(self, plain: str) -> bool:
        return bool(self._private.intersection(re.findall(r"[a-z']+", plain)))

    def _told(self, plain: str) -> Iterator[Learnt]:
        clauses = [] if self._is_private(plain) else _CLAUSE.split(plain.strip(" .!;\n"))
        for clause in clauses:
            clause = clause.strip()
            for about, pattern in (
                ("worry", self._worry), ("worry", self._worry_verb),
                ("plan", self._plan), ("helped", self._help),
            ):  # fmt: skip
                if (match := pattern.search(clause)) and (what := self._what(about, match["what"])):
                    form: str = getattr(self._words.told, about)
                    sensitive = bool(set(what.split()) & set(self._words.partners))
                    yield Learnt(about, what, form.format(what=what), sensitive)
                    break

    def _what(self, about: str, words: str) -> str:
        """Give the thing in words to the person; "" where it would not be plain later."""
        said = re.findall(r"[a-z']+", self._when.sub("", words) if about == "plan" else words)
        if not 1 <= len(said) <= LONGEST or re.search(r"\d", words):
            return ""
        if set(self._words.vague).intersection(said):
            return ""
        if about == "worry" and said[0] not in ("my", "the", "our", "losing", "failing"):
            return ""
        if about == "helped" and (
            set(self._words.not_helped).intersection(said)
            or not set(self._words.helping).intersection(said)
        ):
            return ""
        if about == "plan" and "not" in said:
            return ""
        return " ".join(_TURNED.get(word, word) for word in said)


def roles(words: MemoryWords) -> Mapping[str, str]:
    """Give who somebody is by how it is said."""
    return {form: role for role, forms in words.kin.items() for form in forms}


def _any(phrases: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
