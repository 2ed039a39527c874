"""Written text made speakable, cut into sentences, and counted in syllables.

A voice guesses at signs and digits: it says "slash", or reads a helpline as one
large number. So all is written out in words first. How each sign is read is data
(`speech.yaml` of the language); `signs.py` reads them, one kind after the other.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from companion.content import read
from companion.signs import SignReader, Speech

LONGEST = 250
"""Characters. A longer sentence is cut at a comma or the like, so its first sound comes sooner"""


@dataclass(frozen=True)
class SpokenForms:
    """All that is needed to read a text aloud in one language."""

    speech: Speech
    telephone: frozenset[str] = frozenset()
    """Numbers that are always read digit by digit, in the groups they are written in"""
    language: str = "en"

    @property
    def abbreviations(self) -> Mapping[str, str]:
        return self.speech.abbreviations

    @cached_property
    def reader(self) -> SignReader:
        """The patterns of this language, made once."""
        return SignReader(self.speech, self.telephone, self.language)


def read_spoken_forms(folder: Path, telephone: Iterable[str] = ()) -> SpokenForms:
    """Read `speech.yaml` in a language's folder. Raises SettingsError."""
    return SpokenForms(read(folder / "speech.yaml", Speech), frozenset(telephone), folder.name)


def speakable(text: str, spoken: SpokenForms) -> str:
    """Write out in words all that is not a word. No digit is left."""
    return _folded(spoken.reader.read(_named_emoji(_plain(text), spoken.language)))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a written text, none longer than LONGEST characters."""
    start = 0
    for end in _END.finditer(text):
        before = text[max(start, end.start() - 40) : end.start() + 1]
        if not _goes_on(before, text[end.end() : end.end() + 1]):
            yield from _in_reach(text[start : end.end()].strip())
            start = end.end()
    yield from _in_reach(text[start:].strip())


def syllables(word: str) -> int:
    """Count the syllables of an English word: groups of vowels, less a silent e.

    Held against eSpeak NG's phonemes for 6,800 words, each as often as it occurred:
    96 % exact, the total 1.4 % low.
    """
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not letters:
        return 0
    groups = len(re.findall(r"[aeiouy]+", letters)) + len(_APART.findall(letters))
    return max(1, groups - bool(_SILENT.search(letters) and not _SPOKEN_E.search(letters)))


_APART = re.compile(r"[aeouy]ing|(?<![cstgxln])i[ao](?!u)|[^q]ua[lt]|sms?$|[sd]nt$")
"""Two vowels that are two syllables ("go-ing"), or a syllable without one ("could-n't")"""
_SILENT = re.compile(
    r"[^aeiouy](?:e|(?<![td])ed|(?<![cgsxz])(?<![cs]h)es|e(?:ly|ful|fully|less|ness|ments?|ty))$"
)
_SPOKEN_E = re.compile(r"[^aeiouylrw]les?$")


# --- sentences --------------------------------------------------------------

_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?:\s+|$)|\n\s*\n\s*|\n\s*(?=[-*•] )")
_CLAUSE = re.compile(r"[;:,—–][\"'”’)]*\s|\s[-–—]\s")
_UNBROKEN = frozenset({"Dr.", "Mr.", "Mrs.", "Ms.", "Prof.", "St.", "e.g.", "i.e.", "vs."})
"""No sentence ends after these"""


def _goes_on(before: str, following: str) -> bool:
    """Tell that this is no end: a title, an initial, a list's number, or a small letter next."""
    words = before.split()
    last = words[-1].lstrip("\"'“‘([") if words else ""
    initial = re.fullmatch(r"[B-HJ-Z]\.", last) is not None
    listed = len(words) == 1 and re.fullmatch(r"\d{1,2}\.", last) is not None
    return following.islower() or last in _UNBROKEN or initial or listed


def _in_reach(sentence: str) -> Iterator[str]:
    """Cut what is too long at its last clause mark, else at its last space."""
    while len(sentence) > LONGEST:
        head = sentence[:LONGEST]
        marks = [mark.end() for mark in _CLAUSE.finditer(head)]
        cut = marks[-1] if marks else head.rfind(" ")
        cut = cut if cut > 0 else LONGEST
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


# --- before and after the signs are read --------------------------------------

_PLAINER = {ord(sign): '"' for sign in "“”„«»"} | {ord(sign): "'" for sign in "’‘`´"}
_PLAINER |= {ord(sign): "-" for sign in "–−‑‐"} | {ord("—"): ", "}
_MARK = re.compile(r"(?:^|\n) ?(?:[-*+•>]+|#{1,6}|\d{1,2}[.)](?= [^\W\d])) |\n\n")


def _plain(text: str) -> str:
    """Take off markdown; write spaces, quotes, dashes and fractions in the plainest way."""
    text = unicodedata.normalize("NFC", text).translate(_PLAINER)
    text = re.sub("[¼-¾⅐-⅞]", lambda sign: " " + unicodedata.normalize("NFKC", sign[0]), text)
    text = re.sub(r"[^\S\n]+", " ", text.replace("⁄", "/"))
    text = re.sub(r"\n(?: ?\n)+ ?", "\n\n", text)
    text = re.sub(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,300}\)", r"\1", text)
    # The items of a list, headings and paragraphs are sentences of their own.
    text = _MARK.sub(". ", text).replace("\n", " ")
    text = re.sub(r"(?:\.{2,}|…)(?= ?(\w?))", lambda dots: "," if dots[1].islower() else ".", text)
    return re.sub(r"[*_]+|~~", " ", text)


def _named_emoji(text: str, language: str) -> str:
    if text.isascii():
        return text
    import emoji  # 35 ms that plain text does not need

    toned = re.sub("[\U0001f3fb-\U0001f3ff]", "", text)
    named = emoji.demojize(toned, delimiters=("⟨", "⟩"), language=language)
    once = re.sub(r"(⟨[^⟨⟩]*⟩)(?:\s*\1)+", r"\1", named.replace("\ufe0f", ""))
    return re.sub(r"⟨([^⟨⟩]*)⟩", lambda m: f", {m[1].replace('_', ' ')}, ", once)


def _folded(text: str) -> str:
    """Drop what is no word; leave one mark where several stand, and one space."""
    text = re.sub(r"(\w)\((\w{1,3})\)", r"\1\2", text.translate(_PLAINER))
    text = re.sub(r"[()\[\]{}]| -+ ", ", ", text)
    text = " ".join("".join(char if _is_said(char) else " " for char in text).split())
    text = re.sub(r"(?<!\w)['-]+|['-]+(?!\w)", " ", text)
    text = re.sub(r"\s*([.,;:!?][\s.,;:!?]*)", lambda run: _strongest(run[1]), text)
    return " ".join(text.split()).lstrip(".,;:!? ").rstrip(",;: ")


def _is_said(char: str) -> bool:
    return char.isalpha() or char in ".,;:!?'-" or unicodedata.category(char)[0] == "M"


def _strongest(run: str) -> str:
    """Choose one of several marks in a row, and keep the space after it."""
    mark = next(m for kind in (".!?", ";:", ",") for m in run if m in kind)
    return mark if len(run) == 1 else mark + " "
