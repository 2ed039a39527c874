"""An exercise within a talk: it sounds, it is steered, and it gives way to danger."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

from companion.audio.wav import FileSpeaker
from companion.events import Chosen, Event, Failed, Interrupted, Led
from companion.exercise import Exercise
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.sessions.health import ALWAYS, Condition
from companion.talk import Talk
from companion.values import (
    AnswerKind,
    AudioChunk,
    Expected,
    Line,
    Plan,
    State,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .exercises import ANSWERS, SHIPPED, leader
from .parts import conversation, last_state, said_by, texts
from .test_talk import ListMicrophone, ToneVoice
from .test_turns import blocks


class Leads:
    """Leads an exercise at the first turn, and reflects at all that follow."""

    def __init__(self, session: str = "exhale46", minutes: float | None = 1.0) -> None:
        self._plan = Plan(
            "lead", (), Expected(AnswerKind.SCALE, after_question=True),
            session=session, minutes=minutes, after=(Line("How strong is it now?"),),
        )  # fmt: skip
        self._first: int | None = None

    def choose(self, turn: Turn) -> Plan:
        if self._first is None:
            self._first = turn.id.turn
        first = turn.id.turn == self._first
        return self._plan if first else Plan("reflect", (Line("I hear you."),))


class Ear:
    """Hears the words written down, each utterance from its first sound on."""

    name = "ear"
    hears_danger = True

    def __init__(self, *words: str) -> None:
        self._words = iter(words)
        self.asked: list[Expected] = []

    def start(self, expected: Expected) -> None:
        self.asked.append(expected)
        self._now = next(self._words, "")

    def accept(self, chunk: AudioChunk) -> str:
        return self._now

    def finish(self) -> Transcript:
        return Transcript(self._now)


def hold(
    *sound: tuple[str, float], words: tuple[str, ...], speaker: FileSpeaker | None = None,
    **changes: Any,
) -> tuple[Talk, list[Event]]:  # fmt: skip
    """Hold a talk in which the first turn begins an exercise."""
    ticks = count(step=0.01)
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5)
    stages = {
        "voices": (ToneVoice(),), "prosody_reader": None, "leader": leader(), "policy": Leads(),
        "recogniser": Ear(*words), "commands": Ear(*words[1:]),
    } | changes  # fmt: skip
    talk = Talk(ear, conversation(**stages), lambda: next(ticks), lambda said: said == "stop")
    events = list(talk.run(ListMicrophone(blocks(*sound)), speaker or FileSpeaker()))
    return talk, events


BEGIN = (("silence", 1.0), ("speech", 1.0), ("silence", 1.2))


def kinds(events: list[Event], kind: str) -> list[Exercise]:
    return [e.cue.exercise for e in events if isinstance(e, Led) and e.cue.kind == kind]


def acts(events: list[Event]) -> list[str]:
    return [event.act for event in events if isinstance(event, Chosen)]


def tempo(events: list[Event]) -> list[float]:
    found = [exercise.control.progress.tempo for exercise in kinds(events, "sound")]
    return list(dict.fromkeys(found))


def quiet_from(speaker: FileSpeaker, second: float, seconds: float) -> bool:
    sound = speaker.samples()[
        round(second * speaker.rate) : round((second + seconds) * speaker.rate)
    ]
    return not len(sound) or float(np.abs(sound).max()) < 0.005


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


SOUNDS = (*BEGIN, ("silence", 18.0))
"""The exercise has said its first sentences and leads the breath"""
SAID_AT = 21.2
"""Seconds: when the next words begin"""


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


# --- every command, wherever an exercise stands ---------------------------------------------------


def told(command: str, exercise: Exercise) -> Plan | None:
    words = Transcript(ANSWERS.words.exercise[command][0])
    turn = Turn(
        Utterance(TurnId(2), words), words, PLAIN.assessment, PLAIN.risk, PLAIN.expected,
        PLAIN.mind, (), free_talk=True, exercise=exercise,
    )  # fmt: skip
    return leader().heard(turn)


PLAIN = Turn(
    Utterance(TurnId(1), None), Transcript(), *(None, None), Expected(), Plan("x", ()).mind, (),
    free_talk=True,
)  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize("command", ANSWERS.words.exercise)
@pytest.mark.parametrize("name", ["exhale46", "panic", "grounding", "pmr-4", "body-scan"])
def test_every_command_works_at_every_moment_of_an_exercise(command, name):
    """It is understood, and what goes on can be led from there."""
    lead = leader()
    begun = lead.begin(Plan("lead", (), session=name, after=(Line("How strong?"),)))
    moments = [
        cue.exercise
        for _, moment in zip(range(1_500), lead.lead(begun), strict=False)
        for cue in moment.cues
    ]
    for exercise in moments[:: max(1, len(moments) // 12)]:
        plan = told(command, exercise)
        assert plan is not None
        if plan.exercise and not plan.exercise.control.paused:
            assert plan.after == (Line("How strong?"),)
            assert next(lead.lead(plan.exercise)).chunk.seconds
        if command in ("stop", "dizzy"):
            assert plan.exercise is None
