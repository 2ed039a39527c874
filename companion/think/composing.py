"""Put one plan together: what is said, what it waits for, and the state to go on from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from companion.answers import Answers
from companion.records import Form
from companion.skills import FORM_ACT, Skills
from companion.think.mirror import Echo, Mirror
from companion.think.replies import Chooser, Replies, Variants
from companion.think.understanding import Understanding
from companion.values import AnswerKind, Expected, Line, MindState, Plan, Turn

BREATHING, TALK = "breathing", "talk"
"""Names of the choices"""
OFFERED = "offered"
"""The step after an offer; with the name of an exercise behind a colon, else of breathing"""
ACTS_KEPT = 16
NAMED_KEPT = 8

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
    mirror: Mirror
    skills: Skills
    answers: Answers
    number: Callable[[int], str]
    """Says a number in words"""


class Composer:
    """One plan in the making: what was said before, and the state to go on from."""

    def __init__(self, replies: Replies, turn: Turn) -> None:
        self._replies = replies
        # Whoever was understood is not asked again as often.
        self.mind: MindState = replace(turn.mind, repairs=0)
        self._chooser = Chooser(turn.mind.used)

    def lines(self, name: str, variants: Variants, **slots: str) -> tuple[Line, ...]:
        """Give the sentences of the variant used longest ago."""
        return self._chooser.lines(name, variants, **slots)

    def echo(self, found: Echo) -> tuple[Line, ...]:
        """Say back what the person said, in the form used longest ago."""
        sentences = tuple((_capital(sentence),) for sentence in found.sentences)
        # The person's words may hold braces: they are no slots.
        plain = tuple((text.replace("{", "").replace("}", ""),) for (text,) in sentences)
        return self.lines(f"echo-{found.family}", plain)

    def changed(self, **changes: object) -> None:
        """Keep something for the turns to come."""
        self.mind = replace(self.mind, **changes)  # type: ignore[arg-type]

    def named(self, things: Sequence[str]) -> None:
        """Keep whom and what the person named, the newest last."""
        kept = [thing for thing in self.mind.named if thing not in things]
        self.changed(named=(*kept, *things)[-NAMED_KEPT:])

    def rate(self, rating: int) -> None:
        """Keep a rating, 0 to 10."""
        self.changed(ratings=(*self.mind.ratings, rating))

    def lead_breathing(self) -> Plan:
        """Lead a minute of slow breathing."""
        return replace(self.lead("exhale46", minutes=1.0), skill="breathing")

    def lead(
        self, session: str, lines: tuple[Line, ...] = (), minutes: float | None = None
    ) -> Plan:
        """Lead an exercise by its name, and ask how strong it is after it."""
        ask = self.lines("after_breathing", self._replies.after_breathing)
        plan = self.plan("lead", lines, expected=SCALE, step="after")
        return replace(plan, skill=session, session=session, minutes=minutes, after=ask)

    def begin(self, skills: Skills, name: str) -> Plan:
        """Begin an exercise that is led by questions: from the next turn on it leads itself."""
        step = skills[name].steps[0]
        kinds = {"scale": SCALE, "yes_no": YES_NO}
        self.changed(form=Form(name, part=step.id))
        lines = tuple(Line(sentence) for sentence in step.ask)
        plan = self.plan(FORM_ACT, lines, expected=kinds.get(step.answer, OPEN_QUESTION))
        return replace(plan, skill=name)

    def offer(self, skills: Skills, name: str, before: tuple[Line, ...]) -> Plan:
        """Offer an exercise; it begins with a yes."""
        self.changed(offered=(*self.mind.offered, name))
        lines = before + tuple(Line(sentence) for sentence in skills[name].offer)
        return self.plan("offer", lines, expected=YES_NO, step=f"{OFFERED}:{name}")

    def say(
        self,
        act: str,
        variants: Variants,
        *,
        name: str = "",
        expected: Expected | None = None,
        step: str = "talking",
    ) -> Plan:
        """Plan an act whose written reply is one of `variants`.

        What it waits for is read off its last sentence where nothing else is `expected`.
        """
        lines = self.lines(name or act, variants)
        if expected is None:
            asks = bool(lines) and lines[-1].text.endswith("?")
            expected = OPEN_QUESTION if asks else STATEMENT
        return self.plan(act, lines, expected=expected, step=step)

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
            self.mind,
            step=step,
            used=tuple(self._chooser.used),
            turns=self.mind.turns + 1,
            acts=(*self.mind.acts, act)[-ACTS_KEPT:],
        )
        return Plan(act, lines, expected, mind=mind, task=task)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
