"""checkin, questionnaire: typed; in a talk aloud, "check in" and "questionnaire" begin the same."""

import argparse
import json
import sys
from contextlib import closing
from itertools import chain

from companion import app
from companion.care.instruments import Instrument, read_instruments
from companion.care.policy import ACT
from companion.commands.keeping import memory
from companion.commands.talks import CLEAR_SCREEN, answered, typed_lines
from companion.errors import SettingsError
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.settings import read_settings
from companion.values import State, Transcript, TurnId, Utterance

HOW = """A number, a word or a sentence will do. 'skip' leaves a part out, 'done' ends
it, 'stop' clears the screen, 'help' shows numbers, Ctrl+D ends."""
OVER = "(Enter ends. If something is wrong, say so: no, five hours.)"


def checkin(options: argparse.Namespace) -> int:
    """Ask how it is."""
    return fill_in(options, "check in")


def questionnaire(options: argparse.Namespace) -> int:
    """Fill in one questionnaire, or name them all."""
    parts = read_parts(read_settings(options.settings))
    there = read_instruments(parts.folder)
    if options.name is None:
        for name, one in there.items():
            print(_as_json(name, one) if options.json else f"{name}  {one.title}: {one.about}")
        return 0
    if options.name not in there:
        raise SettingsError(
            f"There is no questionnaire '{options.name}'.", fix=f"Use one of: {', '.join(there)}."
        )
    return fill_in(options, there[options.name].asks_for[0])


def _as_json(name: str, one: Instrument) -> str:
    row = {"name": name, "title": one.title, "about": one.about, "minutes": one.minutes,
           "items": len(one.items), "every_days": one.every, "licence": one.licence,
           "source": one.source}  # fmt: skip
    return json.dumps(row, ensure_ascii=False)


def fill_in(options: argparse.Namespace, wanted: str) -> int:
    """Hold a typed talk that begins with a form; `wanted` are the words that ask for it."""
    parts = read_parts(read_settings(options.settings))
    conversation = app.build_conversation(parts, TypedRecogniser(), aloud=False)
    at_terminal = sys.stdin.isatty() and not options.json
    with closing(conversation), memory(options, parts.settings) as kept:
        if at_terminal:
            print(HOW)
        state = kept.state
        lines = chain([wanted], typed_lines(at_terminal, lambda: _is_over(state)))
        for number, line in enumerate(lines, start=1):
            if at_terminal and parts.answers.command(line) == "stop":
                print(CLEAR_SCREEN, end="")
            typed = Transcript(line.strip(), parts.settings.language, typed=True)
            events = conversation.answer(Utterance(TurnId(number), typed), state)
            state = answered(kept.watch(events), state, options.json)
            if at_terminal and _is_over(state):
                print(OVER)
    return 0


def _is_over(state: State) -> bool:
    """Tell whether the form is done and nothing else was begun since: no danger, above all."""
    form = state.mind.form
    return form is not None and form.done and state.history[-1].act == ACT
