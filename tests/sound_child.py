"""Plays and listens through real devices, in a process of its own, and prints what it measured.

PortAudio keeps what it found when it started, so a test cannot do this itself: it starts this
file with the environment of the virtual sound, the task, the rate that the devices shall say is
theirs, and a 16 kHz WAV file.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sounddevice
import soundfile
import soxr

from companion.audio import portaudio
from companion.audio.loudspeaker import STALLED, SURELY, DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.errors import AudioError
from companion.values import AudioChunk, Samples

RATE = 16_000
RECORDED = 48_000
"""Hertz"""


class Saying:
    """PortAudio, but every device says that its own rate is this one."""

    def __init__(self, rate: int) -> None:
        self.rate = rate

    def __getattr__(self, name: str) -> Any:
        return getattr(sounddevice, name)

    def query_devices(self) -> list[dict[str, Any]]:
        rows = sounddevice.query_devices()
        return [{**row, "default_samplerate": float(self.rate)} for row in rows]


class Recorder:
    """What leaves the loudspeaker, and when each piece of it came."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        command = ["parec", "--device=speaker.monitor", f"--rate={RECORDED}", "--channels=1"]
        command += ["--format=float32le", "--latency-msec=10"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, bufsize=0, env=environment
        )
        self._pieces: list[tuple[float, bytes]] = []
        self._there = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        assert self._there.wait(10), "parec records nothing"

    def _read(self) -> None:
        assert self._process.stdout
        while piece := self._process.stdout.read(4 * 480):
            self._pieces.append((time.monotonic(), piece))
            self._there.set()

    def finish(self) -> tuple[Samples, float]:
        """Give the sound, and the moment of its first sample on the clock."""
        self._process.terminate()
        self._thread.join(10)
        self._process.wait(10)
        assert self._process.stdout
        self._process.stdout.close()
        sound = np.frombuffer(b"".join(piece for _, piece in self._pieces), "<f4")
        # Pieces come late, never early: the earliest of all tells when the first sample was.
        count, first = 0, float("inf")
        for at, piece in self._pieces:
            count += len(piece) // 4
            first = min(first, at - count / RECORDED)
        return sound, first


def align(said: Samples, heard: Samples) -> tuple[int, float]:
    """Find where in `heard` it begins, and how alike the two are there."""
    size = 1 << (len(said) + len(heard)).bit_length()
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    place = int(np.argmax(np.fft.irfft(product, size)[: len(heard)]))
    part = heard[place : place + len(said)]
    return place, float(np.corrcoef(part, said[: len(part)])[0, 1])


def wait(until: Callable[[], bool], most: float = 20.0) -> None:
    end = time.monotonic() + most
    pause = threading.Event()
    while not until() and time.monotonic() < end:
        pause.wait(0.005)


def hear(library: Saying, path: Path) -> dict[str, Any]:
    """Listen to a file that is played into the microphone."""
    said, _ = soundfile.read(path, dtype="float32")
    mic = DeviceMicrophone("virtual_mic", backend=library)
    first = mic.blocks()
    heard = [next(first)]
    player = subprocess.Popen(["paplay", "--device=mic", str(path)])
    for chunk in first:
        heard.append(chunk)
        if chunk.end > len(said) / RATE + 1.5:
            break
    mic.close()
    player.wait(10)
    sound = np.concatenate([chunk.samples for chunk in heard])
    third = len(said) // 3
    places = [align(said[at : at + third], sound)[0] - at for at in (0, third, 2 * third)]
    return {
        "correlation": align(said, sound)[1],
        "places": places,
        "starts": all(chunk.start == number * 320 / RATE for number, chunk in enumerate(heard)),
        "rate": mic._stream.samplerate,
        "overflows": mic.overflows,
        "ahead": mic.now() - heard[-1].end,
    }


def play(library: Saying, path: Path) -> dict[str, Any]:
    """Play a file to the loudspeaker."""
    said, _ = soundfile.read(path, dtype="float32")
    recorder = Recorder()
    speaker = DeviceSpeaker("virtual_speaker", now=time.monotonic, backend=library)
    for start in range(0, len(said), 5_000):
        speaker.play(AudioChunk(said[start : start + 5_000], RATE))
    promised = speaker.drained()
    wait(lambda: speaker.drained() + 0.3 < time.monotonic())
    sound, first = recorder.finish()
    begun, alike = align(soxr.resample(said, RATE, RECORDED), sound)
    ended = first + begun / RECORDED + len(said) / RATE
    result = {
        "correlation": alike,
        "promised": promised - ended,
        "drained": speaker.drained() - ended,
        "underruns": speaker.underruns,
    }
    speaker.close()
    return result


def stop(library: Saying, path: Path) -> dict[str, Any]:
    """Stop in the middle of a tone."""
    recorder = Recorder()
    speaker = DeviceSpeaker("virtual_speaker", now=time.monotonic, backend=library)
    tone = 0.8 * np.sin(2 * np.pi * 300 * np.arange(5 * RATE) / RATE)
    speaker.play(AudioChunk(tone.astype(np.float32), RATE))
    wait(lambda: False, most=1.0)
    asked = time.monotonic()
    speaker.stop()
    wait(lambda: speaker.drained() + 0.3 < time.monotonic())
    sound, first = recorder.finish()
    loud = np.flatnonzero(np.abs(sound) > 0.001)
    speaker.close()
    return {
        "seconds": first + loud[-1] / RECORDED - asked,
        "drained": speaker.drained() - (first + loud[-1] / RECORDED),
        "steepest": float(np.abs(np.diff(sound)).max()),
    }


def unplug(library: Saying, path: Path) -> dict[str, Any]:
    """Kill the sound server in the middle of a talk, start it again, and go on."""
    server = Path(os.environ["VIRTUAL_AUDIO"])
    mic = DeviceMicrophone("virtual_mic", backend=library)
    speaker = DeviceSpeaker("virtual_speaker", now=mic.now, backend=library)
    speaker.play(AudioChunk(np.zeros(20 * RATE, np.float32), RATE))
    found: dict[str, Any] = {}
    killed = 0.0
    try:
        for chunk in mic.blocks():
            if chunk.end >= 0.5 and not killed:
                os.kill(int((server / "pid").read_text()), signal.SIGKILL)
                killed = time.monotonic()
    except AudioError as error:
        found["microphone"] = [error.problem, time.monotonic() - killed]
    wait(lambda: time.monotonic() > killed + STALLED + 0.1)
    try:
        speaker.drained()
        # One late look may be our own fault; a second one, later, is not.
        wait(lambda: time.monotonic() > killed + STALLED + SURELY + 0.3)
        speaker.drained()
    except AudioError as error:
        found["speaker"] = error.problem
    speaker.close()
    mic.close()
    subprocess.run(["scripts/virtual_audio.sh", "start", server], check=True, capture_output=True)
    portaudio.reload()
    again = DeviceMicrophone("virtual_mic", backend=library)
    found["again"] = next(again.blocks()).start
    again.close()
    return found


if __name__ == "__main__":
    task, rate, file = sys.argv[1:]
    measure = {"hear": hear, "play": play, "stop": stop, "unplug": unplug}[task]
    sys.stdout.write(json.dumps(measure(Saying(int(rate)), Path(file))))
