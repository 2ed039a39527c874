"""A mind that hangs, a device that goes, danger that nobody waited to hear about: none is lost."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from companion.audio.echo import Headphones
from companion.errors import AudioError
from companion.events import (
    Checked,
    Event,
    Heard,
    Said,
    SpeechStarted,
)
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.live import LiveTalk
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import AudioChunk, Transcript

from .live_room import (
    AGAIN,
    TURN,
    LongVoice,
    Room,
    SlowMind,
    Step,
    hold,
    lines,
    said,
    threads,
    times,
)
from .parts import EndlessMind, conversation, texts
from .test_talk import ToneVoice


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
