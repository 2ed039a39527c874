"""Say the commands of an exercise in a simulated room in which it sounds, through the canceller.

The devices' code and the canceller are the real ones; the room stands in for PortAudio
(companion/audio/rooms.py). What is left after the canceller is given to the recognisers by
`measure_commands.py`: words over each of four phases of the breath.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from companion.audio.echo import EchoCanceller
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.reference import Reference
from companion.audio.rooms import BLOCK, RATE, Room, SimulatedSound
from companion.commands.leading import Lead, blocks
from companion.sessions.script import Script
from companion.sessions.timing import Wishes
from companion.settings import Settings, SpeakSettings
from companion.values import AudioChunk, Samples

ROOM = Room(direct=0.3)
"""A laptop on a table: the echo is half as loud as what was played"""
PHASES = {"breath in begins": 0.2, "in the middle": 2.0, "out begins": 4.2, "out fades": 7.0}
"""Seconds after the beat at which a command begins"""
ROUND = 10.0
"""Seconds of a breath in `exhale46`"""
SETTLES = 3
"""Breaths in which the canceller learns the room; the cue words are spoken in them, too"""
BEFORE, AFTER = 0.3, 1.0
"""Seconds of quiet from the person that are kept around a command"""


def after_canceller(said: Sequence[tuple[Samples, str]], script: Script) -> list[Samples]:
    """Give what the recognisers hear of each command, said in a phase of the breath."""
    settings = Settings(speak=SpeakSettings(voice="espeak"))
    minutes = (len(said) + SETTLES + 4) * ROUND / 60
    made = list(blocks(Lead("exhale46", script, Wishes(minutes=minutes)), settings))
    first = next(beat.at for block in made for beat in block.beats if beat.kind == "sound")
    starts = [
        first + (SETTLES + number) * ROUND + PHASES[phase] for number, (_, phase) in enumerate(said)
    ]
    person = np.zeros(round((starts[-1] + ROUND) * RATE), np.float32)
    for start, (sound, _) in zip(starts, said, strict=True):
        at = round(start * RATE)
        person[at : at + len(sound)] += sound
    clean, shift = _heard((block.chunk for block in made), person)
    pieces = []
    for start, (sound, _) in zip(starts, said, strict=True):
        begins = round((start + shift - BEFORE) * RATE)
        ends = round((start + shift + AFTER) * RATE) + len(sound)
        pieces.append(clean[begins:ends])
    return pieces


def _heard(played: Iterator[AudioChunk], person: Samples) -> tuple[Samples, float]:
    """Let an exercise be played, and somebody speak; give what is left of both, and the delay.

    Delay: seconds by which the person's time, counted from the first sound of the exercise, is
    late in what is given.
    """
    sound, reference = SimulatedSound(ROOM), Reference()
    backend: Any = sound  # it stands in for a module
    microphone = DeviceMicrophone(backend=backend, clock=lambda: 0.0)
    speaker = DeviceSpeaker(
        now=microphone.now, backend=backend, clock=lambda: 0.0, reference=reference
    )
    canceller, taken = EchoCanceller(reference), microphone.blocks()
    chunks, size = chain(played, repeat(None)), round(BLOCK * RATE)
    heard: list[Samples] = []
    at, begins = 0.0, 1.0
    while sound.seconds < begins + len(person) / RATE:
        while sound.seconds > begins and speaker.drained() < sound.seconds + 0.5:
            if (chunk := next(chunks)) is None:
                break
            speaker.play(chunk)
        where = round((sound.seconds - begins) * RATE)
        sound.go_on(person[where : where + size] if where >= 0 else None)
        while microphone.now() - at > 0.1:
            block = next(taken)
            at = block.end
            clean = canceller.cancel(block).samples
            # Where it does not work a talk is deaf while it sounds: so is this.
            heard.append(clean if canceller.works else np.zeros_like(clean))
    return np.concatenate(heard), begins
