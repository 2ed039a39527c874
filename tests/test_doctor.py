"""The doctor: every fault has its line and its fix, and none hides another."""

import io
import json
import socket
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.commands import doctor_machine as machine
from companion.commands import doctor_parts as parts
from companion.commands import doctor_talk as around
from companion.commands.doctor import Screen, doctor, examine, summary
from companion.commands.doctor_case import Case, Check, Row, Sound, has_llama
from companion.commands.holding import alone
from companion.errors import AudioError
from companion.manifest import read_manifest
from companion.settings import Settings
from companion.values import AudioChunk, Cleared, Samples, Style

from . import made
from .portaudio import FakePortAudio, Gear
from .test_commands import companion
from .test_offline import pytestmark as on_linux
from .test_offline import sealed

TODAY = date(2026, 11, 23)
LIGHT = {
    "hear": {"recogniser": "typed", "detector": "energy"},
    "think": {"mind": "written"},
    "speak": {"voice": "silent"},
}
"""Settings whose engines load at once"""
UNHEARD = LIGHT | {"audio": {"microphone": "no such device", "speaker": "no such device"}}
"""And with which no real device sounds"""
needs_llama = pytest.mark.skipif(not has_llama(), reason="the engine is not installed")


class BrokenEar:
    """Raises what nobody expects."""

    def __init__(self) -> None:
        raise RuntimeError("a library's own words")


class MuteVoice:
    """Makes sound that cannot be heard."""

    name = "mute"

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        yield AudioChunk(np.zeros(800, np.float32), 16_000)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Room:
    """A microphone that hears a given sound, and a loudspeaker that takes what it is given."""

    def __init__(self, heard: Samples) -> None:
        self.library = FakePortAudio((Gear("Headset", inputs=1, outputs=2),), (0, 0))
        self.played = np.zeros(0, np.float32)
        self._heard = heard

    @property
    def sound(self) -> Sound:
        return Sound(lambda: None, self._microphone, self._speaker)

    def _microphone(self, name: str) -> DeviceMicrophone:
        opened = DeviceMicrophone(name, backend=self.library, clock=lambda: 0.0)
        self.library.stream.hear(self._heard)
        return opened

    def _speaker(self, name: str) -> DeviceSpeaker:
        room = self

        class Played(DeviceSpeaker):
            def play(self, chunk: AudioChunk) -> None:
                super().play(chunk)
                room.played = room.library.stream.pull(50)[:, 0]

        return Played(name, backend=self.library, now=lambda: 0.0, clock=lambda: 0.0)


def noise(level: float, seconds: float = 2.0) -> Samples:
    random = np.random.default_rng(1)
    return (level * random.standard_normal(round(seconds * 48_000))).astype(np.float32)


QUIET_ROOM = noise(0.005)


def case(**settings: object) -> Case:
    return Case(Settings.model_validate(settings), TODAY, sound=Room(QUIET_ROOM).sound)


def rows(check: Check, patient: Case) -> list[Row]:
    return list(examine(patient, {"it": check}))


def row(check: Check, patient: Case) -> Row:
    (only,) = rows(check, patient)
    return only


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("COMPANION_HOME", str(folder))
    return folder


def children() -> set[str]:
    """Give the numbers of the processes that this one has started (proc(5); Linux)."""
    lists = Path("/proc/self/task").glob("*/children")
    return {number for found in lists for number in found.read_text().split()}


def written(path: Path, settings: dict) -> Path:
    path.write_text(json.dumps(settings))
    return path


def run(path: Path | None, json: bool = False) -> int:
    options = Namespace(settings=path, quick=True, json=json)
    return doctor(options, Room(QUIET_ROOM).sound)


# --- the command -------------------------------------------------------------------------


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
    patient = case(hear={"recogniser": "tests.test_doctor:BrokenEar"})
    ear, detector = examine(patient, {"ear": parts.ear, "detector": parts.detector})

    assert (ear.state, ear.what) == ("wrong", "it failed (RuntimeError)")
    assert detector.state == "ok"


# --- the screen ----------------------------------------------------------------------------


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


# --- ear, voice, words ---------------------------------------------------------------------


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
    ("voice", "state"), [("silent", "note"), ("tests.test_doctor:MuteVoice", "wrong")]
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


# --- safety ----------------------------------------------------------------------------------


def test_the_safety_pack_is_read_and_tried():
    """It tells danger from small talk."""
    assert row(parts.safety, case()).state == "ok"


def test_without_a_country_no_helpline_is_named():
    """A note that says which setting."""
    found = row(parts.helplines, case())

    assert (found.state, "person.country" in found.fix) == ("note", True)


def test_an_unknown_country_is_wrong_and_hides_nothing():
    """The rest is looked at without it."""
    patient = case(person={"country": "XX"})

    assert row(parts.helplines, patient).state == "wrong"
    assert row(parts.safety, patient).state == "ok"


def test_helplines_that_nobody_has_checked_are_a_note():
    """As all of them are until a person dates them."""
    found = row(parts.helplines, case(person={"country": "GB"}))

    assert (found.state, "United Kingdom" in found.what) == ("note", True)
    assert "hotlines.yaml" in found.fix


@pytest.mark.parametrize(
    ("day", "fresh"),
    [("2026-11-22", True), ("2025-11-24", True), ("2025-11-22", False), ("", False),
     ("2027-01-01", False), ("yesterday", False)],
)  # fmt: skip
def test_a_helpline_is_fresh_for_a_year(day, fresh):
    """No date, and a date to come, are none."""
    assert parts._is_fresh(day, TODAY) is fresh


# --- models --------------------------------------------------------------------------------


def altered(home: Path) -> str:
    """Put a file there that is not what its name says; give the model's id."""
    model = next(one for one in read_manifest().models if one.main.file.endswith(".gguf"))
    (home / "models").mkdir(parents=True)
    (home / "models" / model.main.file).write_bytes(b"GGUF, but another")
    return model.id


def test_a_model_with_a_wrong_digest_is_wrong(home):
    """And the fix fetches it anew."""
    name = altered(home)
    found = [one for one in rows(machine.models, case()) if one.state == "wrong"]

    assert [one.what.startswith(f"{name}: ") for one in found] == [True]
    assert f"models get {name}" in found[0].fix


def test_quick_reads_no_model(home):
    """And says so."""
    altered(home)
    found = row(machine.models, replace(case(), quick=True))

    assert (found.state, "not checked (--quick)" in found.what) == ("ok", True)


def test_a_model_put_there_by_hand_is_a_note(home):
    """Nobody knows its digest."""
    (home / "models").mkdir(parents=True)
    (home / "models" / "mine.gguf").write_bytes(b"GGUF")
    found = row(machine.models, case())

    assert (found.state, "mine.gguf" in found.what) == ("note", True)


# --- devices ------------------------------------------------------------------------------


def without_portaudio() -> object:
    raise AudioError(
        "The sound devices cannot be reached: PortAudio is not installed.",
        fix="Run: sudo apt install libportaudio2 (or type instead: companion chat).",
    )


@pytest.mark.parametrize("check", [machine.microphone, machine.loudspeaker])
def test_without_portaudio_the_fix_installs_it(check):
    """Whatever the microphone says, the loudspeaker is tried."""
    found = row(check, replace(case(), sound=Sound(look=without_portaudio)))

    assert (found.state, "apt install libportaudio2" in found.fix) == ("wrong", True)


@pytest.mark.parametrize(
    ("heard", "state", "words"),
    [
        (noise(0.01), "ok", "-45 dBFS"),  # of 48 kHz, what 16 kHz can hold
        (noise(0.0), "note", "pure silence"),
        (noise(0.0001), "note", "next to nothing"),
        (np.sign(noise(1.0)), "note", "cut off"),
    ],
)
def test_the_microphone_is_listened_to(heard, state, words):
    """Its level is told, and what is odd about it."""
    room = Room(heard)
    found = row(machine.microphone, replace(case(), sound=room.sound))

    assert (found.state, words in found.what) == (state, True), found
    assert bool(found.fix) == (state == "note")
    assert room.library.stream.closed


def test_quick_opens_the_microphone_and_does_not_listen():
    """So nobody needs to keep quiet."""
    room = Room(noise(0.0))
    found = row(machine.microphone, replace(case(), quick=True, sound=room.sound))

    assert (found.state, "not listened to" in found.what) == ("ok", True)
    assert room.library.stream.closed


def test_the_loudspeaker_plays_something_soft():
    """Nobody is startled."""
    room = Room(QUIET_ROOM)
    found = row(machine.loudspeaker, replace(case(), sound=room.sound))

    assert found.state == "ok", found
    assert 0.02 < np.abs(room.played).max() < 0.04
    assert room.library.stream.closed


# --- machine ------------------------------------------------------------------------------


def test_a_data_folder_that_cannot_be_written_to_is_wrong(tmp_path, monkeypatch):
    """A file stands in its place."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "file"))

    assert row(machine.disk, case()).state == "wrong"
    assert "COMPANION_HOME" in row(machine.disk, case()).fix


def test_a_data_folder_that_is_not_there_yet_is_all_right(home):
    """It is made when something is kept."""
    assert row(machine.disk, case()).state in ("ok", "note")
    assert not home.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says which sockets are open")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_an_internet_socket_is_seen_even_before_it_is_used(family):
    """A socket that stays on the machine is none."""
    here, there = socket.socketpair(socket.AF_UNIX)
    try:
        before = row(machine.offline, case())
        with socket.socket(family):
            found = row(machine.offline, case())
    finally:
        here.close()
        there.close()

    assert before.state == "ok"
    assert (found.state, "TCP" in found.what) == ("wrong", True)


def test_a_talk_that_goes_on_is_named(tmp_path, monkeypatch):
    """Its devices may be busy; the doctor itself makes no file."""
    monkeypatch.setattr("companion.paths.data_folder", lambda: tmp_path / "home")
    assert list(around.talk(case())) == []
    assert not (tmp_path / "home").exists()
    with alone():
        (row,) = around.talk(case())
    assert (row.state, "goes on" in row.what) == ("note", True)


def test_push_to_talk_without_a_keyboard_is_wrong(monkeypatch):
    """Nobody could press anything."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (row,) = around.screen(case(audio={"push_to_talk": True}))
    assert row.state == "wrong"
    assert list(around.screen(case())) == []
