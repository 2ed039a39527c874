"""An exercise begins where the breath of the person is, and goes over into what it is."""

import math
from pathlib import Path

import numpy as np
import pytest

from companion.events import Led, Moment
from companion.exercise import BreathPace, Exercise
from companion.leading import led as led_by
from companion.listening import Taps
from companion.risk import RiskState
from companion.sessions import timing
from companion.sessions.steps import Repeat
from companion.values import AudioChunk, Plan, State, TurnId

from .breaths import RATE, breathing, heard
from .exercises import SENTENCES, SHIPPED, leader
from .leading_made import Leads
from .parts import Broken, conversation, said_by
from .sessions_made import RHYTHM, script

HURRIED = BreathPace(5.5, sure=True)


def rhythm(folder: Path, text: str = RHYTHM) -> Repeat:
    return next(script(folder, text).repeats)


def rounds(repeat: Repeat, begins: float | None, seconds: float, tempo: float = 1.0) -> list[float]:
    """Give the seconds of each round for so long."""
    lengths: list[float] = []
    while math.fsum(lengths) < seconds:
        slower = timing.pace(repeat, math.fsum(lengths), tempo, begins)
        lengths.append(slower * timing.length_of_round(repeat))
    return lengths


def test_it_begins_at_their_pace_and_goes_over_into_its_own(tmp_path: Path):
    """From five and a half seconds to ten, evenly, within a minute; then it stays."""
    lengths = rounds(rhythm(tmp_path), 5.5, 120)

    assert lengths[0] == pytest.approx(5.5)
    assert all(one <= next_ for one, next_ in zip(lengths, lengths[1:], strict=False))
    assert all(next_ - one < 1.0 for one, next_ in zip(lengths, lengths[1:], strict=False))
    assert lengths[-1] == pytest.approx(10.0)


def test_nobody_is_made_to_breathe_faster():
    """Whoever breathes more slowly than it is written stays so, up to six a minute."""
    panic = next(repeat for repeat in SHIPPED["panic"].repeats if repeat.eases)
    lengths = rounds(panic, 8.5, 300)

    assert lengths[0] == pytest.approx(8.5)
    assert lengths == sorted(lengths)
    assert lengths[-1] == pytest.approx(10.0)


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.4, 4.9, 12.0, 60.0])
def test_nobody_is_led_faster_than_twelve_or_slower_than_six_a_minute(seconds: float):
    """However they breathe by themselves."""
    begins = timing.begins(BreathPace(seconds, sure=True))

    assert 5.0 <= begins <= 10.0


def test_faster_does_not_go_beyond_that_either(tmp_path: Path):
    """Asked for at the fastest pace of all."""
    assert min(rounds(rhythm(tmp_path), 5.0, 60, tempo=0.85)) == pytest.approx(5.0)


def test_a_breath_that_was_not_heard_is_three_in_and_four_out():
    """So is one that was heard badly."""
    assert timing.begins(BreathPace()) == 7.0
    assert timing.begins(BreathPace(4.0, sure=False)) == 7.0


@pytest.mark.parametrize("name", ["box", "4-7-8", "cyclic-sigh"])
def test_what_is_more_than_in_and_out_stays_as_it_is_written(name: str):
    """A held breath or a second one in is hurried for nobody."""
    for repeat in SHIPPED[name].repeats:
        assert timing.pace(repeat, 0.0, 1.0, 5.0) == timing.pace(repeat, 0.0, 1.0)


def test_muscles_have_no_breath():
    """Their seconds are their own."""
    for repeat in SHIPPED["pmr-4"].repeats:
        assert timing.pace(repeat, 0.0, 1.0, 5.0) == 1.0


# --- within a talk ---------------------------------------------------------------------------


def begun(name: str, breath: BreathPace | None) -> Exercise:
    return leader().begin(Plan("lead", (), session=name), (), breath)


def test_that_it_begins_there_is_all_that_is_said():
    """Once, before it, and only where it is so."""
    assert begun("exhale46", HURRIED).notice == SENTENCES.your_pace
    for breath in (None, BreathPace(), BreathPace(5.5), BreathPace(2.0, sure=True)):
        assert begun("exhale46", breath).notice == ""
    assert begun("grounding", HURRIED).notice == ""
    assert begun("box", HURRIED).notice == ""


def test_nothing_comes_before_the_red_flags():
    """Panic begins with them, at whatever pace."""
    exercise = begun("panic", HURRIED)

    assert exercise.notice == ""
    assert exercise.control.progress.begins == HURRIED.seconds


def test_another_exercise_in_its_place_keeps_the_pace():
    """Held breaths were not agreed to."""
    lead = leader()
    exercise = lead.begin(Plan("lead", (), session="box"), (), HURRIED)

    assert lead.without_holds(exercise).control.progress.begins == HURRIED.seconds


def sounds(moments: list[Moment]) -> list[float]:
    """Give the seconds of each tone in and out."""
    return [cue.seconds for m in moments for cue in m.cues if cue.sound in ("in", "out")]


def test_its_sound_is_led_so_and_goes_on_so_after_a_pause():
    """What is taken up again after a minute goes on at the pace it had reached."""
    lead = leader()
    moments = list(lead.lead(begun("exhale46", HURRIED)))
    tones = sounds(moments)
    assert tones[:2] == pytest.approx([2.2, 3.3])
    assert tones[-2:] == pytest.approx([4.0, 6.0])

    cues = [cue for moment in moments for cue in moment.cues if cue.sound == "in"]
    again = sounds(list(lead.lead(cues[5].exercise)))
    assert again[:2] == pytest.approx(tones[10:12])


class Reads:
    """Knows how somebody breathes, and notes what it heard."""

    def __init__(self, pace: BreathPace) -> None:
        self._pace = pace
        self.heard: list[bool] = []

    def accept(self, chunk: AudioChunk, *, ours: bool = False) -> None:
        self.heard.append(ours)

    def pace(self) -> BreathPace:
        return self._pace


def led(breath: object) -> list[Led]:
    talk = conversation(leader=leader(), policy=Leads(), breath=breath)
    return [event for event in talk.answer(said_by("x"), State()) if isinstance(event, Led)]


def begins(breath: object) -> float | None:
    return led(breath)[0].cue.exercise.control.progress.begins


def test_a_talk_asks_once_when_an_exercise_begins():
    """Its first words are that it begins there."""
    found = led(Reads(HURRIED))

    assert found[0].cue.text == SENTENCES.your_pace
    assert found[-1].cue.exercise.control.progress.begins == HURRIED.seconds


def test_where_nobody_listens_it_begins_as_it_is_written():
    """In a typed talk, and in a file that is rendered."""
    assert begins(None) is None


def test_what_is_told_with_a_key_counts_in_what_is_being_led():
    """What was only heard does not: by then it would be our own sound that they follow."""
    said = Plan("lead", (), exercise=Exercise("exhale46"))
    for told, expected in ((True, 6.0), (False, None)):
        reads = Reads(BreathPace(6.0, sure=True, told=told))
        first = next(
            event
            for event in led_by(leader(), said, TurnId(1), State(), aloud=False, breath=reads)
            if isinstance(event, Led)
        )
        assert first.cue.exercise.control.progress.begins == expected


def test_no_child_is_listened_to_for_its_breath():
    """As for their tone of voice: an exercise goes as it is written."""
    talk = conversation(leader=leader(), policy=Leads(), breath=Reads(HURRIED))
    minor = State(risk=RiskState(age=15))
    found = [event for event in talk.answer(said_by("x"), minor) if isinstance(event, Led)]

    assert found[0].cue.exercise.control.progress.begins is None


def test_a_reader_that_breaks_counts_as_not_heard():
    """It is a help, not a need."""
    assert begins(Broken()) == timing.UNHEARD
    Taps(None, Broken()).take(AudioChunk(np.zeros(320, np.float32), RATE), False, False, print)


def test_the_breath_is_heard_only_between_our_own_sounds():
    """Neither while we may be heard, nor while somebody speaks; with headphones always."""
    reads, chunk = Reads(HURRIED), AudioChunk(np.full(320, 0.1, np.float32), RATE)
    taps = Taps(None, reads)
    for echo, busy in ((False, False), (True, False), (False, True)):
        taps.take(chunk, echo, busy, print)

    assert reads.heard == [False, True, True]


def test_a_breath_that_is_heard_in_a_talk_leads_to_its_pace():
    """From real sound to the first tone."""
    reader = heard(breathing(10, 45, seed=1))
    (first, *_) = [event.cue for event in led(reader) if event.cue.sound == "in"]

    assert first.seconds == pytest.approx(0.4 * 6.0, rel=0.08)
