"""A talk through devices: two threads, one clock, and nobody is lost between them."""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from companion.audio.echo import Headphones
from companion.errors import AudioError
from companion.events import (
    Checked,
    Event,
    Failed,
    Heard,
    Interrupted,
    Paused,
    Resumed,
    Said,
    SpeechStarted,
    Timed,
)
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.hear.typed import TypedRecogniser
from companion.live import LiveTalk
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import AudioChunk, Exchange, Expected, Plan, Transcript, Turn

from .parts import EndlessMind, conversation, texts
from .test_talk import SpokenStop, ToneVoice

RATE, SIZE = 16_000, 320
LONG = 10.0
"""Seconds of waiting after which something never happens"""

Until = Callable[[list[Event]], bool]
Step = tuple[str, float | Until] | Until
"""So many seconds of something, or of it until something has happened; or wait for that"""


class Room:
    """A microphone whose sound is written down, and a loudspeaker. Time is the microphone's."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self._changed = threading.Condition()
        self._full = 0.0
        self.seen: list[Event] = []
        self.now = 0.0
        self.played = 0.0
        self.stops: list[float] = []
        self.pauses: list[float] = []
        self.kept = 0.0
        self.is_closed = False

    def blocks(self) -> Iterator[AudioChunk]:
        for step in self.steps:
            if callable(step):
                with self._changed:
                    assert self._changed.wait_for(lambda: step(self.seen), LONG), self.seen  # noqa: B023
                continue
            kind, seconds = step
            for _ in range(round((LONG if callable(seconds) else seconds) * RATE / SIZE)):
                if callable(seconds):
                    with self._changed:
                        # Time goes on slowly, so that whoever makes sound keeps up.
                        if self._changed.wait_for(lambda: seconds(self.seen), 0.002):  # noqa: B023
                            break
                samples = np.full(SIZE, 0.2 if kind == "speech" else 0.0, np.float32)
                chunk = AudioChunk(samples, RATE, self.now)
                self.now = round(self.now + SIZE / RATE, 6)
                yield chunk

    def close(self) -> None:
        self.is_closed = True

    def play(self, chunk: AudioChunk) -> None:
        with self._changed:
            self._full = max(self._full, self.now) + chunk.seconds
            self.played += chunk.seconds
            self._changed.notify_all()

    def drained(self) -> float:
        return self._full

    def stop(self) -> None:
        self._full = min(self._full, self.now)
        self.stops.append(self.now)

    def pause(self) -> None:
        self.kept = max(0.0, self._full - self.now)
        self._full = min(self._full, self.now)
        self.pauses.append(self.now)

    def resume(self) -> None:
        self._full, self.kept = self.now + self.kept, 0.0

    def has_played(self, seconds: float) -> Until:
        return lambda seen: self.played > seconds - 0.01

    def sounds_on(self, seconds: float) -> Until:
        """Wait until so much is still to be heard: no gap between two sentences."""
        return lambda seen: self._full >= self.now + seconds

    def note(self, event: Event) -> None:
        with self._changed:
            self.seen.append(event)
            self._changed.notify_all()


def hold(
    room: Room, headphones: bool = False, ends: bool = True, **changes: Any
) -> tuple[LiveTalk, list[Event]]:
    """Hold a talk in a room with a tone for a voice."""
    canceller = changes.pop("canceller", Headphones() if headphones else None)
    stages = {"voices": (ToneVoice(),), "prosody_reader": None} | changes
    talk = LiveTalk(
        TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5),
        conversation(**stages), lambda: 0.0, lambda words: words == "stop",
        canceller=canceller,
    )  # fmt: skip
    for event in talk.run(room, room):
        room.note(event)
    assert room.is_closed
    assert not ends or not threads()
    return talk, room.seen


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "talk"]


def lines(*texts: str) -> TypedRecogniser:
    return TypedRecogniser(texts)


def times(kind: type, count: int = 1) -> Until:
    return lambda seen: sum(isinstance(event, kind) for event in seen) >= count


def said(text: str) -> Until:
    return lambda seen: text in texts(seen)


TURN: tuple[Step, ...] = (("silence", 1.0), ("speech", 1.0), ("silence", 1.2))
AGAIN: tuple[Step, ...] = (("silence", 0.5), ("speech", 0.5), ("silence", 2.2))
"""After a question of ours the hold is longer"""


def whole(room: Room, answers: int) -> tuple[Step, ...]:
    """Let an answer of one second be heard, each 0.5 s when it is there."""
    return (
        room.has_played(answers - 0.5), ("silence", 0.5),
        room.has_played(answers), ("silence", 1.0),
    )  # fmt: skip


def test_what_was_said_is_answered_aloud():
    """And counts as said once it was heard."""
    room = Room()
    room.steps = (*TURN, *whole(room, 1))
    talk, seen = hold(room, recogniser=lines("hello"))

    assert texts(seen) == ["I hear you."]
    assert times(Timed)(seen)
    assert room.played == pytest.approx(1.0)
    assert talk.state.history == (Exchange("hello", ("I hear you.",), "reflect"),)


def test_what_was_not_heard_is_not_in_the_history():
    """Someone spoke over it at once."""
    room = Room()
    room.steps = (*TURN, room.has_played(0.5), ("silence", 0.2), ("speech", 0.6))
    talk, seen = hold(room, headphones=True, recogniser=lines("hello"))

    assert texts(seen) == ["I hear you."]
    assert times(Interrupted)(seen)
    assert talk.state.history == ()


def test_it_does_not_hear_itself():
    """Without headphones nothing that comes while it speaks, or just after, is speech."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("speech", 0.3), room.has_played(0.8), ("speech", 0.3),
        room.has_played(1.0), ("speech", 0.5), ("silence", 3.0),
    )  # fmt: skip
    _, seen = hold(room, recogniser=lines("hello", "echo"))

    assert sum(isinstance(event, SpeechStarted) for event in seen) == 1
    assert not times(Interrupted)(seen)


def test_it_listens_again_when_it_has_spoken():
    """Turn after turn."""
    room = Room()
    room.steps = (*TURN, *whole(room, 1), *AGAIN, times(Said, 2), *whole(room, 2))
    talk, seen = hold(room, recogniser=lines("hello", "and again"))

    assert texts(seen) == ["I hear you."] * 2
    assert [exchange.heard for exchange in talk.state.history] == ["hello", "and again"]


def test_speech_over_it_silences_an_endless_answer():
    """And the mind behind it."""
    mind = EndlessMind()
    room = Room()
    room.steps = (
        *TURN, *whole(room, 1), room.has_played(1.3), ("silence", 0.5), times(Said, 2),
        room.has_played(1.5), room.sounds_on(0.3), ("speech", 0.6), ("silence", 0.1),
    )  # fmt: skip
    _, seen = hold(room, headphones=True, recogniser=lines("hello"), mind=mind)

    assert times(Interrupted)(seen)
    assert mind.stopped
    assert room.stops


def test_the_first_sentence_of_safety_is_finished():
    """What follows it is not said; what the person says is answered next."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("speech", 0.3), room.has_played(0.8), ("silence", 0.3),
        room.has_played(1.0), ("silence", 3.0), said("I hear you."),
    )  # fmt: skip
    talk, seen = hold(room, headphones=True, recogniser=lines("danger", "what"))

    assert texts(seen) == ["<now-call>", "I hear you."]
    assert not times(Interrupted)(seen)
    assert talk.state.risk.answered is Risk.IMMEDIATE


def test_stop_beats_everything():
    """Also the first sentence of safety."""
    room = Room()
    room.steps = (*TURN, room.has_played(0.5), ("silence", 0.1), ("speech", 0.3))
    _, seen = hold(room, headphones=True, recogniser=DangerThenStop())

    assert times(Interrupted)(seen)
    assert texts(seen) == ["<now-call>"]


class DangerThenStop(SpokenStop):
    """Hears of danger once, then the word "stop"."""

    def __init__(self) -> None:
        self.turns = 0

    def start(self, expected: Expected) -> None:
        self.turns += 1

    def accept(self, chunk: AudioChunk) -> str:
        return "danger" if self.turns == 1 else "stop"

    def finish(self) -> Transcript:
        return Transcript("danger")


class SlowMind:
    """Needs until it is let go for each reply."""

    name = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        pass

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        assert self.go.wait(LONG)
        yield "At last."

    def close(self) -> None:
        self.go.set()


def test_the_ear_never_waits_for_the_mind():
    """While the mind is at work, the person is heard on; the stale reply is never said."""
    mind = SlowMind()

    def let_go(seen: list[Event]) -> bool:
        mind.go.set()
        return times(Said)(seen)

    room = Room(*TURN, times(Heard), *AGAIN, let_go, ("silence", 2.0))
    _, seen = hold(room, recogniser=lines("hello", "one more thing"), mind=mind)

    assert texts(seen) == ["At last."]
    heard = [e.utterance.transcript.text for e in seen if isinstance(e, Heard)]
    assert heard == ["hello", "one more thing"]


def test_danger_that_nobody_waited_to_hear_about_is_still_weighed():
    """Three turns while the mind is busy: the second, never answered, is remembered."""
    mind = SlowMind()

    def let_go(seen: list[Event]) -> bool:
        mind.go.set()
        return said("<now-call>")(seen) and times(Checked, 3)(seen)

    room = Room(*TURN, times(Heard), *AGAIN, *AGAIN, let_go, ("silence", 2.0))
    _, seen = hold(
        room, headphones=True, recogniser=lines("hello", "danger", "never mind"), mind=mind
    )

    assert [e.assessment.level for e in seen if isinstance(e, Checked)] == [
        Risk.NONE, Risk.IMMEDIATE, Risk.NONE,
    ]  # fmt: skip
    assert texts(seen)[0] == "<now-call>"


class Gone(Room):
    """A microphone that is unplugged, then a loudspeaker."""

    def __init__(self, *steps: Step, part: str) -> None:
        super().__init__(*steps)
        self._part = part

    def blocks(self) -> Iterator[AudioChunk]:
        yield from super().blocks()
        if self._part == "microphone":
            raise AudioError("The microphone has gone.")

    def play(self, chunk: AudioChunk) -> None:
        if self._part == "loudspeaker":
            raise AudioError("The loudspeaker has gone.")


@pytest.mark.parametrize("part", ["microphone", "loudspeaker"])
def test_a_device_that_goes_ends_the_talk_with_its_sentence(part):
    """After what was being said has been shown to its end: here an answer to danger."""
    room = Gone(*TURN, times(Heard), part=part)
    if part == "loudspeaker":
        room.steps = (*room.steps, *((("silence", 5.0),) * 20), times(SpeechStarted, 9))
    with pytest.raises(AudioError, match=f"The {part} has gone"):
        hold(room, recogniser=lines("danger"))

    assert texts(room.seen) == ["<now-call>", "<now-someone>"]


def test_a_mind_that_hangs_keeps_nobody_waiting():
    """Danger that is told while it hangs is answered; and the talk can be ended."""
    mind = SlowMind()
    room = Room()
    room.steps = (*TURN, times(Heard), *AGAIN, said("<now-call>"))
    try:
        _, seen = hold(room, recogniser=lines("hello", "danger"), mind=mind, ends=False)
    finally:
        mind.go.set()

    assert texts(seen) == ["<now-call>"]


def test_an_old_answer_does_not_undo_a_newer_danger():
    """Its sentence is finished, and counts as said; what was said over it counts more."""
    room = Room()
    room.steps = (
        *TURN,
        *paced(room, ("silence", 0.5), ("speech", 0.3), ("silence", 1.4), ("speech", 4.0)),
        times(Checked, 2), ("speech", 0.5),
    )  # fmt: skip
    talk, _ = hold(
        room, headphones=True, recogniser=lines("worry danger", "second danger", "third"),
        voices=(LongVoice(),), incoming=WorseAndWorse(),
    )  # fmt: skip

    assert talk.state.risk.level is Risk.IMMEDIATE


def paced(room: Room, *parts: tuple[str, float], most: float = 6.0) -> Iterator[Step]:
    """Let sound come no sooner than the answer beside it is there."""
    slices = [kind for kind, seconds in parts for _ in range(round(seconds * 10))]
    for number, kind in enumerate(slices):
        yield room.has_played(min(most, 0.3 + number / 10))
        yield kind, 0.1


class LongVoice(ToneVoice):
    """Six seconds a sentence."""

    def synthesize(self, text: object, style: object) -> Iterator[AudioChunk]:
        for _ in range(6):
            yield from super().synthesize(text, style)


class WorseAndWorse:
    """Takes what is said second for immediate danger."""

    def weigh(self, transcript: Transcript, state: RiskState) -> tuple[Assessment, RiskState]:
        if "danger" not in transcript.text:
            return Assessment(), state
        level = Risk.IMMEDIATE if "second" in transcript.text else Risk.CONCERN
        found = Assessment(level, (Kind.SUICIDE,))
        return found, replace(state, level=max(level, state.level), kinds=(Kind.SUICIDE,))


def test_closing_the_talk_ends_its_threads():
    """As Ctrl+C does, in the middle of an answer."""
    room = Room(*TURN, times(Said), *((("silence", 5.0),) * 20))
    talk = LiveTalk(
        TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5),
        conversation(voices=(ToneVoice(),), mind=EndlessMind(), recogniser=lines("hello")),
        lambda: 0.0, lambda words: False, canceller=Headphones(),
    )  # fmt: skip
    events = talk.run(room, room)
    for event in events:
        room.note(event)
        if isinstance(event, Said):
            break
    events.close()

    assert room.is_closed and room.stops
    assert not threads()


def test_with_no_voice_the_words_are_shown():
    """Text only."""
    room = Room(*TURN, times(Said), ("silence", 0.5))
    _, seen = hold(room, recogniser=lines("hello"), voices=())

    assert texts(seen) == ["I hear you."]
    assert room.played == 0


class Doubted:
    """A canceller that gives silence in place of echo, and may not be trusted."""

    apart = near = False

    def __init__(self, works: bool = True, breaks: bool = False) -> None:
        self.works, self.breaks = works, breaks

    def cancel(self, chunk: AudioChunk) -> AudioChunk:
        if self.breaks:
            raise RuntimeError
        return chunk


SPOKEN_OVER: tuple[Step, ...] = (("silence", 0.1), ("speech", 0.6), ("silence", 0.1))


@pytest.mark.parametrize(
    ("canceller", "heard"),
    [(Doubted(), True), (Doubted(works=False), False), (Doubted(breaks=True), False)],
)
def test_one_may_speak_over_us_where_our_voice_is_taken_out(canceller, heard):
    """Where too much of it is left, or the canceller breaks, we speak and listen in turn."""
    room = Room()
    room.steps = (*TURN, room.has_played(0.5), *SPOKEN_OVER)
    _, seen = hold(room, canceller=canceller, recogniser=lines("hello", "wait"))

    assert times(Interrupted)(seen) is heard
    assert times(Failed)(seen) is canceller.breaks


def test_a_cough_costs_a_pause_and_no_word():
    """The answer is held back, goes on, and counts as said when it was heard."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("silence", 0.1), ("speech", 0.2), times(Paused),
        ("silence", 1.3), times(Resumed), room.has_played(1.0), ("silence", 1.5),
    )  # fmt: skip
    talk, seen = hold(room, headphones=True, recogniser=lines("hello", ""))

    assert texts(seen) == ["I hear you."]
    assert not times(Interrupted)(seen)
    assert room.played == pytest.approx(1.0)
    assert talk.state.history == (Exchange("hello", ("I hear you.",), "reflect"),)


@pytest.mark.parametrize("seconds", [0.4, 0.9])
def test_what_holds_no_word_over_our_voice_is_not_answered(seconds):
    """However long: it may be the rest of our own echo, and nobody is asked to say it again."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("silence", 0.1), ("speech", seconds), times(Paused),
        ("silence", 4.0),
    )  # fmt: skip
    talk, seen = hold(room, headphones=True, recogniser=lines("hello", ""))

    assert len([event for event in seen if isinstance(event, Heard)]) == 1
    assert texts(seen) == ["I hear you."]


def test_a_cough_while_it_thinks_costs_no_answer():
    """The reply is still wanted when it was nothing."""
    mind = SlowMind()

    def let_go(seen: list[Event]) -> bool:
        mind.go.set()
        return True

    room = Room()
    room.steps = (
        *TURN, times(Heard), ("speech", 0.2), ("silence", 2.5), let_go, room.has_played(0.5),
        ("silence", 0.5), room.has_played(1.0), ("silence", 1.0),
    )  # fmt: skip
    _, seen = hold(room, headphones=True, recogniser=lines("hello", ""), mind=mind)

    assert texts(seen) == ["At last."]
