"""talk: aloud through the devices, or with sound files in their place."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from companion import app
from companion.audio.portaudio import muted, reload
from companion.audio.wav import FileMicrophone, FileSpeaker
from companion.commands.keeping import Memory, memory
from companion.commands.now import local_now
from companion.commands.show import Printer, Turns
from companion.commands.trace import Trace
from companion.conversation import Conversation
from companion.errors import AudioError, SettingsError
from companion.events import Event
from companion.parts import Parts, build_ear, build_recogniser, read_parts
from companion.risk import Risk
from companion.settings import read_settings
from companion.stages import Ear

OVER_IT = """Speak whenever you are ready, also over the companion.
'help' gives numbers, 'stop' silences it, Ctrl+C ends the talk."""
BY_TURNS = """Speak whenever you are ready. While the companion speaks it does not listen, or it
would hear itself; with headphones you can speak over it (audio.headphones in the settings).
'help' gives numbers, Ctrl+C silences it at once and ends the talk."""
AGAIN = 2.0
"""Seconds between two looks whether a device is back"""


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
    for line in app.in_use(parts, conversation):
        print(line, file=sys.stderr)
    with (
        closing(conversation),
        memory(options, parts.settings, conversation.recogniser.name) as kept,
        Report(options, kept) as report,
    ):
        print(app.tone_in_use(conversation, kept.state.tone), file=sys.stderr)
        app.know_voice(conversation, kept.usual)
        if options.wav is None:
            _live(parts, conversation, report)
            return 0
        speaker = FileSpeaker()
        held = app.build_talk(parts, conversation, charge_work=options.charge_work)
        # With a diary it is that person, now; else nobody knows when it was said.
        began = local_now() if kept.keeps else None
        report.show(held.run(microphone, speaker, replace(kept.state, began=began)))
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
        self._printer = Printer(sys.stdout)
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
            for event in self._trace.watch(events) if self._trace else events:
                self.kept.take(event)
                if not self._as_json:
                    self._printer.show(event)
                elif event.id.turn > self._turn.turn:
                    self._print_turn()
                    self._turn = Turns(turn=event.id.turn)
                self._turn.add(event)

    def _print_turn(self) -> None:
        if self._as_json and self._turn.was_heard:
            print(json.dumps(self._turn.as_object(), ensure_ascii=False), flush=True)


def _live(parts: Parts, conversation: Conversation, report: Report) -> None:
    """Talk until it is ended; a device that goes is waited for."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Whatever the shell has set, and whoever ends it: in order, and at once.
        signal.signal(ending, signal.default_int_handler)
    ear, state = build_ear(parts.settings), report.kept.state
    try:
        with muted():
            while True:
                microphone, speaker = app.open_devices(parts.settings)
                app.hear_through(conversation, microphone.name)
                print(f"Microphone: {microphone.name}. Loudspeaker: {speaker.name}.\n"
                      f"{OVER_IT if parts.settings.audio.headphones else BY_TURNS}",
                      file=sys.stderr)  # fmt: skip
                talk = app.build_live_talk(parts, conversation, ear)
                try:
                    with closing(speaker):
                        began = replace(state, began=local_now())
                        report.show(talk.run(microphone, speaker, began))
                    return
                except AudioError as error:
                    state = talk.state
                    print(f"\n{error}", file=sys.stderr)
                    if state.risk.level >= Risk.CONCERN:
                        print(conversation.guards.prepared["help-numbers"], file=sys.stderr)
                    _wait_for_devices(parts, ear)
    except KeyboardInterrupt:
        kept = "" if report.traced or report.kept.keeps else " Nothing of it was kept."
        print(f"\nThe talk is over.{kept}", file=sys.stderr)


def _wait_for_devices(parts: Parts, ear: Ear) -> None:
    """Return when both devices are there again."""
    print("Waiting until it is back; Ctrl+C ends the talk.", file=sys.stderr)
    # What was being said has lost its end; it is not answered by half.
    list(ear.flush())
    pause = threading.Event()
    while True:
        pause.wait(AGAIN)
        try:
            app.find_devices(parts.settings)
        except AudioError:
            continue
        reload()
        return
