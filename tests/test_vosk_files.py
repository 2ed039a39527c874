"""Vosk's models as files: loaded without a socket, and refused in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion.hear.vosk import find_fault, find_model

from . import voices
from .vosks import model as model
from .vosks import pytestmark as pytestmark
from .vosks import vosk as vosk


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
