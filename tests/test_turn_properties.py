"""What holds for the turn machine whatever is said, and whenever."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from companion import paths
from companion.hear.endings import Ending, Endings
from companion.hear.holds import BALANCED, PATIENT, SHORTEST, Holds, OwnPauses, Signs, hold
from companion.hear.turns import GRACE, Change, Moment, TurnRules, Turns

TENTH = 0.1
LONGEST = 12.0
ENDINGS = Endings(paths.content() / "en")

signs = st.builds(
    Signs,
    after_question=st.booleans(),
    ending=st.sampled_from(Ending),
    tone=st.none() | st.floats(-1, 1),
)
stretch = st.tuples(st.booleans(), st.integers(1, 100), signs)
"""Speech or not, for so many tenths of a second"""
sounds = st.lists(stretch, max_size=30)
rules = st.builds(
    TurnRules,
    start=st.sampled_from([0.05, 0.1, 0.3]),
    holds=st.sampled_from([PATIENT, BALANCED]),
    longest=st.sampled_from([LONGEST, 90.0]),
)
Sound = list[tuple[bool, int, Signs]]


def play(turns: Turns, sound: Sound, parts: int = 1, start: int = 0) -> list[Moment]:
    """Play a sound in blocks of a `parts`-th of a tenth of a second."""
    moments, at = [], start * parts
    for speech, tenths, known in sound:
        for _ in range(tenths * parts):
            moments += turns.push(speech, at * TENTH / parts, (at + 1) * TENTH / parts, known)
            at += 1
    return moments


@given(rules, sounds)
def test_a_turn_starts_is_long_at_most_once_and_is_taken(rule, sound):
    """In this order, and in the order of time."""
    moments = play(Turns(rule), sound)
    kinds = "".join(moment.change.name[0] for moment in moments)

    assert not kinds.replace("SLT", "").replace("ST", "").strip("S").strip("L")
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


@given(rules, sounds)
def test_it_never_hangs_and_always_listens_again(rule, sound):
    """After the longest hold of silence nobody has the turn, and speech starts the next."""
    turns = Turns(rule)
    play(turns, sound)
    quiet = [(False, 250, Signs(ending=Ending.ROOM))]
    play(turns, quiet, start=100_000)

    assert not turns.speaking
    assert play(turns, [(True, 4, Signs())], start=101_000)[0].change is Change.STARTED


@given(rules, sounds)
def test_no_turn_outlasts_the_limit(rule, sound):
    """Whatever sounds, and however long."""
    moments = play(Turns(rule), [*sound, (True, 1_300, Signs())])
    started = None
    for moment in moments:
        if moment.change is Change.STARTED:
            started = moment.at
        if moment.change is Change.TAKEN:
            assert started is not None
            assert moment.at - started <= rule.longest + GRACE + 0.001


AFTER_A_MINUTE: Sound = [
    (False, 625, Signs()), (True, 1, Signs()), (False, 15, Signs(tone=1.0)), (True, 1, Signs()),
]  # fmt: skip
"""Somebody goes on at the very limit, when sums of block lengths are no longer exact"""


@settings(max_examples=50)
@example(TurnRules(start=0.05, longest=LONGEST), AFTER_A_MINUTE, 5)
@given(rules, sounds, st.sampled_from([2, 5, 10]))
def test_nothing_depends_on_the_size_of_blocks(rule, sound, parts):
    """The same changes at the same times, and the same learned."""
    coarse, fine = Turns(rule), Turns(rule)
    expected, seen = play(coarse, sound), play(fine, sound, parts)

    assert [moment.change for moment in seen] == [moment.change for moment in expected]
    assert [m.at for m in seen] == pytest.approx([m.at for m in expected], abs=0.002)
    assert fine.pauses.usual == pytest.approx(coarse.pauses.usual, rel=0.01)


@given(st.sampled_from([PATIENT, BALANCED]), signs, st.integers(3, 50))
def test_a_turn_is_taken_exactly_when_its_hold_is_over(holds, known, tenths):
    """Voice, then silence: the end of the voice and the hold, to the millisecond."""
    turns = Turns(TurnRules(holds=holds))
    *_, taken = play(turns, [(True, tenths, known), (False, 200, known)])

    wanted = tenths * TENTH + hold(holds, known, turns.pauses.usual)
    assert taken == Moment(Change.TAKEN, pytest.approx(wanted, abs=0.002))


@given(st.sampled_from([PATIENT, BALANCED]), signs, st.floats(0.01, 60))
def test_a_hold_stays_within_its_bounds(holds, known, usual):
    """Never under half of the usual hold, never over what room is given.

    A command is obeyed, not answered: only the closing of a consonant is waited for.
    """
    seconds = hold(holds, known, OwnPauses(usual).usual)
    command = known.ending is Ending.COMMAND

    assert (SHORTEST if command else holds.statement * holds.floor / 2) <= seconds
    assert seconds <= max(holds.room, 2 * holds.question * holds.ceiling)


@given(st.lists(st.floats(0, 1_000), max_size=200))
def test_what_is_learned_stays_within_what_people_do(pauses):
    """No pause, however long, makes a hold without end."""
    own = OwnPauses()
    for seconds in pauses:
        own.note(seconds)

    assert 0.25 <= own.usual <= 4.001


def test_a_hold_that_a_person_set_is_not_learned():
    """What somebody chose is kept to."""
    assert hold(Holds(statement=1.5, learns=False), Signs(), 3.0) == 1.5


@given(st.text(max_size=80), st.booleans())
def test_any_text_has_an_ending(text, after_question):
    """Nothing that a recogniser gives can break the ear."""
    assert ENDINGS.judge(text, after_question=after_question) in Ending
