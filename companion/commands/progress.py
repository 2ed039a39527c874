"""Show how far a download is: a bar at a terminal, else a line every few seconds. On stderr."""

import sys
from collections.abc import Iterable
from time import monotonic
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from companion.installs import megabytes

BETWEEN_LINES = 5.0
"""Seconds, at least"""


def follow(name: str, total: int, done: Iterable[int], out: TextIO | None = None) -> None:
    """Run a download to its end, showing the bytes that it yields of `total`."""
    out = out or sys.stderr
    if out.isatty():
        _draw(name, total, done, out)
    else:
        _write(name, total, done, out)


def _draw(name: str, total: int, done: Iterable[int], out: TextIO) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    # It draws when bytes come, at most ten times a second: no thread of its own.
    with Progress(*columns, console=Console(file=out), auto_refresh=False) as progress:
        task = progress.add_task(name, total=total)
        drawn = 0.0
        for size in done:
            progress.update(task, completed=size)
            if monotonic() - drawn >= 0.1:
                progress.refresh()
                drawn = monotonic()
        progress.refresh()


def _write(name: str, total: int, done: Iterable[int], out: TextIO) -> None:
    told = monotonic()
    for size in done:
        if monotonic() - told >= BETWEEN_LINES:
            print(f"{name}: {megabytes(size)} of {megabytes(total)}", file=out, flush=True)
            told = monotonic()
