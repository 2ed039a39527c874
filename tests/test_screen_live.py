"""A talk in a real terminal, through real PortAudio: its keys, measured from outside."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from scripts.measure_live import Meter

from .sound_child import RECORDED, Recorder
from .test_unplugged import LONG, say
from .test_virtual_sound import sound_server, speech

pytestmark = pytest.mark.device

WITHIN = 0.3
"""Seconds from a key to silence"""


class Terminal:
    """A terminal of 80 by 24, and what was written to it."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.text = ""
        self._changed = threading.Condition()
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self.ours, 65_536)
            except OSError:
                return
            with self._changed:
                self.text += piece.decode("utf-8", "replace")
                self._changed.notify_all()

    def wait(self, text: str, after: int = 0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: text in self.text[after:], LONG), self.text[
                -3_000:
            ]

    def press(self, key: str) -> None:
        os.write(self.ours, key.encode())


@contextmanager
def talking(
    environment: dict[str, str], folder: Path, settings: str = ""
) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    file = folder / "settings.yaml"
    file.write_text(
        "audio: {microphone: virtual_mic, speaker: virtual_speaker" + settings + "}\n"
        "hear: {recogniser: 'tests.live_engines:Grief'}\nspeak: {voice: espeak}\n"
        "memory: {keep: no}\n"
    )
    terminal = Terminal()
    command = [sys.executable, "-P", "-m", "companion", "--settings", str(file), "talk"]
    with subprocess.Popen(
        command, stdin=terminal.theirs, stdout=terminal.theirs, stderr=terminal.theirs,
        env=environment | {"COMPANION_HOME": str(folder / "home"), "TERM": "xterm-256color"},
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(terminal.theirs)
        try:
            yield process, terminal
        finally:
            process.kill()
            process.wait(LONG)
            terminal.thread.join(LONG)
            os.close(terminal.ours)


def wait(until: Callable[[], object]) -> None:
    end, pause = time.monotonic() + LONG, threading.Event()
    while not until():
        assert time.monotonic() < end
        pause.wait(0.02)


def test_a_key_silences_at_once_and_clears_the_screen(tmp_path):
    """Also the scrollback; numbers are one key away, and another key goes on."""
    with sound_server() as environment, talking(environment, tmp_path) as (process, terminal):
        terminal.wait("listening")
        meter = Meter("speaker.monitor", environment)
        try:
            say(speech(tmp_path, 3), environment)
            terminal.wait("speaking")
            wait(lambda: time.monotonic() - meter.last() < 0.1)
            recorder = Recorder(environment)
            wait(lambda: time.monotonic() - meter.last() < 0.1)
            pressed, seen = time.monotonic(), len(terminal.text)
            terminal.press("s")
            terminal.wait("paused", after=seen)
            wait(lambda: time.monotonic() - meter.last() > 1.0)
        finally:
            meter.close()
        # By counting samples: whoever reads them may be late.
        sound, first = recorder.finish()
        silent = first + np.flatnonzero(np.abs(sound) > 0.001)[-1] / RECORDED - pressed
        assert "\x1b[3J" in terminal.text[seen:]
        seen = len(terminal.text)
        terminal.press("n")
        terminal.wait("112", after=seen)
        terminal.press(" ")
        terminal.wait("listening", after=seen)
        terminal.press("q")
        assert process.wait(LONG) == 0
    assert silent < WITHIN
    assert terminal.text.rstrip().endswith("The talk is over. Nothing of it was kept.")


def test_push_to_talk_takes_the_turn_when_the_key_says_so(tmp_path):
    """Nothing is heard before it."""
    push = ", push_to_talk: yes"
    with sound_server() as environment, talking(environment, tmp_path, push) as (process, terminal):
        terminal.wait("press space, then speak")
        say(speech(tmp_path, 3), environment)
        assert "my mother died" not in terminal.text
        terminal.press(" ")
        terminal.wait("press space when you have finished")
        say(speech(tmp_path, 3), environment)
        terminal.press(" ")
        terminal.wait("my mother died")
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 143
