"""Which sound devices there are, and which one a name means.

A device is chosen by a part of its *name*: its number, and the number of its card,
change when it is plugged in again. PortAudio looks for devices once, when it starts;
who must know what is there *now* asks a short-lived child (`fresh_devices`).
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from companion import paths
from companion.audio.portaudio import NAMES, TYPE, Kind, PortAudio, load
from companion.errors import AudioError

SECONDS = 10.0
"""How long a child may look for devices: a sound server that hangs must not hang us"""

_CARD = re.compile(r"\s*\(hw:\d+,\d+\)")
"""Where ALSA has put a card this time"""


@dataclass(frozen=True)
class Device:
    """One sound device, as PortAudio sees it."""

    number: int
    """Good until PortAudio starts anew"""
    name: str
    system: str
    """What drives it: ALSA, Core Audio, …"""
    inputs: int
    outputs: int
    """Channels"""
    rate: int
    """Hertz: what it says is its own"""
    is_default_input: bool
    is_default_output: bool

    @property
    def label(self) -> str:
        return f"{self.name}, {self.system}"

    def channels(self, kind: Kind) -> int:
        """Say how many channels it has as a microphone or as a loudspeaker."""
        return self.inputs if kind == "input" else self.outputs

    def is_default(self, kind: Kind) -> bool:
        """Say whether the system has chosen it."""
        return self.is_default_input if kind == "input" else self.is_default_output


def list_devices(library: PortAudio | None = None) -> tuple[Device, ...]:
    """Give the devices as they were when PortAudio started here. Raises AudioError."""
    library = library or load()
    systems = library.query_hostapis()
    chosen_input, chosen_output = (library.default.device[side] for side in (0, 1))
    return tuple(
        Device(
            row["index"],
            row["name"],
            systems[row["hostapi"]]["name"],
            row["max_input_channels"],
            row["max_output_channels"],
            round(row["default_samplerate"]),
            row["index"] == chosen_input,
            row["index"] == chosen_output,
        )
        for row in library.query_devices()
    )


def fresh_devices(seconds: float = SECONDS) -> tuple[Device, ...]:
    """Give the devices that are there now. Raises AudioError, also after so many seconds."""
    command = [sys.executable, "-P", "-m", "companion.audio.devices"]
    fault = AudioError(
        "The sound devices cannot be listed.", fix="Check that the sound of this computer works."
    )
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # ALSA complains of each part it does not find
            env=paths.environment_of_a_child(),
            timeout=seconds,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        raise fault from None
    if isinstance(answer, dict):
        raise AudioError(answer["problem"], fix=answer["fix"])
    return tuple(Device(**row) for row in answer)


def choose(name: str, kind: Kind, devices: Iterable[Device]) -> Device:
    """Find the device that a name, or a part of it, means. Raises AudioError.

    An empty name means the one that the system has chosen.
    """
    able = [device for device in devices if device.channels(kind)]
    word = NAMES[kind]
    if not able:
        raise AudioError(f"There is no {word}.", fix=f"Plug one in, {TYPE}.")
    if not name:
        return next((device for device in able if device.is_default(kind)), able[0])
    found = _matches(name.casefold(), able)
    if len(found) == 1:
        return found[0]
    if found:
        raise AudioError(
            f"'{name}' may mean more than one {word}: {_labels(found)}.",
            fix="Name more of it.",
        )
    raise AudioError(
        f"There is no {word} '{name}', but there is: {_labels(able)}.",
        fix="Use one of these names, or a part of one.",
    )


def same(name: str, other: str) -> bool:
    """Say whether two names mean one device, wherever ALSA has put its card."""
    return _CARD.sub("", name) == _CARD.sub("", other)


def _matches(name: str, devices: list[Device]) -> list[Device]:
    """Find whom a name fits; the whole name before a part, a part before an old card number."""
    bare = _CARD.sub("", name)
    tiers: tuple[list[Device], ...] = (
        [device for device in devices if name in (device.label.casefold(), device.name.casefold())],
        [device for device in devices if name in device.label.casefold()],
        [device for device in devices if bare in _CARD.sub("", device.label.casefold())],
    )
    return next((found for found in tiers if found), [])


def _labels(devices: Iterable[Device]) -> str:
    return "; ".join(device.label for device in devices)


def _answer() -> list[dict[str, object]] | dict[str, str]:
    try:
        return [asdict(device) for device in list_devices()]
    except AudioError as error:
        return {"problem": error.problem, "fix": error.fix}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answer()))
