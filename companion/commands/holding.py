"""Hold a talk through the devices: keys, what is shown, and devices that go and come back."""

import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

from companion import app, paths
from companion.audio.portaudio import muted, reload
from companion.audio.watch import MicrophoneWatch
from companion.commands.keyboard import Key, Keyboard
from companion.commands.now import local_now
from companion.commands.screening import Shown, shown
from companion.conversation import Conversation
from companion.earcons import Earcon, make
from companion.errors import AudioError, SettingsError
from companion.events import Event, Level
from companion.hear.gate import Gate, PausedEar, PressedEar
from companion.live import LiveTalk
from companion.parts import Parts, build_ear
from companion.screen import Facts
from companion.values import State

OVER_IT = "Speak whenever you are ready, also over the companion."
BY_TURNS = """Speak whenever you are ready. While the companion speaks it does not listen, or it
would hear itself; with headphones you can speak over it (audio.headphones in the settings)."""
PRESSED = "Press space, speak, and press space again (audio.push_to_talk in the settings)."
BY_KEYS = "Keys: space pauses, s stops and clears the screen, n shows numbers, p panic, q ends."
BY_WORDS = "'help' gives numbers, 'stop' silences it, Ctrl+C ends the talk."
AGAIN = 0.3
"""Seconds between two looks whether a device is back: a look takes about as long, and it is to
be healed within two seconds"""
TERMINATED = 128 + signal.SIGTERM
"""The exit code of whoever was ended by somebody else (POSIX shells)"""


class Ended(KeyboardInterrupt):
    """The system, or whoever looks after it, ends the talk."""


@dataclass
class Controls:
    """What keys do, on their own thread; the screen hears of it a moment later."""

    gate: Gate
    panic: str
    """The word that the key for panic stands for"""
    talk: LiveTalk | None = None
    pressed: SimpleQueue[tuple[Key, bool]] = field(default_factory=SimpleQueue)

    def press(self, key: Key) -> None:
        """Act at once."""
        talk = self.talk
        if key is Key.QUIT:
            signal.raise_signal(signal.SIGINT)
        elif key is Key.TALK:
            self.gate.is_open = not self.gate.is_open
        elif key is Key.STOP:
            # Whoever has just come in is not listened to, and not answered.
            self.gate.is_open = False
            if talk:
                talk.hush()
        elif key is Key.PANIC and talk:
            self.gate.is_open = not isinstance(self.gate, PressedEar)
            talk.type(self.panic)
        self.pressed.put((key, self.gate.is_open))

    def show(self, screen: Shown) -> None:
        """Let the screen follow."""
        while not self.pressed.empty():
            screen.press(*self.pressed.get())


def hold(
    parts: Parts,
    conversation: Conversation,
    state: State,
    take: Callable[[Event], None],
    options: Any,
) -> int:
    """Talk until it is ended; a device that goes is waited for. `take` gets each event."""
    audio = parts.settings.audio
    ear = build_ear(parts.settings)
    gate: Gate = (
        PressedEar(parts.settings.hear.longest_turn) if audio.push_to_talk else PausedEar(ear)
    )
    controls = Controls(gate, parts.answers.words.commands["panic"][0])
    engines = next(iter(app.in_use(parts, conversation)))
    facts = Facts(
        f"{engines} {app.tone_in_use(conversation, state.tone)}",
        conversation.guards.prepared["help-numbers"],
        push_to_talk=audio.push_to_talk,
    )
    how = parts.settings.screen
    with ExitStack() as stack:
        stack.enter_context(alone())
        stack.enter_context(endings())
        stack.enter_context(muted())
        with shown(
            facts,
            colour=how.colour and not options.no_colour,
            plain=how.plain or options.plain,
            quiet=options.quiet,
            as_json=options.json,
        ) as screen:
            keys = sys.stdin.isatty() and not options.json
            if audio.push_to_talk and not keys:
                raise SettingsError(
                    "Push to talk needs a keyboard, and standard input is none.",
                    fix="Start it in a terminal, or set audio.push_to_talk to no.",
                )
            if keys:
                stack.enter_context(Keyboard(controls.press))
            talking = Talking(parts, conversation, controls, screen, take, _hint(parts, keys))
            return talking.until_it_ends(state)


@dataclass
class Talking:
    """One talk, over as many openings of its devices as it takes."""

    parts: Parts
    conversation: Conversation
    controls: Controls
    screen: Shown
    take: Callable[[Event], None]
    hint: str

    def until_it_ends(self, state: State) -> int:
        """Give the exit code."""
        try:
            while True:
                microphone, speaker = app.open_devices(self.parts.settings)
                app.hear_through(self.conversation, microphone.name)
                talk = app.build_live_talk(self.parts, self.conversation, self.controls.gate)
                self.screen.begin(
                    f"Microphone: {microphone.name}. Loudspeaker: {speaker.name}.", self.hint
                )
                began = replace(state, began=local_now())
                try:
                    with closing(speaker), closing(talk.run(microphone, speaker, began)) as events:
                        self._show(events, talk)
                    return 0
                except AudioError as error:
                    state = talk.state
                    self.screen.lose(str(error))
                    self._wait()
        except Ended:
            return TERMINATED
        except KeyboardInterrupt:
            return 0

    def _show(self, events: Iterator[Event], talk: LiveTalk) -> None:
        watch = MicrophoneWatch()
        told = ""
        for event in events:
            self.controls.talk = talk  # now it runs, and keys may reach it
            self.take(event)
            self.screen.show(event)
            self.controls.show(self.screen)
            if isinstance(event, Level):
                problem = watch.take(event.at, event.level, event.clipped)
                if problem != told:
                    told = problem
                    self.screen.tell(problem)
                    if problem and self.parts.settings.audio.signs:
                        talk.sign(make(Earcon.TROUBLE, self.parts.settings.speak.volume))

    def _wait(self) -> None:
        """Return when both devices are there again."""
        # What was being said has lost its end; it is not answered by half.
        list(self.controls.gate.flush())
        pause = threading.Event()
        while True:
            pause.wait(AGAIN)
            self.controls.show(self.screen)
            try:
                app.find_devices(self.parts.settings)
            except AudioError:
                continue
            reload()
            return


def _hint(parts: Parts, keys: bool) -> str:
    audio = parts.settings.audio
    how = PRESSED if audio.push_to_talk else OVER_IT if audio.headphones else BY_TURNS
    return f"{how}\n{BY_KEYS if keys else BY_WORDS}"


@contextmanager
def endings() -> Iterator[None]:
    """Let whoever ends us end the talk in order, and at once, whatever the shell has set."""

    def ended(number: int, frame: object) -> None:
        raise Ended

    wanted = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: ended}
    if os.name == "posix":
        wanted[signal.SIGHUP] = ended
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the right to talk: two at once would answer one another. Raises AudioError."""
    folder = paths.data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / "talk.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        # Nothing can be written there: then this is no reason to be silent.
        yield
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise AudioError(
            "A talk is already going on here.", fix="End it first, or go on in its window."
        ) from None
    try:
        yield
    finally:
        os.close(file)
