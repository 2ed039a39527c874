"""devices: which microphones and loudspeakers there are, and whether they work."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np

from companion.audio.devices import Device, fresh_devices
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.portaudio import TYPE, Kind, muted
from companion.errors import AudioError, CompanionError
from companion.settings import AudioSettings, read_settings
from companion.values import AudioChunk, Samples

LISTENED = 2.0
"""Seconds"""
TOO_QUIET = -70.0
"""dBFS: less than a quiet room through any microphone that is switched on"""

_NAME_COLUMNS = 48
_KINDS: tuple[tuple[Kind, str], ...] = (("input", "in"), ("output", "out"))
_RATE = 22_050
"""Hertz"""


def devices(options: argparse.Namespace) -> int:
    """List the devices; with --check, listen to the chosen ones and let them sound."""
    settings = read_settings(options.settings)
    rows = [row for device in fresh_devices() for row in _rows(device)]
    if options.json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif rows:
        _show(rows)
    else:
        raise AudioError("There is no sound device.", fix=f"Plug in a headset, {TYPE}.")
    return _check(settings.audio) if options.check else 0


def _rows(device: Device) -> Iterator[dict[str, object]]:
    for kind, word in _KINDS:
        if device.channels(kind):
            yield {
                "name": device.name,
                "system": device.system,
                "kind": word,
                "rate": device.rate,
                "channels": device.channels(kind),
                "default": device.is_default(kind),
            }


def _show(rows: list[dict[str, object]]) -> None:
    print("   kind     rate  channels  name")
    for row in rows:
        mark, name = "*" if row["default"] else " ", str(row["name"])
        short = name if len(name) <= _NAME_COLUMNS else f"{name[: _NAME_COLUMNS - 1]}…"
        print(f" {mark} {row['kind']!s:4} {row['rate']:>8}  {row['channels']:>8}  {short}")
    print("\n* is what the system has chosen. To choose another one, set audio.microphone")
    print("or audio.speaker to a part of its name; leave out (hw:…), which changes.")


def _check(chosen: AudioSettings) -> int:
    """Try both; the one that fails says so, and does not keep the other from being tried."""
    failures = 0
    with muted():
        for attempt in (_listen, _sound):
            try:
                attempt(chosen)
            except CompanionError as error:
                failures += 1
                print(error, file=sys.stderr)
    return 1 if failures else 0


def _listen(chosen: AudioSettings) -> None:
    microphone = DeviceMicrophone(chosen.microphone)
    try:
        print(f"\nListening to '{microphone.name}' for {LISTENED:.0f} seconds …", flush=True)
        heard = []
        for chunk in microphone.blocks():
            heard.append(chunk.samples)
            if chunk.end >= LISTENED:
                break
    finally:
        microphone.close()
    level = _level(np.concatenate(heard))
    print(f"Its level was {level:.0f} dBFS (0 is the loudest there is).")
    if level < TOO_QUIET:
        print("That is next to nothing: is it switched off, or muted?")


def _sound(chosen: AudioSettings) -> None:
    speaker = DeviceSpeaker(chosen.speaker, now=time.monotonic)
    try:
        print(f"A soft tone comes from '{speaker.name}' …", flush=True)
        speaker.play(AudioChunk(_tone(), _RATE))
        wait = threading.Event()
        while (left := speaker.drained() - time.monotonic()) > 0:
            wait.wait(left)
    finally:
        speaker.close()
    print("It was played. If you heard nothing, look at its volume, or choose another one.")


def _level(sound: Samples) -> float:
    """Give the level in dBFS: of the mean power, where a steady 1.0 is 0 dB."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


def _tone() -> Samples:
    seconds = np.arange(round(0.8 * _RATE)) / _RATE
    shape = np.minimum(seconds / 0.05, 1) * np.exp(-seconds / 0.25)
    return (0.15 * shape * np.sin(2 * np.pi * 523.25 * seconds)).astype(np.float32)
