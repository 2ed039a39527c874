"""What the tests of the diary's command share."""

import io
import json
import sys

import pytest

from companion import paths
from companion.commands.main import main

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a profile that a key file opens."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMPANION_PASSPHRASE", raising=False)
    return paths.profile_folder("me")


@pytest.fixture
def run(tmp_path, folder, monkeypatch, capsys):
    """Run a command with some standard input; give its code, output and error output."""

    def run_it(*arguments, said=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(said) if isinstance(said, str) else said)
        try:
            code = main(["--key-file", str(tmp_path / "key"), "journal", *arguments])
        except SystemExit as ending:
            code = ending.code
        done = capsys.readouterr()
        return code, done.out, done.err

    return run_it


def kept(run, *narrowed):
    return [json.loads(line) for line in run("list", "--json", *narrowed)[1].splitlines()]
