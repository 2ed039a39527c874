"""Everything that is said is plain: a reading grade of six at the most, and short sentences.

Questionnaires are left out: their wording is never changed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import readability
import yaml

from companion import paths
from companion.text import sentences
from companion.think.replies import read_replies, without_idioms
from companion.think.understanding import Understanding

ENGLISH = paths.content() / "en"
NOT_SAID = ("corpus", "sentences", "phrases", "questionnaires")
FILES = sorted(
    path
    for path in ENGLISH.rglob("*.yaml")
    if not set(NOT_SAID) & set(path.relative_to(ENGLISH).parts)
    and path.name not in ("outgoing.yaml", "persona.yaml", "reviewed.yaml", "habits.yaml")
)
HIGHEST_GRADE = 6.0
MOST_WORDS = 32
FEW = 5
"""Sentences below which a grade says nothing"""


def spoken(value: object) -> Iterator[str]:
    """Give what looks like a sentence: several words, and a mark at the end."""
    if isinstance(value, str):
        text = " ".join(re.sub(r"\{\w+\}", "seven", value).split())
        if re.search(r"[.?!…]$", text) and " " in text:
            yield from sentences(text)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in ("about", "source", "notice", "licence"):
                yield from spoken(item)
    elif isinstance(value, list):
        for item in value:
            yield from spoken(item)


def said_in(path: Path) -> list[str]:
    return list(spoken(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)))


def grade(texts: list[str]) -> float:
    """Give the Flesch-Kincaid grade."""
    tokens = (" ".join(re.findall(r"[\w'’-]+|[.?!]", text)) for text in texts)
    kincaid: float = readability.getmeasures("\n".join(tokens), lang="en")["readability grades"][
        "Kincaid"
    ]
    return kincaid


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ENGLISH)))
def test_its_reading_grade_is_six_at_the_most(path):
    """Flesch-Kincaid, by a library."""
    said = said_in(path)
    if len(said) < FEW:
        return

    assert grade(said) <= HIGHEST_GRADE


def test_the_grade_tells_plain_from_learned():
    """The measure measures."""
    assert grade(["I hear you.", "That is a lot to carry."] * 3) < 3
    assert grade(["Rumination constitutes a considerable exacerbating determinant."] * 3) > 12


@pytest.mark.parametrize("name", ["replies.yaml", "mirror.yaml"])
def test_its_sentences_are_short(name):
    """What is heard cannot be read again."""
    assert not [text for text in said_in(ENGLISH / name) if len(text.split()) > MOST_WORDS]


def test_plain_speech_has_no_turns_of_speech_and_misses_nothing():
    """`speak.plain`: each list keeps a reply that means what it says."""
    understanding = Understanding(ENGLISH)
    whole = read_replies(
        ENGLISH, understanding.feelings, understanding.topics, understanding.trap_kinds
    )
    plain = without_idioms(whole, ENGLISH)
    idioms = yaml.safe_load((ENGLISH / "plain.yaml").read_text())["idioms"]
    left = [
        text
        for text in spoken(yaml.safe_load(plain.model_dump_json()))
        if any(idiom in text.casefold() for idiom in idioms)
    ]

    assert left == []
    assert any(idiom in str(whole).casefold() for idiom in idioms)
