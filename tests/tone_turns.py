"""A turn in which a voice was clearly different, for the tests of what is said of it."""

from companion.risk import Assessment, RiskState
from companion.tone import Tone, ToneLevel, ToneState
from companion.values import (
    Exchange,
    Expected,
    Line,
    MindState,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .tones import LATER

AGREED = ToneState(agreed=True)
CLEAR = Tone(
    ToneLevel.CLEARLY, 1.5, (1.0, 2.0), 0.6, "", ("It was different.", "It may be a cold.", "You?"),
    ("I compared.",), {"voiced": 4.0}, times=3,
)  # fmt: skip
TALKED = (Exchange("hello", ("Hello.",), "greet"),) * 2
ASKING = Plan(
    "ask", (Line("That sounds hard."), Line("What else?")), Expected(after_question=True),
    task="ask",
)  # fmt: skip


def turn(text: str = "my day was long", state: ToneState = AGREED, **changes: object) -> Turn:
    utterance = Utterance(TurnId(3), Transcript(text), committed=60.0)
    given = {
        "assessment": Assessment(), "risk": RiskState(), "expected": Expected(),
        "mind": MindState(), "history": TALKED, "free_talk": True, "began": LATER,
        "tone": CLEAR, "tone_state": state,
    } | changes  # fmt: skip
    return Turn(utterance, utterance.transcript or Transcript(), **given)  # type: ignore[arg-type]


def said(plan: Plan | None) -> str:
    assert plan is not None
    return " ".join(line.text for line in plan.lines)
