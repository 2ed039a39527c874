"""panic: begins at once.

It has to be heard within a second of being asked for, so nothing slow is loaded before
its first sentence sounds: the red flags, which were spoken beforehand. Whatever is missing
then (a loudspeaker, a sound, good settings), it goes on with what there is.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile

from companion import paths
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.portaudio import muted
from companion.commands.loud import STOPPED, Heard, NoSpeaker, ctrl_c_stops
from companion.errors import AudioError, CompanionError, SettingsError
from companion.settings import Settings, read_settings
from companion.values import AudioChunk

if TYPE_CHECKING:
    from companion.sessions.mixing import Block

NAME = "panic"
OPENING = "medical-flags"
"""Id of the reviewed sentence that comes first: it lies ready as sound"""


def panic(options: argparse.Namespace) -> int:
    """Begin with the red flags, then the breath, until it is stopped; or write it to a file."""
    if options.out is None:
        ctrl_c_stops()
        with muted():
            goes_on = _aloud(options)
        return goes_on() if goes_on else 0
    from companion.commands import sessions
    from companion.sessions.health import told

    settings = sessions.with_voice(read_settings(options.settings), options.voice)
    scripts = sessions.read_all(settings)
    name = sessions.allowed(NAME, scripts, told(options.health))
    return sessions.written(sessions.wanted(name, scripts, options), settings, options)


def _aloud(options: argparse.Namespace) -> Callable[[], int] | None:
    """Lead it; or begin, and give the talk that goes on from there, and listens."""
    settings, fault = _settings(options.settings)
    speaker, silence = _speaker(settings)
    try:
        ready = paths.DATA / settings.language / "sounds" / f"{OPENING}.ogg"
        sound = _play(speaker, ready, settings)
        # Only from here on may anything take its time.
        from companion.commands.leading import aloud

        for problem in filter(None, (fault, silence)):
            print(problem, file=sys.stderr)
        if sound and not silence and (talk := _listening(options, settings, sound, speaker)):
            return talk
        heard = aloud(
            _rest(options, settings, sound.seconds if sound else 0.0),
            speaker,
            sound.seconds if sound else 0.0,
        )
    except KeyboardInterrupt:
        heard = False
        speaker.stop()
    finally:
        speaker.close()
    if not heard:
        print(STOPPED)
    return None


def _listening(
    options: argparse.Namespace, settings: Settings, sound: AudioChunk, speaker: Heard
) -> Callable[[], int] | None:
    """Load an ear while the first sentence is heard; None: it goes on without one."""
    from companion.commands import panic_talk, sessions
    from companion.sessions.health import told

    settings = sessions.with_voice(settings, options.voice)
    try:
        scripts = sessions.read_all(settings)
    except CompanionError:
        return None
    sessions.allowed(NAME, scripts, told(options.health))
    said = panic_talk.Said(OPENING, sound)
    with _keys():
        loading = panic_talk.ready(options, settings, NAME, said, speaker)
        if loading is None:
            return None
        rest = panic_talk.take_over(said, speaker)
    return lambda: _talked(panic_talk.talk(loading, options, said, rest))


def _talked(code: int) -> int:
    print(STOPPED)
    return code


def _keys() -> AbstractContextManager[object]:
    """Let the keys that end it act from the first sound on."""
    from companion.commands.keyboard import Key, Keyboard

    def press(key: Key) -> None:
        if key in (Key.STOP, Key.QUIT):
            signal.raise_signal(signal.SIGINT)

    return Keyboard(press) if sys.stdin.isatty() else nullcontext()


def _rest(options: argparse.Namespace, settings: Settings, given: float) -> "Iterator[Block]":
    """Make all that follows the first sentence; where that fails, a rhythm without words."""
    from companion.commands import leading, sessions
    from companion.sessions.health import ALWAYS, told

    health = told(options.health)
    settings = sessions.with_voice(settings, options.voice)
    try:
        scripts = sessions.read_all(settings)
        name = sessions.allowed(NAME, scripts, health)
        lead = sessions.wanted(name, scripts, options)
        if given and name == NAME:
            lead = leading.opened_with(lead, OPENING, settings, given)
        return leading.blocks(lead, settings)
    except CompanionError as error:
        if health & ALWAYS:
            raise
        print(error, file=sys.stderr)
        return leading.bare_rhythm(given)


def _settings(path: Path | None) -> tuple[Settings, SettingsError | None]:
    """Read the settings; a mistake in them must not keep anyone from this."""
    try:
        return read_settings(path), None
    except SettingsError as error:
        return Settings(), error


def _speaker(settings: Settings) -> tuple[Heard, AudioError | None]:
    try:
        return DeviceSpeaker(settings.audio.speaker, now=time.monotonic), None
    except AudioError as error:
        return NoSpeaker(time.monotonic), error


def _play(speaker: Heard, file: Path, settings: Settings) -> AudioChunk | None:
    """Queue the sentence that lies ready, and give it; None where there is none."""
    try:
        sound, rate = soundfile.read(file, dtype="float32")
    except soundfile.SoundFileError:
        return None
    chunk = AudioChunk(sound * settings.speak.volume, rate)
    speaker.play(chunk)
    return chunk
