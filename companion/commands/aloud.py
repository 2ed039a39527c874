"""talk: aloud through the devices, or with sound files in their place."""

import argparse
import json
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from companion import app
from companion.audio.wav import FileMicrophone, FileSpeaker
from companion.commands.holding import hold
from companion.commands.keeping import Memory, begin, memory
from companion.commands.now import local_now
from companion.commands.show import Printer, Turns
from companion.commands.trace import Trace
from companion.conversation import Conversation
from companion.errors import SettingsError
from companion.events import Event
from companion.parts import Parts, build_recogniser, read_parts
from companion.settings import read_settings


def talk(options: argparse.Namespace) -> int:
    """Talk through the devices, or with sound files in their place."""
    if (options.wav is None) != (options.out is None):
        raise SettingsError("--wav and --out belong together.", fix="Give both, or neither.")
    parts = read_parts(read_settings(options.settings))
    if options.wav is None:
        # Before seconds are spent on models.
        app.find_devices(parts.settings)
    else:
        microphone = FileMicrophone(options.wav)
    conversation = app.build_conversation(parts, build_recogniser(parts), aloud=True)
    tell = sys.stderr.write if not options.quiet else len
    for line in app.in_use(parts, conversation):
        tell(f"{line}\n")
    with (
        closing(conversation),
        memory(options, parts.settings, conversation.recogniser.name) as kept,
        Report(options, kept) as report,
    ):
        tell(f"{app.tone_in_use(conversation, kept.state)}\n")
        app.know_voice(conversation, kept.usual())
        if options.wav is None:
            return _live(parts, conversation, report, options)
        speaker = FileSpeaker()
        held = app.build_talk(
            parts,
            conversation,
            charge_work=options.charge_work,
            usual_pause=kept.state.known.pause,
        )
        # With a diary it is that person, now; else nobody knows when it was said.
        state = begin(kept.state, parts.settings, local_now())
        began = state.began if kept.keeps else None
        report.show(held.run(microphone, speaker, replace(state, began=began)))
    speaker.write(options.out)
    for note in microphone.notes:
        print(f"{options.wav}: {note}", file=sys.stderr)
    return 0


class Report:
    """Shows a talk while it goes on; as data, each turn when the next one begins."""

    def __init__(self, options: argparse.Namespace, kept: Memory) -> None:
        self.kept = kept
        self.traced = options.trace is not None
        self._as_json = options.json
        self._trace = Trace(options.trace) if self.traced else None
        self._printer = None if options.json or options.quiet else Printer(sys.stdout)
        self._turn = Turns()

    def __enter__(self) -> "Report":
        return self

    def __exit__(self, *error: object) -> None:
        self._print_turn()
        if self._trace:
            self._trace.__exit__(None, None, None)

    def show(self, events: Generator[Event, None, None]) -> None:
        """Show what happens until it ends, or is interrupted."""
        with closing(events):
            for event in events:
                self.take(event)
                if self._printer:
                    self._printer.show(event)

    def take(self, event: Event) -> None:
        """Keep an event, trace it, and print a turn as data when the next one begins."""
        if self._trace:
            self._trace.write(event)
        self.kept.take(event)
        if self._as_json and event.id.turn > self._turn.turn:
            self._print_turn()
            self._turn = Turns(turn=event.id.turn)
        self._turn.add(event)

    def _print_turn(self) -> None:
        if self._as_json and self._turn.was_heard:
            print(json.dumps(self._turn.as_object(), ensure_ascii=False), flush=True)


def _live(
    parts: Parts, conversation: Conversation, report: Report, options: argparse.Namespace
) -> int:
    state = begin(report.kept.state, parts.settings, local_now())
    code = hold(parts, conversation, state, report.take, options)
    kept = "" if report.traced or report.kept.keeps else " Nothing of it was kept."
    print(f"\nThe talk is over.{kept}", file=sys.stderr)
    return code
