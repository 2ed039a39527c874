"""Measure in simulated rooms whether the companion hears itself, and how soon it hears a person.

    python scripts/measure_echo.py [--minutes 60] [--write]

The devices' code, the canceller, the speech detector and the turn machine are the real ones; the
room stands in for PortAudio (companion/audio/rooms.py). The minutes are shared by the rooms. An
hour takes about five minutes on a free core. `--write` keeps the result in docs/echo.md.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, cycle
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import app
from companion.audio.echo import EchoCanceller
from companion.audio.loudspeaker import LATENCY, DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.mixture import FADE
from companion.audio.reference import Reference
from companion.audio.rooms import BLOCK, RATE, Room, SimulatedSound
from companion.audio.wav import FileSpeaker
from companion.events import Overlap, SpeechStarted
from companion.hear.ear import TurnEar
from companion.listening import Taps
from companion.parts import build_ear, build_voices, read_parts
from companion.settings import Settings, SpeakSettings
from companion.values import AudioChunk, Expected, Samples, Style

OURS = (
    "It sounds as though today has been a lot to carry.",
    "Would you like to tell me what has been the hardest part?",
    "There is no hurry at all. We can take this one small step at a time.",
    "That sounds heavy, and it makes sense that you are tired.",
    "What would you say to a friend who felt like this?",
)
THEIRS = (
    "Wait, that is not what I meant.", "No, I want to say something.", "Could you stop, please?",
    "Hang on a moment.", "I don't think so.",
)  # fmt: skip
ROOMS = {
    "a laptop on a table": Room(direct=0.3),
    "44.1 kHz beside 16 kHz": Room(delay=0.02, speaker_rate=44_100, microphone_rate=16_000),
    "late and loud": Room(delay=0.25, gain=1.0),
    "overdriven, clock 200 ppm fast": Room(drift=200.0, distortion=2.5),
    "echoing, clock 200 ppm slow": Room(delay=0.12, drift=-200.0, reverberation=0.6),
    "a noisy room": Room(noise=0.01),
}
EVERY = 12.0
"""Seconds between two who speak over us"""
NOTICED = 3.0
"""Seconds after which nobody has noticed them"""
SIZE = round(BLOCK * RATE)


@dataclass
class Found:
    """What happened in one room."""

    minutes: float
    ducks: list[float] = field(default_factory=list)
    """Seconds: when we became softer because somebody seemed to be there"""
    starts: list[float] = field(default_factory=list)
    """Seconds: when the ear took something for speech"""
    turns: list[float] = field(default_factory=list)
    """Seconds: when it was sure of it"""
    spoken: list[float] = field(default_factory=list)
    """Seconds: when a person began to speak"""
    erle: float | None = None
    works: bool = False

    def delays(self, noticed: Sequence[float]) -> list[float]:
        """Give the seconds from each onset to its being noticed; infinite where it was not."""
        later = [[at - one for at in noticed if 0 <= at - one < NOTICED] for one in self.spoken]
        return [min(each, default=float("inf")) for each in later]


def speak(texts: Sequence[str], accent: str) -> list[list[AudioChunk]]:
    """Let eSpeak NG say each text."""
    parts = read_parts(Settings(speak=SpeakSettings(voice="espeak", accent=accent)))
    voice = build_voices(parts)[0]
    return [list(voice.synthesize(app.own_words(text), Style())) for text in texts]


def sounds(texts: Sequence[str], accent: str) -> list[Samples]:
    """Let eSpeak NG say each text at 16 kHz, from its first audible sample on."""
    said = []
    for chunks in speak(texts, accent):
        speaker = FileSpeaker(RATE)
        for chunk in chunks:
            speaker.play(chunk)
        sound = speaker.samples()
        said.append(sound[np.flatnonzero(np.abs(sound) > 0.01)[0] :])
    return said


def listen(room: Room, minutes: float, over: Sequence[Samples] = ()) -> Found:
    """Speak without an end in a room, `over` which somebody speaks now and then."""
    sound, played = SimulatedSound(room), Reference()
    backend: Any = sound  # it stands in for a module
    microphone = DeviceMicrophone(backend=backend, clock=lambda: 0.0)
    speaker = DeviceSpeaker(
        now=microphone.now, backend=backend, clock=lambda: 0.0, reference=played
    )
    found = Found(minutes)

    def duck(on: bool) -> None:
        speaker.duck(on)
        if on:
            found.ducks.append(heard)

    canceller, ear = EchoCanceller(played, duck=duck), build_ear(Settings())
    taps = Taps(canceller)
    ours: Iterator[AudioChunk] = chain.from_iterable(cycle(speak(OURS, "en-gb")))
    person, blocks = _Person(over, minutes * 60 - NOTICED), microphone.blocks()
    heard, judging = 0.0, False
    while heard < minutes * 60:
        while sound.seconds > 1.0 and speaker.drained() < sound.seconds + 0.5:
            speaker.play(next(ours))
        sound.go_on(person.next(sound.seconds, found.spoken))
        while microphone.now() - heard > 0.1:
            block = next(blocks)
            heard = block.end
            clean, _ = taps.take(block, True, judging, lambda failed: None)
            taps.soften(heard, True)
            judging = _hear(ear, clean, judging, speaker, found)
    found.erle, found.works = canceller.erle, canceller.works
    return found


def _hear(
    ear: TurnEar, sound: AudioChunk, judging: bool, speaker: DeviceSpeaker, found: Found
) -> bool:
    """Pause for a voice, go on when it was judged; say whether it still is."""
    for event in ear.push(sound, Expected()):
        if isinstance(event, SpeechStarted):
            found.starts.append(sound.end)
            judging = True
            speaker.pause()
    if judging and (kind := ear.overlap(after_question=False)) is not Overlap.UNKNOWN:
        if kind is Overlap.SPEECH:
            found.turns.append(sound.end)
        # In a talk we would be silent from now on; here the next one is waited for.
        speaker.resume()
        return False
    return judging


class _Person:
    """Says one thing after the other, as loud as our echo."""

    def __init__(self, says: Sequence[Samples], last: float) -> None:
        """Begin nothing after `last`, in seconds: it could not be noticed any more."""
        self._says = cycle(says) if says else None
        self._last = last
        self._left: Samples = np.zeros(0, np.float32)
        self._next = EVERY

    def next(self, now: float, spoken: list[float]) -> Samples | None:
        """Give what they say in the next block; note when they begin."""
        if self._says and self._next <= now < self._last:
            self._left = 0.5 * next(self._says)
            self._next = now + EVERY
            spoken.append(now)
        part, self._left = self._left[:SIZE], self._left[SIZE:]
        return part if len(part) else None


HEAD = """\
# Speaking over the companion

Written by `python scripts/measure_echo.py --minutes {minutes:g} --write`. The devices' code, the
canceller, the detectors and the turn machine are real; the rooms are simulated
(`companion/audio/rooms.py`) and the voices are eSpeak NG's: what a real loudspeaker does in a real
room was not measured here. Half of the minutes somebody speaks over us every 12 s, about as
loud as our echo; in the late and loud room half as loud. The first 2 s of our voice in each room,
in which the canceller is not yet believed and nobody is heard, are among the minutes.
The aim is no own turn in an hour, and 0.3 s (p95) until we yield. No words are looked for here:
what is left of our own voice holds none as a rule, and without a word it is never answered.

We yield in two steps. From the first blocks that stand out of our echo (`audio/near_end.py`) our
voice is softer by 12 dB, which costs no word when it was nothing. What is then taken for speech
makes us pause; half a second of it, or a word, makes us fall silent.

- **Taken away**: decibels of our voice (ERLE, median of the last 6 s of our voice).
- **Own ducks, own pauses**: how often our own voice made us softer, or pause, with nobody there.
  **Own turns**: how often it made us fall silent: half a second of it, taken for speech.
- **Softer, paused**: seconds from a person's first sound over our voice; the loudspeaker
  then needs {after:.2f} s more. **Missed**: we neither became softer nor paused within 3 s;
  beside it: how many did not make us pause.

| room | taken away | minutes alone | own ducks | own pauses | own turns | softer p50 | p95 | paused p50 | p95 | missed |
|---|---|---|---|---|---|---|---|---|---|---|"""  # noqa: E501
AFTER = LATENCY + FADE + BLOCK


def rows(minutes: float) -> Iterator[str]:
    """Measure room by room."""
    people = sounds(THEIRS, "en-us+f3")
    ducked: list[float] = []
    paused: list[float] = []
    own = np.zeros(3, int)
    each = minutes / 2 / len(ROOMS)
    for name, room in ROOMS.items():
        alone, over = listen(room, each), listen(room, each, people)
        mine = np.array((len(alone.ducks), len(alone.starts), len(alone.turns)))
        soft, held = over.delays(over.ducks), over.delays(over.starts)
        own, ducked, paused = own + mine, ducked + soft, paused + held
        erle = "none heard" if alone.erle is None else f"{alone.erle:.0f} dB"
        yield f"| {name} | {erle} | {each:.1f} | {_counts(mine)} | {_noticed(soft, held)} |"
    yield f"| **all** | | {minutes / 2:.1f} | {_counts(own)} | {_noticed(ducked, paused)} |"


def _counts(own: Iterable[int]) -> str:
    return " | ".join(str(count) for count in own)


def _noticed(soft: Sequence[float], held: Sequence[float]) -> str:
    missed = sum(min(pair) == np.inf for pair in zip(soft, held, strict=True))
    unheld = sum(delay == np.inf for delay in held)
    return f"{_middle(soft)} | {_middle(held)} | {missed} of {len(soft)}; {unheld}"


def _middle(delays: Sequence[float]) -> str:
    there = sorted(delay for delay in delays if delay < np.inf)
    if not there:
        return "- | -"
    high = there[min(len(there) - 1, round(0.95 * (len(there) - 1)))]
    return f"{median(there):.2f} s | {high:.2f} s"


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="minutes, in all rooms")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/echo.md")
    options = parser.parse_args()
    lines = [HEAD.format(minutes=options.minutes, after=AFTER)]
    for line in rows(options.minutes):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        (ROOT / "docs" / "echo.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
