"""Phrases in the safety files mean what their description says, and mistakes in them are named."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.errors import SettingsError
from companion.guard.incoming import PhraseGuard
from companion.guard.patterns import Phrases
from companion.guard.words import Normaliser

SAFETY = Path(__file__).parents[1] / "prompts" / "en" / "safety"


def say_nothing(_: str) -> bool | None:
    return None


def test_ill_is_not_i_will() -> None:
    """Short forms are told from words that look like them."""
    normalise = Normaliser({"i'll": "i will", "dont": "do not"}, ["um"])
    assert normalise("I'll be ill, um, don't worry") == " i will be ill , do not worry "


@given(st.text(alphabet="ab ,'.-\n’", max_size=200))
@settings(max_examples=60, deadline=None)
def test_written_text_is_single_spaced(text: str) -> None:
    """Phrases can rely on one space around every word."""
    words = Normaliser({"a'b": "ab"}, ["b"])(text)
    assert words.startswith(" ") and words.endswith(" ")
    assert "  " not in words.strip()
    assert "'" not in words


def finds(phrase: str, words: str, **lists: str) -> bool:
    return bool(Phrases({"x": [phrase]}, lists).find(f" {words} "))


@pytest.mark.parametrize(
    ("phrase", "words", "found"),
    [
        ("kill myself", "i kill myself", True),
        ("kill myself", "i just kill only myself", True),
        ("kill myself", "skill myself", False),
        ("kill myself", "kill , myself", False),
        ("(want|wish) to die", "i wish to die", True),
        ("i am [so] done", "i am done", True),
        ("suicid*", "a suicidal day", True),
        ("end .. my life", "end a b c my life", True),
        ("end .. my life", "end a b c d my life", False),
        ("end .. my life", "end , my life", False),
        ("knife ... hurt", "knife , a b c d e hurt", True),
        ("{wish} to die", "i hope to die", True),
        ("baby & (devil|demon)", "the devil took the baby", True),
        ("baby & (devil|demon)", "baby " + "and so on " * 40 + "devil", False),
    ],
)
def test_phrases_mean_what_the_page_says(phrase: str, words: str, found: bool) -> None:
    """Every sign of the phrase language does what is written in its description."""
    assert finds(phrase, words, wish="want|hope") is found


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("{nowhere} to die", "unknown list {nowhere}"),
        ("(kill myself", "brackets that do not match"),
        ("kill myself)", "brackets that do not match"),
        ("(kill] myself", "brackets that do not match"),
        ("kill #myself", "cannot be read"),
        (".. kill", "gap with nothing before it"),
        ("[maybe]", "could match nothing"),
        ("{loop}", "nests too many lists"),
        ("a ... b ... c ... d", "too many gaps"),
    ],
)
def test_a_bad_phrase_is_named(phrase: str, problem: str) -> None:
    """The message says which phrase, and what is wrong with it."""
    with pytest.raises(SettingsError) as error:
        Phrases({"x": [phrase]}, {"loop": "{loop}"})
    assert problem in error.value.problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SAFETY, tmp_path / "safety")
    return tmp_path / "safety"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("suicide.yaml", "level: immediate", "level: terrible"),
        ("medical.yaml", '      - "chest (pain', '      - "{nowhere} (pain'),
        ("sayings.yaml", "idioms:\n", 'idioms:\n  - "(broken"\n'),
        ("eating.yaml", "- id: eating-no-water", "- id: eating-medical"),
        ("bereavement.yaml", "rules:", "rulez:"),
    ],
)
def test_a_mistake_in_the_data_names_its_file(folder: Path, file: str, old: str, new: str) -> None:
    """A level, list, phrase, id or key that is wrong stops the start and names the file."""
    path = folder / "phrases" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=file):
        PhraseGuard(folder, say_nothing)


def test_a_missing_kind_stops_the_start(folder: Path) -> None:
    """Every kind has a file: none can be forgotten."""
    (folder / "phrases" / "third_person.yaml").unlink()
    with pytest.raises(SettingsError, match=r"third_person\.yaml"):
        PhraseGuard(folder, say_nothing)
