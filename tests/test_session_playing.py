"""An exercise is played in order, stopped softly, and shown in step with its sound."""

import io
from itertools import pairwise
from pathlib import Path

import pytest

from companion import paths
from companion.commands.leading import aloud
from companion.commands.playing import Screen, play
from companion.sessions.mixing import Mixer
from companion.sessions.script import read_scripts
from companion.sessions.steps import Sound
from tests.sessions_made import RHYTHM, Recording, player, script

ROOT = Path(__file__).parents[1]
SHIPPED = read_scripts(paths.content() / "en" / "sessions")
VOICE = "speak: {voice: espeak}\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_everything_is_played_in_order(tmp_path):
    """Without a gap, to the end."""
    made = script(tmp_path, RHYTHM)
    speaker = Recording()
    play(Mixer(player(made).beats()).blocks(), speaker, Screen(io.StringIO()), now=lambda: 1e9)

    assert all(
        first.end == pytest.approx(second.start) for first, second in pairwise(speaker.played)
    )
    assert speaker.played[-1].end > 55


def test_ctrl_c_stops_at_once_and_softly(tmp_path, capsys):
    """The loudspeaker is told to fall silent, then given back."""
    made = script(tmp_path, RHYTHM)
    speaker = Recording(fails_at=30)
    ended = aloud(Mixer(player(made).beats()).blocks(), speaker)

    assert not ended
    assert speaker.done == ["stop", "close"]


def shown(made, at):
    """Give the last line of a terminal after so many seconds."""
    out = Terminal()
    screen = Screen(out)
    for block in Mixer(player(made).beats()).blocks():
        screen.expect(block.beats)
    screen.show(at)
    return out.getvalue().split("\r")[-1]


def test_the_bar_grows_with_the_breath_in_and_shrinks_with_the_breath_out(tmp_path):
    """In step with the tone; plain signs, eighty columns."""
    made = script(tmp_path, RHYTHM)
    filled = [shown(made, 0.3 + at).count("#") for at in (0.1, 2, 3.9, 4.1, 7, 9.9)]

    assert filled == sorted(filled[:3]) + sorted(filled[3:], reverse=True)
    assert (filled[0], filled[2], filled[5]) == (1, 23, 0)
    assert all(len(shown(made, at)) < 80 for at in range(0, 60, 7))
    assert shown(made, 2.0).isascii()


def test_the_minutes_that_are_left_are_shown(tmp_path):
    """And how to stop."""
    line = shown(script(tmp_path, RHYTHM), 30.0)

    assert "0:30 left" in line
    assert "Ctrl+C stops" in line


def test_what_is_said_is_shown_where_there_is_no_terminal(tmp_path):
    """Without a bar, and nothing twice."""
    out = io.StringIO()
    made = script(tmp_path, "steps:\n  - {say: 'Hello there.'}\n  - {say: 'And now.'}\n")
    play(Mixer(player(made).beats()).blocks(), Recording(), Screen(out), now=lambda: 1e9)

    assert out.getvalue() == "Hello there.\nAnd now.\n"


def test_every_sound_has_a_name_on_the_screen():
    """So that it can be followed without hearing."""
    from companion.breath import NAMES

    assert NAMES.keys() == {sound.value for sound in Sound}
