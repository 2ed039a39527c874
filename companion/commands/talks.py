"""demo, talk, chat: the talk through a recording, through sound files, and typed."""

import argparse
import json
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np

from companion import app, paths
from companion.audio.portaudio import muted
from companion.audio.wav import RATE, FileMicrophone, FileSpeaker, write_stereo
from companion.commands.show import Printer, Turns, Written
from companion.commands.trace import Trace
from companion.content import Content, read
from companion.conversation import Conversation
from companion.errors import AudioError, SettingsError
from companion.events import Event, Kept
from companion.hear.typed import TypedRecogniser
from companion.settings import Settings, read_settings
from companion.stages import Microphone
from companion.values import Samples, State, Transcript, TurnId, Utterance

OVER_IT = """Speak whenever you are ready, also over the companion.
'help' gives numbers, 'stop' silences it, Ctrl+C ends the talk."""
BY_TURNS = """Speak whenever you are ready. While the companion speaks it does not listen, or it
would hear itself; with headphones you can speak over it (audio.headphones in the settings).
'help' gives numbers, Ctrl+C silences it at once and ends the talk."""
CLEAR_SCREEN = "\x1b[H\x1b[2J\x1b[3J"
"""Go home, clear, and then forget the scrollback: some terminals put there what they clear"""


class Recording(Content):
    """One speaker of the demo."""

    file: str
    about: str
    """Whose voice it is, in plain words"""
    accent: str
    texts: tuple[str, ...]


class Demo(Content):
    """`data/demo/demo.yaml`."""

    recordings: dict[str, Recording]


def demo(options: argparse.Namespace) -> int:
    """Play a recorded talk through the line, print it, and write both sides."""
    folder = paths.DATA / "demo"
    recordings = read(folder / "demo.yaml", Demo).recordings
    name = options.speaker or next(iter(recordings))
    if name not in recordings:
        raise SettingsError(
            f"There is no recording '{name}'.", fix=f"Use one of: {', '.join(recordings)}."
        )
    recording = recordings[name]
    print(f"The speaker of this demo is {recording.about}: nobody's real words or voice.")
    print(f"Others with --speaker: {', '.join(other for other in recordings if other != name)}.")
    parts = app.read_parts(read_settings(options.settings))
    # Its own recording: nobody's consent is at stake, and nobody is in danger.
    conversation = app.build_conversation(
        parts, app.build_recogniser(parts), aloud=True, sense=True, nobody_at_risk=True
    )
    for line in app.in_use(parts, conversation):
        print(line)
    print()
    speaker = FileSpeaker()
    talk = app.build_talk(parts, conversation)
    printer = Printer(sys.stdout)
    for event in talk.run(FileMicrophone(folder / recording.file), speaker):
        printer.show(event)
    person = _whole(FileMicrophone(folder / recording.file, rate=speaker.rate))
    write_stereo(options.out, person, speaker.samples(), speaker.rate)
    print(f"\nBoth sides are in {options.out}: left the person, right the companion.")
    if sys.stdout.isatty():
        _play(options.out, parts.settings)
    return 0


def _play(path: Path, settings: Settings) -> None:
    print("Playing it; Ctrl+C stops.", flush=True)
    try:
        app.play_aloud(_whole(FileMicrophone(path)), RATE, settings)
    except AudioError as error:
        print(f"It cannot be played here. {error}")


def talk(options: argparse.Namespace) -> int:
    """Talk through the devices, or with sound files in their place."""
    if (options.wav is None) != (options.out is None):
        raise SettingsError("--wav and --out belong together.", fix="Give both, or neither.")
    parts = app.read_parts(read_settings(options.settings))
    return _live(options, parts) if options.wav is None else _through_files(options, parts)


def _through_files(options: argparse.Namespace, parts: app.Parts) -> int:
    microphone = FileMicrophone(options.wav)
    conversation = _conversation(parts)
    speaker = FileSpeaker()
    held = app.build_talk(parts, conversation, charge_work=options.charge_work)
    _report(held.run(microphone, speaker), options)
    speaker.write(options.out)
    for note in microphone.notes:
        print(f"{options.wav}: {note}", file=sys.stderr)
    return 0


def _live(options: argparse.Namespace, parts: app.Parts) -> int:
    conversation = _conversation(parts)
    microphone, speaker = app.open_devices(parts.settings)
    print(f"Microphone: {microphone.name}. Loudspeaker: {speaker.name}.", file=sys.stderr)
    print(OVER_IT if parts.settings.audio.headphones else BY_TURNS, file=sys.stderr)
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Whatever the shell has set, and whoever ends it: in order, and at once.
        signal.signal(ending, signal.default_int_handler)
    try:
        with muted():
            _report(app.build_live_talk(parts, conversation).run(microphone, speaker), options)
    except KeyboardInterrupt:
        print("\nThe talk is over. Nothing of it was kept.", file=sys.stderr)
    finally:
        speaker.close()
    return 0


def _conversation(parts: app.Parts) -> Conversation:
    """Load what a talk aloud needs, and say what is in use."""
    conversation = app.build_conversation(
        parts, app.build_recogniser(parts), aloud=True, sense=parts.settings.sense.agreed
    )
    for line in app.in_use(parts, conversation):
        print(line, file=sys.stderr)
    return conversation


def chat(options: argparse.Namespace) -> int:
    """Talk by typing."""
    parts = app.read_parts(read_settings(options.settings))
    conversation = app.build_conversation(parts, TypedRecogniser(), aloud=False, sense=False)
    at_terminal = sys.stdin.isatty() and not options.json
    if at_terminal:
        print("I'm a computer program, not a person and not a therapist. Nothing leaves this")
        print("device. Type what is on your mind. 'help' shows numbers, 'stop' clears the")
        print("screen, Ctrl+D ends.\n")
    state = State()
    for number, line in enumerate(_lines(at_terminal), start=1):
        utterance = Utterance(
            TurnId(number), Transcript(line.strip(), parts.settings.language, typed=True)
        )
        turn = Turns()
        written = Written(sys.stdout)
        if at_terminal and parts.answers.command(line) == "stop":
            print(CLEAR_SCREEN, end="")
        for event in conversation.answer(utterance, state):
            if isinstance(event, Kept):
                state = event.state
            turn.add(event)
            if not options.json:
                written.show(event)
        if options.json:
            print(json.dumps(turn.as_object(), ensure_ascii=False), flush=True)
    return 0


def _lines(at_terminal: bool) -> Iterator[str]:
    while True:
        try:
            line = input("you: ") if at_terminal else sys.stdin.readline()
        except EOFError:
            print()
            return
        except UnicodeDecodeError:
            raise SettingsError("The text is not written in UTF-8.", fix="Send UTF-8.") from None
        if not line and not at_terminal:
            return
        if line.strip() or not at_terminal:
            yield line


def _report(events: Generator[Event, None, None], options: argparse.Namespace) -> None:
    """Show a talk while it goes on; as data, each turn when the next one begins."""
    printer = Printer(sys.stdout)
    turn = Turns()
    with ExitStack() as stack:
        stack.enter_context(closing(events))
        if options.json:
            stack.callback(lambda: _print_turn(turn))
        trace = stack.enter_context(Trace(options.trace)) if options.trace else None
        for event in trace.watch(events) if trace else events:
            if not options.json:
                printer.show(event)
            elif event.id.turn > turn.turn:
                _print_turn(turn)
                turn = Turns(turn=event.id.turn)
            turn.add(event)


def _print_turn(turn: Turns) -> None:
    if turn.was_heard:
        print(json.dumps(turn.as_object(), ensure_ascii=False), flush=True)


def _whole(microphone: Microphone) -> Samples:
    pieces = [chunk.samples for chunk in microphone.blocks()]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
