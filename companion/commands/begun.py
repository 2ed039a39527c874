"""A talk that begins with an exercise: through what there is, and until it is over."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from companion import app
from companion.audio.absent import NoMicrophone
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.commands.loud import NoSpeaker
from companion.errors import AudioError
from companion.events import Chosen, Event, Heard, Led, Level, Said, SpeechStarted
from companion.listening import Canceller
from companion.live import Opening
from companion.risk import Risk
from companion.settings import Settings
from companion.values import State

AFTER = 10.0
"""Seconds of silence after which it is over, where nothing is asked any more"""
UNANSWERED = 60.0
"""Seconds that a question about the exercise waits for an answer"""
OURS = frozenset({"lead", "lead-on", "offer", "check_in", "stop"})
"""Acts around an exercise; with any other one it has become a talk"""
NO_MICROPHONE = "No microphone can be used, so I hear nothing: the keys lead."
NO_SPEAKER = "No loudspeaker can be used: the screen leads, in the same time."

Microphone = DeviceMicrophone | NoMicrophone
Speaker = DeviceSpeaker | NoSpeaker
Devices = tuple[Microphone, Speaker, Canceller | None]


@dataclass(frozen=True)
class Begun:
    """What a talk begins with, where that is not a person's word."""

    title: str
    """What is led, and what is known of it: in a few words"""
    opening: Opening
    is_over: Callable[[Event, State], bool]
    hears: bool = True
    """False: there is no ear, or another talk has it"""

    def open(self, settings: Settings) -> Devices:
        """Open the devices that are there; none of them is needed."""
        if self.hears:
            with suppress(AudioError):
                return app.open_devices(settings)
        microphone: Microphone = NoMicrophone(time.monotonic)
        if self.hears:
            with suppress(AudioError):
                microphone = DeviceMicrophone(settings.audio.microphone)
        try:
            speaker: Speaker = DeviceSpeaker(settings.audio.speaker, now=microphone.now)
        except AudioError:
            speaker = NoSpeaker(microphone.now)
        return microphone, speaker, None


def missing(microphone: Microphone, speaker: Speaker) -> str:
    """Say what is not there, and what follows."""
    absent = (NO_MICROPHONE, isinstance(microphone, NoMicrophone)), (
        NO_SPEAKER, isinstance(speaker, NoSpeaker),
    )  # fmt: skip
    return " ".join(sentence for sentence, there in absent if there)


@dataclass
class UntilDone:
    """Tells when nothing more comes of an exercise, and nobody wants to talk on."""

    stays_stopped: bool
    """Once it was stopped the screen stays neutral, with the numbers a key away, until left"""
    _since: float | None = field(default=None)
    """Seconds: since when nothing has happened"""
    _act: str = ""

    def __call__(self, event: Event, state: State) -> bool:
        """Take what happens; say whether it is over."""
        if isinstance(event, Chosen):
            self._act = event.act
        if isinstance(event, Chosen | Heard | Led | Said | SpeechStarted):
            self._since = None
        if not isinstance(event, Level):
            return False
        if event.sounding or self._since is None:
            self._since = event.at
        if state.exercise or state.risk.level >= Risk.CONCERN or self._act not in OURS:
            return False
        if self._act == "stop" and self.stays_stopped:
            return False
        led = state.mind.led
        return event.at - self._since > (UNANSWERED if led and led.asks else AFTER)
