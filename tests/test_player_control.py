"""What a person may change while an exercise goes on."""

import dataclasses

import pytest

from companion.exercise import Control, Progress
from companion.sessions import control as controls
from tests.sessions_made import of_kind, player

from .players import SHIPPED
from .players import rhythm as rhythm


def test_it_goes_on_from_the_round_that_was_interrupted(rhythm):
    """At its start, with the same words, at the same place."""
    made = player(rhythm)
    whole = list(made.beats())
    halfway = next(beat for beat in whole if beat.round == 4)
    rest = list(made.beats(halfway.place))

    assert [(beat.at, beat.text) for beat in rest] == [
        (pytest.approx(beat.at), beat.text) for beat in whole if beat.at >= halfway.at
    ]


def test_it_goes_on_from_the_step_that_was_interrupted():
    """Words are said again from their beginning."""
    made = player(SHIPPED["grounding"])
    third = of_kind(list(made.beats()), "say")[2]

    assert next(made.beats(third.place)).text == third.text


def test_slower_and_faster_keep_the_proportion(rhythm):
    """And slower ends at six a minute, where it already is."""
    slow = controls.slower(Control())
    fast = controls.faster(Control())

    def lengths(control):
        found = of_kind(list(player(rhythm).beats(control.progress)), "sound")
        return [round(beat.seconds, 3) for beat in found[:2]]

    assert lengths(slow) == [4.0, 6.0]
    assert lengths(fast) == [pytest.approx(4 / 1.15, 0.01), pytest.approx(6 / 1.15, 0.01)]


def test_slower_never_makes_a_hold_longer():
    """Neither of the square's pauses."""
    control = controls.slower(controls.slower(Control()))
    found = of_kind(list(player(SHIPPED["box"]).beats(control.progress)), "sound")

    assert {beat.seconds for beat in found} == {3.0}


def test_nobody_can_make_it_fast(rhythm):
    """However often they ask."""
    control = Control()
    for _ in range(20):
        control = controls.faster(control)
    round_of_panic = 7.0 * control.progress.tempo

    assert round_of_panic >= 5.0


def test_skip_leaves_a_rhythm_and_again_begins_it():
    """By the step."""
    made = player(SHIPPED["exhale46"])
    inside = next(beat for beat in made.beats() if beat.round == 3)
    here = controls.reached(Control(), inside)

    assert next(made.beats(controls.skip(here).progress)).kind == "say"
    assert next(made.beats(controls.again(here).progress)).round == 1


def test_shorter_halves_what_is_left(rhythm):
    """From where it was heard."""
    made = player(rhythm, minutes=5)
    inside = next(beat for beat in made.beats() if beat.at > 100)
    control = controls.shorter(controls.reached(Control(), inside), inside.left)
    rest = list(made.beats(control.progress, control.ends))

    assert rest[-1].at - inside.at == pytest.approx((300 - inside.at) / 2, abs=5)


def test_an_endless_one_made_shorter_ends():
    """In a minute."""
    made = player(SHIPPED["panic"], endless=True)
    inside = next(beat for beat in made.beats() if beat.round == 5)
    control = controls.shorter(controls.reached(Control(), inside), inside.left)

    assert inside.left is None
    assert list(made.beats(control.progress, control.ends))[-1].kind == "end"


def test_louder_and_quieter_have_an_end():
    """Not deafening, not inaudible."""
    loud = quiet = Control()
    for _ in range(30):
        loud, quiet = controls.louder(loud), controls.quieter(quiet)

    assert (loud.volume, quiet.volume) == (1.5, 0.2)


def test_stop_beats_pause():
    """What was stopped does not wait."""
    stopped = controls.pause(controls.stop(controls.pause(Control())))

    assert stopped.stopped and not stopped.paused
    assert not controls.go_on(controls.pause(Control())).paused


def test_progress_keeps_the_tempo_that_was_asked_for(rhythm):
    """Through everything that is heard."""
    control = controls.faster(Control())
    made = player(rhythm)
    beat = next(beat for beat in made.beats(control.progress) if beat.round == 2)

    assert controls.reached(control, beat).progress.tempo == control.progress.tempo
    assert dataclasses.replace(beat.place, tempo=1.0) != Progress()
