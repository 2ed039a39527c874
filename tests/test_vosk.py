"""Vosk, with a model that knows three sounds (see `voices.py`).

It proves how words, times, confidences, alternatives and grammars come through;
how well Vosk hears speech, only a real model can tell.
"""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from companion.errors import HearError
from companion.hear.vosk import SURE, VoskRecogniser, find_fault, find_model
from companion.stages import Recogniser
from companion.values import AnswerKind, AudioChunk, Expected, Samples, Transcript

from . import voices

HAS_VOSK = importlib.util.find_spec("vosk") is not None
pytestmark = pytest.mark.skipif(not HAS_VOSK, reason="Vosk is not installed")

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


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the small model."""
    return voices.write_model(tmp_path_factory.mktemp("models") / "vosk-model-small-en-us-0.1")


@pytest.fixture(scope="module")
def vosk(model: Path) -> Recogniser:
    """Give a recogniser that waits for yes or no, or for a word it does not know."""
    return VoskRecogniser(model, phrases=lambda expected: ("yes", "no", "no rhubarb"))


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


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a child, where a crash of Vosk would hurt nobody."""
    command = [sys.executable, "-c", code, *arguments]
    settings = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=settings
    )


LOAD = """
import sys
from pathlib import Path
from companion.errors import EngineError
from companion.hear.vosk import VoskRecogniser
try:
    VoskRecogniser(Path(sys.argv[1]))
except EngineError as error:
    print(error)
"""

HEAR_SOCKETS = """
import socket, sys
from pathlib import Path
events = []
sys.addaudithook(lambda name, details: name.startswith("socket.") and events.append(name))
before = socket.has_ipv6
from companion.hear.vosk import VoskRecogniser
from companion.values import Expected
VoskRecogniser(Path(sys.argv[1])).start(Expected())
print(events, socket.has_ipv6 == before, "urllib3" in sys.modules)
"""


def test_loading_opens_no_socket(model: Path) -> None:
    """Neither Vosk nor what it imports touches a socket, and Python's own answer is put back."""
    child = run(HEAR_SOCKETS, str(model))

    assert child.stdout == "[] True True\n"


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        ("am/final.mdl", None, "is not whole: am/final.mdl is missing or empty"),
        ("am/final.mdl", b"", "is not whole: am/final.mdl is missing or empty"),
        ("am/final.mdl", b"<html>Not found</html>", "is damaged: am/final.mdl is not what"),
        ("conf/mfcc.conf", None, "is not whole: conf/mfcc.conf is missing or empty"),
        ("graph/HCLr.fst", None, "is not whole: graph/HCLr.fst is missing or empty"),
        ("graph/HCLr.fst", b"\0" * 100, "is damaged: graph/HCLr.fst is not what"),
        ("graph/Gr.fst", None, "is not whole: graph/Gr.fst is missing or empty"),
    ],
)
def test_a_broken_model_gives_one_sentence(
    tmp_path: Path, part: str, content: bytes | None, says: str
) -> None:
    """A missing, empty or foreign part: no crash, no noise, one sentence and what to do."""
    folder = voices.write_model(tmp_path / "model")
    if content is None:
        (folder / part).unlink()
    else:
        (folder / part).write_bytes(content)

    child = run(LOAD, str(folder))

    assert child.returncode == 0
    assert child.stdout.startswith(f"The speech model in '{folder}' {says}")
    assert child.stdout.endswith(". Run: scripts/companion models get\n")
    assert child.stderr == ""


@pytest.mark.parametrize("part", ["am/final.mdl", "conf/model.conf", "graph/HCLr.fst"])
def test_a_model_that_breaks_off_does_not_crash(tmp_path: Path, part: str) -> None:
    """Damage that only loading can find gives one sentence too."""
    folder = voices.write_model(tmp_path / "model")
    content = (folder / part).read_bytes()
    (folder / part).write_bytes(content[: len(content) // 2 - 3])

    child = run(LOAD, str(folder))

    assert child.returncode == 0
    assert child.stdout.startswith(f"The speech model in '{folder}' is damaged. Run: ")


def test_no_model_gives_one_sentence(tmp_path: Path) -> None:
    """A folder that is not there, or has nothing in it, is named as such."""
    (tmp_path / "bare").mkdir()

    children = [run(LOAD, str(tmp_path / name)) for name in ("gone", "bare")]

    assert "gone' is missing. Run: " in children[0].stdout
    assert "bare' is empty. Run: " in children[1].stdout
    assert [child.returncode for child in children] == [0, 0]


def test_old_and_new_layouts_are_known(tmp_path: Path) -> None:
    """Models with a fixed graph, with one that takes grammars, and flat ones all pass."""
    fixed = voices.write_model(tmp_path / "fixed", dynamic=False)
    dynamic = voices.write_model(tmp_path / "dynamic")
    flat = tmp_path / "flat"
    flat.mkdir()
    for part in ("am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst"):
        (flat / Path(part).name).write_bytes((dynamic / part).read_bytes())

    assert [find_fault(model) for model in (fixed, dynamic, flat)] == ["", "", ""]
    (flat / "Gr.fst").unlink()
    assert find_fault(flat) == "is not whole: Gr.fst is missing or empty"


def test_the_first_whole_model_of_a_language_is_found(tmp_path: Path) -> None:
    """Folders are searched in order; other languages, weak and broken models are passed over."""
    own, shared = tmp_path / "own", tmp_path / "shared"
    voices.write_model(own / "vosk-model-small-en-in-0.4")
    broken = voices.write_model(own / "vosk-model-en-us-0.22")
    (broken / "am/final.mdl").unlink()
    german = voices.write_model(shared / "vosk-model-small-de-0.15")
    english = voices.write_model(shared / "vosk-model-small-en-us-0.15")
    voices.write_model(shared / "vosk-model-small-eo-0.42")
    folders = (tmp_path / "nowhere", own, shared)

    assert find_model(folders, "en") == english
    assert find_model(folders, "en-US") == english
    assert find_model(folders, "de") == german
    assert find_model(folders, "fr") is None
    assert find_model(folders, "en-in") == own / "vosk-model-small-en-in-0.4"
