"""The models that tests and measurements use are real files of their kind, made from a seed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from piper.config import SynthesisConfig
from piper.voice import PiperVoice

from scripts.make_test_models import TINY, digest, make

from . import made

SENTENCE = "That sounds really hard, and I am glad you told me."


@pytest.mark.parametrize("name", TINY)
def test_the_same_bytes_come_every_time(name: str, tmp_path: Path) -> None:
    """A model is its seed, so a test that fails once fails again."""
    first, second = make(name, tmp_path / "a"), make(name, tmp_path / "b")

    assert digest(first) == digest(second)
    assert first.stat().st_size < 1_000_000


def test_a_model_is_made_once(tmp_path: Path) -> None:
    """What is there is taken as it is, and nothing is left lying about."""
    path = make("en_US-tiny.onnx", tmp_path)
    path.write_bytes(b"kept")

    assert make("en_US-tiny.onnx", tmp_path).read_bytes() == b"kept"
    assert sorted(file.name for file in tmp_path.iterdir()) == [path.name, f"{path.name}.json"]


# --- voices --------------------------------------------------------------------


def test_piper_itself_loads_the_tiny_voice() -> None:
    """By its own loader, with its own defaults."""
    chunks = list(PiperVoice.load(made.voice()).synthesize("I hear you. Go on."))

    assert len(chunks) == 2
    assert chunks[0].sample_rate == 22_050
    assert np.abs(chunks[0].audio_float_array).max() == 1.0


@pytest.mark.parametrize(
    ("scales", "same"),
    [
        ({"noise_scale": 0.0, "noise_w_scale": 0.0}, True),
        ({"noise_scale": 0.5, "noise_w_scale": 0.0}, False),
        ({"noise_scale": 0.0, "noise_w_scale": 0.5}, False),
    ],
)
def test_the_tiny_voice_is_as_random_as_a_real_one(scales: dict[str, float], same: bool) -> None:
    """Said twice, a sentence differs by either of its two noises, and by nothing else."""
    voice = PiperVoice.load(made.voice())
    style = SynthesisConfig(**scales)
    first, second = (next(iter(voice.synthesize(SENTENCE, style))) for _ in range(2))

    assert np.array_equal(first.audio_float_array, second.audio_float_array) is same


def test_the_stand_in_voice_has_the_size_of_a_real_one(tmp_path: Path) -> None:
    """A medium voice is 63 MB, and speaks 0.07 to 0.09 s a phoneme."""
    path = make("en_US-stand-in-medium.onnx", tmp_path)
    voice = PiperVoice.load(path)

    (chunk,) = voice.synthesize(SENTENCE)

    assert path.stat().st_size == pytest.approx(63.5e6, rel=0.02)
    seconds = len(chunk.audio_float_array) / chunk.sample_rate
    assert 0.07 < seconds / len(chunk.phonemes) < 0.09


# --- language models -------------------------------------------------------------


def test_the_minds_are_what_they_should_be() -> None:
    """In a process of its own: the speech detector's libggml is not the language model's."""
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("needs scripts/companion setup --llm")
    facts = Path(__file__).with_name("minds_made.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(facts)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
