"""The commands of models, and the one question at set-up."""

import io
import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from companion.commands import progress
from companion.commands.models import Order, carry_out
from companion.models import Rules
from companion.shelf import Places, voices_present

from .model_shelf import ROOT, SHIPPED, companion, environment, put
from .model_shelf import host as host
from .sealed import MACHINES
from .server import FAST, Host, places_in, shop

CLEAN = not any(path.name != "README.md" for name in ("models", "voices")
                for path in (ROOT / name).iterdir())  # fmt: skip
"""Whether this checkout holds no models of its own"""


def test_the_list_names_licence_and_profiles(tmp_path):
    """As data, and in words."""
    done = companion("models", "list", "--language", "en", "--json", home=tmp_path)
    rows = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}

    ear = rows["vosk-model-small-en-us-0.15"]
    assert (ear["kind"], ear["size"], ear["free"]) == ("ear", 41_205_931, "yes")
    assert ear["profiles"] == ["speech", "minimal", "pi5-4gb", "pi5-8gb", "laptop-16gb"]
    assert "Gemma Terms of Use" in rows["gemma-3-1b-it-q4_k_m"]["caveat"]
    assert rows["silero-vad-v6.2.1"]["present"] is True
    assert "vosk-model-small-de-0.15" not in rows
    words = companion("models", "list", home=tmp_path).stdout
    assert all(model.id in words for model in SHIPPED.models)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not CLEAN, reason="this checkout holds models of its own")
def test_verify_says_what_is_wrong_and_how_to_mend_it(tmp_path):
    """Exit 1 where something is; nothing at all is no fault."""
    nothing = companion("models", "verify", home=tmp_path)
    assert (nothing.returncode, nothing.stdout[:17]) == (0, "No model is here.")
    voice = tmp_path / "voices" / "en_US-kristin-medium.onnx"
    voice.parent.mkdir()
    voice.write_bytes(b"not a voice")
    put(voice.parent, **{"en_US-kristin-medium__onnx__json": b"{}"})
    done = companion("models", "verify", home=tmp_path)
    row = json.loads(companion("models", "verify", "--json", home=tmp_path).stdout)

    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert "Run: scripts/companion models get piper-en_US-kristin-medium" in done.stdout
    assert (row["id"], row["state"], row["path"]) == (
        "piper-en_US-kristin-medium", "wrong", str(voice),
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [("get", "--profile", "huge"), ("get", "--from-bundle", "a", "--offline-bundle", "b"), ()],
)
def test_wrong_usage_is_exit_code_2(arguments, tmp_path):
    """Nothing is fetched."""
    assert companion("models", *arguments, home=tmp_path).returncode == 2


def test_an_unknown_model_is_one_sentence(tmp_path):
    """Exit 1, with the way to the list."""
    done = companion("models", "get", "nothing-of-the-kind", home=tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "models list" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
@pytest.mark.parametrize("arguments", [("list",), ("verify",), ("get", "silero-vad-v6.2.1"),
                                       ("get", "--from-bundle", "gone.tar")])  # fmt: skip
def test_no_other_command_of_models_opens_a_socket(arguments, tmp_path):
    """Only `get` does, and only for what is not here."""
    if os.uname().machine not in MACHINES:
        pytest.skip("the numbers of its calls are not known here")
    done = companion("models", *arguments, home=tmp_path, sealed=True)

    assert done.returncode == (1 if "gone.tar" in arguments else 0), done.stderr


def test_another_language_than_ours_is_kept_for_later(host, tmp_path, capsys):
    """And said so."""
    manifest, places = shop(host), places_in(tmp_path)
    german = manifest.models[2].model_copy(update={"language": "de"})
    manifest = manifest.model_copy(update={"models": (german,)})
    carry_out(Order(ids=("mind",)), manifest, places, FAST)

    assert "Companion itself speaks en so far" in capsys.readouterr().out


def test_progress_without_a_terminal_is_a_line_now_and_then(monkeypatch):
    """Every few seconds at most, and nothing for what is quick."""
    out = io.StringIO()
    progress.follow("mind", 3_000_000, [1_000_000, 3_000_000], out)
    assert out.getvalue() == ""
    monkeypatch.setattr(progress, "BETWEEN_LINES", 0)
    progress.follow("mind", 3_000_000, [1_000_000, 3_000_000], out)

    assert out.getvalue() == "mind: 1 MB of 3 MB\nmind: 3 MB of 3 MB\n"


def test_the_defaults_are_bounded():
    """In use, nothing is waited for without an end, and nothing but https is asked."""
    rules = Rules()

    assert (rules.loopback, rules.proxy, rules.redirects) == (False, "", 5)
    assert rules.pause * 2**rules.tries < 120


OFFER = """
import sys
from pathlib import Path
from companion.commands.models import offer
from companion.manifest import Manifest
from companion.shelf import Places
from tests.server import FAST
manifest = Manifest.model_validate_json(Path(sys.argv[1]).read_text())
home = Path(sys.argv[2])
offer("en", manifest, Places((home / "models",), (home / "voices",)), FAST)
"""


def at_terminal(command: list[str], answer: str, home: Path) -> tuple[int, str]:
    """Run a command at a terminal and answer its question, if it asks one."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(home)
    ) as running:
        os.close(theirs)
        shown, asked = "", False
        while select.select([ours], [], [], 30)[0]:
            try:
                block = os.read(ours, 4096)
            except OSError:  # Linux says so when the other end is closed.
                break
            if not block:
                break
            shown += block.decode()
            if "(yes or no)?" in shown and not asked:
                asked = True
                os.write(ours, answer.encode())
        os.close(ours)
        return running.wait(30), shown


def offered(host: Host | None, answer: str, home: Path) -> str:
    facts = home / "facts.json"
    facts.write_text(shop(host).model_dump_json())
    code, shown = at_terminal([sys.executable, "-c", OFFER, str(facts), str(home)], answer, home)
    assert code == 0, shown
    return shown


def test_yes_fetches_an_ear_and_a_voice(host, tmp_path):
    """With sizes and licences told first; and it is not asked again."""
    shown = offered(host, "yes\n", tmp_path)

    assert shown.index("licence: Apache-2.0") < shown.index("Fetch them now")
    assert (tmp_path / "models" / "vosk-model-small-en-us-0.15" / "am" / "a").exists()
    assert len(voices_present("en", Places((), (tmp_path / "voices",)))) == 1


def test_no_is_kept(tmp_path):
    """It is asked once; how to get them later is said."""
    assert "Later: scripts/companion models get" in offered(None, "no\n", tmp_path)
    assert offered(None, "yes\n", tmp_path) == ""


@pytest.mark.parametrize("answer", ["maybe\n", "\x04"])
def test_no_answer_fetches_nothing_and_is_not_kept(answer, tmp_path):
    """It is not a no."""
    offered(None, answer, tmp_path)

    assert "Fetch them now" in offered(None, "no\n", tmp_path)


def test_what_is_there_is_not_offered(tmp_path):
    """A voice put there by hand is one, too."""
    voices = tmp_path / "voices"
    voices.mkdir()
    put(voices, **{"en_GB-mine-low__onnx": b"", "en_GB-mine-low__onnx__json": b"{}"})
    shown = offered(None, "no\n", tmp_path)

    assert "vosk-model-small-en-us-0.15" in shown
    assert "piper" not in shown


@pytest.mark.skipif(not CLEAN, reason="this checkout holds models of its own")
def test_setup_asks_once_and_only_at_a_terminal(tmp_path):
    """The real total is named; without a terminal nothing is asked and nothing fetched."""
    silent = companion("setup", home=tmp_path, sealed=sys.platform == "linux")
    assert "Fetch" not in silent.stdout + silent.stderr
    command = [sys.executable, "-m", "companion", "setup"]
    code, shown = at_terminal(command, "no\n", tmp_path)
    again = at_terminal(command, "yes\n", tmp_path)[1]

    assert code == 0
    assert "In all: 105 MB." in shown
    assert "Fetch" not in again
