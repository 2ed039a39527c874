"""Score the talk with scripted persons, through `companion chat --json`.

    python scripts/score_talk.py [--gguf FILE]… [--persons NAME,…] [--show NAME] [--here] [--write]

With no language model, and with each GGUF named (`scripts/make_test_models.py` makes a tiny one
that writes nonsense: what it says must never be worse than the written reply). Measured in
code: scripts/talk_bench/measures.py. `--write` keeps the result, with ten whole transcripts, in
docs/talk-quality.md. How well traps are found: scripts/measure_understanding.py.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from talk_bench import measures
from talk_bench.measures import Talk, Turn
from talk_bench.persons import Person, Script, read_persons

from companion import app, paths
from companion.commands.show import Turns
from companion.events import Kept
from companion.guard.outgoing import ScopeGuard
from companion.guard.words import read_normaliser
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.settings import Settings, ThinkSettings
from companion.values import State, Transcript, TurnId, Utterance

PERSONS = ROOT / "scripts" / "talk_bench" / "persons.yaml"
PAGE = ROOT / "docs" / "talk-quality.md"
SHOWN = (
    "student-exams", "widower", "racism", "perfectionist", "hostile", "stroke", "clinger",
    "worry-list", "silent", "texter",
)  # fmt: skip
"""Transcripts on the page: chosen before they were read, the bad ones among them"""


def hold(person: Person, settings: Path, home: str) -> Talk:
    """Hold one talk in a process of its own."""
    command = [sys.executable, "-m", "companion", "--settings", str(settings), "chat", "--json"]
    talk, script = Talk(person.name, person.about), Script(person)
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"COMPANION_HOME": home}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        said: Sequence[str] = ()
        while (line := script.says(said)) is not None:
            began = time.perf_counter()
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            said = answer["said"]
            seconds = time.perf_counter() - began
            talk.turns.append(
                Turn(line, answer["act"], answer["skill"], answer["risk"], list(said), seconds)
            )
        process.stdin.close()
    # The first turn waits for the program to load.
    talk.turns[0].seconds = min(turn.seconds for turn in talk.turns)
    return talk


class Here:
    """The same talk in this process: quicker, since the program is loaded once."""

    def __init__(self, settings: Settings) -> None:
        self._talk = app.build_conversation(read_parts(settings), TypedRecogniser(), aloud=False)

    def hold(self, person: Person) -> Talk:
        """Hold one talk."""
        talk, script, state = Talk(person.name, person.about), Script(person), State()
        said: Sequence[str] = ()
        while (line := script.says(said)) is not None:
            began = time.perf_counter()
            turn = Turns()
            heard = Utterance(TurnId(len(talk.turns) + 1), Transcript(line, typed=True))
            for event in self._talk.answer(heard, state):
                turn.add(event)
                state = event.state if isinstance(event, Kept) else state
            answer = turn.as_object()
            said = answer["said"]
            seconds = time.perf_counter() - began
            talk.turns.append(
                Turn(line, answer["act"], answer["skill"], answer["risk"], list(said), seconds)
            )
        return talk


def talks_here(persons: Sequence[Person], model: Path | None) -> list[Talk]:
    """Hold all talks in this process."""
    think = (
        ThinkSettings(mind="llama", model=str(model)) if model else ThinkSettings(mind="written")
    )
    here = Here(Settings(think=think))
    return [here.hold(person) for person in persons]


def talks_with(persons: Sequence[Person], model: Path | None) -> list[Talk]:
    """Hold all talks with one mind."""
    with tempfile.TemporaryDirectory() as home:
        settings = Path(home) / "settings.yaml"
        mind = f"think: {{mind: llama, model: '{model}'}}" if model else "think: {mind: written}"
        settings.write_text(f"{mind}\nmemory: {{keep: no}}\n", encoding="utf-8")
        return [hold(person, settings, home) for person in persons]


def transcript(talk: Talk) -> str:
    """Write a talk down."""
    lines = [f"### {talk.name}: {talk.about}", ""]
    for turn in talk.turns:
        heard = turn.heard if len(turn.heard) < 160 else turn.heard[:157] + "…"
        words = turn.words.replace("\n", " / ")
        lines += [f"- **person:** {heard or '(silence)'}"]
        lines += [f"  - **{turn.act}{'/' + turn.skill if turn.skill else ''}:** {words}"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Hold the talks, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=Path, action="append", default=[])
    parser.add_argument("--persons", default="", help="only these, separated by commas")
    parser.add_argument("--show", default="", help="print these transcripts, separated by commas")
    parser.add_argument("--here", action="store_true", help="in this process: quicker")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    chosen = set(options.persons.split(",")) - {""}
    persons = [p for p in read_persons(PERSONS) if not chosen or p.name in chosen]
    safety = paths.content() / "en" / "safety"
    guard = ScopeGuard(safety, {}, read_normaliser(safety))

    held = talks_here if options.here else talks_with
    columns: dict[str, list[Talk]] = {"no model": held(persons, None)}
    for model in options.gguf:
        columns[model.stem] = held(persons, model.resolve())
    scored = {name: measures.figures(talks, guard) for name, talks in columns.items()}
    table = [f"| | {' | '.join(scored)} |", f"|---|{'---|' * len(scored)}"]
    for row in next(iter(scored.values())):
        table.append(f"| {row} | {' | '.join(figures[row] for figures in scored.values())} |")
    print("\n".join(table))
    for name, talks in columns.items():
        for sentence in measures.forbidden(talks, guard):
            print(f"forbidden ({name}): {sentence}")
    shown = set(options.show.split(","))
    for talk in columns["no model"]:
        if talk.name in shown or options.show == "all":
            print("\n" + transcript(talk))
    if options.write:
        _write(table, columns["no model"])


def _write(table: Sequence[str], talks: Sequence[Talk]) -> None:
    """Put the figures and transcripts between the marks of the page."""
    before, mark, _ = PAGE.read_text(encoding="utf-8").partition("<!-- measured -->")
    by_name = {talk.name: talk for talk in talks}
    shown = [transcript(by_name[name]) for name in SHOWN if name in by_name]
    parts = [before.rstrip(), "", mark, "", *table, "", "## Ten whole talks, no model", "", *shown]
    PAGE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
