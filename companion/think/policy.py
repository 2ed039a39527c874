"""Decide what to do in a turn. The policy carries the talk; a model only words it.

Listening comes first: no exercise is offered before the person has been heard,
reflections outnumber questions, and there is one question at the most. In grief
nothing is offered at all. An ear that may miss danger is asked for closed
answers only (docs/safety.md).
"""

from collections.abc import Callable
from dataclasses import replace

from companion.answers import Answers
from companion.think.replies import Chooser, Replies, Variants
from companion.think.understanding import Understanding
from companion.values import AnswerKind, Expected, Line, Plan, Turn

HIGH, LOW = 7, 3
"""Ratings from which, and up to which, a feeling counts as strong and as light"""
TURNS_BETWEEN_OFFERS = 5
MOST_REPAIRS = 2
BREATHING, TALK = "breathing", "talk"
"""Names of the choices"""

STATEMENT = Expected()
SCALE = Expected(AnswerKind.SCALE, after_question=True)
YES_NO = Expected(AnswerKind.YES_NO, after_question=True)
CHOICE = Expected(AnswerKind.CHOICE, (TALK, BREATHING), after_question=True)
OPEN_QUESTION = Expected(after_question=True)


class ListeningPolicy:
    """A handful of acts: greet, reflect, ask, check in, offer, lead, answer, close."""

    def __init__(
        self,
        replies: Replies,
        understanding: Understanding,
        answers: Answers,
        number: Callable[[int], str],
    ) -> None:
        """`number` says a number in words."""
        self._replies = replies
        self._understanding = understanding
        self._answers = answers
        self._number = number

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        choice = _Choice(self._replies, turn)
        plan = (
            self._command(turn, choice)
            or self._closed(turn, choice)
            or self._about(turn, choice)
            or self._nothing_heard(turn, choice)
            or self._talk(turn, choice)
        )
        return plan

    # --- what always works ------------------------------------------------------

    def _command(self, turn: Turn, choice: "_Choice") -> Plan | None:
        replies = self._replies
        match self._answers.command(turn.transcript.text):
            case "stop":
                return choice.plan("stop", (Line(reviewed="stopped"),), step="quiet")
            case "help":
                return choice.plan(
                    "help",
                    (Line(reviewed="help-numbers", essential=True), Line(reviewed="help-me")),
                )
            case "panic":
                return self._lead(
                    choice,
                    first=(
                        Line(reviewed="medical-flags", essential=True),
                        Line(reviewed="medical-else"),
                    ),
                )
            case "breathing":
                return self._lead(choice)
            case "goodbye":
                return choice.say("goodbye", replies.goodbye, step="start")
            case "thanks":
                return choice.say("thanks", replies.thanks)
            case "repeat":
                return self._repeat(turn, choice)
        return None

    def _repeat(self, turn: Turn, choice: "_Choice") -> Plan:
        if not turn.history:
            return choice.say("repeat", self._replies.nothing_to_repeat)
        lines = tuple(Line(sentence) for sentence in turn.history[-1].said)
        return choice.plan("repeat", lines, expected=turn.expected, step=turn.mind.step)

    # --- answers to our own questions ----------------------------------------------

    def _closed(self, turn: Turn, choice: "_Choice") -> Plan | None:
        text, kind = turn.transcript.text, turn.expected.kind
        if kind is AnswerKind.SCALE and (rating := self._answers.scale(text)) is not None:
            return self._rated(turn, choice, rating)
        if kind is AnswerKind.CHOICE:
            picked = self._answers.choice(text, turn.expected.choices)
            if picked == BREATHING:
                return self._lead(choice)
            if picked == TALK:
                return choice.say("ask", self._replies.talk_chosen, expected=OPEN_QUESTION)
        if kind is AnswerKind.YES_NO and (agreed := self._answers.yes_no(text)) is not None:
            return self._agreed(turn, choice, agreed)
        # In free talk any other answer is as good: the person goes on in their own words.
        in_own_words = turn.free_talk and text and not turn.transcript.rejected
        if not turn.expected.is_closed or in_own_words:
            return None
        return self._ask_again(turn, choice)

    def _ask_again(self, turn: Turn, choice: "_Choice") -> Plan:
        if turn.mind.repairs >= MOST_REPAIRS:
            return choice.say("repair", self._replies.give_up_closed, expected=OPEN_QUESTION)
        variants = {
            AnswerKind.SCALE: self._replies.repair_number,
            AnswerKind.CHOICE: self._replies.repair_choice,
        }.get(turn.expected.kind, self._replies.repair_yes_no)
        plan = choice.say("repair", variants, expected=turn.expected, step=turn.mind.step)
        return replace(plan, mind=replace(plan.mind, repairs=turn.mind.repairs + 1))

    def _rated(self, turn: Turn, choice: "_Choice", rating: int) -> Plan:
        replies, before = self._replies, turn.mind.ratings
        choice.rate(rating)
        if turn.mind.step == "after":
            name, variants = "rating_same", replies.rating_same
            if before and rating != before[-1]:
                name = "rating_fell" if rating < before[-1] else "rating_rose"
                variants = replies.rating_fell if rating < before[-1] else replies.rating_rose
            words = choice.lines(name, variants, self._number(rating))
            after = choice.lines("limited_done", replies.limited_done)
            lines = words + (() if turn.free_talk else after)
            return choice.plan("check_in", lines, step="start")
        name, variants = "rating_middle", replies.rating_middle
        if rating >= HIGH:
            name, variants = "rating_high", replies.rating_high
        elif rating <= LOW:
            name, variants = "rating_low", replies.rating_low
        lines = choice.lines(name, variants, self._number(rating))
        if not turn.free_talk:
            offer = choice.lines("limited_next", replies.limited_next)
            return choice.plan("offer", lines + offer, expected=YES_NO, step="offered")
        offer = choice.lines("offer_choice", replies.offer_choice)
        return choice.plan("offer", lines + offer, expected=CHOICE, step="offered")

    def _agreed(self, turn: Turn, choice: "_Choice", agreed: bool) -> Plan | None:
        if turn.mind.step != "offered":
            return None
        if agreed:
            return self._lead(choice)
        if turn.free_talk:
            return choice.say("ask", self._replies.breathing_no, expected=OPEN_QUESTION)
        return choice.say("close", self._replies.limited_no)

    def _lead(self, choice: "_Choice", first: tuple[Line, ...] = ()) -> Plan:
        lines = first + self._replies.breathing_lines()
        ask = choice.lines("after_breathing", self._replies.after_breathing)
        plan = choice.plan("lead", lines + ask, expected=SCALE, step="after")
        return replace(plan, skill="breathing")

    # --- talk ------------------------------------------------------------------------

    def _about(self, turn: Turn, choice: "_Choice") -> Plan | None:
        if question := self._understanding.about(turn.transcript.text):
            lines = choice.lines(f"about-{question}", self._replies.about[question])
            return choice.plan("about", lines, expected=turn.expected)
        return None

    def _nothing_heard(self, turn: Turn, choice: "_Choice") -> Plan | None:
        if not turn.free_talk:
            return self._limited(turn, choice)
        if turn.transcript.text and not turn.transcript.rejected:
            return None
        plan = choice.say("repair", self._replies.repair, expected=turn.expected)
        return replace(plan, mind=replace(plan.mind, step=turn.mind.step))

    def _limited(self, turn: Turn, choice: "_Choice") -> Plan:
        """Offer closed answers and exercises where free talk would not be safe."""
        lines: tuple[Line, ...] = ()
        if not turn.transcript.typed:
            lines = (Line(reviewed="ear-limited", essential=True),)
            lines += choice.lines("limited", self._replies.limited)
        lines += choice.lines("ask_rating", self._replies.ask_rating)
        return choice.plan("check_in", lines, expected=SCALE, step="rating")

    def _talk(self, turn: Turn, choice: "_Choice") -> Plan:
        text, mind = turn.transcript.text, turn.mind
        feeling = self._understanding.feeling(text) or ""
        topic = self._understanding.topic(text) or ""
        choice.notice(feeling or mind.feeling, topic or mind.topic)
        if not feeling and not topic and len(text.split()) <= 2 and not mind.turns:
            return choice.say("greet", self._replies.greeting, expected=OPEN_QUESTION)
        lines = choice.reflection(feeling, topic)
        if (feeling or mind.feeling) == "grieving":
            lines += choice.lines("listen", self._replies.listen)
            return choice.plan("listen", lines, expected=OPEN_QUESTION, task="listen")
        if feeling == "better":
            lines += choice.lines("better", self._replies.better)
            return choice.plan("ask", lines, expected=OPEN_QUESTION, task="ask")
        if not mind.ratings and feeling and topic or mind.turns == 2 and not mind.ratings:
            lines += choice.lines("ask_rating", self._replies.ask_rating)
            return choice.plan("check_in", lines, expected=SCALE, step="rating")
        if mind.turns and mind.turns % TURNS_BETWEEN_OFFERS == 0:
            lines += choice.lines("offer_breathing", self._replies.offer_breathing)
            return choice.plan("offer", lines, expected=YES_NO, step="offered")
        if mind.turns % 3 == 2:
            # Reflections outnumber questions: now and then only listen.
            return choice.plan("reflect", lines, task="reflect")
        lines += choice.lines("ask", self._replies.ask)
        return choice.plan("ask", lines, expected=OPEN_QUESTION, task="ask")


class _Choice:
    """One plan in the making: what was said before, and the state to go on from."""

    def __init__(self, replies: Replies, turn: Turn) -> None:
        self._replies = replies
        # Whoever was understood is not asked again as often.
        self._mind = replace(turn.mind, repairs=0)
        self._chooser = Chooser(turn.mind.used)
        self._opening = () if turn.mind.turns else self.lines("opening", replies.opening)

    def lines(
        self,
        name: str,
        variants: Variants,
        number: str = "",
    ) -> tuple[Line, ...]:
        return self._chooser.lines(name, variants, number)

    def notice(self, feeling: str, topic: str) -> None:
        self._mind = replace(self._mind, feeling=feeling, topic=topic)

    def rate(self, rating: int) -> None:
        self._mind = replace(self._mind, ratings=(*self._mind.ratings, rating))

    def reflection(self, feeling: str, topic: str) -> tuple[Line, ...]:
        felt = self._replies.reflect[feeling or "none"]
        lines = self.lines(f"reflect-{feeling}", felt)
        if topic:
            lines += self.lines(f"about-it-{topic}", self._replies.about_it[topic])
        return lines

    def say(
        self,
        act: str,
        variants: Variants,
        *,
        expected: Expected = STATEMENT,
        step: str = "talking",
    ) -> Plan:
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
        mind = replace(
            self._mind, step=step, used=tuple(self._chooser.used), turns=self._mind.turns + 1
        )
        # That it is a program is said first, but never before the first words of safety.
        safety = bool(lines) and bool(lines[0].reviewed)
        opened = lines[:1] + self._opening + lines[1:] if safety else self._opening + lines
        return Plan(act, opened, expected, mind=mind, task="" if self._opening else task)
