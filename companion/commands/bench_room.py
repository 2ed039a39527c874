"""Speak in a simulated room, beside a microphone that hears it, and be spoken over.

What runs is the code of the real devices, the echo canceller and the ear. A person's onset is
known from the label, our silence from what the loudspeaker gave to the air.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import numpy as np

from companion import app
from companion.audio.echo import EchoCanceller
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.reference import Reference
from companion.audio.rooms import BLOCK, RATE, SimulatedSound
from companion.commands.bench_people import PAUSE, Spoken, read_script
from companion.events import EarEvent, Failed, SpeechStarted, TurnTaken
from companion.listening import Taps, heed
from companion.parts import Parts, build_ear
from companion.stages import Voice
from companion.values import AudioChunk, Expected, Samples, Style

ALONE = 12.0
"""Seconds in which we speak before somebody speaks over us: long enough to know the room"""
BETWEEN = 6.0
"""Seconds of our voice between two who speak over us"""
AHEAD = 0.5
"""Seconds of sound made ahead, as in a talk"""
TAIL = 0.3
"""Seconds that a room goes on sounding"""
LATE = 0.1
"""Seconds after a voice in which the start of speech is still its own"""
QUIET = 1e-3
"""Of full scale: what the loudspeaker gives below this is silence"""
SIZE = round(BLOCK * RATE)


@dataclass
class Found:
    """What came of it."""

    barge_in: list[float | None] = field(default_factory=list)
    """Seconds from each onset to our silence; None where we spoke on to the end of the voice"""
    self_interruptions: int = 0
    seconds: float = 0.0


@dataclass
class _Visitor:
    """Somebody who speaks over us. Seconds of the microphone."""

    start: float
    end: float
    noticed: bool = False


class SpokenOver:
    """We speak on and on; one person after the other speaks over us."""

    def __init__(self, parts: Parts, voice: Voice, people: list[Spoken]) -> None:
        self._sound = SimulatedSound()
        library: Any = self._sound  # it stands in for a module
        self._microphone = DeviceMicrophone(backend=library, clock=lambda: 0.0)
        played = Reference()
        self._speaker = DeviceSpeaker(
            now=self._microphone.now, backend=library, clock=lambda: 0.0, reference=played
        )
        self._taps = Taps(EchoCanceller(played, duck=self._speaker.duck))
        self._ear = build_ear(parts.settings)
        self._blocks = self._microphone.blocks()
        self._lines = _voiced(voice)
        self._people = deque(people)
        self._visitor: _Visitor | None = None
        self._hearing = False
        self._may_speak_at = 1.0
        self._next = ALONE
        self._taken = 0.0
        """Seconds of sound that the ear has had"""
        self.found = Found()

    def run(self) -> Found:
        """Go on until each has spoken over us."""
        while self._people or self._visitor:
            self._speak()
            self._sound.go_on(self._person())
            self._listen()
        self.found.seconds = self._sound.seconds
        self._microphone.close()
        self._speaker.close()
        return self.found

    def _speak(self) -> None:
        now = self._sound.seconds
        while now > self._may_speak_at and self._speaker.drained() < now + AHEAD:
            self._speaker.play(next(self._lines))

    def _person(self) -> Samples | None:
        """Give what a person says in the next 20 ms."""
        now, visitor = self._sound.seconds, self._visitor
        if visitor is None:
            if now < self._next or not self._people:
                return None
            self._visitor = visitor = _Visitor(now, now + self._people[0].end)
        if now >= visitor.end + 3.0:
            self._leave(visitor)
            return None
        first = round((now - visitor.start) / BLOCK) * SIZE
        part = self._people[0].sound[first : first + SIZE]
        return part if len(part) else None

    def _leave(self, visitor: _Visitor) -> None:
        self._people.popleft()
        self._visitor = None
        self._next = self._sound.seconds + BETWEEN
        heard = self._sound.heard
        first, last = round(visitor.start / BLOCK), round(visitor.end / BLOCK)
        loud = [at for at in range(first, last) if np.abs(heard[at]).max(initial=0.0) > QUIET]
        silent = (loud[-1] + 1) * BLOCK - visitor.start if loud else 0.0
        self.found.barge_in.append(silent if visitor.noticed else None)

    def _listen(self) -> None:
        while self._microphone.now() - self._taken > 0.1:
            chunk = next(self._blocks)
            self._taken = chunk.end
            echo = self._speaker.drained() + TAIL > chunk.start
            heard, _ = self._taps.take(chunk, echo, self._hearing, lambda failed: None)
            self._taps.soften(chunk.end, may=True)
            for event in heed(self._ear, heard, Expected()):
                if not isinstance(event, Failed):
                    self._happen(event)

    def _happen(self, event: EarEvent) -> None:
        if isinstance(event, SpeechStarted):
            self._hearing = True
            visitor = self._visitor
            if visitor and visitor.start - LATE <= event.at <= visitor.end + LATE:
                visitor.noticed = True
            else:
                self.found.self_interruptions += 1
            self._speaker.stop()
            self._may_speak_at = float("inf")
        elif isinstance(event, TurnTaken):
            self._hearing = False
            self._may_speak_at = max(self._sound.seconds, self._visitor.end if self._visitor else 0)


def _voiced(voice: Voice) -> Iterator[AudioChunk]:
    for text in cycle(read_script().turns):
        yield from voice.synthesize(app.own_words(PAUSE.sub(" ", text)), Style())
