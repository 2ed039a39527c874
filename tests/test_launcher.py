"""scripts/companion: sets up once, one at a time, and then steps out of the way."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "import os, sys\nprint(os.getcwd(), *sys.argv[1:], sep='|')\nsys.exit(7)\n"
SECONDS = 60.0


def launcher(tree: Path, *arguments: str) -> list[str]:
    """Give the command line that starts a tree's launcher."""
    return [str(tree / "scripts" / "companion"), *arguments]


def run(
    tree: Path, *arguments: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Start a tree's launcher and wait for its end."""
    return subprocess.run(
        launcher(tree, *arguments),
        cwd=folder or tree,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )


def start(tree: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a tree's launcher and go on."""
    return subprocess.Popen(
        launcher(tree, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def plant(tree: Path) -> Path:
    """Make a repository: the real scripts, locks that lock nothing, a companion that echoes."""
    shutil.copytree(ROOT / "scripts" / "setup", tree / "scripts" / "setup")
    for name in ("companion", "lib.sh"):
        shutil.copy(ROOT / "scripts" / name, tree / "scripts" / name)
    for folder, files in {
        "companion": {"__init__.py": "", "__main__.py": PACKAGE},
        "requirements": {"build.txt": "# Nothing.\n", "base.txt": "# Nothing.\n"},
    }.items():
        (tree / folder).mkdir()
        for name, text in files.items():
            (tree / folder / name).write_text(text, encoding="utf-8")
    return tree


def name_of(pid: int) -> str:
    """Give the name by which a set-up knows a living process."""
    script = 'root=$1; . "$root/scripts/setup/turns.sh"; identity "$2"'
    command = ["sh", "-c", script, "sh", str(ROOT), str(pid)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def take_turn(tree: Path, owner: str) -> Path:
    """Leave the mark of another set-up in a tree."""
    mark = tree / ".venv-lock" / "owner"
    mark.parent.mkdir()
    mark.symlink_to(owner)
    return mark


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A tree that nobody has set up."""
    return plant(tmp_path / "bare tree")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that two people set up at the same moment, with no network needed."""
    tree = plant(tmp_path_factory.mktemp("ready") / "a tree")
    with (
        start(tree, "--python", sys.executable) as one,
        start(tree, "--python", sys.executable) as two,
    ):
        told = [one.communicate(timeout=SECONDS)[1], two.communicate(timeout=SECONDS)[1]]

    assert sum("Setting up" in words for words in told) == 1, told
    assert (one.returncode, two.returncode) == (7, 7), told
    return tree


def test_arguments_folder_and_exit_code_pass_unchanged(ready: Path, tmp_path: Path) -> None:
    """What the person wrote, where they stand and how it ended go through the launcher."""
    done = run(ready, "say", "two  words", "", folder=tmp_path)

    assert done.stdout == f"{tmp_path}|say|two  words|\n"
    assert (done.stderr, done.returncode) == ("", 7)


def test_a_file_of_the_person_never_stands_in_for_a_module(ready: Path, tmp_path: Path) -> None:
    """Files in the person's own folder are not imported."""
    (tmp_path / "companion.py").write_text("print('taken over')", encoding="utf-8")

    assert "taken over" not in run(ready, folder=tmp_path).stdout


def test_it_starts_through_a_link_from_anywhere(ready: Path, tmp_path: Path) -> None:
    """A link to the launcher in another folder starts the same companion."""
    link = tmp_path / "companion"
    link.symlink_to(ready / "scripts" / "companion")
    done = subprocess.run([link, "talk"], cwd=tmp_path, capture_output=True, text=True)

    assert done.stdout == f"{tmp_path}|talk\n"


def test_a_moved_tree_still_runs(ready: Path, tmp_path: Path) -> None:
    """The repository may be moved: nothing is fetched or made anew."""
    moved = tmp_path / "moved"
    shutil.copytree(ready, moved, symlinks=True)
    done = run(moved, "talk")

    assert (done.stdout, done.stderr) == (f"{moved}|talk\n", "")


def test_a_broken_environment_is_noticed(ready: Path, tmp_path: Path) -> None:
    """A set-up that finds an installed file missing does not build on it, but starts afresh."""
    tree = tmp_path / "broken"
    shutil.copytree(ready, tree, symlinks=True)
    next((tree / ".venv").glob("lib/python3.*/site-packages/pip/__main__.py")).unlink()
    (tree / ".venv" / "stamps" / "base.txt").unlink()
    done = run(tree, "--python", "/nowhere/python3")

    assert "not whole" in done.stderr
    assert not (tree / ".venv").exists()


def test_no_python_is_one_sentence(bare: Path) -> None:
    """A Python that is not there is told in one sentence, and nothing is left behind."""
    done = run(bare, "--python", "/nowhere/python3", "talk")

    assert done.stderr.count("\n") == 1
    assert "/nowhere/python3" in done.stderr
    assert (done.stdout, done.returncode) == ("", 1)
    assert not (bare / ".venv-lock").exists()


@pytest.mark.parametrize("owner", ["4194999@1", f"{os.getpid()}@1"], ids=["gone", "reused"])
def test_the_turn_of_a_dead_set_up_is_cleared(bare: Path, owner: str) -> None:
    """A set-up that died holds nobody up, not even when its process number was given out anew."""
    take_turn(bare, owner)
    done = run(bare, "--python", "/nowhere/python3")

    assert "at work" not in done.stderr
    assert done.returncode == 1


def test_a_living_set_up_is_waited_for(bare: Path) -> None:
    """Whoever comes second says so, waits, and goes on when the turn is free."""
    mark = take_turn(bare, name_of(os.getpid()))
    with start(bare, "--python", "/nowhere/python3") as second:
        assert second.stderr is not None
        assert "at work" in second.stderr.readline()

        mark.unlink()
        assert "/nowhere/python3" in second.communicate(timeout=SECONDS)[1]
