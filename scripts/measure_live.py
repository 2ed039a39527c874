"""Hold a talk through virtual sound devices, in real time, and measure it from outside.

    python scripts/measure_live.py [--settings FILE] [--speaker NAME]

What is played into the microphone, and what leaves the loudspeaker, is recorded beside the
companion: the time to the first sound runs from the last of the person's voice to the first of
the answer, the hold of silence among it. Both are known to 0.05 s.
Needs scripts/virtual_audio.sh, and what that needs.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import jiwer
import numpy as np
import soundfile

from companion import app, paths
from companion.audio.wav import FileSpeaker
from companion.commands.talks import Demo
from companion.content import read
from companion.parts import build_voices, read_parts
from companion.settings import Settings, SpeakSettings
from companion.values import AudioChunk, Samples, Style

ROOT = Path(__file__).resolve().parent.parent
RATE = 16_000
LOUD = 0.01
QUIET = 1.5
"""Seconds of silence after which the companion has said all"""
PATIENCE = 60.0
"""Seconds after which nothing will come any more"""
SPEECH = """\
audio: {microphone: virtual_mic, speaker: virtual_speaker}
"""


@dataclass
class Answer:
    """One turn, as it was on both sides."""

    said: str
    heard: str = ""
    answer: list[str] = field(default_factory=list)
    first_sound: float = float("nan")
    """Seconds from the last of the voice to the first of the answer"""
    spoken: float = 0.0
    """Seconds from the first to the last sound of the answer"""


class Meter:
    """How loud a device is, moment by moment."""

    def __init__(self, device: str, environment: dict[str, str]) -> None:
        """Begin to listen to the monitor of a sink."""
        command = ["parec", f"--device={device}", f"--rate={RATE}", "--channels=1"]
        command += ["--format=float32le", "--latency-msec=20"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, bufsize=0, env=environment
        )
        self.loud: list[float] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout
        while piece := self._process.stdout.read(4 * RATE // 50):
            whole = len(piece) // 4 * 4
            if np.abs(np.frombuffer(piece[:whole], "<f4")).max(initial=0.0) > LOUD:
                self.loud.append(time.monotonic())

    def first_after(self, moment: float) -> float | None:
        """Give when it was first loud after a moment."""
        return next((at for at in self.loud if at > moment), None)

    def last(self) -> float:
        """Give when it was last loud."""
        return self.loud[-1] if self.loud else 0.0

    def close(self) -> None:
        """Stop listening."""
        with self._process:
            self._process.terminate()
            self._thread.join(10)


def main() -> int:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--settings", type=Path, help="settings of the talk, but its devices")
    options.add_argument("--speaker", default="american", help="a speaker of the demo")
    chosen = options.parse_args()
    recording = read(paths.DATA / "demo" / "demo.yaml", Demo).recordings[chosen.speaker]
    extra = chosen.settings.read_text(encoding="utf-8") if chosen.settings else ""
    with virtual_sound() as environment:
        answers = hold(recording.texts, recording.accent, extra, environment)
    for answer in answers:
        print(f"said   {answer.said}\nheard  {answer.heard}\nanswer {' '.join(answer.answer)}")
        print(f"       first sound after {answer.first_sound:.2f} s, {answer.spoken:.1f} s long\n")
    errors = jiwer.wer([plain(a.said) for a in answers], [plain(a.heard) for a in answers])
    print(f"word errors {errors:.0%}; first sound {median(a.first_sound for a in answers):.2f} s")
    return 0


@contextmanager
def virtual_sound() -> Iterator[dict[str, str]]:
    """Give the environment of a private sound server, as long as it is needed."""
    script = ROOT / "scripts" / "virtual_audio.sh"
    started = subprocess.run([script, "start"], capture_output=True, text=True, check=True)
    exported = dict(re.findall(r"export (\w+)='(.*)'", started.stdout))
    try:
        yield {"PATH": os.defpath, "PYTHONPATH": str(ROOT), **exported}
    finally:
        subprocess.run([script, "stop", exported["VIRTUAL_AUDIO"]], check=True, capture_output=True)


def hold(
    texts: Sequence[str], accent: str, settings: str, environment: dict[str, str]
) -> list[Answer]:
    """Say each text when the answer before it is over; give what came of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings.yaml").write_text(SPEECH + settings, encoding="utf-8")
        answers = [Answer(text) for text in texts]
        with talking(folder, environment) as talk:
            meters = [Meter(f"{sink}.monitor", environment) for sink in ("mic", "speaker")]
            try:
                for answer in answers:
                    one_turn(answer, spoken(answer.said, accent), folder, meters, environment)
            finally:
                for meter in meters:
                    meter.close()
            talk.send_signal(signal.SIGTERM)
            lines = talk.communicate(timeout=PATIENCE)[0].splitlines()
    for answer, line in zip(answers, lines, strict=False):
        turn = json.loads(line)
        answer.heard, answer.answer = turn["heard"], turn["said"]
    return answers


@contextmanager
def talking(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run `companion talk` until it listens, and end it in any case."""
    command = [sys.executable, "-P", "-m", "companion", "--settings", str(folder / "settings.yaml")]
    with subprocess.Popen(
        [*command, "talk", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=environment | {"COMPANION_HOME": str(folder)},
    ) as talk:  # fmt: skip
        try:
            assert talk.stderr
            before = []
            while not (line := talk.stderr.readline()).startswith("Speak"):
                before.append(line)
                if not line:
                    raise SystemExit("".join(before))
            yield talk
        finally:
            talk.kill()


def one_turn(
    answer: Answer,
    sound: Samples,
    folder: Path,
    meters: Sequence[Meter],
    environment: dict[str, str],
) -> None:
    """Say one thing and wait until it was answered."""
    mic, speaker = meters
    soundfile.write(folder / "said.wav", sound, RATE)
    play = ["paplay", "--device=mic", str(folder / "said.wav")]
    subprocess.run(play, env=environment, check=True, timeout=PATIENCE)
    wait(lambda: speaker.first_after(mic.last()) is not None)
    wait(lambda: time.monotonic() - speaker.last() > QUIET)
    began = speaker.first_after(mic.last())
    if began is not None:
        answer.first_sound, answer.spoken = began - mic.last(), speaker.last() - began


def wait(until: Callable[[], bool]) -> None:
    """Look every 20 ms whether something has happened; give up after a minute."""
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not until() and time.monotonic() < end:
        pause.wait(0.02)


def spoken(text: str, accent: str) -> Samples:
    """Say a text as a person would, by eSpeak NG."""
    parts = read_parts(Settings(speak=SpeakSettings(voice="espeak", accent=accent)))
    voice, speaker = build_voices(parts)[0], FileSpeaker(RATE)
    speaker.play(AudioChunk(np.zeros(RATE // 5, np.float32), RATE))
    for chunk in voice.synthesize(app.own_words(text), Style()):
        speaker.play(chunk)
    return speaker.samples()


def plain(text: str) -> str:
    """Give the words alone."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


if __name__ == "__main__":
    sys.exit(main())
