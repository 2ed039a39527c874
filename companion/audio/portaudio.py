"""PortAudio, which reaches the sound devices of every system: what we use of it, loaded late."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal, Protocol

from companion.errors import AudioError

Kind = Literal["input", "output"]
NAMES: dict[Kind, str] = {"input": "microphone", "output": "loudspeaker"}

TYPE = "or type instead: companion chat"


class Stream(Protocol):
    """An open device."""

    samplerate: float
    """Hertz, as it really is"""
    channels: int
    latency: float
    """Seconds between a callback and the air"""
    active: bool
    """Its callbacks are called; False once the device has gone, where the system notices"""

    def start(self) -> None:
        """Let the callbacks begin."""
        ...

    def close(self, ignore_errors: bool = True) -> None:
        """End them, and give the device back."""
        ...


class Default(Protocol):
    """What the system has chosen."""

    device: Sequence[int]
    """Numbers of the microphone and of the loudspeaker; below zero: none"""


class PortAudio(Protocol):
    """What we use of the module `sounddevice`. Tests put another object in its place."""

    PortAudioError: type[Exception]
    InputStream: Callable[..., Stream]
    OutputStream: Callable[..., Stream]
    default: Default

    def query_devices(self) -> Iterable[dict[str, Any]]:
        """Give a row for each device."""
        ...

    def query_hostapis(self) -> Sequence[dict[str, Any]]:
        """Give a row for each sound system."""
        ...


def load() -> PortAudio:
    """Load PortAudio, which then keeps the list of devices as it finds it. Raises AudioError."""
    try:
        import sounddevice  # it starts PortAudio
    except ImportError:
        raise AudioError(
            "The sound devices cannot be reached: sounddevice is not installed.",
            fix="Run: scripts/companion setup",
        ) from None
    except OSError:
        raise AudioError(
            "The sound devices cannot be reached: PortAudio is not installed.",
            fix=f"Run: sudo apt install libportaudio2 ({TYPE}).",
        ) from None
    library: PortAudio = sounddevice
    return library


def reload() -> None:
    """Start PortAudio anew, with the devices that are there now. Ends every open stream."""
    import sounddevice

    with suppress(sounddevice.PortAudioError):
        sounddevice._terminate()
    sounddevice._initialize()


@contextmanager
def muted() -> Iterator[None]:
    """Keep off the screen what PortAudio and ALSA write to standard error, at any moment.

    What Python writes there still comes.
    """
    ours = sys.stderr
    if ours is None:  # whoever started us has closed it
        yield
        return
    ours.flush()
    real = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = open(real, "w", encoding=ours.encoding, errors="backslashreplace", buffering=1)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(real, 2)
        sys.stderr.close()
        sys.stderr = ours
