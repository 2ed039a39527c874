"""What the tests of models share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion.manifest import read_manifest

from .server import Host

ROOT = Path(__file__).parents[1]
SHIPPED = read_manifest()


@pytest.fixture
def host():
    opened = Host()
    yield opened
    opened.close()


def environment(home: Path) -> dict[str, str]:
    return {"COMPANION_HOME": str(home), "PATH": os.defpath, "PYTHONPATH": str(ROOT)}


def companion(
    *arguments: str, home: Path, sealed: bool = False
) -> subprocess.CompletedProcess[str]:
    seal = ["-m", "tests.sealed", sys.executable] if sealed else []
    return subprocess.run(
        [sys.executable, *seal, "-m", "companion", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=environment(home),
    )  # fmt: skip


def put(folder: Path, **files: bytes) -> None:
    for name, inside in files.items():
        (folder / name.replace("__", ".")).write_bytes(inside)
