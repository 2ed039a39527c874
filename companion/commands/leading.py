"""Lead one exercise: build what it needs, then play it, or write it to a file."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion import app
from companion.audio import files
from companion.audio.wav import pcm16
from companion.commands.loud import Heard
from companion.commands.playing import Screen, play, stopped_softly
from companion.errors import AudioError
from companion.exercise import Progress
from companion.parts import build_voices, read_parts
from companion.sessions.beats import Beat
from companion.sessions.mixing import Block, Mixer, Track
from companion.sessions.player import Player
from companion.sessions.script import Script
from companion.sessions.timing import GAP, Wishes
from companion.sessions.tones import RATE
from companion.sessions.wording import Wording, clear, passed
from companion.sessions.words import VoicedSpeech
from companion.settings import Settings
from companion.values import Style


@dataclass(frozen=True)
class Lead:
    """An exercise, and how it shall be."""

    name: str
    script: Script
    wishes: Wishes
    bed: bool = False
    """With a bed of noise beneath"""
    start: Progress = Progress()


def blocks(lead: Lead, settings: Settings) -> Iterator[Block]:
    """Load guard and voice, and yield the exercise as sound. Raises CompanionError."""
    parts = read_parts(settings)
    outgoing = app.build_guards(parts).outgoing
    wording = clear(lead.name, lead.script, lambda text: passed(outgoing, text), outgoing.reviewed)
    speak = settings.speak
    style = Style(speak.speed, speak.volume, speak.pitch)
    player = Player(lead.script, wording, VoicedSpeech(build_voices(parts), style), lead.wishes)
    tracks = Track.CUES | Track.BED if lead.bed else Track.CUES
    return Mixer(player.beats(lead.start), tracks, at=round(lead.start.at * RATE)).blocks()


def opened_with(lead: Lead, line: str, settings: Settings, seconds: float) -> Lead:
    """Leave out the first step, whose reviewed sentence is being heard; show it."""
    parts = read_parts(settings)
    print(app.build_guards(parts).outgoing.reviewed(line), flush=True)
    return replace(lead, start=Progress(step=1, at=seconds + GAP))


def bare_rhythm(after: float) -> Iterator[Block]:
    """Give the breath of panic as tones alone: no file, no guard and no voice is needed."""
    script = Script.model_validate(_BARE)
    wishes = Wishes(endless=True, words=False)
    player = Player(script, Wording({}, {}), VoicedSpeech(()), wishes)
    return Mixer(player.beats(Progress(at=after)), at=round(after * RATE)).blocks()


def write(made: Iterable[Block], out: Path, timeline: Path | None) -> float:
    """Write sound, and what happens in it; give its seconds. Raises AudioError."""
    pieces: list[NDArray[np.int16]] = []
    beats: list[Beat] = []
    for block in made:
        pieces.append(pcm16(block.chunk.samples))
        beats.extend(block.beats)
    frames = sum(map(len, pieces))
    files.write(out, pieces, frames, 1, RATE)
    if timeline:
        _write_timeline(beats, timeline)
    return frames / RATE


def aloud(made: Iterator[Block], speaker: Heard, given: float = 0.0) -> bool:
    """Play it, and show it; tell whether it was heard to its end. Raises AudioError."""
    screen = Screen(sys.stdout)
    try:
        play(made, speaker, screen, given=given)
    except KeyboardInterrupt:
        stopped_softly(speaker, screen)
        return False
    finally:
        speaker.close()
    return True


def row(beat: Beat) -> dict[str, Any]:
    """Give a beat as a line of a timeline has it."""
    what = {"sound": beat.sound.value} if beat.sound else {"text": beat.text or ""}
    return {
        "at": round(beat.at, 6),
        "seconds": round(beat.seconds, 6),
        "kind": beat.kind,
        **what,
        "round": beat.round,
    }


def _write_timeline(beats: Iterable[Beat], path: Path) -> None:
    lines = [json.dumps(row(beat), ensure_ascii=False) + "\n" for beat in beats]
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise AudioError(
            f"{path} cannot be written ({error.strerror}).",
            fix="Choose a folder that exists, has room, and is yours.",
        ) from None


_BARE = {
    "title": "In three, out four",
    "suits": ["panic"],
    "evidence": "For when nothing else works.",
    "minutes": [5],
    "steps": [
        {
            "repeat": {
                "endless": True,
                "slowing": {"each_minute": 0.1, "until": 10},
                "steps": [{"sound": "in", "seconds": 3}, {"sound": "out", "seconds": 4}],
            }
        }
    ],
}
