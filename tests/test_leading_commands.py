"""Every command of an exercise, wherever it stands."""

import pytest

from companion.exercise import Exercise
from companion.values import (
    Expected,
    Line,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .exercises import ANSWERS, leader


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
