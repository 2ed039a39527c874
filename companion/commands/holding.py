"""Hold a talk through the devices: keys, what is shown, and devices that go and come back."""

import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from companion import app, paths
from companion.audio.portaudio import muted
from companion.commands.begun import Begun
from companion.commands.controls import Controls, words_of
from companion.commands.keyboard import Keyboard
from companion.commands.screening import shown
from companion.commands.talking import Ended, Talking
from companion.conversation import Conversation
from companion.errors import AudioError, SettingsError
from companion.events import Event
from companion.hear.gate import Gate, PausedEar, PressedEar
from companion.parts import Parts, build_ear
from companion.screen import Facts
from companion.values import State

OVER_IT = "Speak whenever you are ready, also over the companion."
BY_TURNS = """Speak whenever you are ready. While the companion speaks it does not listen, or it
would hear itself; with headphones you can speak over it (audio.headphones in the settings)."""
PRESSED = "Press space, speak, and press space again (audio.push_to_talk in the settings)."
_LOCK = "talk.lock"
BY_KEYS = "Keys: space pauses, s stops and clears the screen, n shows numbers, p panic, q ends."
LED = "Say: pause, go on, slower, faster, louder, shorter, skip, again, how long still, stop."
BY_WORDS = "'help' gives numbers, 'stop' silences it, Ctrl+C ends the talk."


def hold(
    parts: Parts,
    conversation: Conversation,
    state: State,
    take: Callable[[Event], None],
    options: Any,
    begun: Begun | None = None,
) -> int:
    """Talk until it is ended; a device that goes is waited for. `take` gets each event.

    `begun` is what it begins with, where that is not the person's word.
    """
    audio = parts.settings.audio
    ear = build_ear(parts.settings, state.known.pause, parts.answers)
    gate: Gate = (
        PressedEar(parts.settings.hear.longest_turn) if audio.push_to_talk else PausedEar(ear)
    )
    controls = Controls(gate, words_of(parts.answers), conversation.breath)
    engines = next(iter(app.in_use(parts, conversation)))
    facts = Facts(
        f"{engines} {app.tone_in_use(conversation, state)}",
        conversation.guards.prepared["help-numbers"],
        push_to_talk=audio.push_to_talk,
    )
    how = parts.settings.screen
    with ExitStack() as stack:
        if begun is None or begun.hears:
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
            hint = f"{begun.title}\n{LED}" if begun else _hint(parts, keys)
            talking = Talking(
                parts, conversation, controls, screen, take, hint=hint, keys=keys, begun=begun
            )
            return talking.until_it_ends(state)


def _hint(parts: Parts, keys: bool) -> str:
    audio = parts.settings.audio
    over_it = app.may_speak_over(parts.settings)
    how = PRESSED if audio.push_to_talk else OVER_IT if over_it else BY_TURNS
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


def goes_on() -> bool:
    """Say whether a talk goes on here. Makes nothing."""
    try:
        file = os.open(paths.data_folder() / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


@contextmanager
def alone() -> Iterator[None]:
    """Hold the right to talk: two at once would answer one another. Raises AudioError."""
    folder = paths.data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
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
