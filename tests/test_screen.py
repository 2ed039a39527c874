"""What a talk looks like, on any terminal: who says what, whose turn it is, what the keys do."""

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from companion.events import (
    Checked,
    Chosen,
    Event,
    Failed,
    Heard,
    Level,
    PartialHeard,
    Resumed,
    Said,
    SpeechStarted,
    Timed,
)
from companion.marks import PLAIN, Marks
from companion.risk import Assessment, Risk, RiskState
from companion.screen import Facts, View
from companion.values import Cleared, Expected, Transcript, TurnId, Utterance

NUMBERS = "If you are in danger, call 999. To talk to a person: the line, 116 123."
FACTS = Facts("Ear: vosk. Words: written. Voice: piper.", NUMBERS)
TURN = TurnId(1)


def view(*events: Event, facts: Facts = FACTS, marks: Marks = Marks()) -> View:  # noqa: B008
    seen = View(facts, marks)
    for event in events:
        seen.take(event)
    return seen


def lines(seen: View, width: int = 80, height: int = 24) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), legacy_windows=False)
    return [line.plain for line in seen.draw(console)]


def drawn(seen: View, **size: int) -> str:
    return "\n".join(lines(seen, **size))


def heard(words: str, at: float = 3.0) -> Heard:
    return Heard(TURN, Utterance(TURN, Transcript(words), start=1.0, end=2.0, committed=at))


def said(words: str) -> Said:
    return Said(TURN, Cleared(words))


def level(at: float = 3.0, dbfs: float = -30.0, **now: bool) -> Level:
    return Level(TURN, at, dbfs, 0.0, **({"sounding": False, "deaf": False} | now))


TALK = (SpeechStarted(TURN, 1.0), PartialHeard(TURN, "i feel"), heard("i feel low"),
        Timed(TURN, 4.0, 1.0, 0.25, ()), said("That sounds heavy."))  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50), (46, 14), (30, 8), (20, 3)])
@pytest.mark.parametrize("danger", [False, True])
def test_it_fills_any_terminal_and_nothing_sticks_out(width, height, danger):
    """Also with a long sentence, wide letters, and numbers that must be seen."""
    seen = view(*TALK, said("and so on " * 60), said("心配しています " * 20), level())
    seen.in_danger, seen.note = danger, "The microphone is muted. " * 3
    shown = lines(seen, width, height)

    assert len(shown) == height
    assert all(cell_len(line) <= width for line in shown)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ((level(),), "listening"),
        ((SpeechStarted(TURN, 1.0), level()), "I hear you"),
        ((heard("hello"), level(3.2)), "thinking"),
        ((heard("hello"), level(5.1)), "thinking, for 2 s"),
        ((*TALK, level(sounding=True)), "speaking"),
        ((*TALK, level(sounding=True, deaf=True)), "I do not listen meanwhile"),
        ((*TALK, level()), "listening"),
        ((level(sounding=True),), "listening"),  # a soft sign of life is no voice
        ((*TALK, SpeechStarted(TURN, 9.0), Resumed(TURN, 9.5), level(sounding=True)), "speaking"),
    ],
)
def test_whose_turn_it_is_stands_there_in_words(events, word):
    """Not by a colour, which many cannot see."""
    assert word in drawn(view(*events))


def test_the_talk_itself_is_shown():
    """The words of both, those being said, and how long the answer took."""
    seen = view(*TALK, SpeechStarted(TURN, 9.0), PartialHeard(TURN, "and then"), level())
    text = drawn(seen)

    assert re.search(r"you +i feel low", text) and re.search(r"me +That sounds heavy", text)
    assert "and then …" in text
    assert "answered after 1.2 s" in text or "answered after 1.3 s" in text
    assert "Ear: vosk" in text


def test_the_newest_words_are_seen_when_there_is_no_room_for_all():
    """Old ones leave at the top."""
    text = drawn(view(*(said(f"Sentence number {number}.") for number in range(80))))

    assert "number 79" in text and "number 3." not in text


def test_after_a_sign_of_danger_the_numbers_stay():
    """No key is needed, on the smallest screen too; they go when the danger has."""
    risk = RiskState(level=Risk.HIGH)
    seen = view(Checked(TURN, Assessment(Risk.HIGH), risk), *TALK)
    assert "999" in drawn(seen) and "116 123" in drawn(seen, width=40, height=9)

    seen.take(Checked(TURN, Assessment(), RiskState()))
    assert "999" not in drawn(seen)


def test_the_numbers_are_one_key_away():
    """And go with it again; they also come on a neutral screen."""
    seen = view(*TALK)
    assert "999" not in drawn(seen)
    seen.numbers_open = True
    assert "999" in drawn(seen)
    seen.clear()
    assert "999" not in drawn(seen)
    seen.numbers_open = True
    assert "999" in drawn(seen)


@pytest.mark.parametrize("spoken", [True, False])
def test_stop_leaves_a_neutral_screen(spoken):
    """Nothing on it says what this was about; what was said does not come back."""
    risk = RiskState(level=Risk.HIGH)
    seen = view(Checked(TURN, Assessment(Risk.HIGH), risk), *TALK)
    if spoken:
        seen.take(Chosen(TURN, "stop", "", Expected()))
    else:
        seen.clear()
    text = drawn(seen)

    assert not re.search("companion|feel|heavy|999|panic|vosk|answered", text, re.IGNORECASE)
    assert "n numbers" in text
    seen.take(said("I'm quiet now."))
    assert "quiet now" in drawn(seen) and "heavy" not in drawn(seen)


def test_a_paused_ear_says_so():
    """And what wakes it."""
    seen = view(level())
    seen.listening = False

    assert "paused: I do not listen; space goes on" in drawn(seen)
    assert "█" not in drawn(seen)


def test_push_to_talk_says_what_to_press():
    """Before and while one speaks."""
    seen = view(level(), facts=Facts("", NUMBERS, push_to_talk=True))
    seen.listening = False
    assert "press space, then speak" in drawn(seen)
    seen.listening = True
    assert "press space when you have finished" in drawn(seen)


def test_a_device_that_is_waited_for_is_named():
    """In place of whose turn it is."""
    seen = view(*TALK)
    seen.gone = "The microphone 'USB' has stopped sending sound."

    assert "'USB' has stopped" in drawn(seen) and "waiting for a sound device" in drawn(seen)


def test_a_failure_is_told_without_anybodys_words():
    """The kind of error, and that the talk goes on."""
    assert "think: RuntimeError" in drawn(view(Failed(TURN, "think", "RuntimeError")))


def test_without_unicode_there_are_plain_signs():
    """Nothing of ours needs a letter that such a terminal lacks."""
    seen = view(*TALK, SpeechStarted(TURN, 5.0), PartialHeard(TURN, "so"), level(), marks=PLAIN)

    assert drawn(seen).isascii()


def test_what_a_terminal_would_obey_is_taken_out():
    """Words are words."""
    assert "\x1b" not in drawn(view(said("red \x1b[31m and a bell \x07")))


def test_nothing_is_drawn_anew_while_nothing_changes():
    """The microphone's own noise below the meter is no change."""
    seen = view(*TALK, level(3.0, -90.0))
    before = seen.look()
    seen.take(level(3.1, -85.0))
    assert seen.look() == before
    seen.take(level(3.2, -20.0))
    assert seen.look() != before
