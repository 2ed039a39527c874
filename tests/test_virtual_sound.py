"""Real sound through PortAudio: a PulseAudio of our own takes the place of the hardware."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path

import pytest
import soundfile
import soxr

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "virtual_audio.sh"
DEMO = ROOT / "companion" / "data" / "demo" / "english.flac"
PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")

pytestmark = pytest.mark.device


@contextmanager
def sound_server() -> Iterator[dict[str, str]]:
    """Give the environment in which the devices `virtual_mic` and `virtual_speaker` exist."""
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    if not find_library("portaudio"):
        absent.append("libportaudio2")
    if absent:
        pytest.skip(f"virtual sound needs {', '.join(absent)}")
    started = script("start")
    if started.returncode:
        pytest.skip(f"virtual sound did not start: {started.stderr.strip()}")
    exported = dict(re.findall(r"export (\w+)='(.*)'", started.stdout))
    try:
        yield {"PATH": os.defpath, "PYTHONPATH": str(ROOT), **exported}
    finally:
        assert script("stop", exported["VIRTUAL_AUDIO"]).returncode == 0
    assert not Path(exported["VIRTUAL_AUDIO"]).exists()


@pytest.fixture(scope="module")
def virtual_sound() -> Iterator[dict[str, str]]:
    with sound_server() as environment:
        yield environment


def speech(folder: Path, seconds: int) -> Path:
    """Write the beginning of our own recording as a 16 kHz WAV file."""
    sound, rate = soundfile.read(DEMO, dtype="float32")
    path = folder / "speech.wav"
    soundfile.write(path, soxr.resample(sound[: seconds * rate], rate, 16_000), 16_000)
    return path


def script(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Not our own environment: it may name a server that somebody else uses.
    return subprocess.run(
        [SCRIPT, *arguments], capture_output=True, text=True, timeout=60, env={"PATH": os.defpath}
    )


def measured(task: str, rate: int, path: Path, environment: dict[str, str]) -> dict:
    command = [sys.executable, "-m", "tests.sound_child", task, str(rate), str(path)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def companion(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "companion", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_is_said_is_heard(rate, tmp_path, virtual_sound):
    """Every sample, at its time, whatever the rate of the device."""
    found = measured("hear", rate, speech(tmp_path, 4), virtual_sound)

    assert found["rate"] == rate
    assert found["correlation"] > 0.99
    assert len(set(found["places"])) == 1  # the same shift from first to last: nothing was lost
    assert found["starts"]
    assert found["overflows"] == 0
    assert found["ahead"] < 0.2


@pytest.mark.parametrize(("rate", "seconds"), [(44_100, 4), (48_000, 10)])
def test_what_is_played_leaves_the_loudspeaker(rate, seconds, tmp_path, virtual_sound):
    """Whole, without a gap; and `drained` is honest, before and afterwards."""
    found = measured("play", rate, speech(tmp_path, seconds), virtual_sound)

    assert found["correlation"] > 0.98
    assert found["underruns"] == 0
    assert abs(found["promised"]) < 0.1
    assert abs(found["drained"]) < 0.1


def test_stop_is_heard_at_once_and_does_not_click(tmp_path, virtual_sound):
    """Within 100 ms, the device's own delay among them."""
    found = measured("stop", 48_000, tmp_path, virtual_sound)

    assert 0 < found["seconds"] < 0.1
    assert abs(found["drained"]) < 0.1
    assert found["steepest"] < 0.035  # the tone itself has 0.031


def test_devices_that_go_are_told_of_and_come_back(tmp_path):
    """Within a second or so; and this process need not be started anew."""
    with sound_server() as environment:
        found = measured("unplug", 48_000, tmp_path, environment)

    assert "virtual_mic' has stopped" in found["microphone"][0]
    assert found["microphone"][1] < 1.5
    assert "virtual_speaker' has stopped" in found["speaker"]
    assert found["again"] == 0.0


def test_the_devices_are_listed_by_name(virtual_sound):
    """By a child, and without loading PortAudio here."""
    done = companion("devices", "--json", environment=virtual_sound)
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert {"virtual_mic", "virtual_speaker"} <= {row["name"] for row in rows}
    assert all(
        row.keys() == {"name", "system", "kind", "rate", "channels", "default"} for row in rows
    )
    assert sum(row["default"] for row in rows) == 2


def test_the_check_listens_and_plays(tmp_path, virtual_sound):
    """Nothing is said into the virtual microphone, and the check says so."""
    done = companion("devices", "--check", environment={**virtual_sound, "HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr
    assert "-120 dBFS" in done.stdout
    assert "It was played." in done.stdout
    assert done.stderr == ""


def test_without_a_sound_server_there_is_one_sentence(tmp_path, virtual_sound):
    """Not a traceback, and none of ALSA's own complaints."""
    alone = {**virtual_sound, "PULSE_SERVER": f"unix:{tmp_path}/none"}
    done = companion("devices", "--check", environment=alone)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "ALSA lib" not in done.stderr
    assert done.stderr.count("There is no") + done.stderr.count("cannot be opened") >= 1


@pytest.mark.parametrize("arguments", [("stop",), ("fly",)])
def test_the_script_says_what_it_needs(arguments):
    """It ends nothing that it was not told of."""
    done = script(*arguments)

    assert done.returncode in (1, 2)
    assert done.stderr
