"""An exercise within a talk: it sounds, and it is steered."""

from collections.abc import Iterator
from typing import Any

import pytest

from companion.audio.wav import FileSpeaker
from companion.events import Failed, Interrupted, Led
from companion.exercise import Exercise
from companion.sessions.health import ALWAYS, Condition
from companion.values import (
    AnswerKind,
    Plan,
    State,
)

from .exercises import SHIPPED, leader
from .leading_made import BEGIN, SAID_AT, SOUNDS, Leads, acts, hold, kinds, quiet_from
from .parts import conversation, last_state, said_by, texts

# --- one turn ------------------------------------------------------------------------------------


def test_a_session_is_led_after_the_lines_and_then_its_question_is_asked():
    """What is led is an event; the rating comes when it is over."""
    events = list(conversation(leader=leader(), policy=Leads()).answer(said_by("x"), State()))
    led = [event for event in events if isinstance(event, Led)]

    assert led[0].cue.kind == "say"
    assert led[-1].cue.kind == "end"
    assert texts(events) == ["How strong is it now?"]
    assert last_state(events).expected.kind is AnswerKind.SCALE
    assert last_state(events).exercise is None


def test_a_leader_that_breaks_leaves_nobody_in_silence():
    """Its failure is told, and a sentence comes in its place."""

    class Breaks:
        def begin(self, *asked: object) -> Exercise:
            return Exercise("x")

        def lead(self, exercise: Exercise) -> Iterator[Any]:
            raise RuntimeError

    events = list(conversation(leader=Breaks(), policy=Leads()).answer(said_by("x"), State()))

    assert [event.stage for event in events if isinstance(event, Failed)] == ["lead"]
    assert texts(events) == ["<think-fault>"]
    assert last_state(events).exercise is None


def test_an_exercise_that_must_not_be_done_gives_way_to_another_and_says_so():
    """A pause in the breath is not for a weak heart."""
    heart = leader()
    exercise = heart.begin(Plan("lead", (), session="box"), (Condition.HEART,))

    assert exercise.name == "exhale46"
    assert next(heart.lead(exercise)).cues[0].text == (
        "That one is not for you, so we do 'Longer out than in'."
    )


@pytest.mark.parametrize("condition", [*Condition])
@pytest.mark.parametrize("name", SHIPPED)
def test_each_contraindication_is_refused_or_replaced(name, condition):
    """Whatever is led in its place is not ruled out either."""
    begun = leader().begin(Plan("lead", (), session=name), (condition.value,))

    if condition in ALWAYS:
        assert begun.name == ""
    else:
        ruled_out = {c for when, _ in SHIPPED[begun.name].rules for c in when}
        assert condition not in ruled_out
        assert bool(begun.notice) == (begun.name != name)


def test_nothing_is_led_while_driving():
    """It says why, and ends."""
    driver = leader()
    moments = list(driver.lead(driver.begin(Plan("lead", (), session="box"), ("driving",))))

    assert [cue.kind for moment in moments for cue in moment.cues] == ["say", "end"]


# --- in a talk, in audio time --------------------------------------------------------------------


def test_a_talk_leads_and_goes_on_listening():
    """The breath sounds for its minute; then the question is asked, and answered."""
    speaker = FileSpeaker()
    sound = (*BEGIN, ("silence", 70.0), ("speech", 1.0), ("silence", 4.0))
    talk, events = hold(*sound, words=("breathing", "four"), speaker=speaker)

    assert texts(events) == ["How strong is it now?", "I hear you."]
    assert not any(isinstance(event, Interrupted) for event in events)
    assert talk.state.exercise is None


@pytest.mark.parametrize("command", ["slower", "faster", "louder", "quieter", "again", "skip"])
def test_a_command_is_obeyed_within_half_a_second_while_sound_plays(command):
    """Without a word: what was led starts again, changed. It is obeyed once."""
    sound = (*SOUNDS, ("speech", 0.8), ("silence", 20.0))
    talk, events = hold(*sound, words=("breathing", command))
    (cut,) = [event for event in events if isinstance(event, Interrupted)]
    changed = [e.cue.exercise.control for e in events if isinstance(e, Led)]

    assert SAID_AT < cut.at < SAID_AT + 0.8 + 0.5
    assert len(acts(events)) == 3  # breathing, the command, and the command in the whole utterance
    assert texts(events) == ["How strong is it now?"]
    assert talk.state.exercise is None
    tempo = {"slower": [1.0, 1.15], "faster": [1.0, 1 / 1.15]}.get(command, [1.0])
    volume = {"louder": [1.0, 1.15], "quieter": [1.0, 1 / 1.15]}.get(command, [1.0])
    assert list(dict.fromkeys(control.progress.tempo for control in changed)) == tempo
    assert list(dict.fromkeys(control.volume for control in changed)) == volume


def test_pause_waits_and_go_on_goes_on_from_there():
    """For as long as the person likes, and nothing sounds."""
    speaker = FileSpeaker()
    sound = (
        *SOUNDS, ("speech", 0.8), ("silence", 40.0), ("speech", 0.8), ("silence", 60.0),
    )  # fmt: skip
    talk, events = hold(*sound, words=("breathing", "pause", "go on"), speaker=speaker)
    rounds = [exercise.control.progress.round for exercise in kinds(events, "sound")]

    assert texts(events) == ["I'm waiting. Say go on when you like.", "How strong is it now?"]
    assert quiet_from(speaker, SAID_AT + 2.5, 36.0)
    assert rounds == sorted(rounds)
    assert talk.state.exercise is None


def test_stop_ends_it_at_once():
    """Silence within 300 ms, and one sentence."""
    speaker = FileSpeaker()
    sound = (*SOUNDS, ("speech", 0.5), ("silence", 10.0))
    talk, events = hold(*sound, words=("breathing", "stop"), speaker=speaker)
    cut = [event.at for event in events if isinstance(event, Interrupted)]

    assert SAID_AT < cut[0] < SAID_AT + 0.3
    assert quiet_from(speaker, cut[0] + 0.05, 0.5)
    assert texts(events) == ["<stopped>"]
    assert talk.state.exercise is None


def test_how_long_is_told_and_it_goes_on():
    """In minutes, about."""
    sound = (*SOUNDS, ("speech", 0.8), ("silence", 60.0))
    _, events = hold(*sound, words=("breathing", "how long still"), policy=Leads(minutes=3.0))

    assert texts(events)[0] == "About 3 minutes more."
    assert kinds(events, "sound")[-1].control.progress.round > 3


def test_dizziness_ends_the_exercise_and_opens_the_eyes():
    """Ordinary breathing, never deeper."""
    sound = (*SOUNDS, ("speech", 0.8), ("silence", 20.0))
    talk, events = hold(*sound, words=("breathing", "i feel dizzy"))

    assert texts(events)[:2] == [
        "Stop following me, and let your breath go as it wants.",
        "Keep your eyes open, and look at something near you.",
    ]
    assert talk.state.exercise is None
    assert not kinds([e for e in events if e.id.turn == 2], "sound")


def test_what_does_not_help_is_replaced_where_the_person_agrees():
    """Another kind is offered; yes begins it, with the same question after it."""
    sound = (*SOUNDS, ("speech", 0.8), ("silence", 15.0), ("speech", 0.5), ("silence", 15.0))
    _, events = hold(*sound, words=("breathing", "this isn't helping", "yes"))
    offered = texts(events)[1]
    names = dict.fromkeys(e.cue.exercise.name for e in events if isinstance(e, Led))

    assert offered.startswith("Shall we try something else, '")
    assert len(names) == 2
    assert kinds(events, "say")[-1].after == ("How strong is it now?",)
