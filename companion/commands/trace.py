"""Write down what happened in a talk, event by event, for bug reports and measurements.

One JSON object a line: `event`, `turn`, `revision`, and the event's own fields.
It is plain text and holds what was said, so it is readable by its owner alone.
"""

import dataclasses
import json
import os
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from companion.errors import AudioError
from companion.events import Event, Kept, Level, Sound, Spoken


class Trace:
    """A file that takes events. Raises AudioError where it cannot be written."""

    def __init__(self, path: Path) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.fchmod(handle, 0o600)
        except OSError as error:
            raise AudioError(
                f"The trace {path} cannot be written ({error.strerror}).",
                fix="Name a file in a folder that you may write to.",
            ) from None
        self._file = os.fdopen(handle, "w", encoding="utf-8")

    def __enter__(self) -> "Trace":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, event: Event) -> None:
        """Write one event down."""
        if isinstance(event, (Kept, Level, Sound, Spoken)):
            return
        fields = {
            field.name: _plain(getattr(event, field.name))
            for field in dataclasses.fields(event)
            if field.name != "id"
        }
        row = {"event": type(event).__name__, "turn": event.id.turn,
               "revision": event.id.revision, **fields}  # fmt: skip
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name.lower()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
