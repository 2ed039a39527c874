"""Put one plan together: what is said, what it waits for, and the state to go on from."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from companion.answers import Answers
from companion.think.replies import Chooser, Replies, Variants
from companion.think.understanding import Understanding
from companion.values import AnswerKind, Expected, Line, Plan, Turn

BREATHING, TALK = "breathing", "talk"
"""Names of the choices"""

STATEMENT = Expected()
SCALE = Expected(AnswerKind.SCALE, after_question=True)
YES_NO = Expected(AnswerKind.YES_NO, after_question=True)
CHOICE = Expected(AnswerKind.CHOICE, (TALK, BREATHING), after_question=True)
OPEN_QUESTION = Expected(after_question=True)


@dataclass(frozen=True)
class Tools:
    """What every step of the policy works with: the content of one language."""

    replies: Replies
    understanding: Understanding
    answers: Answers
    number: Callable[[int], str]
    """Says a number in words"""


class Composer:
    """One plan in the making: what was said before, and the state to go on from."""

    def __init__(self, replies: Replies, turn: Turn) -> None:
        self._replies = replies
        # Whoever was understood is not asked again as often.
        self._mind = replace(turn.mind, repairs=0)
        self._chooser = Chooser(turn.mind.used)
        self._opening = () if turn.mind.turns else self.lines("opening", replies.opening)

    def lines(self, name: str, variants: Variants, number: str = "") -> tuple[Line, ...]:
        """Give the sentences of the variant used longest ago."""
        return self._chooser.lines(name, variants, number)

    def notice(self, feeling: str, topic: str) -> None:
        """Keep what the talk is about."""
        self._mind = replace(self._mind, feeling=feeling, topic=topic)

    def rate(self, rating: int) -> None:
        """Keep a rating, 0 to 10."""
        self._mind = replace(self._mind, ratings=(*self._mind.ratings, rating))

    def reflection(self, feeling: str, topic: str) -> tuple[Line, ...]:
        """Say what was felt and what it was about."""
        felt = self._replies.reflect[feeling or "none"]
        lines = self.lines(f"reflect-{feeling}", felt)
        if topic:
            lines += self.lines(f"about-it-{topic}", self._replies.about_it[topic])
        return lines

    def lead_breathing(self, first: tuple[Line, ...] = ()) -> Plan:
        """Lead the slow breathing, and ask how strong it is after it."""
        lines = first + self._replies.breathing_lines()
        ask = self.lines("after_breathing", self._replies.after_breathing)
        plan = self.plan("lead", lines + ask, expected=SCALE, step="after")
        return replace(plan, skill="breathing")

    def say(
        self,
        act: str,
        variants: Variants,
        *,
        expected: Expected = STATEMENT,
        step: str = "talking",
    ) -> Plan:
        """Plan an act whose written reply is one of `variants`."""
        return self.plan(act, self.lines(act, variants), expected=expected, step=step)

    def plan(
        self,
        act: str,
        lines: tuple[Line, ...],
        *,
        expected: Expected = STATEMENT,
        step: str = "talking",
        task: str = "",
    ) -> Plan:
        """Plan an act with these lines."""
        mind = replace(
            self._mind, step=step, used=tuple(self._chooser.used), turns=self._mind.turns + 1
        )
        # That it is a program is said first, but never before the first words of safety.
        safety = bool(lines) and bool(lines[0].reviewed)
        opened = lines[:1] + self._opening + lines[1:] if safety else self._opening + lines
        return Plan(act, opened, expected, mind=mind, task="" if self._opening else task)
