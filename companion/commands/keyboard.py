"""Keys of a terminal, each as soon as it is pressed. They act also while the screen is busy."""

import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable
from enum import StrEnum


class Key(StrEnum):
    """What a key asks for."""

    TALK = "talk"
    """Speak, pause, or go on"""
    STOP = "stop"
    NUMBERS = "numbers"
    PANIC = "panic"
    QUIT = "quit"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    SKIP = "skip"
    AGAIN = "again"
    """Of an exercise: as the words of the same name"""
    BREATH = "breath"
    """A breath in begins; four of them tell the pace of an exercise"""
    YES = "yes"
    NO = "no"
    ZERO = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    SIX = "6"
    SEVEN = "7"
    EIGHT = "8"
    NINE = "9"
    """Answers, where a question waits for one"""


LEADING = {Key.SLOWER, Key.FASTER, Key.LOUDER, Key.QUIETER, Key.SKIP, Key.AGAIN}
DIGITS = {key for key in Key if key.value.isdigit()}

_KEYS = {
    b" ": Key.TALK, b"\r": Key.TALK, b"\n": Key.TALK,
    b"s": Key.STOP, b"S": Key.STOP, b"\x1b": Key.STOP,
    b"n": Key.NUMBERS, b"N": Key.NUMBERS,
    b"p": Key.PANIC, b"P": Key.PANIC,
    b"q": Key.QUIT, b"Q": Key.QUIT, b"\x04": Key.QUIT,
    b"+": Key.LOUDER, b"=": Key.LOUDER, b"-": Key.QUIETER, b"r": Key.AGAIN, b"R": Key.AGAIN,
    b"b": Key.BREATH, b"B": Key.BREATH,
    b"y": Key.YES, b"Y": Key.YES, b"x": Key.NO, b"X": Key.NO,
    **{key.value.encode(): key for key in DIGITS},
}  # fmt: skip
_ARROWS = {b"A": Key.FASTER, b"B": Key.SLOWER, b"C": Key.SKIP, b"D": Key.AGAIN}
"""The last letter of what an arrow sends. Escape alone stops; other keys that begin with it do
nothing"""
_MOST = 64


def decode(typed: bytes) -> list[Key]:
    """Read what came in one go: one sequence of a special key, or plain keys."""
    if len(typed) > 1 and typed.startswith(b"\x1b"):
        # Pressed twice in haste, Escape is meant all the more.
        if not typed.strip(b"\x1b"):
            return [Key.STOP]
        arrow = typed[2:] if typed[:2] in (b"\x1b[", b"\x1bO") else b""
        return [_ARROWS[arrow]] if arrow in _ARROWS else []
    return [_KEYS[sign] for at in range(len(typed)) if (sign := typed[at : at + 1]) in _KEYS]


class Keyboard:
    """Reads keys on a thread of its own, as long as it is entered."""

    def __init__(self, press: Callable[[Key], None], descriptor: int | None = None) -> None:
        """`press` is called on that thread, at once. `descriptor`: a terminal, else stdin's."""
        self._press = press
        self._descriptor = sys.stdin.fileno() if descriptor is None else descriptor

    def __enter__(self) -> "Keyboard":
        self._before = termios.tcgetattr(self._descriptor)
        # Ctrl+C still ends. Ctrl+S must not stop the screen of somebody who looks for a number.
        tty.setcbreak(self._descriptor)
        changed = termios.tcgetattr(self._descriptor)
        changed[0] &= ~termios.IXON
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, changed)
        self._woken, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True, name="keys")
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        os.write(self._wake, b"x")
        self._thread.join()
        os.close(self._woken)
        os.close(self._wake)
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._descriptor, self._woken], [], [])
            if self._woken in ready:
                return
            typed = self._typed()
            if not typed:
                return
            for key in decode(typed):
                self._press(key)

    def _typed(self) -> bytes:
        """Give what was typed; nothing when the terminal has gone."""
        try:
            return os.read(self._descriptor, _MOST)
        except OSError:
            return b""
