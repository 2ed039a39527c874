"""One turn, run on a list: no threads, no clock, no models."""

from dataclasses import replace

import numpy as np
import pytest

from companion.conversation import Conversation
from companion.events import (
    Checked,
    Chosen,
    Event,
    Failed,
    Heard,
    Kept,
    Said,
    Sensed,
    Sound,
    TurnTaken,
)
from companion.risk import Risk, RiskState
from companion.sensing import Sensing
from companion.think.scripted import ScriptedMind
from companion.tone import ToneState
from companion.values import Prosody, State, Transcript, TurnId

from .parts import (
    SOUND,
    BreaksLater,
    Broken,
    EndlessMind,
    conversation,
    last_state,
    said_by,
    texts,
)


def run(person: str, state: State | None = None, **changes: object) -> list[Event]:
    return list(conversation(**changes).answer(said_by(person), state or State()))


def test_a_turn_goes_through_the_stages_in_order():
    """Heard, sensed, checked, chosen, said, sounded."""
    order = [type(event) for event in run("hello") if not isinstance(event, Kept)]

    assert order[:5] == [Heard, Sensed, Checked, Chosen, Said]
    assert Sound in order[5:]


def test_every_event_carries_its_turn():
    """Stale work can be told from fresh work."""
    assert {event.id for event in run("hello")} == {TurnId(1)}


def test_the_model_words_the_reply():
    """What the mind says replaces the written words."""
    mind = ScriptedMind([["You sound tired.", "What would help?"]])

    assert texts(run("hello", mind=mind)) == ["You sound tired.", "What would help?"]


def test_a_mind_that_says_nothing_leaves_the_written_reply():
    """No model is needed for an answer."""
    assert texts(run("hello")) == ["I hear you."]


def test_a_refused_sentence_is_never_spoken():
    """A model's forbidden sentence is dropped, and so is what follows it."""
    mind = ScriptedMind([["Take two pills.", "And then sleep."]])
    events = run("hello", mind=mind)

    assert texts(events) == ["I hear you."]
    assert Failed(TurnId(1), "think", "refused: pills") in events


def test_danger_is_answered_with_written_lines_and_never_by_the_model():
    """The mind is not even asked."""
    mind = ScriptedMind([["Cheer up."]])
    events = run("i am in danger", mind=mind)

    assert texts(events) == ["<now-call>", "<now-someone>"]
    assert next(mind.reply(None, None), None) == "Cheer up."


def test_a_danger_sign_that_is_talked_over_is_still_answered():
    """Risk is kept before a word is said, and told only after the first sentence was heard."""
    first = conversation().answer(said_by("i am in danger"), State())
    seen = []
    for event in first:
        seen.append(event)
        if isinstance(event, Said):
            break
    first.close()
    state = last_state(seen)

    assert state.risk == RiskState(Risk.IMMEDIATE, state.risk.kinds, answered=Risk.NONE)
    assert texts(run("never mind", state))[0] == "<now-call>"


def test_an_answered_danger_is_not_answered_twice():
    """Once its first sentence was heard, the talk goes on."""
    state = last_state(run("i am in danger"))

    assert state.risk.answered is Risk.IMMEDIATE
    assert texts(run("thank you", state)) == ["I hear you."]


def test_closing_the_answer_stops_the_mind():
    """Interrupting closes every generator down to the language model."""
    mind = EndlessMind()
    answer = conversation(mind=mind).answer(said_by("hello"), State())
    for event in answer:
        if isinstance(event, Said):
            break
    answer.close()

    assert mind.stopped


AGREED = State(tone=ToneState(agreed=True))


# --- every stage fails in turn ---------------------------------------------------


def test_without_tone_the_words_alone_are_answered():
    """Sense fails: the talk goes on without."""
    listening = conversation(prosody_reader=Broken()).listen(TurnId(1), AGREED)
    listening.accept(SOUND)
    utterance = listening.finish(TurnTaken(TurnId(1), 0, 1, 2))

    assert [failure.stage for failure in listening.failures] == ["sense"]
    assert utterance.transcript is not None


def test_a_comparison_that_fails_costs_the_comparison():
    """The same for what would speak of it: the policy answers."""
    talk = conversation(sensing=Sensing(Broken(), Broken()))
    listening = talk.listen(TurnId(1), AGREED)
    listening.accept(SOUND)
    events = list(
        talk.answer(
            replace(listening.finish(TurnTaken(TurnId(1), 0, 1, 2)), transcript=Transcript("hi")),
            AGREED,
        )
    )

    assert texts(events) == ["I hear you."]
    assert [event.stage for event in events if isinstance(event, Failed)] == ["sense"] * 3


@pytest.mark.parametrize(("start", "why"), [(0.0, "our own voice"), (0.3, "")])
def test_what_is_said_while_we_sound_is_not_judged(start, why):
    """The tap of the tone is closed then; sound of ours from before the voice began is no harm."""
    listening = conversation().listen(TurnId(1), AGREED)
    closed = replace(SOUND, samples=np.zeros_like(SOUND.samples))
    listening.accept(SOUND, closed)
    for number in (1, 2, 3):
        later = replace(SOUND, start=number * SOUND.seconds)
        listening.accept(later, later)
    found = listening.finish(TurnTaken(TurnId(1), start, 0.4, 1.0)).prosody

    assert found.quality.why.partition(":")[0] == why


def test_without_consent_no_sound_reaches_what_reads_a_tone():
    """Not one block."""
    talk = conversation(prosody_reader=Broken())
    listening = talk.listen(TurnId(1), State())
    listening.accept(SOUND)

    assert listening.finish(TurnTaken(TurnId(1), 0, 1, 2)).prosody == Prosody()
    assert listening.failures == []


def test_an_ear_that_fails_says_so():
    """The recogniser fails: a sentence, the number, and typing; never silence."""
    talk = conversation(recogniser=Broken())
    listening = talk.listen(TurnId(1), AGREED)
    listening.accept(SOUND)
    utterance = listening.finish(TurnTaken(TurnId(1), 0, 1, 2))

    assert utterance.transcript is None
    assert [failure.stage for failure in listening.failures] == ["hear"]
    assert texts(list(talk.answer(utterance, State()))) == ["<ear-fault>"]


def test_the_guard_fails_closed():
    """A broken check is said once, ends free talk, and a plainer check takes over."""
    first = run("hello", incoming=Broken())
    state = last_state(first)

    assert texts(first)[0] == "<guard-fault>"
    assert not state.guard_works
    mind = ScriptedMind([["I may say anything."]])
    assert texts(run("hello", state, mind=mind)) == ["I hear you."]
    assert texts(run("i want to die", state))[0] == "<now-call>"


def test_a_protocol_that_fails_still_names_the_number():
    """Nobody in danger meets silence."""
    assert texts(run("i am in danger", protocol=Broken())) == ["<guard-fault>"]


def test_a_policy_that_fails_says_so():
    """One sentence, and the person may go on."""
    assert texts(run("hello", policy=Broken())) == ["<think-fault>"]


def test_a_mind_that_fails_costs_nothing_but_its_words():
    """The written reply is given."""
    events = run("hello", mind=Broken())

    assert texts(events) == ["I hear you."]
    assert Failed(TurnId(1), "think", "RuntimeError") in events


def test_unchecked_is_unsaid():
    """The outgoing guard fails: no model's and no written words are spoken."""
    mind = ScriptedMind([["I may say anything."]])

    assert texts(run("hello", mind=mind, outgoing=Broken())) == []


def test_danger_is_answered_even_when_the_outgoing_guard_fails():
    """The first sentence was cleared before the talk began."""
    assert texts(run("i am in danger", outgoing=Broken()))[0] == "<help-numbers>"


def test_the_next_voice_takes_over():
    """Piper, eSpeak, recordings, chime: one of them sounds."""
    talk = conversation()
    both = conversation(voices=(Broken(), *talk.voices))
    events = list(both.answer(said_by("hello"), State()))

    assert Failed(TurnId(1), "speak", "RuntimeError") in events
    assert any(isinstance(event, Sound) for event in events)


def test_a_voice_that_breaks_in_mid_sentence_does_not_start_over():
    """Half a sentence was heard, all of it is on the screen."""
    talk = conversation()
    both = conversation(voices=(BreaksLater(), *talk.voices))
    sounds = [e for e in both.answer(said_by("hello"), State()) if isinstance(e, Sound)]

    assert len(sounds) == 1


def test_with_no_voice_the_words_are_still_said_on_the_screen():
    """Text is the last resort."""
    assert texts(run("hello", voices=(Broken(),))) == ["I hear you."]


STAGES = (
    "recogniser", "prosody_reader", "incoming", "protocol", "outgoing", "policy", "mind", "sensing",
)  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_takes_the_talk_with_it_and_no_words_leak(stage):
    """Whatever breaks, the turn ends by itself, and the exception's text is nowhere."""
    broken = Sensing(Broken(), Broken()) if stage == "sensing" else Broken()
    talk: Conversation = conversation(**{stage: broken})
    listening = talk.listen(TurnId(1), AGREED)
    listening.accept(SOUND)
    events = [
        *listening.failures,
        *talk.answer(listening.finish(TurnTaken(TurnId(1), 0, 1, 2)), AGREED),
    ]

    assert "secret" not in repr(events)


def test_an_ear_that_may_miss_danger_gets_no_free_talk():
    """Spoken words from such an ear are never worded by the model."""

    class WeakEar:
        name = "weak"
        hears_danger = False

    mind = ScriptedMind([["Free words."]])
    talk = conversation(recogniser=WeakEar(), mind=mind)
    spoken = list(talk.answer(said_by("hello", typed=False), State()))
    typed = list(talk.answer(said_by("hello", typed=True), State()))

    assert texts(spoken) == ["I hear you."]
    assert texts(typed) == ["Free words."]


def test_a_persons_words_do_not_show_in_repr():
    """A value printed by accident does not tell what was said."""
    events = run("a very secret thing", mind=ScriptedMind([["a secret reply"]]))

    assert "secret" not in repr(events)
