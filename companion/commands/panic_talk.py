"""Panic that listens: while its first sentence sounds, a talk is built, and takes it over.

The sentence lies ready as sound and lasts half a minute; an ear is there after some seconds.
Between two of its phrases the talk opens the devices anew, and the rest of it is the first that
the talk lets be heard. So nobody waits for an ear, and nobody has to wait to be heard.
"""

import argparse
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from companion import app
from companion.commands import led
from companion.commands.loud import Heard
from companion.commands.now import local_now
from companion.conversation import Conversation
from companion.errors import CompanionError
from companion.events import Cue, Event, Led, Sound
from companion.exercise import Manner
from companion.leading import AHEAD
from companion.live import Opening
from companion.parts import Parts, read_parts
from companion.sessions.leader import SessionLeader
from companion.settings import Settings
from companion.stages import OutgoingGuard
from companion.values import AudioChunk, Line, Samples, State, TurnId

RESERVE = 3.0
"""Seconds of the sentence that must be left for the talk to take it over"""
QUIET = 0.01
"""Loudness (RMS, 1 is full) below which nothing is said"""
PHRASES_APART = 0.16
"""Seconds of quiet between two phrases"""
_LOOK = 0.02
_PIECE = 1.0
"""Seconds of sound that are handed on at once"""


@dataclass(frozen=True)
class Said:
    """What lies ready, and is being heard."""

    line: str
    """The id of the reviewed sentence"""
    sound: AudioChunk


@dataclass
class Loading:
    """Loads what a talk needs, beside what is heard."""

    settings: Settings
    name: str
    manner: Manner
    built: tuple[Parts, Conversation, bool] | None = None

    def wait(self, seconds: float) -> bool:
        """Load for so many seconds at the most; say whether all of it is there."""
        thread = threading.Thread(target=self._load, daemon=True, name="loading")
        thread.start()
        thread.join(max(0.0, seconds))
        return self.built is not None

    def _load(self) -> None:
        try:
            parts = read_parts(led.without_model(self.settings))
            self.built = (parts, *led.build(parts, {self.name: self.manner}))
        except CompanionError:
            return  # it is led without an ear, and says itself what is wrong


def ready(
    options: argparse.Namespace, settings: Settings, name: str, said: Said, speaker: Heard
) -> Loading | None:
    """Load what listens while the first sentence is heard; None: it cannot, or not in time."""
    left = speaker.drained() - time.monotonic() - RESERVE
    loading = Loading(settings, name, Manner(words=not options.sounds_only, bed=options.noise))
    return loading if loading.wait(left) else None


def take_over(said: Said, speaker: Heard) -> AudioChunk:
    """Silence the loudspeaker between two phrases; give what is still to be heard."""
    heard = said.sound.seconds - max(0.0, speaker.drained() - time.monotonic())
    at = between(said.sound.samples, said.sound.rate, heard + 2 * _LOOK)
    pause = threading.Event()
    while (heard := said.sound.seconds - (speaker.drained() - time.monotonic())) < at:
        pause.wait(min(_LOOK, max(0.001, at - heard)))
    speaker.stop()
    pause.wait(0.1)
    speaker.close()
    return replace(said.sound, samples=said.sound.samples[round(at * said.sound.rate) :])


def between(samples: Samples, rate: int, after: float) -> float:
    """Give the seconds at which the next quiet between two phrases begins; else the end."""
    size = round(rate * _LOOK)
    first = round(after / _LOOK)
    loud = np.sqrt(np.mean(samples[: len(samples) // size * size].reshape(-1, size) ** 2, axis=1))
    run, enough = 0, round(PHRASES_APART / _LOOK)
    for index in range(first, len(loud)):
        run = run + 1 if loud[index] < QUIET else 0
        if run == enough:
            return (index + 1) * _LOOK - PHRASES_APART / 2
    return len(samples) / rate


def talk(loading: Loading, options: argparse.Namespace, said: Said, rest: AudioChunk) -> int:
    """Hold the talk that goes on from there. Raises CompanionError."""
    assert loading.built is not None  # it was waited for
    parts, conversation, hears = loading.built
    state = led.with_health(State(began=local_now()), options.health)
    title = "For panic. Say stop, or press s, to end it."
    begins = _goes_on(parts, conversation, loading.name, options.minutes, said, rest)
    return led.talk(
        parts, conversation, state, lambda event: None, options, (title, lambda _: begins, hears)
    )


def _goes_on(
    parts: Parts, conversation: Conversation, name: str, minutes: float | None, said: Said,
    rest: AudioChunk,
) -> Opening:  # fmt: skip
    leader = conversation.leader
    assert isinstance(leader, SessionLeader)
    outgoing = conversation.guards.outgoing

    def begin(id: TurnId, state: State) -> Generator[Event, None, None]:
        plan = app.opening_plan(parts, conversation, name, minutes, state)
        health = state.known.health or ()
        # Whoever pauses it here hears the whole sentence when it goes on.
        whole = leader.begin(plan, health)
        following = leader.begin(replace(plan, lines=(Line(reviewed=said.line),)), health)
        yield from _rest(id, said, Cue("say", whole), rest, outgoing)
        yield from conversation.begin(id, replace(plan, lines=(), exercise=following), state)

    return begin


def _rest(
    id: TurnId, said: Said, cue: Cue, rest: AudioChunk, outgoing: OutgoingGuard
) -> Generator[Event, None, None]:
    yield Led(id, replace(cue, seconds=rest.seconds, text=outgoing.reviewed(said.line)))
    size = round(rest.rate * _PIECE)
    for start in range(0, len(rest.samples), size):
        yield Sound(id, AudioChunk(rest.samples[start : start + size], rest.rate), AHEAD)
