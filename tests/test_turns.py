"""Whose turn is it: audio seconds in, changes out."""

import resource

import numpy as np
import pytest

from companion import paths
from companion.events import EarEvent, LongTurn, SpeechStarted, Spoken, TurnTaken
from companion.hear.ear import TurnEar
from companion.hear.endings import Ending, Endings
from companion.hear.energy import EnergyDetector
from companion.hear.holds import USUAL, OwnPauses, Signs
from companion.hear.turns import Change, Moment, TurnRules, Turns
from companion.hear.typed import TypedRecogniser
from companion.values import AudioChunk, Expected

RATE = 16_000
BLOCK = 0.02


def judge(
    *parts: tuple[str, float], signs: Signs | None = None, usual: float = USUAL
) -> list[tuple[Change, float]]:
    """Run judgements ("speech", seconds) through the machine; give the changes and when."""
    turns, now, changes = Turns(TurnRules(), OwnPauses(usual)), 0.0, []
    for kind, seconds in parts:
        for _ in range(round(seconds / BLOCK)):
            for moment in turns.push(kind == "speech", now, now + BLOCK, signs):
                changes.append((moment.change, round(moment.at, 2)))
            now += BLOCK
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
    """Someone who stops for most of a second is not cut off, and gets a little longer then."""
    changes = judge(("speech", 0.5), ("silence", 0.9), ("speech", 0.5), ("silence", 2.0))

    assert [change for change, _ in changes] == [Change.STARTED, Change.TAKEN]
    assert 2.9 < changes[-1][1] < 3.1


def test_after_a_question_of_ours_people_get_longer():
    """Two seconds, not one."""
    changes = judge(("speech", 0.5), ("silence", 3.0), signs=Signs(after_question=True))

    assert changes[-1] == (Change.TAKEN, 2.5)


def test_a_click_is_not_a_turn():
    """Less than a tenth of a second of sound starts nothing."""
    assert judge(("silence", 0.5), ("speech", 0.08), ("silence", 2.0)) == []


def test_a_turn_that_never_ends_is_taken():
    """A fan does not hold the talk for ever: one look after a minute, the end after two."""
    changes = judge(("speech", 121.0))

    assert changes[:3] == [(Change.STARTED, 0.1), (Change.LONG, 60.0), (Change.TAKEN, 120.0)]


def test_a_turn_that_is_too_long_is_taken_at_a_breath():
    """Nobody is cut off in the middle of a word; when no pause has come, a breath will do."""
    changes = judge(("speech", 93.0), ("silence", 0.5), ("speech", 12.0), ("silence", 0.5))

    assert changes[-1] == (Change.TAKEN, 105.8)


def test_a_pause_at_the_limit_is_the_end():
    """Who is silent when the longest turn is over is waited for as after a statement."""
    changes = judge(("speech", 89.6), ("silence", 6.0), signs=Signs(ending=Ending.OPEN))

    assert changes[-1] == (Change.TAKEN, 90.6)


@pytest.mark.parametrize(
    ("ending", "seconds"),
    [
        (Ending.UNKNOWN, 1.0), (Ending.WHOLE, 1.0), (Ending.CLOSED, 1.0), (Ending.TRAILS, 4.0),
        (Ending.OPEN, 6.0), (Ending.ROOM, 8.0),
    ],
)  # fmt: skip
def test_how_the_words_end_decides_how_long_we_wait(ending, seconds):
    """ "And my" gets six seconds, "let me think" eight."""
    changes = judge(("speech", 1.0), ("silence", 9.0), signs=Signs(ending=ending))

    assert changes[-1] == (Change.TAKEN, 1.0 + seconds)


@pytest.mark.parametrize(("tone", "seconds"), [(1.0, 0.9), (0.0, 1.0), (-1.0, 2.0), (None, 1.0)])
def test_a_voice_that_stays_up_is_waited_for(tone, seconds):
    """And one that falls is answered sooner: by less, for a cut-off is the greater harm."""
    changes = judge(("speech", 1.0), ("silence", 9.0), signs=Signs(tone=tone))

    assert changes[-1] == (Change.TAKEN, 1.0 + seconds)


@pytest.mark.parametrize(("usual", "seconds"), [(0.3, 1.0), (0.8, 1.0), (1.0, 1.95), (4.0, 2.5)])
def test_who_pauses_for_long_is_waited_for_longer(usual, seconds):
    """Between a floor and a ceiling."""
    changes = judge(("speech", 1.0), ("silence", 9.0), usual=usual)

    assert changes[-1] == (Change.TAKEN, pytest.approx(1.0 + seconds, abs=0.01))


def test_pauses_are_learned_and_can_be_kept():
    """What one talk learned, the next one knows."""
    rules = TurnRules()
    turns = Turns(rules)
    for number in range(40):
        turns.push(number % 2 == 0, number * 1.5, number * 1.5 + 1.5, Signs(ending=Ending.OPEN))

    assert turns.pauses.usual == pytest.approx(1.5, abs=0.05)
    assert Turns(rules, OwnPauses(turns.pauses.usual)).pauses.usual == turns.pauses.usual


def test_a_pause_that_was_asked_for_is_no_habit():
    """ "Let me think" says nothing about the next sentence."""
    turns = Turns(TurnRules())
    for number in range(9):
        turns.push(number % 2 == 0, number * 4.0, number * 4.0 + 4, Signs(ending=Ending.ROOM))

    assert turns.pauses.usual == pytest.approx(USUAL)


def test_speech_right_after_a_turn_was_taken_goes_on_with_it():
    """We were too quick: it is said, and learned."""
    parts = (("speech", 1.0), ("silence", 1.3), ("speech", 1.0), ("silence", 3.0))
    first, again = [e for e in listen(*parts) if isinstance(e, SpeechStarted)]

    assert not first.goes_on
    assert again.goes_on


def test_words_that_come_up_late_are_waited_for():
    """What a recogniser changes in the silence must stand for a moment before it ends a turn."""
    turns = Turns(TurnRules())
    turns.push(True, 0.0, 1.0, Signs(ending=Ending.OPEN))
    assert turns.push(False, 1.0, 3.0, Signs(ending=Ending.OPEN)) == []

    assert turns.push(False, 3.0, 4.0, Signs(ending=Ending.WHOLE)) == [Moment(Change.TAKEN, 3.2)]


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


def test_the_ear_asks_the_words_whether_a_turn_is_over():
    """The words so far come in while the turn goes on, and belong to it alone."""
    endings = Endings(paths.content() / "en")
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5, endings=endings)
    taken = []
    for block in blocks(*(("speech", 1.0), ("silence", 7.0)) * 2):
        for event in ear.push(block, Expected()):
            if isinstance(event, SpeechStarted) and event.id.turn == 1:
                ear.heard("i slept badly and")
            if isinstance(event, TurnTaken):
                taken.append(round(event.at - event.end, 2))

    assert taken == [6.0, 1.0]


def test_a_turn_without_end_is_told_as_one():
    """For a gentle check rather than an answer."""
    heard = listen(("speech", 121.0), ("silence", 2.0))
    (long,) = [event for event in heard if isinstance(event, LongTurn)]
    first, last = [event for event in heard if isinstance(event, TurnTaken)]

    assert long.at == pytest.approx(60.0)
    assert (first.endless, last.endless) == (True, False)


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
