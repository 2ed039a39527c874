"""Nothing leaves the device: no command opens an internet socket."""

import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .sealed import MACHINES

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in MACHINES,
    reason="seccomp is Linux's, and its numbers are known here for x86-64 and aarch64",
)


def sealed(*program: str, text: str = "", home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.sealed", sys.executable, *program],
        cwd=ROOT, input=text, capture_output=True, text=True, timeout=120, check=False,
        env={"COMPANION_HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_the_seal_holds(family, tmp_path):
    """A program that does open an internet socket is killed: the test can fail."""
    code = f"import socket; socket.socket(socket.{family})"

    assert sealed("-c", code, home=tmp_path).returncode == -signal.SIGSYS


def test_a_child_of_a_sealed_program_is_sealed_too(tmp_path):
    """What a command starts is held to the same."""
    code = (
        "import subprocess, sys;"
        "child = [sys.executable, '-c', 'import socket; socket.socket()'];"
        "sys.exit(-subprocess.run(child).returncode)"
    )

    assert sealed("-c", code, home=tmp_path).returncode == signal.SIGSYS


COMMANDS = {
    "help": (["--help"], ""),
    "setup": (["setup"], ""),
    "chat": (["chat", "--json"], "i am worried about my work\nhelp\n"),
    "checkin": (["checkin", "--json"], "fine\nfive hours\n"),
    "questionnaire": (["questionnaire", "phq2", "--json"], "several days\nmost days\nyes\n"),
    "guard": (["guard", "--json"], "hello\n"),
    "say": (["say", "--out", "{tmp}/said.wav"], "Take your time. It is 10:30."),
    "hear": (["hear", "--json", "{demo}"], ""),
    "sense": (["sense", "--json", "{demo}"], ""),
    "talk": (["talk", "--wav", "{demo}", "--out", "{tmp}/out.wav"], ""),
    "bench": (["bench", "--turns", "4", "--json"], ""),
    "demo": (["demo", "--out", "{tmp}/demo.wav"], ""),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_opens_an_internet_socket(command, tmp_path):
    """With its default engines loaded, and its children."""
    arguments, text = COMMANDS[command]
    demo = ROOT / "companion" / "data" / "demo" / "english.flac"
    filled = [part.format(tmp=tmp_path, demo=demo) for part in arguments]
    done = sealed("-m", "companion", *filled, text=text, home=tmp_path / "home")

    assert done.returncode == 0, done.stderr


def test_no_engine_opens_an_internet_socket(tmp_path):
    """Every row of every table is imported; Vosk's own import would bind one."""
    code = (
        "import pkgutil\n"
        "from companion.hear import DETECTORS, RECOGNISERS\n"
        "from companion.sense import READERS\n"
        "from companion.speak import VOICES\n"
        "from companion.think import MINDS\n"
        "for table in (DETECTORS, RECOGNISERS, READERS, VOICES, MINDS):\n"
        "    for target in table.values():\n"
        "        pkgutil.resolve_name(target)\n"
        "from companion.hear.vosk import _import_vosk\n"
        "_import_vosk()\n"
    )
    done = sealed("-c", code, home=tmp_path)

    assert done.returncode == 0, done.stderr
