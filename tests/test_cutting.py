"""What a model writes, cut into sentences while it writes."""

import pytest

from companion.think.cutting import Cutter


def cut(*pieces: str) -> list[str]:
    cutter = Cutter()
    found = [sentence for piece in pieces for sentence in cutter.push(piece)]
    return [*found, *cutter.finish()]


def test_a_sentence_comes_as_soon_as_the_next_one_begins():
    """Speaking need not wait for the rest."""
    cutter = Cutter()

    assert list(cutter.push("That sounds hard")) == []
    assert list(cutter.push(". And")) == ["That sounds hard."]
    assert list(cutter.push(" lonely.")) == []
    assert list(cutter.finish()) == ["And lonely."]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_pieces_of_any_size_give_the_same(size):
    """Tokens end where they like."""
    text = "<think>They say a < b. Sad.</think> I hear you. It is 5.30 and late, isn't it?"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert cut(*pieces) == ["I hear you.", "It is 5.30 and late, isn't it?"]


def test_a_sentence_that_was_broken_off_is_not_spoken():
    """Half a sentence can mean anything."""
    assert cut("I hear you. You should") == ["I hear you."]


@pytest.mark.parametrize(
    "text",
    [
        "<think>secret</think>Yes.",
        "<thinking>secret</thinking>Yes.",
        "<reasoning>secret.</reasoning> Yes.",
        "<|channel>thought secret. <channel|>Yes.",
        "<|channel|>analysis<|message|> Yes.",
        "secret. More secrets.</think>Yes.",
        "<think>secret <think> again </think>Yes.",
    ],
)
def test_notes_to_itself_are_never_spoken(text):
    """Whatever the model's own marks for them are."""
    assert cut(text)[-1:] == ["Yes."]
    assert "<" not in "".join(cut(text))


def test_a_note_that_never_ends_leaves_nothing():
    """Then the written reply is given."""
    assert cut("<think>I wonder. They say. Hm.") == []


def test_a_note_at_the_end_is_dropped_too():
    """Wherever it stands."""
    assert cut("I hear you. <think>Was that good? Yes.</think>") == ["I hear you."]
