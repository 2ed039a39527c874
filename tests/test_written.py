"""Everything that is written to be said passes our own guard: no sentence is refused in a talk."""

import re

import pytest
import yaml

from companion import paths
from companion.guard.outgoing import ScopeGuard
from companion.guard.words import read_normaliser

ENGLISH = paths.content() / "en"
GUARD = ScopeGuard(ENGLISH / "safety", {}, read_normaliser(ENGLISH / "safety"))
FILES = sorted(
    [
        *(ENGLISH / f"{name}.yaml" for name in ("checkin", "forms", "itself", "leading", "long",
                                               "memory", "plan", "prosody", "replies",
                                               "skill_words")),
        *ENGLISH.glob("courses/*.yaml"),
        *ENGLISH.glob("sessions/*.yaml"),
        *ENGLISH.glob("skills/*.yaml"),
    ]
)  # fmt: skip
PLACE = re.compile(r"\{[a-z_]+\}")
IS_SENTENCE = re.compile(r"^[A-Z“\"'{].*[.?!]$")


def sentences(value: object) -> list[str]:
    """Give all that reads like a sentence, with a word in each place."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return [PLACE.sub("seven", text)] if IS_SENTENCE.match(text) else []
    if isinstance(value, dict):
        return [text for item in value.values() for text in sentences(item)]
    if isinstance(value, list):
        return [text for item in value for text in sentences(item)]
    return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sentence_of_a_file_may_be_said(path):
    """Neither its words nor its form are refused, nor any sentence of a longer text."""
    written = sentences(yaml.load(path.read_text(), Loader=yaml.BaseLoader))
    parts = [one for text in written for one in re.split(r"(?<=[.?!]) (?=[A-Z])", text)]

    assert [(one, reason) for one in parts if (reason := GUARD.reason(one))] == []
