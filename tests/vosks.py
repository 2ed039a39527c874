"""What the tests of Vosk's wrapper share: a model and library of our own in its place."""

import importlib
import importlib.util
from pathlib import Path

import pytest

from companion.hear.vosk import VoskRecogniser
from companion.stages import Recogniser

from . import voices

HAS_VOSK = importlib.util.find_spec("vosk") is not None
pytestmark = pytest.mark.skipif(not HAS_VOSK, reason="Vosk is not installed")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the small model."""
    return voices.write_model(tmp_path_factory.mktemp("models") / "vosk-model-small-en-us-0.1")


@pytest.fixture(scope="module")
def vosk(model: Path) -> Recogniser:
    """Give a recogniser that waits for yes or no, or for a word it does not know."""
    return VoskRecogniser(model, phrases=lambda expected: ("yes", "no", "no rhubarb"))
