"""What is heard through Vosk's library: words, times, grammars, alternatives."""

import importlib
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from companion.errors import HearError
from companion.hear.vosk import SURE, VoskRecogniser
from companion.stages import Recogniser
from companion.values import AnswerKind, AudioChunk, Expected, Samples, Transcript

from . import voices
from .vosks import model as model
from .vosks import pytestmark as pytestmark
from .vosks import vosk as vosk

OPEN, YES_NO = Expected(), Expected(AnswerKind.YES_NO)
YES, NO = voices.tone(400), voices.tone(3000)
HISS = voices.noise(0.4, -20)
DOUBTFUL = YES + voices.tone(3000, 0.002)
"""Between "yes" and what it does not know"""


def hear(
    recogniser: Recogniser, *sounds: Samples, expected: Expected = OPEN, start: float = 0.0
) -> Transcript:
    """Play sounds with half a second of quiet before, between and after."""
    gap = voices.quiet(0.5)
    samples = np.concatenate([gap, *(np.append(one, gap) for one in sounds)])
    recogniser.start(expected)
    for chunk in voices.chunks(samples, 512):
        recogniser.accept(replace(chunk, start=start + chunk.start))
    return recogniser.finish()


def test_words_have_times_of_the_talk(vosk: Recogniser) -> None:
    """Word times count from the start of the talk, not of the utterance."""
    heard = hear(vosk, YES, NO, start=100.0)

    assert heard.text == "yes no"
    assert [word.start for word in heard.words] == pytest.approx([100.5, 101.4], abs=0.06)
    assert [word.end for word in heard.words] == pytest.approx([100.9, 101.8], abs=0.06)


def test_a_pause_does_not_end_the_turn(vosk: Recogniser) -> None:
    """What Vosk takes for the end is one segment of a turn; all of them are kept."""
    heard = hear(vosk, YES, voices.quiet(3), NO, voices.quiet(6), YES, start=1.0)

    assert heard.text == "yes no yes"
    assert [round(word.start, 1) for word in heard.words] == [1.5, 5.9, 13.3]
    assert "yes no" not in heard.alternatives


def test_words_are_shown_while_they_are_spoken(vosk: Recogniser) -> None:
    """The words so far grow, also past Vosk's own ends."""
    samples = np.concatenate([voices.quiet(0.5), YES, voices.quiet(3), NO, voices.quiet(0.5)])
    vosk.start(Expected())
    partials = [vosk.accept(chunk) for chunk in voices.chunks(samples, 512)]

    assert list(dict.fromkeys(partials)) == ["", "yes", "yes no"]


@pytest.mark.parametrize("height", [0.0, 0.001, 0.002])
def test_confidence_is_what_vosk_would_say(model: Path, vosk: Recogniser, height: float) -> None:
    """Confidences made from alternatives equal those Vosk gives when it gives no alternatives."""
    samples = np.concatenate(
        [voices.quiet(0.5), YES + voices.tone(3000, height), voices.quiet(0.5)]
    )
    library = importlib.import_module("vosk")
    own = library.KaldiRecognizer(library.Model(model_path=str(model)), voices.RATE)
    own.SetWords(True)
    pcm = (samples * 32767).astype("<i2").tobytes()
    for at in range(0, len(pcm), 1024):
        own.AcceptWaveform(pcm[at : at + 1024])
    theirs = [word["conf"] for word in json.loads(own.FinalResult())["result"]]

    ours = hear(vosk, YES + voices.tone(3000, height))

    assert [word.confidence for word in ours.words] == pytest.approx(theirs, abs=0.05)


def test_doubt_gives_alternatives(vosk: Recogniser) -> None:
    """What else it may have been is told, and never repeats the text."""
    heard = hear(vosk, YES + voices.tone(3000, 0.004))

    assert heard.text == ""
    assert heard.alternatives == ("yes",)


def test_an_utterance_leaves_nothing_behind(vosk: Recogniser) -> None:
    """The same sound is heard the same, whatever was heard before, and silence has no words."""
    first = hear(vosk, DOUBTFUL, NO)
    hear(vosk, HISS, YES, expected=YES_NO)

    assert hear(vosk, DOUBTFUL, NO) == first
    assert hear(vosk, voices.quiet(1)) == Transcript()


def test_sound_beyond_full_scale_is_clipped(vosk: Recogniser) -> None:
    """Too loud a sound is cut off, not folded over into another one."""
    assert hear(vosk, YES * 20) == hear(vosk, np.clip(YES * 20, -1, 1))


def test_a_closed_answer_is_heard_by_a_grammar(vosk: Recogniser) -> None:
    """An answer that was asked for is heard as such."""
    heard = hear(vosk, NO, expected=YES_NO)

    assert heard.text == "no"
    assert not heard.rejected


def test_other_words_than_asked_for_are_heard_all_the_same(model: Path) -> None:
    """Where only "yes" was expected, "no" reaches the guard: it is heard again, freely."""
    vosk = VoskRecogniser(model, phrases=lambda expected: ("yes",))

    heard = hear(vosk, NO, start=10.0, expected=YES_NO)

    assert heard.text == "no" or "no" in heard.alternatives
    assert not heard.rejected


def test_what_is_no_word_at_all_is_rejected(vosk: Recogniser) -> None:
    """Speech that is neither an answer nor any other word is told from silence."""
    assert hear(vosk, HISS, expected=YES_NO).rejected
    assert not hear(vosk, HISS).rejected


def test_an_unsure_answer_brings_what_else_it_may_be(model: Path) -> None:
    """An answer the grammar is not sure of stays; what free listening adds stands beside it."""
    vosk = VoskRecogniser(model, phrases=lambda expected: ("yes", "no yes"))

    heard = hear(vosk, DOUBTFUL, expected=YES_NO)

    assert heard.text == "yes"
    assert heard.confidence is not None
    assert heard.confidence < SURE
    assert not heard.rejected


def test_a_fixed_graph_listens_freely(tmp_path: Path) -> None:
    """A model that takes no grammar still hears closed answers, and other words too."""
    folder = voices.write_model(tmp_path / "fixed", dynamic=False)
    vosk = VoskRecogniser(folder, phrases=lambda expected: ("yes",))

    assert hear(vosk, NO, expected=YES_NO).text == "no"


def test_another_rate_is_refused(vosk: Recogniser) -> None:
    """Sound at another rate would be misheard, so it is an error."""
    with pytest.raises(HearError, match="16000 Hz, not 8000 Hz"):
        vosk.accept(AudioChunk(voices.quiet(0.1), 8000))
