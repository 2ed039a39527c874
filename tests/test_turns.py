"""Whose turn is it: audio seconds in, changes out."""

import resource

import numpy as np
import pytest

from companion.events import EarEvent, SpeechStarted, Spoken, TurnTaken
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import Change, TurnRules, Turns
from companion.hear.typed import TypedRecogniser
from companion.values import AudioChunk, Expected

RATE = 16_000
BLOCK = 0.02


def judge(*parts: tuple[str, float], after_question: bool = False) -> list[tuple[Change, float]]:
    """Run judgements ("speech", seconds) through the machine; give the changes and when."""
    turns, now, changes = Turns(TurnRules()), 0.0, []
    for kind, seconds in parts:
        for _ in range(round(seconds / BLOCK)):
            change = turns.push(kind == "speech", now, now + BLOCK, after_question)
            now += BLOCK
            if change is not Change.NOTHING:
                changes.append((change, round(now, 2)))
    return changes


def blocks(*parts: tuple[str, float]) -> list[AudioChunk]:
    """Make sound: loud for speech, nothing for silence."""
    made, at = [], 0
    size = round(BLOCK * RATE)
    for kind, seconds in parts:
        for _ in range(round(seconds / BLOCK)):
            samples = np.full(size, 0.2 if kind == "speech" else 0.0, np.float32)
            made.append(AudioChunk(samples, RATE, at / RATE))
            at += size
    return made


def listen(*parts: tuple[str, float], expected: Expected | None = None) -> list[EarEvent]:
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5)
    expected = expected or Expected()
    heard = [event for block in blocks(*parts) for event in ear.push(block, expected)]
    return [*heard, *ear.flush()]


def test_a_turn_ends_after_its_hold_of_silence():
    """A second of silence after a statement takes the turn."""
    assert judge(("silence", 0.5), ("speech", 1.0), ("silence", 2.0)) == [
        (Change.STARTED, 0.6),
        (Change.TAKEN, 2.5),
    ]


def test_a_pause_shorter_than_the_hold_is_part_of_the_turn():
    """Someone who stops for most of a second is not cut off."""
    changes = judge(("speech", 0.5), ("silence", 0.9), ("speech", 0.5), ("silence", 1.0))

    assert [change for change, _ in changes] == [Change.STARTED, Change.TAKEN]


def test_after_a_question_of_ours_people_get_longer():
    """Two seconds, not one."""
    changes = judge(("speech", 0.5), ("silence", 3.0), after_question=True)

    assert changes[-1] == (Change.TAKEN, 2.5)


def test_a_click_is_not_a_turn():
    """Less than a tenth of a second of sound starts nothing."""
    assert judge(("silence", 0.5), ("speech", 0.08), ("silence", 2.0)) == []


def test_a_turn_that_never_ends_is_taken():
    """A television does not hold the talk for ever."""
    changes = judge(("speech", 91.0))

    assert changes[1] == (Change.TAKEN, 90.0)


def test_the_ear_gives_what_came_before_the_first_sound():
    """Pre-roll: up to a second from before speech was noticed, and no gap."""
    started, *spoken, taken = listen(("silence", 3.0), ("speech", 1.0), ("silence", 1.0))

    assert isinstance(started, SpeechStarted)
    assert started.at == pytest.approx(3.0)
    chunks = [event.chunk for event in spoken if isinstance(event, Spoken)]
    assert chunks[0].start == pytest.approx(3.1 - 1.0, abs=0.05)
    assert all(
        later.start == pytest.approx(earlier.end)
        for earlier, later in zip(chunks, chunks[1:], strict=False)
    )
    assert isinstance(taken, TurnTaken)
    assert (taken.start, taken.end) == (pytest.approx(3.0), pytest.approx(4.0))


def test_sound_that_ends_in_mid_speech_is_still_a_turn():
    """A truncated recording loses nothing."""
    *_, taken = listen(("speech", 1.0))

    assert isinstance(taken, TurnTaken)


def test_each_turn_has_its_own_number():
    """Turns are counted from 1."""
    heard = listen(("speech", 0.5), ("silence", 1.2), ("speech", 0.5), ("silence", 1.2))

    assert [e.id.turn for e in heard if isinstance(e, TurnTaken)] == [1, 2]


def test_silence_alone_is_nothing():
    """Ten seconds of nothing give no event."""
    assert listen(("silence", 10.0)) == []


def test_a_closed_question_holds_longer_too():
    """An answer to a question may come late."""
    closed = Expected(after_question=True)
    *_, taken = listen(("speech", 0.5), ("silence", 3.0), expected=closed)

    assert isinstance(taken, TurnTaken)
    assert taken.at - taken.end == pytest.approx(2.0, abs=BLOCK)


def test_three_hours_of_talk_do_not_fill_the_memory():
    """Less than 20 MB more between minute 10 and minute 170, ear and recogniser together."""
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5)
    recogniser = TypedRecogniser("hello" for _ in range(1_000))
    size, turns, memory = 1_600, 0, []
    loud, quiet = np.full(size, 0.2, np.float32), np.zeros(size, np.float32)
    for tenth in range(3 * 60 * 60 * 10):
        speaks = tenth % 300 < 40
        chunk = AudioChunk(loud if speaks else quiet, RATE, tenth / 10)
        for event in ear.push(chunk, Expected()):
            if isinstance(event, Spoken):
                recogniser.accept(event.chunk)
            turns += isinstance(event, TurnTaken)
        if tenth in (10 * 600, 170 * 600):
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    assert turns == 360
    assert memory[1] - memory[0] < 20_000
