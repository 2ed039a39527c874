"""Speak and listen through the real devices for minutes, while the cores are kept busy.

The busy processes are as a language model's child is: of low priority, one for each core but
one. What is counted is whether the loudspeaker ran dry, and whether sound was lost.
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from companion import app
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.portaudio import muted
from companion.commands.bench_people import read_script
from companion.errors import AudioError
from companion.events import SpeechStarted
from companion.listening import heed
from companion.parts import Parts, build_ear, build_recogniser, build_voices, read_parts
from companion.settings import Settings
from companion.stages import Voice
from companion.values import AudioChunk, Expected, Style

NICE = 10
"""As our language model's child has"""
AHEAD = 0.5
"""Seconds of sound made ahead, as in a talk"""
EVERY = 10.0
"""Seconds between two looks at the memory"""
SETTLED = 60.0
"""Seconds after which the memory should not grow any more"""


def soak(settings: Settings, seconds: float, tell: Callable[[str], None]) -> dict[str, Any]:
    """Do so for `seconds`. Raises AudioError where there is no device."""
    parts = read_parts(settings)
    voice = build_voices(parts)[0]
    with muted(), busy() as processes:
        microphone, speaker, _ = app.open_devices(settings)
        with closing(microphone), closing(speaker):
            listening = threading.Thread(
                target=_listen, args=(parts, microphone), daemon=True, name="bench"
            )
            listening.start()
            spoken, grown = _speak(voice, (microphone, speaker), seconds, tell)
            microphone.close()
            listening.join()
    return {
        "seconds": round(seconds),
        "underruns": speaker.underruns,
        "overflows": microphone.overflows,
        "spoken_s": round(spoken),
        "busy": processes,
        "memory_mb_per_hour": grown,
    }


@contextmanager
def busy() -> Iterator[int]:
    """Keep the cores busy meanwhile; give with how many processes."""
    count = max(1, (os.cpu_count() or 2) - 1)
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_work, daemon=True) for _ in range(count)]
    for worker in workers:
        worker.start()
    try:
        yield count
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _work() -> None:
    """Multiply as a language model does, for as long as whoever started us lives."""
    os.nice(NICE)
    parent = os.getppid()
    weights = np.random.default_rng(1).standard_normal((512, 512)).astype(np.float32)
    while os.getppid() == parent:
        weights @ weights


def _listen(parts: Parts, microphone: DeviceMicrophone) -> None:
    """Do what the thread that hears does."""
    ear, recogniser = build_ear(parts.settings), build_recogniser(parts)
    try:
        for chunk in microphone.blocks():
            for event in heed(ear, chunk, Expected()):
                if isinstance(event, SpeechStarted):
                    recogniser.start(Expected())
            recogniser.accept(chunk)
    except AudioError:
        return  # the loudspeaker tells of it


def _speak(
    voice: Voice,
    devices: tuple[DeviceMicrophone, DeviceSpeaker],
    seconds: float,
    tell: Callable[[str], None],
) -> tuple[float, float | None]:
    """Speak without end; give the seconds spoken, and the slope of the memory in MB an hour."""
    pause, began, spoken = threading.Event(), time.monotonic(), 0.0
    looks: list[tuple[float, float]] = []
    microphone, speaker = devices
    for chunk in _talk(voice):
        speaker.play(chunk)
        spoken += chunk.seconds
        while (waiting := speaker.drained() - microphone.now()) > AHEAD:
            pause.wait(waiting - AHEAD)
        passed = time.monotonic() - began
        if passed > seconds:
            break
        if passed >= SETTLED + EVERY * len(looks):
            looks.append((passed, resident()))
            tell(f"{passed:.0f} of {seconds:.0f} s, underruns: {speaker.underruns}")
    return spoken, slope(looks)


def _talk(voice: Voice) -> Iterator[AudioChunk]:
    for text in cycle(read_script().turns):
        yield from voice.synthesize(app.own_words(text), Style())


def resident() -> float:
    """Give the memory that we hold now, in MB (proc(5)); nothing where nobody says."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return float("nan")
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def slope(looks: list[tuple[float, float]]) -> float | None:
    """Give the slope of a line through (seconds, MB), in MB an hour; None for too few."""
    if len(looks) < 3:
        return None
    at, held = np.array(looks).T
    return round(float(np.polyfit(at, held, 1)[0]) * 3600.0, 2)
