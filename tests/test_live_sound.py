"""A talk through real PortAudio: heard by a microphone, answered by a loudspeaker."""

import importlib.util
from difflib import SequenceMatcher

import pytest

from scripts.measure_live import hold

from . import made
from .test_virtual_sound import sound_server

pytestmark = pytest.mark.device


def test_the_engines_that_are_shipped_hear_and_answer():
    """What is played into the microphone comes back as an answer."""
    sentence = "I am worried about my job and I did not sleep well last night."
    with sound_server() as environment:
        # This voice says the same each time; "+f2" does not.
        (answer,) = hold((sentence,), "en-us+m6", "", environment)

    # How many words a weak ear gets right is measured elsewhere; here the sound has to arrive.
    words = sentence.lower().rstrip(".").split()
    same = SequenceMatcher(None, words, answer.heard.split(), autojunk=False)
    assert sum(block.size for block in same.get_matching_blocks()) >= 0.6 * len(words)
    assert any("computer program" in sentence for sentence in answer.answer)
    # The hold is 1 s after a statement; the rest is work and the devices.
    assert 1.0 < answer.first_sound < 3.0
    assert answer.spoken > 5.0


def test_piper_speaks_the_words_of_a_language_model():
    """In grief the second reply is a model's."""
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("needs scripts/companion setup --llm")
    settings = (
        "hear: {recogniser: 'tests.live_engines:Grief'}\n"
        "think: {mind: 'tests.live_engines:ForcedMind'}\n"
        f"speak: {{voice: piper, model: '{made.voice()}'}}\n"
    )
    with sound_server() as environment:
        first, second = hold(("One.", "Two."), "en-gb", settings, environment)

    assert any("computer program" in sentence for sentence in first.answer)
    worded, asked = second.answer[:2], second.answer[2:]
    assert worded == ["You carry so much, and it is a lot.", "I hear how tired you are."]
    # The model asked nothing, so the written question follows.
    assert len(asked) == 1 and asked[0].endswith("?")
    assert 2.0 < second.first_sound < 5.0
    assert second.spoken > 1.0
