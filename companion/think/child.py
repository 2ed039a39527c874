"""Both ends of a process of our own, spoken to through two pipes, one message a line.

What runs there may hang, crash or be killed: none of it reaches the talk. It ends by
itself when its pipe closes, however we end; where it hangs, `close` ends it.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from companion import paths
from companion.errors import ThinkError
from companion.stages import Clock

Message = dict[str, Any]

_PIECE = 65_536
"""Bytes read at once"""


class Child:
    """One run of `python -m MODULE ARGUMENTS`."""

    def __init__(self, module: str, arguments: Sequence[str], clock: Clock) -> None:
        """Start it, and do not wait."""
        self._clock = clock
        self._unread = b""
        self._messages: list[Message] = []
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A library's own words could hold the person's.
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=paths.environment_of_a_child(),
            # Ctrl+C in the terminal is ours to handle. Not a session of its own: on a desktop Linux
            # the low priority would then count only inside it.
            process_group=0,
        )
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        """Send one message. Raises ThinkError where nobody reads any more."""
        line = json.dumps(message).encode() + b"\n"
        try:
            written = os.write(self._write, line)
        except (BrokenPipeError, BlockingIOError):
            written = 0
        if written != len(line):
            # Half a line would spoil all that follow.
            self.kill()
            raise ThinkError("The language model does not listen any more.")

    def receive(self, due: float) -> Message | None:
        """Wait for the next message until `due`; None where none came, or none can."""
        while not self._messages:
            left = max(0.0, due - self._clock())
            if not select.select([self._read], [], [], left)[0]:
                return None
            try:
                piece = os.read(self._read, _PIECE)
            except BlockingIOError:
                continue
            if not piece:
                self.kill()
                return None
            *lines, self._unread = (self._unread + piece).split(b"\n")
            try:
                self._messages.extend(json.loads(line) for line in lines)
            except ValueError:
                self.kill()
        return self._messages.pop(0)

    def kill(self) -> None:
        """End it now. May be called twice."""
        self._process.kill()
        self._process.wait()

    def close(self, patience: float = 1.0) -> None:
        """Let it end by itself for so many seconds, else end it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self.kill()

    @property
    def _read(self) -> int:
        assert self._process.stdout
        return self._process.stdout.fileno()

    @property
    def _write(self) -> int:
        assert self._process.stdin
        return self._process.stdin.fileno()


class Inbox:
    """The child's end: what comes in. Only the newest message counts."""

    def __init__(self, source: int) -> None:
        """`source` is a file descriptor."""
        self._source = source
        self._unread = b""
        self._waiting: list[Message] = []

    def next(self) -> Message:
        """Wait for the newest message. Ends the process when there will be none."""
        while not self._waiting:
            self._take()
        newest = self._waiting[-1]
        self._waiting.clear()
        return newest

    def is_empty(self) -> bool:
        """Say whether nothing has come since; do not wait."""
        while select.select([self._source], [], [], 0)[0]:
            self._take()
        return not self._waiting

    def _take(self) -> None:
        piece = os.read(self._source, _PIECE)
        if not piece:
            raise SystemExit(0)
        *lines, self._unread = (self._unread + piece).split(b"\n")
        self._waiting.extend(json.loads(line) for line in lines)
