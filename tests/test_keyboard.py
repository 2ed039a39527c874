"""Keys act at once, and the terminal is left as it was."""

import io
import os
import pty
import queue
import signal
import sys
import termios

import numpy as np
import pytest
from rich.console import Console

from companion import paths
from companion.answers import Answers
from companion.commands.controls import Controls, words_of
from companion.commands.keyboard import Key, Keyboard, decode
from companion.commands.screening import CLEAR_SCREEN, Lines, Screen, shown
from companion.events import Checked, Level, Said
from companion.exercise import Control, Exercise
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.gate import PausedEar, PressedEar
from companion.hear.turns import TurnRules
from companion.risk import Assessment, Risk, RiskState
from companion.screen import Facts
from companion.sense.breathing import BreathReader
from companion.values import AnswerKind, AudioChunk, Cleared, Expected, State, TurnId

FACTS = Facts("Ear: vosk.", "In danger, call 999.")
TURN = TurnId(1)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (b" ", [Key.TALK]), (b"\r", [Key.TALK]), (b"s", [Key.STOP]), (b"S", [Key.STOP]),
        (b"\x1b", [Key.STOP]), (b"\x1b\x1b", [Key.STOP]), (b"\x1bOP", []),
        (b"\x1b[A", [Key.FASTER]),
        (b"\x1b[C", [Key.SKIP]), (b"+-r", [Key.LOUDER, Key.QUIETER, Key.AGAIN]),
        (b"n", [Key.NUMBERS]), (b"p", [Key.PANIC]), (b"q", [Key.QUIT]), (b"\x04", [Key.QUIT]),
        (b"sn", [Key.STOP, Key.NUMBERS]), (b"\xc3\xa4", []),
        (b"7", [Key.SEVEN]), (b"10", [Key.ONE, Key.ZERO]), (b"yx", [Key.YES, Key.NO]),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_as_keys(typed, keys):
    """Escape stops; other keys that begin with it do not."""
    assert decode(typed) == keys


def test_a_key_acts_before_its_line_ends_and_the_terminal_is_left_as_it_was():
    """Nothing typed is echoed into the screen meanwhile."""
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    pressed: queue.SimpleQueue[Key] = queue.SimpleQueue()
    with Keyboard(pressed.put, theirs):
        changed = termios.tcgetattr(theirs)
        assert not changed[3] & (termios.ECHO | termios.ICANON)
        assert not changed[0] & termios.IXON
        assert changed[3] & termios.ISIG
        os.write(ours, b"s")
        assert pressed.get(timeout=10) is Key.STOP
    assert termios.tcgetattr(theirs) == before


def test_a_terminal_that_goes_ends_the_keys_alone():
    """The talk is ended by its own signal."""
    ours, theirs = pty.openpty()
    keyboard = Keyboard(lambda key: None, os.dup(theirs))
    keyboard.__enter__()
    os.close(ours)
    keyboard._thread.join(10)
    assert not keyboard._thread.is_alive()


WORDS = words_of(Answers(paths.content() / "en"))


class Talk:
    """Notes what it is told."""

    def __init__(self, state: State | None = None) -> None:
        self.told: list[str] = []
        self.state = state or State()

    def hush(self) -> None:
        self.told.append("hush")

    def type(self, words: str) -> None:
        self.told.append(words)


def gate() -> PausedEar:
    return PausedEar(TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5))


def test_stop_silences_and_closes_the_ear():
    """Whoever has just come in is neither heard nor answered; space goes on."""
    controls, talk = Controls(gate(), WORDS), Talk()
    controls.talk = talk
    controls.press(Key.STOP)
    assert talk.told == ["hush"]
    assert not controls.gate.is_open
    assert controls.quiet
    controls.press(Key.TALK)
    assert controls.gate.is_open and not controls.quiet


@pytest.mark.parametrize(("ear", "open"), [(gate(), True), (PressedEar(9.0), False)])
def test_panic_is_asked_for_by_its_word_and_listened_to(ear, open):
    """It wakes a paused ear; an ear that waits for its own key goes on waiting."""
    controls, talk = Controls(ear, WORDS), Talk()
    controls.talk, ear.is_open = talk, False
    controls.press(Key.PANIC)

    assert talk.told == ["panic"]
    assert controls.gate.is_open is open


def in_exercise(paused: bool = False) -> State:
    led = Exercise("exhale46", Control(paused=paused))
    return State(exercise=led, expected=Expected(AnswerKind.COMMAND))


def pressed(state: State, *keys: Key) -> Controls:
    controls = Controls(gate(), WORDS, talk=Talk(state))
    for key in keys:
        controls.press(key)
    return controls


def test_a_key_at_each_breath_lets_the_step_begin_anew_at_that_pace():
    """Once the pace is known, and only where an exercise is led."""
    controls = pressed(in_exercise())
    controls.breath = reader = BreathReader()
    for _ in range(6):
        controls.press(Key.BREATH)
        reader.accept(AudioChunk(np.zeros(5 * 16_000, np.float32), 16_000))
    assert controls.talk.told == [WORDS["again"]]

    elsewhere = pressed(State())
    elsewhere.breath = reader
    elsewhere.press(Key.BREATH)
    assert elsewhere.talk.told == []


def test_within_an_exercise_the_keys_say_its_commands():
    """Space holds it and lets it go on; the ear stays open all the while."""
    keys = (Key.TALK, Key.LOUDER, Key.SLOWER, Key.SKIP)
    controls = pressed(in_exercise(), *keys)

    assert controls.talk.told == ["pause", "louder", "slower", "skip"]
    assert controls.gate.is_open
    assert pressed(in_exercise(paused=True), Key.TALK).talk.told == ["go on"]
    assert pressed(in_exercise(), Key.STOP, Key.TALK).talk.told == ["hush", "go on"]


def test_without_an_exercise_they_say_nothing():
    """A plus is no word of a talk, and a digit no answer to an open question."""
    assert not pressed(State(), Key.LOUDER, Key.SEVEN, Key.YES).talk.told


def test_digits_answer_where_a_number_is_asked():
    """A one waits a moment: a zero may follow."""
    asked = State(expected=Expected(AnswerKind.SCALE))
    assert pressed(asked, Key.SEVEN).talk.told == ["7"]
    assert pressed(asked, Key.ONE, Key.ZERO).talk.told == ["10"]
    controls = pressed(asked, Key.ONE)
    for now in (3.0, 3.5, 4.0):
        controls.go_on(now)
    assert controls.talk.told == ["1"]


def test_yes_and_no_have_a_key_where_they_are_asked():
    """Also where there is no microphone to say them to."""
    asked = State(expected=Expected(AnswerKind.YES_NO))
    assert pressed(asked, Key.YES, Key.NO).talk.told == ["yes", "no"]


def test_quit_ends_the_talk_as_ctrl_c_does():
    """From whatever it is busy with."""
    # What runs in the background of a shell ignores Ctrl+C; a talk takes it all the same.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            Controls(gate(), WORDS).press(Key.QUIT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_keys_pressed_before_there_is_a_talk_harm_nothing():
    """A device is being waited for."""
    controls = Controls(gate(), WORDS)
    for key in (Key.STOP, Key.PANIC, Key.NUMBERS):
        controls.press(key)

    assert controls.talk is None


def screen(**more: object) -> tuple[Screen, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, height=24, legacy_windows=False,
                      **more)  # fmt: skip
    return Screen(FACTS, console), out


def test_the_screen_is_the_terminals_other_one():
    """So that nothing of a talk stays in its scrollback."""
    seen, out = screen()
    with seen:
        seen.show(Said(TURN, Cleared("That sounds heavy.")))
    text = out.getvalue()

    assert text.startswith("\x1b[?1049h") and "\x1b[?1049l" in text
    assert "That sounds heavy." in text
    assert CLEAR_SCREEN not in text


def test_stop_clears_the_scrollback_also_of_what_came_before():
    """Now, and when the other screen comes back."""
    seen, out = screen()
    with seen:
        seen.press(Key.STOP, False)
    assert out.getvalue().count(CLEAR_SCREEN) == 2
    assert out.getvalue().endswith(CLEAR_SCREEN)


def test_without_colour_there_is_none():
    """Bold and dim stay: they are no colours."""
    seen, out = screen(no_color=True)
    with seen:
        seen.tell("Muted?")
    assert "\x1b[3" not in out.getvalue().replace("\x1b[3J", "")
    assert "Muted?" in out.getvalue()


def test_a_level_alone_is_drawn_five_times_a_second_at_the_most():
    """The processor has better things to do."""
    seen, out = screen()
    with seen:
        before = len(out.getvalue())
        sizes = []
        for number in range(10):
            seen.show(Level(TURN, number / 10, -50.0 + 5 * number, 0.0, False, False))
            sizes.append(len(out.getvalue()))
    assert 4 <= len(set(sizes) - {before}) <= 6


def test_quiet_shows_only_what_must_be_seen():
    """Numbers once there is danger, what is for the screen only, and trouble."""
    out = io.StringIO()
    seen = Lines(FACTS, out, quiet=True)
    seen.show(Said(TURN, Cleared("That sounds heavy.")))
    assert out.getvalue() == ""
    for _ in range(2):
        seen.show(Checked(TURN, Assessment(Risk.HIGH), RiskState(level=Risk.HIGH)))
    seen.show(Said(TURN, Cleared("Don't say this aloud."), aloud=False))

    assert out.getvalue() == "In danger, call 999.\ncompanion: Don't say this aloud.\n"


def test_plain_lines_answer_keys_too():
    """For whoever reads with a braille display."""
    out = io.StringIO()
    seen = Lines(FACTS, out, quiet=False)
    seen.press(Key.NUMBERS, True)
    seen.press(Key.TALK, False)
    seen.press(Key.STOP, False)

    assert "call 999" in out.getvalue() and "not listening" in out.getvalue()
    assert "Quiet." in out.getvalue()


def test_without_a_terminal_there_are_lines(capsys):
    """A pipe gets no control characters."""
    with shown(FACTS, colour=True, plain=False, quiet=False, as_json=False) as seen:
        seen.show(Said(TURN, Cleared("That sounds heavy.")))
    printed = capsys.readouterr()

    assert "companion: That sounds heavy." in printed.out
    assert "\x1b" not in printed.out + printed.err


def test_what_is_written_to_standard_error_meanwhile_is_seen_and_not_lost(monkeypatch, capsys):
    """On the screen while it is there, and below it afterwards."""
    _, theirs = pty.openpty()
    with open(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with shown(FACTS, colour=True, plain=False, quiet=False, as_json=False) as seen:
            sys.stderr.write("The diary is full.\n")
            assert isinstance(seen, Screen)
            assert seen.view.note == "The diary is full."
    assert capsys.readouterr().err == "The diary is full.\n"
