"""Show a talk on a terminal: the whole screen, plain lines, or only what must be shown."""

import io
import locale
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import IO, Protocol, TextIO

from rich.console import Console, Group
from rich.live import Live

from companion.commands.keyboard import Key
from companion.commands.show import Printer, Written, fit
from companion.events import Checked, Event, Level, Said
from companion.marks import PLAIN, Marks
from companion.risk import Risk
from companion.screen import Facts, View

CLEAR_SCREEN = "\x1b[H\x1b[2J\x1b[3J"
"""Go home, clear, and then forget the scrollback: some terminals put there what they clear"""
LETTERS = locale.getencoding()
"""The encoding of this terminal: asked when this is imported, because eSpeak changes what is
answered later"""
STEADY = 0.2
"""Seconds between two pictures while nothing but the level changes"""


class Shown(Protocol):
    """Where a talk is shown."""

    def show(self, event: Event) -> None:
        """Show what happens."""
        ...

    def press(self, key: Key, listening: bool) -> None:
        """A key was pressed; say whether somebody is listened to now."""
        ...

    def tell(self, text: str) -> None:
        """Show a sentence about the talk: its devices, or what is wrong; "" takes it back."""
        ...

    def begin(self, devices: str, hint: str) -> None:
        """The devices are open; `hint` says how to talk through them."""
        ...

    def lose(self, problem: str) -> None:
        """A device has gone, and is waited for."""
        ...


class Lines:
    """Plain lines: for a file, a pipe, and whoever prefers them."""

    def __init__(self, facts: Facts, out: TextIO, *, quiet: bool) -> None:
        """`quiet`: only what must be shown, such as numbers and trouble."""
        self._facts = facts
        self._out = out
        self._quiet = quiet
        self._printer = Printer(out)
        self._written = Written(out)
        self._told = ""
        self._in_danger = False

    def show(self, event: Event) -> None:
        """Print an event, if a person may want to see it."""
        if not self._quiet:
            self._printer.show(event)
        elif isinstance(event, Said) and not event.aloud:
            self._written.show(event)
        elif isinstance(event, Checked):
            danger = event.risk.level >= Risk.CONCERN
            if danger and not self._in_danger:
                self._print(self._facts.numbers)
            self._in_danger = danger

    def press(self, key: Key, listening: bool) -> None:
        """Say what a key has done."""
        if key is Key.STOP:
            print(CLEAR_SCREEN if self._out.isatty() else "", end="", file=self._out)
            self._print("Quiet. n shows numbers, space goes on, q ends.")
        elif key is Key.NUMBERS:
            self._print(self._facts.numbers)
        elif key is Key.TALK:
            self._print("(listening)" if listening else "(not listening; space goes on)")

    def tell(self, text: str) -> None:
        """Print it once."""
        if text and text != self._told:
            self._print(text, sys.stderr)
        self._told = text

    def begin(self, devices: str, hint: str) -> None:
        """Print both."""
        for line in (devices, *hint.splitlines()):
            self._print(line, sys.stderr)

    def lose(self, problem: str) -> None:
        """Print it."""
        numbers = [self._facts.numbers] if self._in_danger else []
        for line in ("", problem, *numbers, "Waiting until it is back; Ctrl+C ends the talk."):
            self._print(line, sys.stderr)

    def _print(self, text: str, out: TextIO | None = None) -> None:
        out = out or self._out
        print(fit(text, 0, out), file=out, flush=True)


class Screen:
    """The whole terminal. What stood there before comes back afterwards; the talk is gone then."""

    def __init__(self, facts: Facts, console: Console) -> None:
        marks = PLAIN if console.options.ascii_only else Marks()
        self.view = View(facts, marks, listening=not facts.push_to_talk)
        self._console = console
        self._live = Live(
            console=console, screen=True, auto_refresh=False,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        self._drawn: object = None
        self._next = 0.0
        """Seconds: when the level is drawn again"""
        self._cleared = False

    def __enter__(self) -> "Screen":
        self._live.start()
        self._draw()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()
        if self._cleared:
            # Also what led to the talk: somebody asked for a neutral screen.
            self._console.file.write(CLEAR_SCREEN)
            self._console.file.flush()

    def show(self, event: Event) -> None:
        """Take an event, and draw what it changed."""
        was_neutral = self.view.neutral
        self.view.take(event)
        if isinstance(event, Level):
            if event.at < self._next and self._next - event.at < 2 * STEADY:
                return
            self._next = event.at + STEADY
        if self.view.neutral and not was_neutral:
            self._forget()
        self._draw()

    def press(self, key: Key, listening: bool) -> None:
        """Show what a key has done."""
        self.view.listening = listening
        if key is Key.STOP:
            self.view.clear()
            self._forget()
        elif key is Key.NUMBERS:
            self.view.numbers_open = not self.view.numbers_open
        elif key is Key.TALK and listening:
            self.view.neutral = False
        self._draw()

    def tell(self, text: str) -> None:
        """Show a sentence until another one, or none, takes its place."""
        self.view.note = text
        self._draw()

    def begin(self, devices: str, hint: str) -> None:
        """Show through which devices it is held."""
        self.view.devices, self.view.hint, self.view.gone = devices, " ".join(hint.split()), ""
        self._draw()

    def lose(self, problem: str) -> None:
        """Show which device is waited for; the meter stands still until then."""
        self.view.gone, self.view.level, self.view.hearing = problem, None, False
        self._draw()

    def _forget(self) -> None:
        self._cleared = True
        self._console.file.write(CLEAR_SCREEN)
        self._drawn = None

    def _draw(self) -> None:
        look = (self._console.size, self.view.look())
        if look != self._drawn:
            self._drawn = look
            self._live.update(Group(*self.view.draw(self._console)), refresh=True)


class _Notes(io.TextIOBase):
    """Takes what is written to standard error while the screen is ours; it is shown later, too."""

    def __init__(self, screen: Screen) -> None:
        self.written: list[str] = []
        self._screen = screen

    def write(self, text: str) -> int:
        self.written.append(text)
        if text.strip():
            self._screen.tell(" ".join(text.split()))
        return len(text)


@contextmanager
def shown(
    facts: Facts, *, colour: bool, plain: bool, quiet: bool, as_json: bool
) -> Iterator[Shown]:
    """Show a talk as well as this terminal can, and as it is wished.

    `as_json`: standard output takes the turns as data, and nothing else.
    """
    if quiet or plain or as_json:
        yield Lines(facts, sys.stderr if as_json else sys.stdout, quiet=quiet or as_json)
        return
    console = Console(file=_terminal(sys.stdout), no_color=None if colour else True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(facts, sys.stdout, quiet=quiet)
        return
    screen = Screen(facts, console)
    notes = _Notes(screen)
    try:
        with screen, redirect_stderr(notes):
            yield screen
    finally:
        print("".join(notes.written), end="", file=sys.stderr)


def _terminal(out: TextIO) -> IO[str]:
    """Give the terminal with the letters that it really has."""
    if not out.isatty() or LETTERS.lower().replace("-", "") == "utf8":
        return out
    raw = os.fdopen(os.dup(out.fileno()), "wb")
    return io.TextIOWrapper(raw, encoding=LETTERS, errors="replace")
