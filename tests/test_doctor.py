"""The doctor: every check is shown, wrong or right, with its fix, on one screen."""

import io
import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from companion.commands import doctor_machine as machine
from companion.commands import doctor_parts as parts
from companion.commands.doctor import Screen, doctor, examine, summary
from companion.commands.doctor_case import Row, Sound

from .doctors_room import (
    QUIET_ROOM,
    Room,
    case,
    without_portaudio,
    written,
)
from .doctors_room import home as home
from .test_commands import companion
from .test_offline import pytestmark as on_linux
from .test_offline import sealed

LIGHT = {
    "hear": {"recogniser": "typed", "detector": "energy"},
    "think": {"mind": "written"},
    "speak": {"voice": "silent"},
}
"""Settings whose engines load at once"""
UNHEARD = LIGHT | {"audio": {"microphone": "no such device", "speaker": "no such device"}}
"""And with which no real device sounds"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(path: Path | None, json: bool = False) -> int:
    options = Namespace(settings=path, quick=True, json=json)
    return doctor(options, Room(QUIET_ROOM).sound)


def test_without_a_fault_the_code_is_0_although_there_are_notes(tmp_path, capsys):
    """A note is no failure."""
    code = run(written(tmp_path / "s.yaml", LIGHT))
    shown = capsys.readouterr().out

    assert code == 0
    assert "note   helplines" in shown
    assert shown.splitlines()[-1].startswith("Nothing is wrong.")


def test_a_fault_makes_the_code_1_and_everything_is_shown_all_the_same(tmp_path):
    """On stdout, with its fix, and without a traceback."""
    settings = written(tmp_path / "s.yaml", UNHEARD | {"person": {"country": "XX"}})
    done = companion("--settings", settings, "doctor", "--quick", home=tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    assert "wrong  helplines   There are no helplines for the country 'XX'." in done.stdout
    assert "ok     offline" in done.stdout
    assert "\x1b" not in done.stdout


def test_as_data_each_check_is_one_object(tmp_path):
    """Four keys, every check once and in the same order, nothing on stderr."""
    settings = written(tmp_path / "s.yaml", UNHEARD | {"sense": {"agreed": "yes"}})
    done = companion("--settings", settings, "doctor", "--quick", "--json", home=tmp_path)
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.stderr == ""
    assert all(one.keys() == {"check", "state", "what", "fix"} for one in found)
    assert [one["check"] for one in found] == [
        "program", "settings", "ear", "detector", "tone", "voice", "words", "safety",
        "helplines", "models", "microphone", "loudspeaker", "disk", "memory", "offline",
    ]  # fmt: skip
    assert {one["state"] for one in found} <= {"ok", "note", "wrong"}
    assert done.returncode == int(any(one["state"] == "wrong" for one in found))
    assert all(one["fix"] for one in found if one["state"] == "wrong")


def test_it_writes_nothing(tmp_path, home, capsys):
    """Not even the data folder."""
    run(written(tmp_path / "s.yaml", LIGHT))

    assert not home.exists()


@on_linux
def test_its_own_word_on_the_network_is_true(tmp_path):
    """It ends by itself under a filter that kills whoever opens an internet socket."""
    settings = written(tmp_path / "s.yaml", UNHEARD)
    done = sealed("-m", "companion", "--settings", str(settings), "doctor", home=tmp_path)

    assert done.returncode == 1
    assert "ok     offline" in done.stdout


def test_settings_that_are_wrong_do_not_end_it(tmp_path, capsys):
    """The defaults are looked at instead, and that is said."""
    assert run(written(tmp_path / "s.yaml", {"speek": {}})) == 1
    shown = capsys.readouterr().out

    assert "wrong  settings    s.yaml, line 1: unknown key 'speek'; the defaults" in shown
    assert "ok     voice" in shown


def test_an_engine_that_raises_anything_is_one_line(capsys):
    """Its own words are not shown; what comes after it is looked at."""
    patient = case(hear={"recogniser": "tests.doctors_room:BrokenEar"})
    ear, detector = examine(patient, {"ear": parts.ear, "detector": parts.detector})

    assert (ear.state, ear.what) == ("wrong", "it failed (RuntimeError)")
    assert detector.state == "ok"


def test_it_fits_one_screen(monkeypatch, home):
    """80 by 24, the summary and the next prompt among them, where there is no PortAudio."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HOME", str(home.parent))
    patient = replace(case(), quick=True, sound=Sound(look=without_portaudio))
    found = [*machine.program(patient), Row("settings", "ok", "the defaults"), *examine(patient)]
    screen = Screen(Terminal())
    shown = "\n".join([*map(screen.show, found), "", summary(found), "$"]).splitlines()

    assert len(shown) <= 24
    assert all(len(line) <= 80 and line.isascii() for line in shown)


def test_what_is_wrong_always_has_its_fix_and_what_may_be_added_is_said_once():
    """A person looks below the line that is wrong."""
    screen = Screen(io.StringIO())
    told = [screen.show(Row("it", state, "is so", "Do this.")) for state in ("note", "ok", "wrong")]

    assert ["Do this." in lines for lines in told] == [True, False, True]


def test_a_long_line_is_broken_for_a_terminal_and_left_whole_for_a_file(monkeypatch):
    """And begins where its first part began."""
    monkeypatch.setenv("COLUMNS", "60")
    long = Row("ear", "wrong", "what is there " * 9)

    assert "\n" not in Screen(io.StringIO()).show(long)
    first, second, *_ = Screen(Terminal()).show(long).splitlines()
    assert len(first) <= 60
    assert second.startswith(" " * 19 + "what")


def test_a_name_cannot_steer_the_terminal():
    """File names come from anywhere."""
    shown = Screen(io.StringIO()).show(Row("models", "note", "\x1b[2J\ud800 x.gguf\n"))

    assert shown == "note   models      ?[2J? x.gguf"


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ("", "Nothing is wrong."),
        ("n", "Nothing is wrong. 1 note above."),
        ("w", "1 thing is wrong; what to do stands below each."),
        ("wwnn", "2 things are wrong; what to do stands below each. 2 notes above."),
    ],
)
def test_the_last_line_says_how_all_of_it_is(states, said):
    """In one sentence."""
    names = {"n": "note", "w": "wrong"}

    assert summary(Row("it", names[state], "") for state in states) == said
