"""Whether the words so far may be all."""

import pytest

from companion import paths
from companion.events import Overlap
from companion.hear.endings import Ending, Endings
from companion.hear.overlaps import judge

ENDINGS = Endings(paths.content() / "en")


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        ("", Ending.UNKNOWN),
        ("...", Ending.UNKNOWN),
        ("I slept badly.", Ending.WHOLE),
        ("i slept badly and", Ending.OPEN),
        ("i slept badly and um", Ending.OPEN),
        ("it was because", Ending.OPEN),
        ("i went to the", Ending.OPEN),
        ("and my mother", Ending.OPEN),
        ("money", Ending.OPEN),
        ("i sweat when people", Ending.OPEN),
        ("when i wake up", Ending.OPEN),
        ("when i wake up i feel sick", Ending.WHOLE),
        ("i hardly sleep day and night", Ending.WHOLE),
        ("i feel", Ending.OPEN),
        ("i don't know how i feel", Ending.WHOLE),
        ("it's just", Ending.TRAILS),
        ("i don\N{RIGHT SINGLE QUOTATION MARK}t know", Ending.TRAILS),
        ("let me think", Ending.ROOM),
        ("he said um hang on", Ending.ROOM),
        ("i don't know how to say this", Ending.ROOM),
        ("that's all", Ending.CLOSED),
        ("can you help me with my sleep", Ending.CLOSED),
        ("can you help me with", Ending.OPEN),
        ("no", Ending.WHOLE),
    ],
)
def test_how_words_end(words, ending):
    """The longest ending that is known decides; then what is a subject or a first half alone."""
    assert ENDINGS.judge(words) is ending


@pytest.mark.parametrize("words", ["my mother", "when i wake up", "money", "seven"])
def test_part_of_a_sentence_may_be_a_whole_answer(words):
    """After a question of ours."""
    assert ENDINGS.judge(words, after_question=True) is Ending.WHOLE


@pytest.mark.parametrize("words", ["my mother and", "um", "well because i"])
def test_what_cannot_end_cannot_end_after_a_question_either(words):
    """A joint is a joint."""
    assert ENDINGS.judge(words, after_question=True) is Ending.OPEN


@pytest.mark.parametrize(
    ("words", "voiced", "has_ended", "after_question", "overlap"),
    [
        ("", 0.1, False, False, Overlap.UNKNOWN),
        ("", 0.2, True, False, Overlap.FALSE_START),
        ("", 0.3, True, False, Overlap.SPEECH),
        ("", 0.6, False, False, Overlap.SPEECH),
        ("mm-hm", 0.4, True, False, Overlap.BACKCHANNEL),
        ("Yeah, right.", 0.8, True, False, Overlap.BACKCHANNEL),
        ("yeah", 0.3, False, False, Overlap.UNKNOWN),
        ("yeah", 0.3, True, True, Overlap.SPEECH),
        ("yeah", 1.2, False, False, Overlap.SPEECH),
        ("yeah but", 0.4, False, False, Overlap.SPEECH),
        ("stop", 0.2, False, False, Overlap.SPEECH),
    ],
)
def test_what_a_sound_over_our_voice_is(words, voiced, has_ended, after_question, overlap):
    """A cough, a sign of listening, or somebody who speaks."""
    seen = judge(
        ENDINGS.backchannels, words, voiced, has_ended=has_ended, after_question=after_question
    )

    assert seen is overlap
