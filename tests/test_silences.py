"""How long it has been quiet."""

import pytest

from companion.hear.silences import Silence, Silences


def times(silences: Silences, until: float, step: float) -> list[float]:
    told, now = [], 0.0
    while now < until:
        now += step
        told += [round(silence.at, 3) for silence in silences.go_on(now)]
    return told


@pytest.mark.parametrize("step", [0.02, 0.032, 1.0, 500.0])
def test_a_silence_is_told_after_8_20_and_60_seconds_then_every_two_minutes(step):
    """Whatever the size of the blocks."""
    silences = Silences()
    silences.begin(10.0, after_question=True)

    assert times(silences, 500.0, step)[:6] == [18.0, 30.0, 70.0, 190.0, 310.0, 430.0]


def test_a_silence_knows_whether_an_answer_is_awaited():
    """And how long it has lasted."""
    silences = Silences()
    silences.begin(1.0, after_question=True)

    assert list(silences.go_on(9.0)) == [Silence(9.0, 8.0, after_question=True)]


def test_speech_ends_a_silence():
    """Nothing is told until the next one begins."""
    silences = Silences()
    silences.begin(0.0, after_question=False)
    silences.end()
    assert list(silences.go_on(1_000.0)) == []

    silences.begin(1_000.0, after_question=False)
    assert [silence.seconds for silence in silences.go_on(1_021.0)] == [8.0, 20.0]


def test_nothing_is_told_before_a_silence_begins():
    """Unused, it costs nothing."""
    assert list(Silences().go_on(9_999.0)) == []
