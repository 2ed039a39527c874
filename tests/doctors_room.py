"""What the tests of the doctor share: settings, a room that is quiet, and engines that are ill."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.commands.doctor import examine
from companion.commands.doctor_case import Case, Check, Row, Sound
from companion.errors import AudioError
from companion.settings import Settings
from companion.values import AudioChunk, Cleared, Samples, Style

from .portaudio import FakePortAudio, Gear

TODAY = date(2026, 11, 23)


class BrokenEar:
    """Raises what nobody expects."""

    def __init__(self) -> None:
        raise RuntimeError("a library's own words")


class MuteVoice:
    """Makes sound that cannot be heard."""

    name = "mute"

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        yield AudioChunk(np.zeros(800, np.float32), 16_000)


class Room:
    """A microphone that hears a given sound, and a loudspeaker that takes what it is given."""

    def __init__(self, heard: Samples) -> None:
        self.library = FakePortAudio((Gear("Headset", inputs=1, outputs=2),), (0, 0))
        self.played = np.zeros(0, np.float32)
        self._heard = heard

    @property
    def sound(self) -> Sound:
        return Sound(lambda: None, self._microphone, self._speaker)

    def _microphone(self, name: str) -> DeviceMicrophone:
        opened = DeviceMicrophone(name, backend=self.library, clock=lambda: 0.0)
        self.library.stream.hear(self._heard)
        return opened

    def _speaker(self, name: str) -> DeviceSpeaker:
        room = self

        class Played(DeviceSpeaker):
            def play(self, chunk: AudioChunk) -> None:
                super().play(chunk)
                room.played = room.library.stream.pull(50)[:, 0]

        return Played(name, backend=self.library, now=lambda: 0.0, clock=lambda: 0.0)


def noise(level: float, seconds: float = 2.0) -> Samples:
    random = np.random.default_rng(1)
    return (level * random.standard_normal(round(seconds * 48_000))).astype(np.float32)


QUIET_ROOM = noise(0.005)


def case(**settings: object) -> Case:
    return Case(Settings.model_validate(settings), TODAY, sound=Room(QUIET_ROOM).sound)


def rows(check: Check, patient: Case) -> list[Row]:
    return list(examine(patient, {"it": check}))


def row(check: Check, patient: Case) -> Row:
    (only,) = rows(check, patient)
    return only


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("COMPANION_HOME", str(folder))
    return folder


def written(path: Path, settings: dict) -> Path:
    path.write_text(json.dumps(settings))
    return path


def without_portaudio() -> object:
    raise AudioError(
        "The sound devices cannot be reached: PortAudio is not installed.",
        fix="Run: sudo apt install libportaudio2 (or type instead: companion chat).",
    )
