"""A talk about danger, through the real guard and the real protocol, without any stage else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from companion import paths
from companion.answers import Answers
from companion.guard.incoming import PhraseGuard
from companion.guard.protocol import WrittenProtocol
from companion.guard.reviewed import read_protocol
from companion.risk import RiskState
from companion.values import (
    Expected,
    MindState,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

LANGUAGE = paths.content() / "en"
PROTOCOL = read_protocol(LANGUAGE / "safety")
ANSWERS = Answers(LANGUAGE)
GUARD = PhraseGuard(LANGUAGE / "safety", ANSWERS.yes_no)
WRITTEN = WrittenProtocol(PROTOCOL, ANSWERS.command)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Talk:
    """Says one thing after the other; everything answered is told to its end."""

    def __init__(self, state: RiskState | None = None) -> None:
        self.state = state or RiskState()
        self.now = NOON
        self.plan: Plan | None = None

    def say(
        self, text: str, *, confidence: float | None = None, told: bool = True, hours: float = 0
    ) -> list[str]:
        """Give the ids of the lines of the answer; none where ordinary talk may go on."""
        self.now += timedelta(hours=hours, seconds=10)
        heard = Transcript(text, typed=confidence is None, confidence=confidence)
        found, self.state = GUARD.weigh(heard, self.state)
        self.state = WRITTEN.learn(found, self.state, self.now)
        self.plan = WRITTEN.answer(
            Turn(
                Utterance(TurnId(1), heard), heard, found, self.state, Expected(),
                MindState(), (), True,
            )
        )  # fmt: skip
        if self.plan and told:
            self.state = self.plan.risk or self.state
        return [line.reviewed for line in self.plan.lines] if self.plan else []

    def aloud(self) -> list[str]:
        """Give the ids of what was spoken."""
        lines = self.plan.lines if self.plan else ()
        return [line.reviewed for line in lines if line.aloud and not self.state.hushed]

    def next_day(self, hours: float = 24) -> "Talk":
        """Begin another talk with what is kept of this one."""
        later = Talk(replace(self.state, carried=True, asked="", owed="", passed=(), hushed=False))
        later.now = self.now + timedelta(hours=hours)
        return later
