"""What the doctor says of ear, voice, words and models."""

from dataclasses import replace
from pathlib import Path

import pytest

from companion.commands import doctor_machine as machine
from companion.commands import doctor_parts as parts
from companion.commands.doctor_case import Row, has_llama

from . import made
from .doctors_room import case, row
from .doctors_room import home as home

needs_llama = pytest.mark.skipif(not has_llama(), reason="the engine is not installed")


def children() -> set[str]:
    """Give the numbers of the processes that this one has started (proc(5); Linux)."""
    lists = Path("/proc/self/task").glob("*/children")
    return {number for found in lists for number in found.read_text().split()}


def test_an_ear_that_may_miss_danger_is_a_note():
    """With the way to a better one."""
    pytest.importorskip("pocketsphinx", reason="not every Python has it")
    found = row(parts.ear, case(hear={"recogniser": "sphinx"}))

    assert (found.state, "too weak for free talk" in found.what) == ("note", True)
    assert "Set hear.recogniser to auto." in found.fix


def test_the_usual_voice_speaks():
    """A whole sentence, faster than it sounds."""
    found = row(parts.voice, case(speak={"voice": "espeak"}))

    assert found.state == "ok"
    assert found.what.startswith("espeak, loaded in")


def test_a_piper_voice_is_named_with_its_file():
    """As `auto` takes it."""
    found = row(parts.voice, case(speak={"model": str(made.voice())}))

    assert found.state == "ok"
    assert found.what.startswith("piper (en_US-tiny), loaded in")


def test_a_damaged_voice_is_wrong_although_another_one_would_stand_in(tmp_path):
    """And the fix checks the files."""
    model = made.copy_of_voice(tmp_path)
    model.write_bytes(model.read_bytes()[:1000])
    found = row(parts.voice, case(speak={"model": str(model)}))

    assert (found.state, "is damaged" in found.what) == ("wrong", True)
    assert "models verify" in found.fix


@pytest.mark.parametrize(
    ("voice", "state"), [("silent", "note"), ("tests.doctors_room:MuteVoice", "wrong")]
)
def test_a_voice_without_sound_is_seen(voice, state):
    """A fault, unless the person has chosen it."""
    found = row(parts.voice, case(speak={"voice": voice}))

    assert (found.state, "makes no sound" in found.what) == (state, True)
    assert found.fix


def test_written_replies_are_all_right():
    """A language model is an addition; who has chosen none is told of none."""
    found = row(parts.words, case(think={"mind": "written"}))

    assert found == Row("words", "ok", "written replies")


@needs_llama
def test_a_language_model_writes_a_sentence_and_ends():
    """In its own process, whose memory is told."""
    before = children()
    patient = case(think={"model": str(made.mind()), "threads": "1"})
    found = row(parts.words, patient)

    assert found.state == "ok", found
    assert found.what.startswith("tiny, loaded in") and found.what.endswith(" MB")
    assert children() == before
    assert "not tried" in row(parts.words, replace(patient, quick=True)).what


@pytest.mark.parametrize(
    ("sentence", "seconds", "state"),
    [("Go on.", 1.0, "ok"), ("Go on.", 3.0, "note"), ("", 1.0, "wrong")],
)
def test_a_language_model_is_measured_against_its_deadline(sentence, seconds, state):
    """One that is late is heard of only as written replies."""
    found = parts._of_model("tiny", sentence, seconds, 640, case())

    assert (found.state, bool(found.fix)) == (state, state != "ok")


@needs_llama
def test_a_language_model_that_is_none_is_wrong(tmp_path):
    """Although written replies would stand in."""
    (tmp_path / "x.gguf").write_bytes(b"no model")
    found = row(parts.words, case(think={"model": str(tmp_path / "x.gguf")}))

    assert (found.state, "is not a language model" in found.what) == ("wrong", True)
    assert found.fix


@needs_llama
def test_a_language_model_that_is_larger_than_the_free_memory_is_a_note():
    """Before it makes the whole machine slow."""
    patient = case(think={"model": str(made.mind())})
    (found,) = machine._of_memory("8 GB", 1_000, patient)

    assert (found.state, "too little now" in found.what) == ("note", True)
