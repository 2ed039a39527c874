"""One talk, over as many openings of its devices as it takes.

A device that goes is noticed within a second, told of, waited for, and opened again by name.
PortAudio keeps the list of devices that it began with, so a child looks who is there, and
PortAudio begins anew between two sentences.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace

from companion import app
from companion.audio.changes import Cards, Sleep
from companion.audio.devices import same
from companion.audio.portaudio import reload
from companion.audio.watch import Losses, MicrophoneWatch
from companion.commands.begun import Begun, Microphone, Speaker, missing
from companion.commands.controls import Controls
from companion.commands.keyboard import Key
from companion.commands.now import local_now
from companion.commands.screening import Shown
from companion.conversation import Conversation
from companion.earcons import Earcon, make
from companion.errors import AudioError
from companion.events import Event, Heard, Level, Resumed, SpeechStarted
from companion.live import LiveTalk, Opening
from companion.parts import Parts
from companion.values import AnswerKind, AudioChunk, Expected, Line, Plan, State

AGAIN = 0.3
"""Seconds between two looks whether a device is back: a look takes about as long, and it is to
be healed within two seconds"""
LOOK = 1.0
"""Seconds between two looks whether a card came or went"""
TERMINATED = 128 + signal.SIGTERM
"""The exit code of whoever was ended by somebody else (POSIX shells)"""


class Ended(KeyboardInterrupt):
    """The system, or whoever looks after it, ends the talk."""


@dataclass
class Talking:
    """Holds a talk and shows it."""

    parts: Parts
    conversation: Conversation
    controls: Controls
    screen: Shown
    take: Callable[[Event], None]
    hint: str
    """How to talk"""
    keys: bool
    """Somebody can press a key: then no other device is spoken through unasked"""
    begun: Begun | None = None
    """What it begins with, where that is not the person's word"""
    cards: Cards = field(default_factory=Cards)
    sleep: Sleep = field(default_factory=Sleep)
    _names: tuple[str, str] = ("", "")
    """The microphone and the loudspeaker of the last opening"""
    _next: float = LOOK
    """Seconds: when the cards are looked at again"""
    _opened: bool = False
    """What it begins with has begun"""
    _busy: bool = False
    """Somebody is speaking"""

    def until_it_ends(self, state: State) -> int:
        """Give the exit code."""
        try:
            while True:
                try:
                    left = self._open_once(state)
                except _Lost as lost:
                    left = lost.state
                    self.screen.lose(str(lost.error))
                    self._wait()
                if left is None:
                    return 0
                state = left
                reload()
        except Ended:
            return TERMINATED
        except KeyboardInterrupt:
            return 0

    def _open_once(self, state: State) -> State | None:
        """Talk until the devices are to be opened anew; None: it is over.

        Raises AudioError where there are none to begin with, _Lost where one has gone.
        """
        begun = self.begun
        try:
            microphone, speaker, canceller = (begun.open if begun else app.open_devices)(
                self.parts.settings
            )
        except AudioError as error:
            if not self._names[0]:
                raise
            raise _Lost(error, state) from None
        # Both: a talk that was ended before its first sound has closed neither.
        with closing(microphone), closing(speaker):
            app.hear_through(self.conversation, microphone.known_as)
            ear = self.controls.gate
            talk = app.build_live_talk(self.parts, self.conversation, ear, canceller)
            self._greet(microphone, speaker)
            if self.controls.quiet:
                # It was asked for of another opening of the devices, and still holds.
                talk.hush()
            opening = None if self.controls.quiet else self._opening(state)
            try:
                with closing(
                    talk.run(microphone, speaker, replace(state, began=local_now()), opening)
                ) as events:
                    if not self._show(events, talk, (microphone, speaker)):
                        return None
            except AudioError as error:
                self._sound_trouble(speaker)
                raise _Lost(error, talk.state) from None
        return talk.state

    def _opening(self, state: State) -> Opening | None:
        """Give what an opening of the devices begins with: an exercise that was cut off goes on."""
        if self.begun and not self._opened:
            self._opened = True
            return self.begun.opening
        exercise = state.exercise
        if exercise is None or exercise.control.paused:
            return None
        after = tuple(map(Line, exercise.after))
        then = Expected(AnswerKind(exercise.then), after_question=bool(after))
        plan = Plan("lead", (), then, exercise.name, state.mind, exercise=exercise, after=after)
        return lambda id, now: self.conversation.begin(id, plan, now)

    def _greet(self, microphone: Microphone, speaker: Speaker) -> None:
        before, self._names = self._names, (microphone.name, speaker.name)
        devices = f"Microphone: {microphone.name}. Loudspeaker: {speaker.name}."
        self.screen.begin(devices, self.hint)
        self.screen.tell(missing(microphone, speaker))
        if before[1] and not same(before[1], speaker.name) and self.keys:
            # Headphones were pulled out: nobody asked that all the room shall hear.
            self._stop()
            self.screen.tell(f"'{before[1]}' has gone. Press space to go on with '{speaker.name}'.")

    def _show(
        self,
        events: Iterator[Event],
        talk: LiveTalk,
        devices: tuple[Microphone, Speaker],
    ) -> bool:
        """Show a talk until it is over, or its devices are to be opened anew: True."""
        self._next = LOOK
        watch, told, losses = MicrophoneWatch(), "", Losses()
        for event in events:
            self.controls.talk = talk  # now it runs, and keys may reach it
            self.take(event)
            self.screen.show(event)
            self.controls.show(self.screen)
            if self.begun and self.begun.is_over(event, talk.state):
                return False
            if isinstance(event, Level):
                self.controls.go_on(event.at)
                if missing(*devices):
                    continue
                problem = watch.take(event.at, event.level, event.clipped)
                lost = losses.take(event.at, devices[0].overflows + devices[1].underruns)
                if (problem or lost) != told:
                    told = problem or lost
                    self.screen.tell(told)
                    self._sign(problem, talk)
                if self._shall_reopen(event):
                    return True
            elif isinstance(event, SpeechStarted | Resumed | Heard):
                self._busy = isinstance(event, SpeechStarted)
        return False

    def _sign(self, problem: str, talk: LiveTalk) -> None:
        if problem and self.parts.settings.audio.signs:
            talk.sign(self._trouble())

    def _shall_reopen(self, now: Level) -> bool:
        """Say whether the computer has slept, or the system has chosen other devices."""
        if self.sleep.slept():
            if self.keys:
                # Whoever has opened the lid need not be who closed it.
                self._stop()
            return True
        if now.at < self._next or now.sounding or self._busy:
            return False
        self._next = now.at + LOOK
        if not self.cards.changed():
            return False
        try:
            return not all(map(same, self._names, app.find_devices(self.parts.settings)))
        except AudioError:
            return False  # where one of ours has gone, it stops, and that is told of

    def _stop(self) -> None:
        self.controls.press(Key.STOP)
        self.controls.show(self.screen)

    def _wait(self) -> None:
        """Return when both devices are there again."""
        self._busy = False
        pause = threading.Event()
        while True:
            pause.wait(AGAIN)
            self.controls.show(self.screen)
            with suppress(AudioError):
                app.find_devices(self.parts.settings)
                return

    def _sound_trouble(self, speaker: Speaker) -> None:
        """Let it be heard that a device has gone, where it can still be heard."""
        with suppress(AudioError):
            sound = self._trouble()
            speaker.play(sound)
            threading.Event().wait(sound.seconds + 0.1)

    def _trouble(self) -> AudioChunk:
        return make(Earcon.TROUBLE, self.parts.settings.speak.volume)


class _Lost(Exception):
    """A device has gone."""

    def __init__(self, error: AudioError, state: State) -> None:
        super().__init__()
        self.error = error
        self.state = state
