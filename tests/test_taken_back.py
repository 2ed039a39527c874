"""Whoever draws back from what they told is not pressed, and not praised for it."""

import pytest

from companion.parts import read_parts
from companion.settings import Settings
from companion.think.understanding import Understanding

from .test_talking import held, talk

HEAVY = ("I feel completely worthless", "everything is falling apart at home")
__all__ = ["talk"]


@pytest.mark.parametrize(
    "words",
    [
        "forget it", "oh never mind", "I'm fine, really", "it doesn't matter anyway",
        "sorry, I was being silly", "Well, pretend I never said that.",
    ],
)  # fmt: skip
def test_nothing_is_asked_and_nothing_offered(talk, words):
    """The door stays open."""
    act, said, _ = held(talk, *HEAVY, words)[-1]

    assert act == "listen"
    assert said and "?" not in said


def test_before_anything_was_told_it_is_an_answer_like_any_other(talk):
    """ "I'm fine" to a greeting takes nothing back."""
    act, _, _ = held(talk, "I'm fine")[-1]

    assert act != "listen"


def test_only_the_bare_words_take_anything_back():
    """Whoever goes on has something to say."""
    reads = Understanding(read_parts(Settings()).folder)

    assert reads.takes_back("okay, forget it")
    assert not reads.takes_back("I can't forget it, it was my fault")
    assert not reads.takes_back("it doesn't matter to him how I feel")


def test_what_comes_after_it_is_heard_again(talk):
    """One can begin anew in the next sentence."""
    act, said, _ = held(talk, *HEAVY, "forget it", "my boss shouted at me today")[-1]

    assert act != "listen" and "boss" in said
