"""Talks in tests in which an exercise is led: whoever speaks over it, and what is heard of it."""

from itertools import count
from typing import Any

import numpy as np

from companion.audio.wav import FileSpeaker
from companion.events import Chosen, Event, Led
from companion.exercise import Exercise
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.talk import Talk
from companion.values import (
    AnswerKind,
    AudioChunk,
    Expected,
    Line,
    Plan,
    Transcript,
    Turn,
)

from .exercises import leader
from .parts import conversation
from .test_talk import ListMicrophone, ToneVoice
from .test_turns import blocks


class Leads:
    """Leads an exercise at the first turn, and reflects at all that follow."""

    def __init__(self, session: str = "exhale46", minutes: float | None = 1.0) -> None:
        self._plan = Plan(
            "lead", (), Expected(AnswerKind.SCALE, after_question=True),
            session=session, minutes=minutes, after=(Line("How strong is it now?"),),
        )  # fmt: skip
        self._first: int | None = None

    def choose(self, turn: Turn) -> Plan:
        if self._first is None:
            self._first = turn.id.turn
        first = turn.id.turn == self._first
        return self._plan if first else Plan("reflect", (Line("I hear you."),))


class Ear:
    """Hears the words written down, each utterance from its first sound on."""

    name = "ear"
    hears_danger = True

    def __init__(self, *words: str) -> None:
        self._words = iter(words)
        self.asked: list[Expected] = []

    def start(self, expected: Expected) -> None:
        self.asked.append(expected)
        self._now = next(self._words, "")

    def accept(self, chunk: AudioChunk) -> str:
        return self._now

    def finish(self) -> Transcript:
        return Transcript(self._now)


def hold(
    *sound: tuple[str, float], words: tuple[str, ...], speaker: FileSpeaker | None = None,
    **changes: Any,
) -> tuple[Talk, list[Event]]:  # fmt: skip
    """Hold a talk in which the first turn begins an exercise."""
    ticks = count(step=0.01)
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5)
    stages = {
        "voices": (ToneVoice(),), "prosody_reader": None, "leader": leader(), "policy": Leads(),
        "recogniser": Ear(*words), "commands": Ear(*words[1:]),
    } | changes  # fmt: skip
    talk = Talk(ear, conversation(**stages), lambda: next(ticks), lambda said: said == "stop")
    events = list(talk.run(ListMicrophone(blocks(*sound)), speaker or FileSpeaker()))
    return talk, events


BEGIN = (("silence", 1.0), ("speech", 1.0), ("silence", 1.2))
SOUNDS = (*BEGIN, ("silence", 18.0))
"""The exercise has said its first sentences and leads the breath"""
SAID_AT = 21.2
"""Seconds: when the next words begin"""


def kinds(events: list[Event], kind: str) -> list[Exercise]:
    return [e.cue.exercise for e in events if isinstance(e, Led) and e.cue.kind == kind]


def acts(events: list[Event]) -> list[str]:
    return [event.act for event in events if isinstance(event, Chosen)]


def tempo(events: list[Event]) -> list[float]:
    found = [exercise.control.progress.tempo for exercise in kinds(events, "sound")]
    return list(dict.fromkeys(found))


def quiet_from(speaker: FileSpeaker, second: float, seconds: float) -> bool:
    sound = speaker.samples()[
        round(second * speaker.rate) : round((second + seconds) * speaker.rate)
    ]
    return not len(sound) or float(np.abs(sound).max()) < 0.005
