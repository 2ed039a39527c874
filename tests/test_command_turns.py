"""A command of an exercise ends a turn soon, however such words would end in a talk."""

import pytest

from companion import paths
from companion.events import TurnTaken
from companion.hear.ear import TurnEar
from companion.hear.endings import Endings
from companion.hear.energy import EnergyDetector
from companion.hear.holds import PATIENT
from companion.hear.turns import TurnRules
from companion.values import AnswerKind, Expected

from .exercises import ANSWERS
from .test_turns import blocks

SAID = ("wait", "slower", "dizzy", "hold on", "skip", "i feel dizzy", "how long")
LED = Expected(AnswerKind.COMMAND)


def hold_after(words: str, expected: Expected) -> float:
    """Give the seconds of silence after which a turn with these words was taken."""
    ear = TurnEar(
        EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5,
        endings=Endings(paths.content() / "en"),
        is_command=ANSWERS.obeys,
    )  # fmt: skip
    for chunk in blocks(("silence", 1.0), ("speech", 1.0), ("silence", 10.0)):
        for event in ear.push(chunk, expected):
            if isinstance(event, TurnTaken):
                return event.at - event.end
        ear.heard(words)
    raise AssertionError("no turn was taken")


@pytest.mark.parametrize("words", SAID)
def test_a_command_is_taken_after_a_short_silence(words):
    """ "Wait" asks an exercise to wait, and not the ear; "slower" is whole."""
    assert hold_after(words, LED) == pytest.approx(PATIENT.command, abs=0.1)


@pytest.mark.parametrize("words", ["i feel so", "slower than i", "because"])
def test_other_words_are_waited_for_as_in_a_talk(words):
    """Nobody is cut off because an exercise is led."""
    assert hold_after(words, LED) > 2.0


@pytest.mark.parametrize("words", ["wait", "slower"])
def test_in_a_talk_they_are_no_commands(words):
    """There "wait" asks for room, and a sentence may go on."""
    assert hold_after(words, Expected()) > 2.0


def test_whoever_says_panic_waits_for_nothing():
    """Whatever was asked; and who goes on to speak is answered to all of it."""
    for kind in (AnswerKind.OPEN, AnswerKind.SCALE, AnswerKind.COMMAND):
        assert hold_after("panic", Expected(kind)) == pytest.approx(PATIENT.command, abs=0.1)
    assert hold_after("panic is what my sister has so", Expected()) > 0.9
