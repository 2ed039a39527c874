"""A joke after words that hurt is no reason to laugh."""

import pytest

from tests.test_talking import held, talk

__all__ = ["talk"]
JOKES = ("haha just kidding", "that was a joke", "i'm only joking", "just kidding")
CHEERED = ("fun", "humour", "?")


@pytest.mark.parametrize(
    "told",
    [
        "I feel completely worthless and everything is falling apart.",
        "My mother died last week.",
        "I don't see the point of anything any more.",
    ],
)
def test_a_joke_after_pain_is_not_cheered(talk, told):
    """It is neither laughed along with nor asked about, however often, and the door stays open."""
    turns = held(talk, told, *JOKES)

    for act, words, _ in turns[1:]:
        assert act == "joking"
        assert words
        assert not any(cheer in words for cheer in CHEERED)


def test_a_joke_after_light_words_is_met_lightly(talk):
    """Nothing hurt: a joke may be a joke, also once what hurt has eased."""
    for before in ("I planted tomatoes with my neighbour.", "I feel so much better today."):
        assert "fun" in held(talk, before, "just kidding")[-1][1]
