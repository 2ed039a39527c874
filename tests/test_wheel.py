"""The wheel holds all that a talk needs: content, demo, sounds, language model."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what git would ship, and unpack it."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    names = ("companion", "prompts", "pyproject.toml", "README.md", "LICENSE")
    source.mkdir()
    subprocess.run(["cp", "-r", *(str(ROOT / name) for name in names), source], check=True)
    build = [
        sys.executable, "-c",
        "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])", str(place),
    ]  # fmt: skip
    subprocess.run(build, cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(place / "installed")
    return place / "installed"


def test_a_demo_runs_from_the_wheel_alone(unpacked, tmp_path):
    """In another place, with nothing of the checkout in sight."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "companion", "demo"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={"PYTHONPATH": str(unpacked), "COMPANION_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("person: ") == 3
    assert (tmp_path / "demo.wav").stat().st_size > 100_000


def test_the_wheel_brings_every_content_file(unpacked):
    """prompts/ travels inside."""
    inside = unpacked / "companion" / "prompts"
    shipped = {path.relative_to(ROOT / "prompts") for path in (ROOT / "prompts").rglob("*.*")}

    assert shipped == {path.relative_to(inside) for path in inside.rglob("*.*")}


def test_the_wheel_holds_no_tests_and_no_scripts(unpacked):
    """Only the program."""
    tops = {path.name.split("-")[0] for path in unpacked.iterdir()}

    assert tops == {"companion", "companion_offline"}
