"""demo, chat: the talk through a recording, and typed."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from companion import app, paths
from companion.audio.wav import RATE, FileMicrophone, FileSpeaker, write_stereo
from companion.commands.keeping import begin, memory
from companion.commands.now import local_now
from companion.commands.show import Printer, Turns, Written
from companion.content import Content, read
from companion.errors import AudioError, SettingsError
from companion.events import Chosen, Event, Kept
from companion.hear.typed import TypedRecogniser
from companion.parts import build_recogniser, read_parts
from companion.settings import Settings, read_settings
from companion.stages import Microphone
from companion.tone import ToneState
from companion.values import Samples, State, Transcript, TurnId, Utterance

HELLO = """I'm a computer program, not a person and not a therapist. Nothing leaves this
device. Type what is on your mind. 'help' shows numbers, 'stop' clears the
screen, Ctrl+D ends.
"""
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
    parts = read_parts(read_settings(options.settings))
    # Its own recording: nobody's consent is at stake, and nobody is in danger.
    conversation = app.build_conversation(
        parts, build_recogniser(parts), aloud=True, nobody_at_risk=True
    )
    for line in app.in_use(parts, conversation):
        print(line)
    print()
    speaker = FileSpeaker()
    printer = Printer(sys.stdout)
    with closing(conversation):
        talk = app.build_talk(parts, conversation)
        agreed = State(tone=ToneState(agreed=True))
        for event in talk.run(FileMicrophone(folder / recording.file), speaker, agreed):
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


def chat(options: argparse.Namespace) -> int:
    """Talk by typing."""
    parts = read_parts(read_settings(options.settings))
    conversation = app.build_conversation(parts, TypedRecogniser(), aloud=False)
    for note in parts.notes:
        print(note, file=sys.stderr)
    at_terminal = sys.stdin.isatty() and not options.json
    with closing(conversation), memory(options, parts.settings) as kept:
        if at_terminal:
            print(HELLO)
        began = local_now()
        state = begin(kept.state, parts.settings, began)
        for number, line in enumerate(typed_lines(at_terminal), start=1):
            typed = Transcript(line.strip(), parts.settings.language, typed=True)
            at = (local_now() - began).total_seconds()
            typed_at = Utterance(TurnId(number), typed, start=at, end=at, committed=at)
            events = conversation.answer(typed_at, state)
            state = answered(_cleared(kept.watch(events), at_terminal), state, options.json)
    return 0


def _cleared(events: Iterable[Event], at_terminal: bool) -> Iterator[Event]:
    """Clear the screen where the person wants to hear and see no more, and before any word."""
    for event in events:
        if at_terminal and isinstance(event, Chosen) and event.act == "stop":
            print(CLEAR_SCREEN, end="")
        yield event


def answered(events: Iterable[Event], state: State, as_json: bool) -> State:
    """Show one turn; give the state to go on from."""
    turn, written = Turns(), Written(sys.stdout)
    for event in events:
        if isinstance(event, Kept):
            state = event.state
        turn.add(event)
        if not as_json:
            written.show(event)
    if as_json:
        print(json.dumps(turn.as_object(), ensure_ascii=False), flush=True)
    return state


def typed_lines(at_terminal: bool, over: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """Yield what is typed, until the end of input; where it may be `over`, also an empty line."""
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
        if at_terminal and not line.strip() and over():
            return
        if line.strip() or not at_terminal:
            yield line


def _whole(microphone: Microphone) -> Samples:
    pieces = [chunk.samples for chunk in microphone.blocks()]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
