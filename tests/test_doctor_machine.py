"""What the doctor says of sound, disk and network."""

import io
import socket
import sys
from dataclasses import replace

import numpy as np
import pytest

from companion.commands import doctor_machine as machine
from companion.commands import doctor_talk as around
from companion.commands.doctor_case import Sound
from companion.commands.holding import alone

from .doctors_room import (
    QUIET_ROOM,
    Room,
    case,
    noise,
    row,
    without_portaudio,
)
from .doctors_room import home as home


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
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
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
