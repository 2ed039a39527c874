"""A talk in audio time: what is said when, and what silences it."""

from collections.abc import Iterable, Iterator
from itertools import count

import numpy as np
import pytest

from companion import paths
from companion.audio.wav import FileSpeaker
from companion.events import Event, Heard, Interrupted, Paused, Resumed, Said, SpeechStarted, Timed
from companion.hear.ear import TurnEar
from companion.hear.endings import Endings
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.hear.typed import TypedRecogniser
from companion.talk import Talk
from companion.values import AudioChunk, Expected, Transcript

from .parts import Broken, EndlessMind, conversation, texts
from .test_turns import blocks

ENDINGS = Endings(paths.content() / "en")


class ListMicrophone:
    """Sound from a list."""

    def __init__(self, chunks: Iterable[AudioChunk]) -> None:
        self._chunks = list(chunks)
        self.closed = False

    def blocks(self) -> Iterator[AudioChunk]:
        yield from self._chunks

    def close(self) -> None:
        self.closed = True


class ToneVoice:
    """Speaks every sentence as one second of a steady tone, in tenths."""

    name = "tone"

    def synthesize(self, text: object, style: object) -> Iterator[AudioChunk]:
        for _ in range(10):
            yield AudioChunk(np.full(2_205, 0.1, np.float32), 22_050)


class SpokenStop:
    """Hears "stop" in every sound."""

    name = "stop"
    hears_danger = True

    def start(self, expected: Expected) -> None:
        pass

    def accept(self, chunk: AudioChunk) -> str:
        return "stop"

    def finish(self) -> Transcript:
        return Transcript("stop")


def hold(
    *sound: tuple[str, float], speaker: FileSpeaker | None = None, charge: bool = False,
    **changes: object,
) -> list[Event]:  # fmt: skip
    """Hold a talk over this sound with a tone for a voice."""
    endings = changes.pop("endings", None)
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5, endings=endings)
    ticks = count(step=0.01)
    stages = {"voices": (ToneVoice(),), "prosody_reader": None} | changes
    talk = Talk(
        ear, conversation(**stages), lambda: next(ticks), lambda words: words == "stop",
        charge_work=charge,
    )  # fmt: skip
    microphone = ListMicrophone(blocks(*sound))
    events = list(talk.run(microphone, speaker or FileSpeaker()))
    assert microphone.closed
    return events


def lines(*texts: str) -> TypedRecogniser:
    return TypedRecogniser(texts)


def loud(speaker: FileSpeaker, start: float, end: float) -> bool:
    sound = speaker.samples()[round(start * 22_050) : round(end * 22_050)]
    return bool(len(sound)) and float(np.abs(sound).mean()) > 0.01


TURN = (("silence", 1.0), ("speech", 1.0), ("silence", 4.0))


def test_an_answer_starts_when_its_turn_was_taken():
    """Commit plus nothing: work is measured, and not charged."""
    speaker = FileSpeaker()
    events = hold(*TURN, speaker=speaker, recogniser=lines("hello"))

    assert texts(events) == ["I hear you."]
    (timed,) = [event for event in events if isinstance(event, Timed)]
    assert timed.at == pytest.approx(3.0, abs=0.03)
    assert timed.hold == pytest.approx(1.0, abs=0.03)
    assert not loud(speaker, 0, 2.9)
    assert loud(speaker, 3.05, 3.9)


def test_work_is_measured_by_stage_and_can_be_charged():
    """With --charge-work the answer begins as late as its work took."""
    (free,) = [e for e in hold(*TURN, recogniser=lines("hello")) if isinstance(e, Timed)]
    (late,) = [
        e for e in hold(*TURN, recogniser=lines("hello"), charge=True) if isinstance(e, Timed)
    ]

    assert late.work == pytest.approx(sum(seconds for _, seconds in late.by_stage))
    assert late.at == pytest.approx(free.at + late.work, abs=0.001)
    assert {"hear", "guard", "policy", "think", "speak"} <= dict(late.by_stage).keys()


def test_two_runs_give_the_same_sound():
    """A talk through files is deterministic."""
    sounds = []
    for _ in range(2):
        speaker = FileSpeaker()
        hold(*TURN, *TURN, speaker=speaker, recogniser=lines("hello", "and again"))
        sounds.append(speaker.samples())

    assert np.array_equal(*sounds)


def test_speech_cuts_the_answer_short():
    """An endless answer stops when the person speaks, and the mind with it."""
    mind, speaker = EndlessMind(), FileSpeaker()
    sound = (("speech", 1.0), ("silence", 3.0), ("speech", 1.0), ("silence", 0.5))
    events = hold(*sound, speaker=speaker, mind=mind, recogniser=lines("hello"), policy=Once())

    assert mind.stopped
    (cut,) = [event for event in events if isinstance(event, Interrupted)]
    (paused,) = [event for event in events if isinstance(event, Paused)]
    assert paused.at == pytest.approx(4.1, abs=0.05)
    assert cut.at == pytest.approx(4.5, abs=0.05)
    assert not loud(speaker, paused.at + 0.05, cut.at + 0.9)


class Once:
    """Reflects once, then says nothing more: an endless mind must not answer twice."""

    def __init__(self) -> None:
        self.turns = 0

    def choose(self, turn: object) -> object:
        from companion.values import Line, Plan

        self.turns += 1
        return Plan("reflect", (Line("I hear you."),), task="reflect" if self.turns == 1 else "")


def test_the_first_sentence_of_safety_is_finished():
    """Speech that is not "stop" lets it end; what follows is dropped."""
    speaker = FileSpeaker()
    sound = (("speech", 1.0), ("silence", 1.3), ("speech", 1.0), ("silence", 3.0))
    events = hold(*sound, speaker=speaker, recogniser=lines("danger", "what"))

    first = [event for event in events if isinstance(event, Said)][0]
    assert first.essential
    assert loud(speaker, 2.4, 2.9)
    assert not any(isinstance(event, Interrupted) for event in events)


def test_stop_beats_everything():
    """The word "stop" silences even the first sentence of safety, within 300 ms."""
    speaker = FileSpeaker()

    class DangerThenStop(SpokenStop):
        def __init__(self) -> None:
            self.turn = 0

        def start(self, expected: Expected) -> None:
            self.turn += 1

        def accept(self, chunk: AudioChunk) -> str:
            return "stop" if self.turn > 1 else ""

        def finish(self) -> Transcript:
            return Transcript("danger" if self.turn == 1 else "stop")

    sound = (("speech", 1.0), ("silence", 1.2), ("speech", 0.5), ("silence", 0.6))
    events = hold(*sound, speaker=speaker, recogniser=DangerThenStop())
    started = [event for event in events if isinstance(event, SpeechStarted)][1]
    (cut,) = [event for event in events if isinstance(event, Interrupted)]

    assert cut.at - started.at <= 0.3
    assert not loud(speaker, cut.at + 0.02, cut.at + 0.3)


def test_danger_that_was_talked_over_is_answered_next():
    """Two turns run into each other: the sign in the first is not lost."""
    sound = (("speech", 1.0), ("silence", 1.02), ("speech", 1.0), ("silence", 6.0))
    events = hold(*sound, recogniser=lines("danger", "never mind"))

    assert texts(events).count("<now-call>") >= 1
    assert "<now-call>" in texts(events)[-2:]


def test_an_ear_that_fails_in_mid_talk_says_so():
    """The talk goes on with a sentence, not a traceback."""
    assert texts(hold(*TURN, recogniser=Broken())) == ["<ear-fault>"]


def test_the_last_answer_is_given_whole_when_the_sound_ends():
    """OUT may be longer than IN."""
    speaker = FileSpeaker()
    hold(("speech", 1.0), speaker=speaker, recogniser=lines("hello"))

    assert speaker.drained() > 1.9


def test_what_was_heard_comes_out_in_order():
    """Turn 1, turn 2."""
    events = hold(*TURN, *TURN, recogniser=lines("one", "two"))

    assert [event.id.turn for event in events if isinstance(event, Heard)] == [1, 2]


def test_a_cough_costs_a_pause_and_no_word():
    """The answer goes on where it was held back, within 1.5 seconds, and is heard whole."""
    speaker = FileSpeaker()
    sound = (("speech", 1.0), ("silence", 1.3), ("speech", 0.2), ("silence", 4.0))
    events = hold(*sound, speaker=speaker, recogniser=lines("hello", ""))
    (paused,) = [event for event in events if isinstance(event, Paused)]
    (resumed,) = [event for event in events if isinstance(event, Resumed)]

    assert texts(events) == ["I hear you."]
    assert not any(isinstance(event, Interrupted) for event in events)
    assert 0.3 < resumed.at - paused.at < 1.0
    assert not loud(speaker, paused.at + 0.02, resumed.at - 0.02)
    assert float(np.sum(np.abs(speaker.samples()) > 0.05)) / 22_050 == pytest.approx(1.0, abs=0.03)


def test_a_sign_of_listening_is_not_answered():
    """ "mm-hm" while we speak: the one answer is heard whole, and there is no other."""
    sound = (("speech", 1.0), ("silence", 1.3), ("speech", 0.4), ("silence", 8.0))
    events = hold(*sound, recogniser=Murmur(), policy=NoQuestion(), endings=ENDINGS)

    assert texts(events) == ["I hear you."]
    assert any(isinstance(event, Resumed) for event in events)


def test_one_word_is_enough():
    """It is answered, however short, also where the ear knows it only at the end."""
    sound = (("speech", 1.0), ("silence", 1.3), ("speech", 0.2), ("silence", 8.0))
    events = hold(*sound, recogniser=lines("hello", "danger"), policy=NoQuestion())

    assert texts(events)[-2:] == ["<now-call>", "<now-someone>"]


class NoQuestion:
    """Says something that asks nothing."""

    def choose(self, turn: object) -> object:
        from companion.values import Line, Plan

        return Plan("reflect", (Line("I hear you."),))


class Murmur(SpokenStop):
    """Hears "mm-hm" while it is said, from the second turn on."""

    def __init__(self) -> None:
        self.turns = 0

    def start(self, expected: Expected) -> None:
        self.turns += 1

    def accept(self, chunk: AudioChunk) -> str:
        return "mm-hm" if self.turns > 1 else ""

    def finish(self) -> Transcript:
        return Transcript("mm-hm" if self.turns > 1 else "hello")
