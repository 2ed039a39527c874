"""Play an exercise through the loudspeaker, and show it in step with what is heard."""

import shutil
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from companion.breath import Breath
from companion.commands.loud import Heard
from companion.sessions.beats import Beat
from companion.sessions.mixing import Block

AHEAD = 8.0
"""Seconds of sound that wait in the loudspeaker: a slow voice, or a busy computer, does not
show. To stop forgets them"""
LOOK = 0.08
"""Seconds between two looks at what is heard"""
_FADED = 0.25
"""Seconds until a loudspeaker that was stopped is surely silent"""


class Screen:
    """Shows what is said, and a bar that follows the breath: plain text, one line of it alive."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._alive = out.isatty()
        self._coming: list[Beat] = []
        self._tone: Beat | None = None
        self._last: Beat | None = None

    def expect(self, beats: tuple[Beat, ...]) -> None:
        """Take what will be heard."""
        self._coming += beats

    def show(self, at: float) -> None:
        """Show what is heard at second `at`."""
        while self._coming and self._coming[0].at <= at:
            beat = self._coming.pop(0)
            self._last = beat
            if beat.kind == "sound":
                self._tone = beat
            elif beat.kind == "say" and beat.text:
                self._say(beat.text)
        if self._alive and self._last:
            columns = shutil.get_terminal_size().columns
            print(f"\r{self._line(at)[: columns - 1]:<{columns - 1}}", end="", file=self._out)
            self._out.flush()

    def clear(self) -> None:
        """Leave no half line behind."""
        if self._alive:
            print("\r\x1b[K", end="", file=self._out, flush=True)

    def _say(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1 if self._alive else 1_000
        self.clear()
        print(textwrap.fill(text, width), file=self._out, flush=True)

    def _line(self, at: float) -> str:
        last, tone = self._last, self._tone
        if last is None:
            return ""
        sound, began, seconds = ("", at, 0.0)
        if tone and tone.sound:
            sound, began, seconds = tone.sound.value, tone.at, tone.seconds
        left = None if last.left is None else last.left + last.at - began
        return f"  {Breath(sound, began, seconds, left).line(at)}   Ctrl+C stops"


def play(
    blocks: Iterator[Block],
    speaker: Heard,
    screen: Screen,
    *,
    given: float = 0.0,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Play to the end; the first `given` seconds are already queued. Raises AudioError."""
    pause = threading.Event()
    for block in blocks:
        speaker.play(block.chunk)
        screen.expect(block.beats)
        given = block.chunk.end
        while (waiting := speaker.drained() - now()) > AHEAD:
            screen.show(given - waiting)
            pause.wait(LOOK)
        screen.show(given - max(0.0, waiting))
    while (waiting := speaker.drained() - now()) > 0.0:
        screen.show(given - waiting)
        pause.wait(LOOK)
    screen.clear()


def stopped_softly(speaker: Heard, screen: Screen) -> None:
    """Fall silent at once, without a click."""
    speaker.stop()
    screen.clear()
    threading.Event().wait(_FADED)
