"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from companion import hear, paths, sense, speak, think
from companion.engines import load
from companion.errors import EngineError

ROOT = Path(__file__).parents[1]
CODE = sorted((ROOT / "companion").rglob("*.py"))


def calls(tree: ast.AST, name: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name
    ]


def test_only_the_outgoing_guard_makes_cleared_text():
    """Nothing can be spoken that it has not passed."""
    makers = {path.name for path in CODE if calls(ast.parse(path.read_text()), "Cleared")}

    assert makers == {"outgoing.py"}


def test_any_exception_is_caught_at_the_stage_boundary_alone():
    """Only the turn and its parts decide what a failed stage means."""
    users = {
        str(path.relative_to(ROOT / "companion"))
        for path in CODE
        if "companion.attempts" in path.read_text() and path.name != "attempts.py"
    }

    assert users == {"conversation.py", "leading.py", "listening.py", "sensing.py", "speaking.py"}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path):
    """300 lines a file, 50 a function."""
    text = path.read_text()
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]

    assert text.count("\n") <= 300
    assert not long


def test_only_named_variables_of_the_environment_are_read():
    """COMPANION_HOME and COMPANION_PASSPHRASE, and nothing else."""
    readers = {path.name for path in CODE if re.search(r"os\.(environ|getenv)", path.read_text())}

    assert readers <= {"paths.py"}


def test_help_loads_no_engine_and_no_heavy_library():
    """`companion --help` stays quick."""
    code = (
        "import sys; from companion.commands.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "pydantic", "yaml", "soundfile", "vosk", "pocketsphinx", "num2words"}

    assert not heavy & set(done.stderr.split())
    assert "demo" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "talk",
        "chat",
        "checkin",
        "plan",
        "questionnaire",
        "sessions",
        "session",
        "panic",
        "courses",
        "course",
        "health",
        "memory",
        "hear",
        "sense",
        "say",
        "guard",
        "setup",
        "devices",
        "models",
        "doctor",
        "bench",
    ],
)
def test_every_command_has_help(command):
    """And every command in the README exists."""
    done = subprocess.run(
        [sys.executable, "-m", "companion", command, "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.startswith("usage: companion")


def test_wrong_usage_is_exit_code_2():
    """As argparse has it."""
    done = subprocess.run(
        [sys.executable, "-m", "companion", "fly"], cwd=ROOT, capture_output=True, check=False
    )

    assert done.returncode == 2


def test_an_unknown_engine_names_the_known_ones():
    """A misspelt setting is mended in one look."""
    with pytest.raises(EngineError, match="no recogniser called 'vsok'.*sphinx, typed, vosk"):
        load("recogniser", hear.RECOGNISERS, "vsok")


def test_an_engine_of_ones_own_needs_no_registration():
    """A "module:Class" in the settings is a plugin."""
    assert load("voice", speak.VOICES, "companion.speak.chime:ChimeVoice").name == "chime"


def test_a_missing_library_is_reported_with_a_fix():
    """Not a traceback."""
    with pytest.raises(EngineError, match="could not be loaded.*scripts/companion setup"):
        load("mind", think.MINDS, "no_such_module:Mind")


@pytest.mark.parametrize(
    "table", [hear.DETECTORS, hear.RECOGNISERS, sense.READERS, speak.VOICES, think.MINDS]
)
def test_every_engine_of_a_table_has_its_file(table):
    """A row points to something."""
    for target in table.values():
        module = target.split(":")[0].replace(".", "/")
        assert (ROOT / f"{module}.py").is_file()


def test_the_content_is_found_in_a_checkout():
    """prompts/ lies beside the code."""
    assert (paths.content() / "en" / "replies.yaml").is_file()


def test_the_data_folder_is_ones_own_choice(tmp_path):
    """COMPANION_HOME, else the system's place."""
    assert paths.data_folder({"COMPANION_HOME": str(tmp_path)}) == tmp_path
    assert paths.data_folder({}).name == "companion"
