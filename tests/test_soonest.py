"""An answer that is ready when its turn is taken waits a moment: some go on just then."""

from dataclasses import replace

import pytest

from companion.audio.wav import FileSpeaker
from companion.events import Interrupted, Said, Sound, Timed, TurnTaken
from companion.floor import Floor
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.holds import BALANCED, PATIENT, SOONEST
from companion.hear.turns import TurnRules
from companion.parts import build_ear
from companion.settings import Settings
from companion.talk import Talk
from companion.values import Cleared, Expected, State, TurnId

from .live_room import times
from .parts import SOUND, conversation, texts
from .test_floor_properties import Loudspeaker
from .test_leading_live import Ear
from .test_talk import ListMicrophone, ToneVoice
from .test_turns import blocks

VOICE: tuple[tuple[str, float], ...] = (("speech", 1.0), ("silence", 3.0))


def taken(ear: TurnEar) -> TurnTaken:
    events = [event for block in blocks(*VOICE) for event in ear.push(block, Expected())]
    return next(event for event in events if isinstance(event, TurnTaken))


@pytest.mark.parametrize(("patience", "seconds"), [("patient", 1.3), ("balanced", 0.91)])
def test_a_talk_lets_a_moment_pass_before_it_answers(patience, seconds):
    """Counted from the last of the voice, so that a longer hold waits for nothing more."""
    settings = Settings.model_validate({"hear": {"detector": "energy", "patience": patience}})
    end = taken(build_ear(settings))

    assert end.soonest - end.end == pytest.approx(seconds, abs=0.01)
    assert SOONEST * PATIENT.statement <= 1.4 and SOONEST * BALANCED.statement <= 1.0


def test_nothing_of_an_answer_is_said_too_soon():
    """Its first sentence comes when its time has come, whole."""
    happened: list[object] = []
    speaker = Loudspeaker()
    floor = Floor(speaker, happened.append, State())
    floor.want(TurnId(1), 2.0)

    assert floor._may(Said(TurnId(1), Cleared("yes"))) is None
    assert floor._may(Sound(TurnId(1), SOUND)) is None
    floor.go_on(2.0)
    assert floor.let(Said(TurnId(1), Cleared("yes")))
    assert [type(event) for event in happened] == [Said]


def charged(*sound: tuple[str, float]) -> list[object]:
    ear = TurnEar(EnergyDetector(), rules=TurnRules(soonest=SOONEST), preroll=1.0, speech=0.5)
    stages = conversation(recogniser=Ear("hello", "again"), voices=(ToneVoice(),))
    stages = replace(stages, prosody_reader=None)
    talk = Talk(ear, stages, lambda: 0.0, lambda words: False, charge_work=True)
    return list(talk.run(ListMicrophone(blocks(*sound)), FileSpeaker()))


def test_the_wait_is_part_of_the_work_time():
    """Charged work and the wait go on together: the later of both counts."""
    (timed,) = [event for event in charged(("silence", 1.0), *VOICE) if isinstance(event, Timed)]

    assert timed.at == pytest.approx(2.0 + SOONEST, abs=0.05)


def test_whoever_goes_on_in_that_moment_is_not_cut_off():
    """They hear nothing of the answer to their first words, and are answered once."""
    events = charged(("silence", 1.0), ("speech", 1.0), ("silence", 1.15), *VOICE)

    assert not times(Interrupted)(events)  # type: ignore[arg-type]
    (timed,) = [event for event in events if isinstance(event, Timed)]
    assert timed.at > 4.0
    assert texts(events)[-1] == "I hear you."
