"""A turn that does not end: who really talks is not cut off, and a television is not answered."""

from dataclasses import replace

import pytest

from companion import paths
from companion.audio.wav import FileSpeaker
from companion.care.long import ACT, LongPolicy
from companion.events import Event, Heard, LongTurn, TurnTaken
from companion.hear.ear import TurnEar
from companion.hear.endings import Endings
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.risk import Assessment, RiskState
from companion.screen import Facts, View
from companion.talk import Talk
from companion.values import (
    Cleared,
    Expected,
    MindState,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .parts import PlainPolicy, conversation, texts
from .test_leading_live import Ear
from .test_talk import ListMicrophone
from .test_turns import blocks

FOLDER = paths.content() / "en"
LONGEST = 9.0
"""Seconds"""


class Stops:
    """Is asked for silence."""

    def choose(self, turn: Turn) -> Plan:
        return Plan("stop", ())


def turn(*acts: str, endless: bool = True) -> Turn:
    utterance = Utterance(TurnId(1), Transcript("and then she said"), endless=endless)
    return Turn(
        utterance, utterance.transcript or Transcript(), Assessment(), RiskState(), Expected(),
        MindState(acts=acts), (), free_talk=True,
    )  # fmt: skip


def said(*acts: str, endless: bool = True) -> list[str]:
    plan = LongPolicy(FOLDER, PlainPolicy()).choose(turn(*acts, endless=endless))
    return [line.text for line in plan.lines]


def listen(*sound: tuple[str, float], words: str = "", longest: float = LONGEST) -> list[object]:
    rules = TurnRules(longest=longest)
    ear = TurnEar(EnergyDetector(), rules=rules, preroll=1.0, speech=0.5, endings=Endings(FOLDER))
    events: list[object] = []
    for block in blocks(*sound):
        ear.heard(words)
        events += ear.push(block, Expected())
    return events


def taken(*sound: tuple[str, float], words: str = "") -> TurnTaken:
    return next(e for e in listen(*sound, words=words) if isinstance(e, TurnTaken))


def test_a_turn_that_went_on_is_checked_gently():
    """Its words are not answered: they may be a film's."""
    first, second = said(), said(ACT)

    assert first and second and first != second
    assert not any(text.endswith("?") for text in (*first, *second))


def test_a_television_is_not_talked_to_for_ever():
    """After the last check it is silent, until a turn has ended by itself."""
    assert said(ACT, ACT) == []
    assert said(ACT, ACT, ACT) == []
    assert said(ACT, ACT, "reflect") == said()


def test_a_turn_that_ended_by_itself_is_answered():
    """However long it was."""
    assert said(endless=False) == ["I hear you."]
    assert LongPolicy(FOLDER, Stops()).choose(turn()).act == "stop"


def test_whoever_talks_for_long_and_stops_has_ended_their_turn():
    """The ordinary hold, and no sign of a turn without end."""
    end = taken(("speech", 10.0), ("silence", 3.0), words="i slept badly")

    assert not end.endless
    assert end.at == pytest.approx(11.0, abs=0.05)


def test_a_thinking_pause_is_not_taken_for_the_end_of_a_long_turn():
    """Between words one breathes; a turn that is too long ends where one would think."""
    sound = (("speech", 9.5), ("silence", 0.5), ("speech", 3.0), ("silence", 3.0))
    end = taken(*sound, words="i slept badly")

    assert end.at == pytest.approx(14.0, abs=0.05)
    assert not end.endless


def test_words_that_must_go_on_are_not_waited_for_when_it_is_too_long():
    """A hold of six seconds ends as after a statement; it is told as a turn that went on."""
    end = taken(("speech", 10.0), ("silence", 7.0), words="i slept badly and")

    assert end.endless
    assert end.at == pytest.approx(11.0, abs=0.05)


def test_a_sound_with_breaths_alone_ends_at_one_at_last():
    """A television that never pauses: a quarter of a minute later a breath will do."""
    breaths = (("speech", 2.0), ("silence", 0.4)) * 20
    end = taken(*breaths, words="and in other news")

    assert end.endless
    assert LONGEST + 15.0 <= end.at <= LONGEST + 18.0


def test_a_fan_ends_at_the_very_last():
    """It has no breath."""
    end = taken(("speech", 60.0), words="")

    assert end.endless
    assert end.at == pytest.approx(LONGEST + 30.0, abs=0.05)


def hold(words: str) -> list[Event]:
    """Let two minutes of a television be heard, and danger in it."""
    rules = TurnRules(longest=LONGEST)
    ear = TurnEar(EnergyDetector(), rules=rules, preroll=1.0, speech=0.5)
    stages = conversation(
        recogniser=Ear(*[words] * 9), policy=LongPolicy(FOLDER, PlainPolicy()), prosody_reader=None
    )
    talk = Talk(ear, stages, lambda: 0.0, lambda words: False)
    sound = (("speech", 2.0), ("silence", 0.4)) * 50
    return list(talk.run(ListMicrophone(blocks(*sound)), FileSpeaker()))


def test_a_talk_checks_twice_and_then_waits():
    """Each long turn is heard and weighed; two of them are spoken to, until it speaks over us."""
    seen = hold("in other news")

    assert sum(isinstance(event, LongTurn) for event in seen) >= 4
    assert sum(isinstance(event, Heard) for event in seen) >= 4
    assert texts(seen) == [said()[0], said(ACT)[0]]


def test_danger_in_a_turn_without_end_is_answered():
    """The guard weighs it before anything else is chosen."""
    assert texts(hold("danger"))[0] == "<now-call>"


def test_the_screen_tells_of_a_turn_that_does_not_end():
    """And how to make it stop; the next turn begins anew."""
    view = View(Facts("", Cleared("")), hearing=True)
    view.take(LongTurn(TurnId(1), 60.0))

    assert "space pauses" in view._state()
    view.take(Heard(TurnId(1), replace(turn().utterance)))
    view.hearing = True
    assert view._state().endswith("I hear you")
