"""Every row of every engine table keeps its stage's contract."""

import importlib.util

import pytest

from companion import hear, sense, speak, think
from companion.engines import load
from companion.guard.outgoing import as_given
from companion.risk import Assessment, RiskState
from companion.values import (
    AudioChunk,
    Expected,
    MindState,
    Plan,
    Prosody,
    Style,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from . import contracts

NEEDS_A_MODEL = {"vosk": "needs a Vosk model; its mechanics are tested in test_vosk.py"}


def build(stage: str, table: dict[str, str], name: str):
    if name in NEEDS_A_MODEL:
        pytest.skip(NEEDS_A_MODEL[name])
    if name == "llama" and importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("needs scripts/companion setup --llm")
    if name == "pitch+swift" and importlib.util.find_spec("swift_f0") is None:
        pytest.skip("needs requirements/pitch.txt")
    return load(stage, table, name, **contracts.options(name))


@pytest.mark.parametrize("name", hear.RECOGNISERS)
def test_a_recogniser_takes_sound_and_gives_words(name):
    """start, accept, finish; again and again; nothing said is nothing heard."""
    ear = build("recogniser", hear.RECOGNISERS, name)

    assert ear.name == name
    assert isinstance(ear.hears_danger, bool)
    for _ in range(2):
        ear.start(Expected())
        assert all(isinstance(ear.accept(chunk), str) for chunk in contracts.noise(0.5, 0.0))
        heard = ear.finish()
        assert isinstance(heard, Transcript)
        assert heard.text == ""


@pytest.mark.parametrize("name", hear.DETECTORS)
def test_a_detector_gives_a_probability_and_hears_no_speech_in_silence(name):
    """0 to 1 for any size of chunk."""
    detector = build("detector", hear.DETECTORS, name)
    quiet = [detector.probability(chunk) for chunk in contracts.noise(1.0, 0.0001)]
    loud = [detector.probability(chunk) for chunk in contracts.noise(1.0)]

    assert all(0 <= value <= 1 for value in quiet + loud)
    assert max(quiet) < 0.5


@pytest.mark.parametrize("name", sense.READERS)
def test_a_reader_measures_or_says_why_not(name):
    """Never an exception, never a value without a unit."""
    reader = build("reader", sense.READERS, name)
    for sound in (contracts.noise(1.0), [], contracts.noise(0.02, 0.0)):
        reader.start()
        for chunk in sound:
            reader.accept(chunk)
        prosody = reader.finish(Transcript())
        assert isinstance(prosody, Prosody)
        assert all(feature.unit for feature in prosody.features.values())
        assert prosody.quality.ok or prosody.quality.why


@pytest.mark.parametrize("name", speak.VOICES)
def test_a_voice_speaks_sentence_after_sentence(name):
    """Sound for words, and closing it early harms nothing."""
    voice = build("voice", speak.VOICES, name)

    assert voice.name == name
    for _ in range(2):
        chunks = list(voice.synthesize(as_given("Take your time."), Style()))
        assert all(isinstance(chunk, AudioChunk) for chunk in chunks)
        assert sum(chunk.seconds for chunk in chunks) > 0.3
        stream = iter(voice.synthesize(as_given("Take your time. There is no hurry."), Style()))
        next(stream)
        stream.close()


@pytest.mark.parametrize("name", think.MINDS)
def test_a_mind_yields_sentences_and_can_be_closed(name):
    """Or none, to leave the reply to the written one."""
    mind = build("mind", think.MINDS, name)
    said = Transcript("hello", typed=True)
    turn = Turn(
        Utterance(TurnId(1), said), said, Assessment(), RiskState(), Expected(), MindState(), (),
        free_talk=True,
    )  # fmt: skip
    mind.prepare("hel", ())
    reply = mind.reply(turn, Plan("reflect", (), task="reflect"))

    assert all(isinstance(sentence, str) for sentence in reply)
    reply.close()
    if name == "llama":
        mind.close()
