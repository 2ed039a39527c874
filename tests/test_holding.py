"""A talk through devices from outside: it begins once, and ends in order."""

import signal

import pytest

from companion.commands.holding import alone, endings
from companion.commands.talking import Ended
from companion.errors import AudioError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_second_talk_is_refused_with_a_sentence():
    """Two would answer one another; when the first has ended, one may begin."""
    with alone():
        with pytest.raises(AudioError, match="already going on"), alone():
            pass
    with alone():
        pass


def test_where_nothing_can_be_written_a_talk_may_begin_all_the_same(home):
    """A full or foreign disk is no reason to be silent."""
    home.write_text("a file where the folder should be")
    began = False
    with alone():
        began = True

    assert began


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_the_talk_ends_it_in_order(number):
    """As an exception that everything on the way out sees; afterwards all is as before."""
    before = signal.getsignal(number)
    with pytest.raises(Ended), endings():
        signal.raise_signal(number)
    assert signal.getsignal(number) == before


def test_ctrl_c_ends_the_talk_whatever_the_shell_has_set():
    """A shell that starts it in the background lets it ignore Ctrl+C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), endings():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
