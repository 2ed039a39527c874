"""The bar that follows the breath, on the screen of a talk and beside an exercise."""

import pytest

from companion.breath import WIDTH, Breath
from companion.events import Cue, Interrupted, Led
from companion.exercise import Exercise
from companion.marks import PLAIN
from companion.values import Cleared, TurnId

from .test_screen import drawn, level, lines, said, view

TURN = TurnId(1)


def led(kind: str, sound: str = "", seconds: float = 4.0, text: str = "") -> Led:
    exercise = Exercise("exhale46", left=90.0)
    return Led(TURN, Cue(kind, exercise, seconds, Cleared(text) if text else None, sound))


def test_it_grows_with_the_breath_in_and_shrinks_with_the_breath_out():
    """Full in between, empty when nothing sounds."""
    breath_in = [Breath("in", 0.0, 4.0).line(at).count("#") for at in (0.1, 2.0, 3.9)]
    breath_out = [Breath("out", 0.0, 6.0).line(at).count("#") for at in (0.1, 3.0, 5.9)]

    assert breath_in == sorted(breath_in) and breath_in[-1] >= WIDTH - 1
    assert breath_out == sorted(breath_out, reverse=True) and breath_out[-1] <= 1
    assert Breath("hold", 0.0, 3.0).line(1.0).count("#") == WIDTH
    assert Breath("in", 0.0, 4.0).line(9.0).count("#") == 0


@pytest.mark.parametrize("sound", ["in", "sip", "out", "hold", "tense", "ease", "bell", ""])
def test_its_line_never_jumps_and_fits_a_narrow_screen(sound):
    """The bar stays where it is."""
    breath = Breath(sound, 0.0, 4.0, 90.0)

    assert {breath.line(at).index("[") for at in (0.0, 2.0, 5.0)} == {7}
    assert len(breath.line(0.0)) < 60


def test_the_screen_of_a_talk_follows_the_exercise():
    """What is said, the breath, the time that is left, and what can be said."""
    seen = view(
        level(3.0, sounding=True), led("say", text="Small, easy breaths."), led("sound", "in"),
        level(5.0, sounding=True),
    )  # fmt: skip
    shown = drawn(seen)

    assert "Small, easy breaths." in shown
    assert "in     [████████████············]  1:28 left" in shown
    assert "slower" in shown and "how long still" in shown
    assert all(len(line) <= 80 for line in lines(seen))


def test_a_plain_terminal_has_plain_signs():
    """ASCII alone."""
    seen = view(level(3.0), led("sound", "out"), level(3.1), marks=PLAIN)

    assert all(line.isascii() for line in lines(seen)[-8:])


@pytest.mark.parametrize(
    "over", [Interrupted(TURN, 4.0), led("end"), said("How strong is it now?")]
)
def test_the_bar_goes_with_the_exercise(over):
    """Nobody follows a bar that stands still."""
    seen = view(level(3.0), led("sound", "in"), level(4.0), over, level(4.1))

    assert "left" not in drawn(seen)
