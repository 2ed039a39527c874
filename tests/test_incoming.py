"""Signs of danger: found by kind, softened by denial and story, never lowered."""

import time
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import paths
from companion.answers import Answers
from companion.errors import SettingsError
from companion.guard.incoming import PhraseGuard
from companion.guard.minimal import MinimalGuard
from companion.guard.patterns import Phrases
from companion.values import Kind, Risk, RiskState, Transcript

ENGLISH = paths.content() / "en"
GUARD = PhraseGuard(ENGLISH / "safety", Answers(ENGLISH).yes_no)
LEVELS = {level.name.lower(): level for level in Risk}


def rows(half: str) -> list[dict[str, str]]:
    path = paths.PACKAGE.parent / "tests" / "phrases" / f"incoming_{half}.yaml"
    loaded: list[dict[str, str]] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)["phrases"]
    return loaded


def level(text: str, *others: str) -> Risk:
    return GUARD.judge(Transcript(text, alternatives=others)).level


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("half", "floor"), [("dev", 0.97), ("sealed", 0.5)])
def test_every_kind_is_found(kind, half, floor):
    """No kind hides in an average. The floor of the sealed half only keeps it from falling:
    docs/guard.md has the figures, and they are not good enough yet."""
    phrases = [row for row in rows(half) if row["kind"] == kind.value and "at_least" in row]
    found = [row for row in phrases if level(row["text"]) is not Risk.NONE]

    assert len(phrases) >= 24
    assert len(found) >= floor * len(phrases)


def test_ordinary_talk_raises_no_question():
    """The half the phrases were written on."""
    ordinary = [row["text"] for row in rows("dev") if row.get("at_most") in ("none", "soft")]
    asked = [text for text in ordinary if level(text) >= Risk.CONCERN]

    assert len(ordinary) >= 200
    assert not asked


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("i want to kill myself", Risk.CONCERN), ("I WANT TO KILL MYSELF!!!", Risk.CONCERN),
        ("i wanna kms", Risk.CONCERN), ("kill my shelf i want to kill my shelf", Risk.CONCERN),
        ("i am going to kill myself tonight", Risk.IMMEDIATE),
        ("i took all my pills", Risk.IMMEDIATE), ("i would never kill myself", Risk.SOFT),
        ("this traffic is killing me", Risk.NONE), ("my phone is dead", Risk.NONE),
        ("", Risk.NONE), ("...", Risk.NONE),
    ],
)  # fmt: skip
def test_words_are_weighed(text, wanted):
    """Slang, shouting, sounds-alike, denial, sayings."""
    assert level(text) is wanted


def test_what_the_recogniser_thinks_less_likely_raises_a_question_and_no_more():
    """Nobody is told to call for help on a guess."""
    assert level("i want to fill my shelf", "i am going to kill myself tonight") is Risk.CONCERN


def test_a_second_oblique_sign_in_a_talk_asks():
    """One is let pass in silence."""
    first, state = GUARD.weigh(Transcript("i feel hopeless"), RiskState())
    _, later = GUARD.weigh(Transcript("i am such a burden to everyone"), state)

    assert first.level is Risk.SOFT and state.level is Risk.SOFT
    assert later.level is Risk.CONCERN


def test_an_answer_to_our_question_is_read():
    """Yes, no, or neither."""
    asked = RiskState(Risk.CONCERN, asked="ask-suicide")
    answers = [GUARD.weigh(Transcript(text), asked)[0].answers for text in ("yes", "no", "hm")]

    assert answers == [True, False, None]


@given(text=st.text(max_size=200), known=st.sampled_from(list(Risk)))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_guard_or_lowers_the_level(text, known):
    """Whatever is said."""
    _, state = GUARD.weigh(Transcript(text), RiskState(known))
    _, plain = MinimalGuard().weigh(Transcript(text), RiskState(known))

    assert state.level >= known
    assert plain.level >= known


def test_a_joke_lowers_nothing():
    """ "I was only joking" leaves the level where it is."""
    _, state = GUARD.weigh(Transcript("i want to kill myself"), RiskState())
    _, later = GUARD.weigh(Transcript("i was only joking"), replace(state, asked=""))

    assert later.level is state.level is Risk.CONCERN


@pytest.mark.parametrize(
    "text",
    ["i want to die " * 400, "kill " * 3_000, "i am so very tired of " * 1_000, "a" * 50_000],
)
def test_long_texts_are_judged_in_time(text):
    """No phrase makes the search explode. The bound is far above what it takes."""
    began = time.process_time()
    level(text)

    assert time.process_time() - began < 10


@pytest.mark.parametrize("phrase", ["(kill myself", "kill] me", "{nobody} dies", "kill me?"])
def test_a_bad_phrase_is_named(phrase):
    """A clinician is told which one."""
    with pytest.raises(SettingsError, match="phrase"):
        Phrases({"rule": [phrase]}, {}).find(" kill myself ")


def test_the_minimal_check_needs_nothing():
    """It takes plain danger words for immediate danger."""
    found, state = MinimalGuard().weigh(Transcript("i want to die"), RiskState())

    assert found.level is state.level is Risk.IMMEDIATE
