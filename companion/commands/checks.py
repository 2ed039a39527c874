"""guard, setup: what the guard makes of a text, and what is installed."""

import argparse
import importlib.util
import json
import sys

from companion import app
from companion.commands.models import offer
from companion.errors import SettingsError
from companion.manifest import read_manifest
from companion.parts import build_recogniser, build_voices, read_parts
from companion.risk import RiskState
from companion.settings import read_settings
from companion.shelf import usual_places
from companion.values import Transcript


def guard(options: argparse.Namespace) -> int:
    """Judge each line alone; print one object, or one sentence, for each."""
    parts = read_parts(read_settings(options.settings))
    incoming = app.build_guards(parts).incoming
    try:
        for line in sys.stdin:
            assessment, _ = incoming.weigh(Transcript(line.rstrip("\n"), typed=True), RiskState())
            kinds = [kind.value for kind in assessment.kinds]
            row = {
                "level": assessment.level.name.lower(),
                "kinds": kinds,
                "ask": assessment.ask,
                "why": list(assessment.why),
            }
            plain = f"{row['level']} {', '.join(kinds)}".strip()
            shown = json.dumps(row) if options.json else plain
            print(shown, flush=True)
    except UnicodeDecodeError:
        raise SettingsError("The text is not written in UTF-8.", fix="Send UTF-8.") from None
    return 0


def setup(options: argparse.Namespace) -> int:
    """Say what is there; at a terminal, offer once to fetch what a first talk lacks.

    The launcher has installed what was asked for before this runs.
    """
    settings = read_settings(options.settings)
    if all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        offer(settings.language, read_manifest(), usual_places())
    parts = read_parts(settings)
    print(f"Ear: {build_recogniser(parts).name}.")
    print(f"Voice: {build_voices(parts)[0].name}.")
    for note in parts.notes:
        print(note)
    there = importlib.util.find_spec("llama_cpp") is not None
    print(f"Engine of the language model: {'installed' if there else 'not installed'}.")
    if not there:
        print("To add it: scripts/companion setup --llm (needs a compiler, takes minutes).")
    print("Try it: scripts/companion demo")
    return 0
