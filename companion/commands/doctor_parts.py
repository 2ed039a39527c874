"""The parts of a talk, one check each: really built, really used, and timed."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import numpy as np
from pydantic import BaseModel

from companion import app, choices, paths
from companion.commands.doctor_case import BETTER, Case, Row, has_llama, took
from companion.content import Content, read
from companion.guard.helplines import Helplines
from companion.parts import build_ear, build_mind, build_reader, build_recogniser, build_voices
from companion.risk import Assessment, Risk, RiskState
from companion.shelf import minds_present
from companion.think.llama import LlamaMind
from companion.values import (
    Expected,
    MindState,
    Plan,
    Samples,
    Style,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

SPOKEN = "This is how I sound. Take all the time you need."
DANGER, HARMLESS = "I want to die.", "The bus was late today."
HEARD = ("I slept badly.", "My exam is on Monday, and I am nervous.")
"""Fixed sentences: a check never has a person's words"""
PATIENCE = 20.0
"""Seconds for a sentence of the language model: enough to measure a slow one"""
FRESH = timedelta(days=365)
"""For how long a helpline counts as checked (see the top of hotlines.yaml)"""


def ear(case: Case) -> Iterator[Row]:
    """Load the recogniser. Raises EngineError."""
    hear = case.settings.hear
    parts = case.parts()
    recogniser, seconds = case.timed(lambda: build_recogniser(parts))
    name = recogniser.name
    if name == "vosk":
        name = f"vosk ({choices.vosk_model(case.settings).name})"
    what = f"{name}, loaded in {took(seconds)}"
    if recogniser.hears_danger:
        yield Row("ear", "ok", f"{what}; good for free talk")
        return
    fix = BETTER if hear.recogniser == "auto" else f"Set hear.recogniser to auto. {BETTER}"
    yield Row("ear", "note", f"{what}; too weak for free talk", fix)


def detector(case: Case) -> Iterator[Row]:
    """Load what tells speech from other sound. Raises EngineError."""
    _, seconds = case.timed(lambda: build_ear(case.settings))
    name = case.settings.hear.detector
    yield Row("detector", "ok", f"{name}, tells speech from noise; loaded in {took(seconds)}")


def tone(case: Case) -> Iterator[Row]:
    """Load what notices the tone of voice, where a person agreed to it. Raises EngineError."""
    if case.settings.sense.agreed:
        reader = build_reader(case.settings)
        yield Row("tone", "ok", f"{reader.name}; you agreed that it is looked at")


def voice(case: Case) -> Iterator[Row]:
    """Load the voice and let it make a sentence. Raises EngineError, SpeakError."""
    speak = case.settings.speak
    model = choices.voice_model(case.settings) if speak.voice in ("auto", "piper") else None
    # By its own name, so that a damaged one says so, and none stands in for it.
    parts = case.parts("speak", voice="piper" if model else speak.voice)
    voices, loading = case.timed(lambda: build_voices(parts))
    text, style = app.own_words(SPOKEN), Style(speak.speed, speak.volume, speak.pitch)
    chunks, work = case.timed(lambda: list(voices[0].synthesize(text, style)))
    name = f"piper ({model.stem})" if model else voices[0].name
    seconds = sum(chunk.seconds for chunk in chunks)
    if not any(_sounds(chunk.samples) for chunk in chunks):
        chosen = speak.voice == "silent"
        fix = "Set speak.voice to auto."
        yield Row("voice", "note" if chosen else "wrong", f"{name} makes no sound", fix)
        return
    pace = seconds / max(work, 1e-3)
    what = f"{name}, loaded in {took(loading)}, {pace:.{pace < 10:d}f} times real time"
    if pace < 1:
        fix = "Choose a voice whose name ends in -low: scripts/companion models list"
        yield Row("voice", "note", f"{what}: it will falter", fix)
    else:
        yield Row("voice", "ok", what, BETTER if name == "espeak" else "")


def words(case: Case) -> Iterator[Row]:
    """Load what words the replies; let a language model write. Raises EngineError, ThinkError."""
    think = case.settings.think
    model = choices.mind_model(think) if think.mind in ("auto", "llama") else None
    if model is None:
        mind = build_mind(case.parts())
        name = "written replies" if mind.name == "written" else mind.name
        yield Row("words", "ok", name, _how_to_add(case) if think.mind == "auto" else "")
        return
    if case.quick:
        yield Row("words", "ok", f"{model.stem}; not tried (--quick)")
        return
    case.tell("the language model writes a sentence")
    parts = case.parts("think", mind="llama", deadline=PATIENCE)
    built, loading = case.timed(lambda: build_mind(parts))
    assert isinstance(built, LlamaMind)
    with closing(built) as llama:
        # The first one is for the persona, which a talk has read before anybody speaks.
        _first_sentence(llama, HEARD[0])
        sentence, work = case.timed(lambda: _first_sentence(llama, HEARD[1]))
        memory = llama.rss_mb
    yield _of_model(f"{model.stem}, loaded in {took(loading)}", sentence, work, memory, case)


def _of_model(what: str, sentence: str, work: float, memory: int, case: Case) -> Row:
    deadline = case.settings.think.deadline
    smaller = "Choose a smaller one: scripts/companion models list"
    if not sentence:
        return Row("words", "wrong", f"{what}; it wrote no sentence", smaller)
    what = f"{what}; a sentence in {took(work)}; {memory} MB"
    if work > deadline:
        return Row("words", "note", f"{what}: late, so written replies stand in", smaller)
    return Row("words", "ok", what)


def _first_sentence(mind: LlamaMind, heard: str) -> str:
    said = Transcript(heard)
    turn = Turn(
        Utterance(TurnId(1), said), said, Assessment(), RiskState(), Expected(), MindState(),
        history=(), free_talk=True,
    )  # fmt: skip
    with closing(mind.reply(turn, Plan("reflect", (), task="reflect"))) as sentences:
        return next(sentences, "")


def _how_to_add(case: Case) -> str:
    if not has_llama():
        return "For a language model: scripts/companion setup --llm"
    if minds_present():
        return "A smaller language model: scripts/companion models get --profile minimal"
    return "For a language model: scripts/companion models get --profile minimal"


def safety(case: Case) -> Iterator[Row]:
    """Read the safety pack and try it. Raises SettingsError."""
    guards = app.build_guards(case.parts())
    levels = [
        guards.incoming.weigh(Transcript(text, typed=True), RiskState())[0].level
        for text in (DANGER, HARMLESS)
    ]
    if levels[0] >= Risk.CONCERN > levels[1]:
        yield Row("safety", "ok", "whole and reviewed; it notices a plain sign of danger")
    else:
        fix = "Bring back the files in prompts/ as they came."
        yield Row("safety", "wrong", "a plain sign of danger is not told from small talk", fix)


class _Line(BaseModel):
    verified_on: str = ""


class _Country(BaseModel):
    name: str
    lines: tuple[_Line, ...] = ()


class _Checked(Content, extra="ignore"):
    """When the helplines were checked; the rest of the file is for `Helplines`."""

    countries: dict[str, _Country]


def helplines(case: Case) -> Iterator[Row]:
    """Say whose helplines are named, and how old they are. Raises SettingsError."""
    path = paths.content() / "hotlines.yaml"
    country = case.settings.person.country
    Helplines(path, country)
    if not country:
        fix = "Set person.country, such as GB, in the settings."
        yield Row("helplines", "note", "no country is set, so none is named", fix)
        return
    known = read(path, _Checked).countries[country]
    fresh = sum(_is_fresh(line.verified_on, case.today) for line in known.lines)
    what = f"{known.name}: {len(known.lines)} lines, {fresh} checked within a year"
    if fresh == len(known.lines):
        yield Row("helplines", "ok", what)
    else:
        fix = "How to check them: the top of prompts/hotlines.yaml"
        yield Row("helplines", "note", what, fix)


def _is_fresh(day: str, today: date) -> bool:
    try:
        return timedelta(0) <= today - date.fromisoformat(day) <= FRESH
    except ValueError:
        return False


def _sounds(samples: Samples) -> bool:
    return bool(np.any(np.abs(samples) > 0))
