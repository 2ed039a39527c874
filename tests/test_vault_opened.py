"""How a command opens the vault: the first time, again, and with nobody to ask."""

import argparse
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from companion import paths
from companion.commands import vault as command
from companion.commands.vault import make, open_vault, reauthenticate
from companion.errors import VaultError
from companion.memory import keys
from companion.memory.secrets import Sources, find_key
from companion.memory.vault import Vault
from tests.vault_made import Ring, Told

ROOT = Path(__file__).parents[1]


@pytest.fixture
def options():
    return argparse.Namespace(person="me", key_file=None, key_descriptor=None)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMPANION_PASSPHRASE", raising=False)
    monkeypatch.setattr(command, "at_terminal", lambda: None)
    return tmp_path / "home"


@pytest.mark.parametrize("shared", ["yes", "not sure", "", "who knows"])
def test_a_shared_login_means_a_passphrase(tmp_path, shared):
    """Also where that is not sure, and whatever the keyring could do."""
    told = Told("yes", shared, "four odd words", "four odd words", "no")
    key = make(tmp_path, Sources(ring=Ring), told.person)

    assert [slot.kind for slot in keys.slots(tmp_path)] == ["passphrase"]
    assert keys.unlock(tmp_path, "passphrase", b"four odd words") == key
    assert any("all is lost" in line for line in told.shown)


def test_an_own_login_may_use_its_keyring(tmp_path):
    """Then nobody is asked."""
    ring = Ring()
    make(tmp_path, Sources(ring=lambda: ring), Told("yes", "no", "no").person)

    assert [slot.kind for slot in keys.slots(tmp_path)] == ["keyring"]
    assert len(ring.kept) == 1


def test_without_a_safe_keyring_a_passphrase_it_is(tmp_path):
    """An own login on a small machine."""
    told = Told("yes", "no", "four odd words", "four odd words", "no")
    make(tmp_path, Sources(), told.person)

    assert [slot.kind for slot in keys.slots(tmp_path)] == ["passphrase"]


def test_short_or_differing_passphrases_are_asked_again(tmp_path):
    """In plain words."""
    told = Told("yes", "yes", "short", "long enough", "long enouhg", "long enough", "long enough")
    make(tmp_path, Sources(), told.person)

    assert keys.unlock(tmp_path, "passphrase", b"long enough")
    assert any("That is short" in line for line in told.shown)
    assert any("These two differ" in line for line in told.shown)


def test_a_recovery_key_is_shown_once_and_opens(tmp_path):
    """What was written down works."""
    told = Told("yes", "yes", "four odd words", "four odd words", "yes", "")
    key = make(tmp_path, Sources(), told.person)
    shown = next(line for line in told.shown if "Write this recovery key" in line)
    text = shown.split("\n\n")[1].strip()

    assert find_key(tmp_path, Sources(handed=text.encode())) == key


@pytest.mark.parametrize("answers", [(), ("no",), ("yes", "yes", "")])
def test_no_is_an_answer(tmp_path, answers):
    """Nothing is made."""
    assert make(tmp_path, Sources(), Told(*answers).person) is None
    assert not keys.exists(tmp_path)


def test_a_no_is_remembered_until_a_command_needs_a_diary(options, monkeypatch):
    """A talk does not ask every time."""
    told = Told("no")
    monkeypatch.setattr(command, "at_terminal", lambda: told.person)
    assert open_vault(options) is None
    asked = len(told.shown)
    assert open_vault(options) is None

    assert len(told.shown) == asked
    with pytest.raises(VaultError):
        open_vault(options, required=True)
    assert len(told.shown) > asked


def test_the_first_time_at_a_terminal(home):
    """The whole way, through a terminal; the passphrase is never shown."""
    ours, theirs = pty.openpty()
    environment = {**paths.environment_of_a_child(), "COMPANION_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-m", "companion", "vault", "new"],
        cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        for question, answer in (
            (b"Keep one", b"yes"),
            (b"anyone else use this login", b"not sure"),
            (b"New passphrase", b"four odd words"),
            (b"same again", b"four odd words"),
            (b"recovery key to write down", b"no"),
            (b"is ready", b""),
        ):
            heard = b""
            while question not in heard:
                assert select.select([ours], [], [], 30)[0], seen + heard
                heard += os.read(ours, 4096)
            seen += heard
            os.write(ours, answer + b"\n")
        code = process.wait(30)
    os.close(ours)

    assert code == 0
    assert b"four odd words" not in seen
    assert keys.unlock(home / "profiles" / "me", "passphrase", b"four odd words")


# --- without anybody --------------------------------------------------------------


def test_without_a_key_and_a_terminal_nothing_is_kept(options, capsys, home):
    """Nor said, nor made."""
    assert open_vault(options) is None
    assert capsys.readouterr() == ("", "")
    assert not home.exists()
    with pytest.raises(VaultError, match="no diary yet"):
        open_vault(options, required=True)


def test_a_talk_goes_on_without_a_diary_that_does_not_open(options, capsys, monkeypatch):
    """It says so in one line; a command that needs it fails."""
    monkeypatch.setenv("COMPANION_PASSPHRASE", "right words")
    open_vault(options).close()
    monkeypatch.setenv("COMPANION_PASSPHRASE", "wrong words")
    again = argparse.Namespace(person="me", key_file=None, key_descriptor=None)

    assert open_vault(again) is None
    assert "Nothing of this talk is kept" in capsys.readouterr().err
    with pytest.raises(VaultError, match="does not open"):
        open_vault(again, required=True)


def test_the_same_secret_is_tried_again_before_what_matters(options, monkeypatch):
    """An export, the plan, a change of key."""
    monkeypatch.setenv("COMPANION_PASSPHRASE", "right words")
    open_vault(options).close()

    assert len(reauthenticate(options)) == 32
    options.sources = Sources(passphrase=b"wrong")
    with pytest.raises(VaultError):
        reauthenticate(options)


def test_an_empty_passphrase_is_said(options, monkeypatch):
    """Somebody's script went wrong."""
    monkeypatch.setenv("COMPANION_PASSPHRASE", "")

    with pytest.raises(VaultError, match="set, but empty"):
        open_vault(options, required=True)


def test_a_key_file_that_is_named_is_made(options, tmp_path):
    """And opens from then on."""
    options.key_file = tmp_path / "stick"
    open_vault(options, required=True).close()

    assert isinstance(open_vault(options, required=True), Vault)


def test_the_passphrase_is_set_aside_while_a_command_runs(monkeypatch):
    """No child can inherit it; afterwards the environment is as it was."""
    monkeypatch.setenv("COMPANION_PASSPHRASE", "marker")
    with paths.passphrase_set_aside():
        child = [sys.executable, "-c", "import os; print('COMPANION_PASSPHRASE' in os.environ)"]

        assert subprocess.check_output(child) == b"False\n"
        assert paths.passphrase() == "marker"
    assert os.environ["COMPANION_PASSPHRASE"] == "marker"
