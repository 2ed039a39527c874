"""Exercises and voices made for tests."""

from itertools import count
from pathlib import Path

import numpy as np
import pytest

from companion.commands.loud import NoSpeaker
from companion.sessions.beats import Beat
from companion.sessions.mixing import Mixer, Track
from companion.sessions.player import Player
from companion.sessions.script import Script, read_scripts
from companion.sessions.timing import Wishes
from companion.sessions.tones import RATE
from companion.sessions.wording import Wording, clear
from companion.sessions.words import Spoken
from companion.values import AudioChunk, Cleared, Samples

HEAD = 'title: "Made for a test"\nsuits: [calm]\nevidence: "None."\n'
RHYTHM = """
minutes: ["1"]
steps:
  - repeat:
      steps:
        - {say: "In", sound: in, seconds: "4"}
        - {say: "Out", sound: out, seconds: "6"}
"""


class Beeps:
    """Says a beep: sentences of 2 s, cues of 0.4 s whose vowel begins after 0.1 s."""

    def __init__(self, cue: float = 0.4) -> None:
        self.said: list[str] = []
        self.cued: list[str] = []
        self._cue = cue

    def sentence(self, text: Cleared) -> Spoken:
        self.said.append(text)
        return Spoken(beep(2.0))

    def cue(self, text: Cleared) -> Spoken:
        self.cued.append(text)
        return Spoken(beep(self._cue), round(0.1 * RATE))


def beep(seconds: float) -> Samples:
    return np.full(round(seconds * RATE), 0.1, np.float32)


def script(folder: Path, text: str, name: str = "made") -> Script:
    """Read a script from its text, without the head that each one has."""
    (folder / f"{name}.yaml").write_text(HEAD + text, encoding="utf-8")
    return read_scripts(folder)[name]


def wording(made: Script) -> Wording:
    """Let everything pass."""
    return clear("made", made, Cleared, lambda line: Cleared(f"<{line}>"))


def player(made: Script, speech: Beeps | None = None, **wishes: object) -> Player:
    return Player(made, wording(made), speech or Beeps(), Wishes(**wishes))  # type: ignore[arg-type]


def beats(made: Script, speech: Beeps | None = None, **wishes: object) -> list[Beat]:
    return list(player(made, speech, **wishes).beats())


def rendered(made: Script, tracks: Track = Track.CUES) -> Samples:
    blocks = Mixer(player(made).beats(), tracks).blocks()
    return np.concatenate([block.chunk.samples for block in blocks])


def of_kind(found: list[Beat], *kinds: str) -> list[Beat]:
    return [beat for beat in found if beat.kind in kinds]


class Recording(NoSpeaker):
    """A loudspeaker that writes down what happens to it; a clock that runs when looked at."""

    def __init__(self, fails_at=None):
        self.time = count(0.0, 0.5)
        super().__init__(lambda: next(self.time))
        self.played: list[AudioChunk] = []
        self.done: list[str] = []
        self._fails_at = fails_at

    def play(self, chunk):
        if len(self.played) == self._fails_at:
            raise KeyboardInterrupt
        self.played.append(chunk)
        super().play(chunk)

    def stop(self):
        self.done.append("stop")

    def close(self):
        self.done.append("close")


VOICE = "speak: {voice: espeak}\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder with the built-in voice, whatever this checkout holds."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "companion.yaml").write_text(VOICE, encoding="utf-8")
    return tmp_path
