"""guard, setup: what the guard makes of a text, and what is installed."""

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterator
from typing import Any

from companion import app
from companion.commands.models import offer
from companion.errors import SettingsError
from companion.guard.incoming import Explanation
from companion.manifest import read_manifest
from companion.parts import build_recogniser, build_voices, read_parts
from companion.risk import Risk, RiskState
from companion.settings import read_settings
from companion.shelf import usual_places
from companion.values import Transcript


def guard(options: argparse.Namespace) -> int:
    """Judge each line alone; print one object, or one sentence, for each."""
    parts = read_parts(read_settings(options.settings))
    incoming = app.build_phrase_guard(parts)
    try:
        for line in sys.stdin:
            assessment, _ = incoming.weigh(Transcript(line.rstrip("\n"), typed=True), RiskState())
            kinds = [kind.value for kind in assessment.kinds]
            row: dict[str, Any] = {
                "level": assessment.level.name.lower(),
                "kinds": kinds,
                "ask": assessment.ask,
                "why": list(assessment.why),
            }
            why = incoming.explain(line) if options.explain else None
            if options.json:
                print(json.dumps(row | (_explained(why) if why else {})), flush=True)
                continue
            print(f"{row['level']} {', '.join(kinds)}".strip(), flush=True)
            if why:
                print("\n".join(_in_words(why)), flush=True)
    except UnicodeDecodeError:
        raise SettingsError("The text is not written in UTF-8.", fix="Send UTF-8.") from None
    return 0


def _explained(why: Explanation) -> dict[str, Any]:
    findings = [
        {
            "rule": found.rule,
            "kind": found.kind.value,
            "level": found.level.name.lower(),
            "stated": found.stated.name.lower(),
            "softened": found.softened,
            "words": found.words,
        }
        for found in why.findings
    ]
    like = {"kind": why.like.kind and why.like.kind.value, "score": round(why.like.score, 3)}
    return {"findings": findings, "like": like}


def _in_words(why: Explanation) -> Iterator[str]:
    """Say on the screen what the person's own words were taken for. It is kept nowhere."""
    yield f"  read as: {why.words.strip(' ,')}"
    for found in why.findings:
        level, stated = found.level.name.lower(), found.stated.name.lower()
        change = f"{stated}, {found.softened}: {level}" if found.softened else level
        yield f"  {found.rule} ({found.kind.value}, {change}): {found.words}"
    level = {Risk.CONCERN: "asks", Risk.SOFT: "notes it quietly"}.get(
        why.like.level, "adds nothing"
    )
    kind = f", most like {why.like.kind.value}" if why.like.kind else ""
    yield f"  learned part: {why.like.score:.2f}{kind}; {level}"


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
