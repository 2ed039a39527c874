"""The ear that needs no download: streaming, closed answers, rejection."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soxr

pytest.importorskip("pocketsphinx", reason="PocketSphinx has no wheel for this Python here")

from companion import paths
from companion.answers import Answers
from companion.commands.talks import Demo
from companion.content import read
from companion.errors import EngineError
from companion.hear.sphinx import SphinxRecogniser
from companion.values import AnswerKind, AudioChunk, Expected, Samples, Transcript
from scripts.make_language_model import corpus
from scripts.measure_hearing import unseen

ROOT = Path(__file__).parents[1]
RATE = 16_000
ENGLISH = paths.content() / "en"
ANSWERS = Answers(ENGLISH)
YES_NO, SCALE = Expected(AnswerKind.YES_NO), Expected(AnswerKind.SCALE)
CHOICE = Expected(AnswerKind.CHOICE, ("talk", "breathing"))


def ear() -> SphinxRecogniser:
    return SphinxRecogniser(paths.DATA / "en", ANSWERS)


@pytest.fixture(scope="module")
def shared() -> SphinxRecogniser:
    return ear()


ALONE = """
import sys
import numpy as np
from companion import paths
from companion.speak.espeak import EspeakVoice
from companion.text import read_spoken_forms
from companion.values import Cleared, Style
accent, text = sys.argv[1:]
voice = EspeakVoice(accent, spoken=read_spoken_forms(paths.content() / "en"))
chunks = voice.synthesize(Cleared(text), Style(speed=0.95))
sys.stdout.buffer.write(np.concatenate([chunk.samples for chunk in chunks]).tobytes())
"""
"""In a process of its own: eSpeak never says the same twice, so what was said before would tell"""


@cache
def speech(text: str, accent: str = "en-us+m6") -> Samples:
    command = [sys.executable, "-c", ALONE, accent, text]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=60)
    sound = np.frombuffer(done.stdout, np.float32)
    quiet = np.zeros(RATE // 2, np.float32)
    whole = np.concatenate([quiet, soxr.resample(sound, 22_050, RATE), quiet])
    noise = np.random.default_rng(3).standard_normal(len(whole)) * 0.0008
    return (0.7 * whole + noise).astype(np.float32)


def blocks(sound: Samples, size: int = 512, start: float = 0.0) -> Iterator[AudioChunk]:
    for at in range(0, len(sound), size):
        yield AudioChunk(sound[at : at + size], RATE, start + at / RATE)


def hear(
    recogniser: SphinxRecogniser, sound: Samples, expected: Expected, **how: float
) -> Transcript:
    recogniser.start(expected)
    for block in blocks(sound, **how):
        recogniser.accept(block)
    return recogniser.finish()


@pytest.mark.parametrize(
    ("said", "expected", "meaning"),
    [
        ("yes", YES_NO, "True"), ("no", YES_NO, "False"), ("yes please", YES_NO, "True"),
        ("about a seven", SCALE, "7"), ("maybe a six", SCALE, "6"),
        ("breathe together", CHOICE, "breathing"), ("i would rather talk", CHOICE, "talk"),
        ("stop", YES_NO, "stop"),
    ],
)  # fmt: skip
def test_a_closed_answer_is_heard(shared, said, expected, meaning):
    """Answers to our questions, and the words that always work."""
    heard = hear(shared, speech(said), expected)

    assert not heard.rejected
    assert ANSWERS.read(expected, heard.text) == meaning


@pytest.mark.parametrize("expected", [YES_NO, SCALE, CHOICE], ids=["yes_no", "scale", "choice"])
def test_a_cry_for_help_is_heard(shared, expected):
    """Whatever was asked, and in whatever accent: the grammar alone hears half of them."""
    cries = [
        (cry, accent)
        for cry in ("help me", "i need help", "please help me")
        for accent in ("en-us+m6", "en-gb+m2", "en-gb-scotland+f5")
    ]
    found = [
        ANSWERS.read(expected, hear(shared, speech(cry, accent), expected).text) == "help"
        for cry, accent in cries
    ]

    assert sum(found) >= 0.8 * len(cries)


@pytest.mark.parametrize("expected", [YES_NO, SCALE, CHOICE], ids=["yes_no", "scale", "choice"])
def test_other_speech_is_not_forced_into_an_answer(shared, expected):
    """It is rejected, and what was heard freely goes to the guard."""
    heard = hear(shared, speech("my sister called me about the wedding in the summer"), expected)

    assert heard.rejected
    assert heard.text


def test_streaming_gives_what_one_shot_gives():
    """Blocks of any size."""
    sound = speech("i feel so tired today")

    assert hear(ear(), sound, Expected()) == hear(ear(), sound, Expected(), size=len(sound))


def test_words_have_times_in_the_talk():
    """Seconds since the talk began, in order, inside the speech."""
    sound = speech("i feel so tired today")
    heard = hear(ear(), sound, Expected(), start=100.0)

    assert heard.words
    assert [word.text for word in heard.words] == heard.text.split()
    times = [time for word in heard.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert 100 < times[0] < times[-1] < 100 + len(sound) / RATE
    assert all(0 <= word.confidence <= 1 for word in heard.words)


def test_partials_grow_while_someone_speaks(shared):
    """The words so far are there before the end."""
    shared.start(Expected())
    partials = [shared.accept(block) for block in blocks(speech("i feel so tired today"))]

    assert any(partials)
    assert len({partial for partial in partials if partial}) > 1


@pytest.mark.parametrize("expected", [Expected(), YES_NO], ids=["open", "closed"])
@pytest.mark.parametrize("level", [0.0, 0.001])
def test_silence_is_no_words(shared, expected, level):
    """Two seconds of nothing, or of faint noise."""
    noise = np.random.default_rng(1).standard_normal(2 * RATE).astype(np.float32) * level

    assert hear(shared, noise, expected).text == ""


def test_an_utterance_may_be_given_up(shared):
    """start() forgets what was going on."""
    shared.start(Expected())
    for block in blocks(speech("hello")):
        shared.accept(block)

    assert hear(shared, speech("yes"), YES_NO).text == "yes"
    shared.start(Expected())
    assert shared.finish().text == ""


def test_a_closed_answer_that_was_given_up_leaves_the_ear_in_order(shared):
    """Another grammar can follow at once."""
    for expected in (YES_NO, SCALE):
        shared.start(expected)
        for block in blocks(speech("yes")):
            shared.accept(block)

    assert hear(shared, speech("yes"), YES_NO).text == "yes"


def test_two_ears_do_not_disturb_each_other():
    """The state is the object's."""
    one, two, sound = ear(), ear(), speech("i feel so tired today")
    one.start(Expected())
    two.start(YES_NO)
    for block in blocks(sound):
        one.accept(block)
        two.accept(block)

    assert one.finish() == hear(ear(), sound, Expected())


def test_missing_files_are_one_sentence(tmp_path):
    """With the command that makes them."""
    with pytest.raises(EngineError, match="make_language_model"):
        SphinxRecogniser(tmp_path, ANSWERS)


def test_every_word_of_a_grammar_is_in_the_dictionary():
    """Nothing is listened for that cannot be heard."""
    lines = (paths.DATA / "en" / "words.dict").read_text().splitlines()
    known = {line.split()[0] for line in lines}
    asked = {
        word
        for expected in (YES_NO, SCALE, CHOICE)
        for phrase in ANSWERS.phrases(expected)
        for word in phrase.split()
    }

    assert asked <= known


def test_what_is_measured_on_stands_in_no_training_text():
    """Not the demo's sentences; and of the unseen ones only those count that are not in it."""
    trained = set(corpus(ENGLISH / "sentences", most=100_000))
    demo = read(paths.DATA / "demo" / "demo.yaml", Demo).recordings.values()
    long = [text for recording in demo for text in recording.texts if len(text.split()) > 4]
    said = [text.lower().replace(",", "").replace(".", "") for text in long]

    assert not trained & set(said)
    assert not trained & set(unseen())
    assert len(unseen()) > 90
    assert len(trained) > 40_000
