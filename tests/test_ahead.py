"""During the hold the answer is rehearsed, and nothing of that happens before its turn."""

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from companion.ahead import Ahead
from companion.events import Chosen, Event, Failed, Heard, Said, Sound, Timed
from companion.risk import Risk
from companion.values import (
    AudioChunk,
    Exchange,
    Plan,
    State,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .live_room import TURN, Room, hold, times
from .parts import SOUND, EndlessMind, conversation, texts
from .test_leading_live import Ear
from .test_talk import hold as hold_files


class CountingMind:
    """Says its words back, and counts how often it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        pass

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        self.asked.append(turn.transcript.text)
        yield f"You say: {turn.transcript.text}."
        yield "And more."

    def close(self) -> None:
        pass


class CountingVoice:
    """Counts what it was asked to say; `told` is told of each sentence when it is made."""

    name = "counting"

    def __init__(self, fails: bool = False, told: Any = None) -> None:
        self.asked: list[str] = []
        self._fails = fails
        self._told = told or (lambda: None)

    def synthesize(self, text: object, style: object) -> Iterator[AudioChunk]:
        self.asked.append(str(text))
        yield SOUND
        if self._fails:
            raise RuntimeError
        yield SOUND
        self._told()


def heard(words: str, committed: float = 2.0) -> Utterance:
    return Utterance(TurnId(1), Transcript(words), end=1.0, committed=committed)


def rehearsed(ahead: Ahead, words: str) -> None:
    assert ahead.due(words, may_end=True)
    ahead.rehearse(heard(words, 1.2), State())


def answer(ahead: Ahead, words: str) -> list[Event]:
    ahead.end()
    return list(ahead.giving.answer(heard(words), State()))


def test_what_was_rehearsed_is_not_made_again():
    """Neither the words nor the sound of the first sentence; the second had its time."""
    mind, voice = CountingMind(), CountingVoice()
    ahead = Ahead(conversation(mind=mind, voices=(voice,)))
    rehearsed(ahead, "hello")

    assert (mind.asked, voice.asked) == (["hello"], ["You say: hello."])
    events = answer(ahead, "hello")
    assert texts(events) == ["You say: hello.", "And more."]
    assert ahead.used
    assert (mind.asked, voice.asked) == (["hello"], ["You say: hello.", "And more."])
    assert sum(isinstance(event, Sound) for event in events) == 5


def test_an_answer_is_the_same_with_a_rehearsal_and_without():
    """Event for event: what was made ahead is heard sooner, and that is all."""
    plain = list(conversation(mind=CountingMind()).answer(heard("hello"), State()))

    def told(events: list[Event]) -> list[str]:
        return [str(event) for event in events]

    ahead = Ahead(conversation(mind=CountingMind()))
    rehearsed(ahead, "hello")

    assert told(answer(ahead, "hello")) == told(plain)


def test_other_final_words_are_answered_anew():
    """What was heard last counts; nothing of the other answer is said."""
    mind, voice = CountingMind(), CountingVoice()
    ahead = Ahead(conversation(mind=mind, voices=(voice,)))
    rehearsed(ahead, "hello")

    assert texts(answer(ahead, "hello there")) == ["You say: hello there.", "And more."]
    assert mind.asked == ["hello", "hello there"]


def test_danger_in_the_final_words_is_answered_by_the_protocol():
    """Whatever was rehearsed to words in which it was not heard yet."""
    mind = CountingMind()
    ahead = Ahead(conversation(mind=mind))
    rehearsed(ahead, "i am in")
    events = answer(ahead, "i am in danger")

    assert texts(events) == ["<now-call>", "<now-someone>"]
    assert mind.asked == ["i am in"]


def test_danger_that_was_rehearsed_goes_the_whole_way():
    """The guard weighs the final words, and only then is anything said."""
    ahead = Ahead(conversation(mind=CountingMind()))
    rehearsed(ahead, "danger")
    events = answer(ahead, "danger")

    kinds = [type(event).__name__ for event in events]
    assert kinds.index("Checked") < kinds.index("Said") < kinds.index("Sound")
    assert texts(events) == ["<now-call>", "<now-someone>"]


def test_words_that_the_final_guard_sees_otherwise_are_thought_of_anew():
    """The same text, but the ear was not sure of it: no reply of another weighing is taken."""
    mind = CountingMind()

    class Doubts:
        def weigh(self, transcript, state):
            return (
                guard.weigh(transcript, state) if transcript.confidence is None else (soft, state)
            )

    ahead = Ahead(conversation(mind=mind, incoming=Doubts()))
    guard = conversation().guards.incoming
    soft = replace(guard.weigh(Transcript(""), State().risk)[0], level=Risk.SOFT)
    rehearsed(ahead, "hello")
    ahead.end()
    unsure = replace(heard("hello"), transcript=Transcript("hello", confidence=0.2))
    list(ahead.giving.answer(unsure, State()))

    assert mind.asked == ["hello", "hello"]


def test_a_voice_that_fails_ahead_is_stood_in_for_when_its_turn_has_come():
    """Half a sentence is never taken for a whole one."""
    first, second = CountingVoice(fails=True), CountingVoice()
    ahead = Ahead(conversation(voices=(first, second)))
    rehearsed(ahead, "hello")
    events = answer(ahead, "hello")

    assert [event.problem for event in events if isinstance(event, Failed)] == ["RuntimeError"]
    assert first.asked == ["I hear you."]


def test_whoever_goes_on_is_not_answered_to_half_their_words():
    """What was made is given up: a mind that still writes is stopped."""
    mind = EndlessMind()
    ahead = Ahead(conversation(mind=mind))
    rehearsed(ahead, "hello")

    assert not mind.stopped
    assert not ahead.due("hello there", may_end=False)
    assert mind.stopped


def test_it_is_rehearsed_once_for_the_same_words():
    """In a silence that may end the turn; not while they speak, not without words."""
    ahead = Ahead(conversation())

    assert not ahead.due("", may_end=True)
    assert not ahead.due("hello", may_end=False)
    assert ahead.due("hello", may_end=True)
    assert not ahead.due("hello", may_end=True)


def test_two_rehearsals_never_go_on_at_once():
    """The next begins when the last has noticed that it is over."""
    ahead = Ahead(conversation())

    assert ahead.due("hello", may_end=True)
    assert not ahead.due("hello there", may_end=True)
    ahead.rehearse(heard("hello"), State())
    assert ahead.due("hello there", may_end=True)


def test_a_live_answer_is_ready_before_its_turn_is_taken():
    """And not a sound of it is heard before, nor does anything happen."""
    made = threading.Event()
    voice = CountingVoice(told=made.set)
    room = Room()

    def is_made(seen: list[Event]) -> bool:
        assert made.wait(10.0)
        assert room.played == 0
        return not any(isinstance(event, (Heard, Chosen, Said)) for event in seen)

    room.steps = (("silence", 1.0), ("speech", 1.0), ("silence", 0.6), is_made,
                  ("silence", 0.6), times(Timed), ("silence", 0.5))  # fmt: skip
    talk, seen = hold(room, recogniser=Ear("hello"), voices=(voice,))

    assert texts(seen) == ["I hear you."]
    assert voice.asked == ["I hear you."]
    assert len(talk.state.history) == 1


def test_a_live_talk_that_ends_in_a_rehearsal_leaves_no_thread():
    """A mind that never stops is stopped."""
    mind = EndlessMind()
    room = Room()
    room.steps = (*TURN[:2], ("silence", 0.5))
    hold(room, recogniser=Ear("hello"), mind=mind)

    assert mind.stopped


def test_charged_work_counts_what_is_left_when_the_turn_is_taken():
    """What went on during the hold delays nobody, and is told apart."""
    sound = (("silence", 1.0), ("speech", 1.0), ("silence", 4.0))
    stages = {"recogniser": Ear("hello"), "mind": CountingMind()}
    (timed,) = [e for e in hold_files(*sound, charge=True, **stages) if isinstance(e, Timed)]

    assert timed.ahead > 0
    assert timed.work < timed.ahead + 0.1
    assert "ahead" not in dict(timed.by_stage)
