"""What every check of `companion doctor` is given, and what it gives back."""

import functools
import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from companion.audio.devices import fresh_devices
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.errors import SettingsError
from companion.parts import Parts, read_parts
from companion.settings import Settings
from companion.stages import Clock

T = TypeVar("T")

BETTER = "A better ear and voice: scripts/companion models get"
"""One sentence for both, so that the screen says it once"""


@dataclass(frozen=True)
class Row:
    """What one check has shown."""

    check: str
    state: Literal["ok", "note", "wrong"]
    what: str
    """What is there, in a few words"""
    fix: str = ""
    """What a person can do about it, or to have more"""


@dataclass(frozen=True)
class Sound:
    """How the devices are reached. Tests put their own in place."""

    look: Callable[[], object] = functools.cache(fresh_devices)
    """Looks in a child first: a sound server that hangs must not hang us"""
    microphone: Callable[[str], DeviceMicrophone] = DeviceMicrophone
    speaker: Callable[[str], DeviceSpeaker] = functools.partial(DeviceSpeaker, now=time.monotonic)


@dataclass(frozen=True)
class Case:
    """Whom the checks look at."""

    settings: Settings
    """Those that hold: the defaults where the file is wrong"""
    today: date
    quick: bool = False
    tell: Callable[[str], None] = field(default=lambda text: None)
    """Takes what is going on, for a person who waits"""
    clock: Clock = time.perf_counter
    sound: Sound = field(default_factory=Sound)

    def parts(self, part: str = "", **changes: Any) -> Parts:
        """Read the content, with some settings of a part changed. Raises SettingsError.

        A country without helplines has a row of its own, and must not keep the rest unseen.
        """
        settings = _changed(self.settings, part, changes)
        try:
            return read_parts(settings)
        except SettingsError:
            return read_parts(_changed(settings, "person", {"country": ""}))

    def timed(self, work: Callable[[], T]) -> tuple[T, float]:
        """Do some work; give its result, and the seconds that it took."""
        began = self.clock()
        result = work()
        return result, self.clock() - began


Check = Callable[[Case], Iterator[Row]]


def has_llama() -> bool:
    """Tell whether the engine of the language model is installed."""
    return importlib.util.find_spec("llama_cpp") is not None


def short(path: Path) -> str:
    """Write a path as a person does: ~ for their own folder."""
    # Unlike Path.home, it raises nothing where nobody knows that folder.
    home = Path(os.path.expanduser("~"))
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def took(seconds: float) -> str:
    """Write how long something took."""
    return f"{max(seconds, 0.1):.1f} s"


def _changed(settings: Settings, part: str, changes: dict[str, Any]) -> Settings:
    if not part:
        return settings
    changed = getattr(settings, part).model_copy(update=changes)
    return settings.model_copy(update={part: changed})
