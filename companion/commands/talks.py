"""demo, talk, chat: the talk through a recording, through sound files, and typed."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

import numpy as np

from companion import app, paths
from companion.audio.wav import FileMicrophone, FileSpeaker, write_stereo
from companion.commands.show import Printer, Turns, Written
from companion.commands.trace import Trace
from companion.content import Content, read
from companion.errors import SettingsError
from companion.events import Event, Kept
from companion.hear.typed import TypedRecogniser
from companion.settings import read_settings
from companion.stages import Microphone
from companion.values import Samples, State, Transcript, TurnId, Utterance

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
    return 0


def talk(options: argparse.Namespace) -> int:
    """Hold a talk with sound files in place of the devices."""
    parts = app.read_parts(read_settings(options.settings))
    microphone = FileMicrophone(options.wav)
    conversation = app.build_conversation(
        parts, app.build_recogniser(parts), aloud=True, sense=parts.settings.sense.agreed
    )
    for line in app.in_use(parts, conversation):
        print(line, file=sys.stderr)
    speaker = FileSpeaker()
    held = app.build_talk(parts, conversation, charge_work=options.charge_work)
    with ExitStack() as stack:
        trace = stack.enter_context(Trace(options.trace)) if options.trace else None
        events = held.run(microphone, speaker)
        if trace:
            events = trace.watch(events)
        _report(events, options.json)
    speaker.write(options.out)
    for note in microphone.notes:
        print(f"{options.wav}: {note}", file=sys.stderr)
    return 0


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


def _report(events: Iterable[Event], as_json: bool) -> None:
    printer = Printer(sys.stdout)
    turns: dict[TurnId, Turns] = {}
    for event in events:
        if not as_json:
            printer.show(event)
        turns.setdefault(event.id, Turns()).add(event)
    if as_json:
        for turn in turns.values():
            if turn.was_heard:
                print(json.dumps(turn.as_object(), ensure_ascii=False))


def _whole(microphone: Microphone) -> Samples:
    pieces = [chunk.samples for chunk in microphone.blocks()]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
