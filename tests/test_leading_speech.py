"""Speech while an exercise is led: danger, what was not meant, coughs, answers it waits for."""

import pytest

from companion.events import Interrupted, Led
from companion.values import (
    Transcript,
)

from .leading_made import BEGIN, SAID_AT, SOUNDS, Ear, Leads, acts, hold, kinds
from .parts import texts

# --- it gives way --------------------------------------------------------------------------------


def test_danger_leaves_the_exercise_for_the_protocol():
    """It is answered by reviewed lines, and the breath does not come back."""
    sound = (*SOUNDS, ("speech", 1.5), ("silence", 20.0))
    talk, events = hold(*sound, words=("breathing", "danger"))

    assert texts(events) == ["<now-call>", "<now-someone>"]
    assert talk.state.exercise is None
    assert not [e for e in events if isinstance(e, Led) and e.id.turn == 2]


def test_danger_after_a_command_in_the_same_breath_is_heard():
    """The command was obeyed; what came after it leaves the exercise all the same."""

    class Slower(Ear):
        def finish(self) -> Transcript:
            return Transcript("danger" if self._now == "slower" else self._now)

    sound = (*SOUNDS, ("speech", 3.0), ("silence", 20.0))
    talk, events = hold(
        *sound, words=(), recogniser=Slower("breathing", "slower"), commands=Ear("slower")
    )

    assert texts(events) == ["<now-call>", "<now-someone>"]
    assert talk.state.exercise is None


def test_other_words_make_it_wait_and_more_of_them_are_talk():
    """Within 1.2 s of speech the sound stops, so that nobody talks against it."""
    sound = (*SOUNDS, ("speech", 2.0), ("silence", 10.0), ("speech", 2.0), ("silence", 5.0))
    words = ("breathing", "my sister called", "she was angry")
    talk, events = hold(*sound, words=words)
    cut = [event.at for event in events if isinstance(event, Interrupted)]

    assert SAID_AT + 0.9 < cut[0] < SAID_AT + 1.3
    assert texts(events) == [
        "I've stopped the sounds. Say go on, or just talk to me.", "I hear you.",
    ]  # fmt: skip
    assert talk.state.exercise is None


def test_one_ear_alone_obeys_when_the_turn_is_over():
    """A grammar hears a command in anything, so the whole of it is compared first."""
    sound = (*SOUNDS, ("speech", 0.8), ("silence", 20.0))
    _, events = hold(*sound, words=("breathing", "slower"), commands=None)
    (cut,) = [event for event in events if isinstance(event, Interrupted)]

    assert SAID_AT + 1.5 < cut.at < SAID_AT + 2.2
    assert acts(events) == ["lead", "lead"]


def test_a_command_that_the_free_ear_does_not_hear_is_not_obeyed():
    """The grammar made one of something else: it waits, and asks."""
    sound = (*SOUNDS, ("speech", 2.0), ("silence", 5.0))
    words = ("breathing", "the kettle is on")
    _, events = hold(*sound, words=words, commands=Ear("again"))

    assert texts(events) == ["I've stopped the sounds. Say go on, or just talk to me."]


def test_a_stop_that_was_none_does_not_leave_a_silent_exercise():
    """It was heard in half a word: it goes on when the turn is over."""

    class HalfAWord(Ear):
        def finish(self) -> Transcript:
            return Transcript("thanks" if self._now == "stop" else self._now)

    sound = (*SOUNDS, ("speech", 0.5), ("silence", 60.0))
    _, events = hold(*sound, words=(), recogniser=HalfAWord("breathing", "stop"), commands=None)

    assert any(isinstance(event, Interrupted) for event in events)
    assert texts(events) == ["How strong is it now?"]


def test_a_cough_stops_nothing():
    """Short noise without words is no wish."""
    sound = (*SOUNDS, ("speech", 0.5), ("silence", 60.0))
    _, events = hold(*sound, words=("breathing", ""))

    assert not any(isinstance(event, Interrupted) for event in events)
    assert texts(events) == ["How strong is it now?"]


def test_long_noise_stops_it_and_is_asked_about():
    """An ear that understood nothing rejects it: was that meant for us?"""

    class Rejects(Ear):
        def finish(self) -> Transcript:
            return Transcript(self._now, rejected=not self._now)

    sound = (*SOUNDS, ("speech", 2.0), ("silence", 10.0))
    talk, events = hold(*sound, words=(), recogniser=Rejects("breathing", ""), commands=Ear(""))

    assert texts(events) == ["I've stopped the sounds. Say go on, or just talk to me."]
    assert talk.state.exercise.control.paused


def test_an_answer_that_the_exercise_waits_for_is_no_interruption():
    """Someone names five things that they see."""
    sound = (*BEGIN, ("silence", 9.0), ("speech", 6.0), ("silence", 30.0))
    _, events = hold(
        *sound, words=("grounding", "a lamp a chair a door"), policy=Leads("grounding", None)
    )

    assert not any(isinstance(event, Interrupted) for event in events)
    assert acts(events) == ["lead", "lead-on"]


@pytest.mark.parametrize(("answer", "name"), [("yes", "box"), ("no", "exhale46")])
def test_a_held_breath_needs_a_yes(answer, name):
    """With it the pauses come, after a no another exercise takes its place."""
    sound = (*BEGIN, ("silence", 12.0), ("speech", 0.6), ("silence", 30.0))
    _, events = hold(*sound, words=("box", answer), policy=Leads("box", None))
    led = {exercise.name for exercise in kinds(events, "sound")}

    assert led == {name}


def test_without_an_answer_nobody_holds_their_breath():
    """Silence is no yes."""
    _, events = hold(*BEGIN, ("silence", 60.0), words=("box",), policy=Leads("box", None))

    assert {exercise.name for exercise in kinds(events, "sound")} == {"exhale46"}
