"""Closed answers: what a "yes" is, what a number is, and when it is neither."""

import pytest

from companion import paths
from companion.answers import Answers
from companion.values import AnswerKind, Expected

ANSWERS = Answers(paths.content() / "en")


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes, please.", "yeah", "um yes", "okay", "i think so", "yes i have been for weeks",
     "Well, yes", "I do", "sure, why not", "oh okay then", "a little"],
)  # fmt: skip
def test_a_yes_is_a_yes(text):
    """In many words."""
    assert ANSWERS.yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["no", "No.", "nope", "not really", "no thank you", "um no", "okay no", "i don't think so",
     "no i would never do that", "I'm not", "not right now", "I haven't"],
)  # fmt: skip
def test_a_no_is_a_no(text):
    """In many words."""
    assert ANSWERS.yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "maybe", "yes but no", "no wait yes", "i don't know", "yes and no", "banana",
     "what do you mean", "it depends", "yes but not tonight", "i had toast this morning"],
)  # fmt: skip
def test_what_could_be_either_is_neither(text):
    """It is asked again, never guessed."""
    assert ANSWERS.yes_no(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("seven", 7), ("about a seven", 7), ("seven out of ten", 7), ("7/10", 7), ("7", 7),
     ("I'd say a six.", 6), ("ten out of ten", 10), ("zero", 0), ("maybe a four or five", 5),
     ("between six and seven", 7), ("six and a half", 7), ("6.5", 7), ("it's a nine right now", 9),
     ("one", 1), ("um, three i think", 3), ("nothing", 0), ("10", 10)],
)  # fmt: skip
def test_a_number_on_the_scale(text, number):
    """As people say it; of two neighbours the higher."""
    assert ANSWERS.scale(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "twenty", "11", "no one", "two or nine", "for three days now it has been bad",
     "there is one thing i want to tell you", "a lot", "100", "5 minutes", "seven hundred"],
)  # fmt: skip
def test_no_number_on_the_scale(text):
    """Counts of other things, and numbers beyond ten, are not answers."""
    assert ANSWERS.scale(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("breathing", "breathing"), ("Breathing, please.", "breathing"),
     ("i would rather talk", "talk"),
     ("um the first one", "talk"), ("let's try the breathing i think", "breathing"),
     ("i don't want to talk", None), ("talk or breathing", None), ("hello", None)],
)  # fmt: skip
def test_a_choice(text, name):
    """One of the things offered, or none."""
    assert ANSWERS.choice(text, ("talk", "breathing")) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("stop", "stop"), ("Stop!", "stop"), ("please stop now", "stop"), ("help", "help"),
     ("okay, help me please", "help"), ("goodbye", "goodbye"), ("say that again please", "repeat"),
     ("i can't stop crying", None), ("my boss could not help me", None), ("", None)],
)  # fmt: skip
def test_commands_stand_alone(text, name):
    """A command inside a sentence is no command."""
    assert ANSWERS.command(text) == name


@pytest.mark.parametrize("kind", [AnswerKind.YES_NO, AnswerKind.SCALE, AnswerKind.CHOICE])
def test_every_grammar_holds_the_words_that_always_work(kind):
    """Help and stop are never out of grammar."""
    phrases = ANSWERS.phrases(Expected(kind, ("talk", "breathing")))

    assert {"help", "stop", "goodbye", "panic"} <= set(phrases)


@pytest.mark.parametrize("kind", [AnswerKind.YES_NO, AnswerKind.SCALE, AnswerKind.CHOICE])
def test_every_phrase_of_a_grammar_is_understood(kind):
    """What the recogniser may print, the policy can read."""
    expected = Expected(kind, ("talk", "breathing"))
    lost = [phrase for phrase in ANSWERS.phrases(expected) if not ANSWERS.read(expected, phrase)]

    assert not lost
