"""Speak of the tone of voice: when asked, when told to stop, and rarely without being asked.

What a person says about it is found by phrases, and answered by sentences, of
`prosody.yaml`. Without being asked, a clear difference is told at the most once in
half a day, in place of a question that was about to be asked anyway: a voice alone
begins nothing, and never where danger is about.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from companion.answers import Answers
from companion.risk import Risk
from companion.sense.baseline import MUTES
from companion.sense.words import Words, nothing
from companion.tone import ToneState
from companion.values import AnswerKind, Expected, Line, Plan, Turn

ACT, ASK = "tone", "ask"
"""How these answers are called; and what the policy calls an open question"""
REST = timedelta(hours=12)
"""Between two remarks that nobody asked for"""
STEADY = 3
"""Utterances in a row that were clearly different. Of calm talks of twenty turns one in ten
has them; where a voice moves as it does in real stress, one in three (docs/prosody.md)"""
SETTLING = 2
"""Answers before the first such remark: listening comes first"""
BESIDE = 4
"""Words beside the phrase, up to which an utterance is about nothing else"""
YES_NO = Expected(AnswerKind.YES_NO, after_question=True)
STATEMENT = Expected()
OPEN_QUESTION = Expected(after_question=True)
AT_ANY_LENGTH = ("stop", "forget")
"""Wishes that are followed wherever they stand: whoever wants out need not say it twice"""


class ToneTalk:
    """What is said about the tone of voice."""

    def __init__(self, words: Words, answers: Answers) -> None:
        self._words = words
        self._answers = answers
        self._asked = {name: [_plain(form) for form in forms] for name, forms in words.asked}

    def answer(self, turn: Turn) -> Plan | None:
        """Answer what is about the tone of voice; None where the turn is about something else."""
        state, text = _of_age(turn), turn.transcript.text
        if state.asked and turn.expected.kind is AnswerKind.YES_NO:
            agreed = self._answers.yes_no(text)
            if agreed is not None:
                return self._decided(turn, state, agreed)
        wish = self._wish(text)
        if _is_busy(turn) and wish not in AT_ANY_LENGTH:
            # "I hardly slept" is the answer to what was asked; `add` takes note of it.
            return None
        if wish in MUTES:
            return self._plan(turn, f"muted_{wish}", _muted(turn, wish)) if state.looks else None
        answers = {
            "agree": self._explained,
            "stop": self._stopped,
            "forget": self._forgotten,
            "well": self._well,
            "sound": self._told,
            "how": _how,
        }
        return answers[wish](turn, state) if wish else None

    def add(self, turn: Turn, plan: Plan) -> Plan:
        """Add to an answer what the voice asks for: a rest from comparing, or a remark."""
        why = self._wish(turn.transcript.text, beside=None)
        if why in MUTES and _of_age(turn).looks:
            return replace(plan, tone=_muted(turn, why))
        if not _is_fitting(turn, plan):
            return plan
        # The reflection stays; the question gives way.
        lines = plan.lines[:1] + tuple(map(Line, turn.tone.said))
        noted = replace(turn.tone_state.settled, remarked=turn.now, how=turn.tone.how)
        return replace(plan, lines=lines, task="", tone=noted)

    def _wish(self, text: str, beside: int | None = BESIDE) -> str:
        """Name what is wanted; `beside` is how many other words there may be."""
        plain = _plain(text)
        for name, forms in self._asked.items():
            most = None if name in AT_ANY_LENGTH else beside
            for form in forms:
                others = len(plain.split()) - len(form.split())
                if form in plain and (most is None or others <= most):
                    return name
        return ""

    def _decided(self, turn: Turn, state: ToneState, agreed: bool) -> Plan:
        if state.asked == "forget":
            name = "forgotten" if agreed else "kept"
            return self._plan(turn, name, replace(state.settled, forget=agreed))
        name = "agreed" if agreed else "declined"
        return self._plan(turn, name, replace(state.settled, agreed=agreed))

    def _explained(self, turn: Turn, state: ToneState) -> Plan:
        if state.minor:
            return self._plan(turn, "minor", state)
        if state.agreed:
            return self._plan(turn, "already", state)
        return self._plan(turn, "explain", replace(state, asked="agree"), YES_NO)

    def _stopped(self, turn: Turn, state: ToneState) -> Plan:
        if not state.agreed:
            return self._plan(turn, "off", state)
        stopped = replace(state, agreed=False, asked="forget")
        return self._plan(turn, "stopped", stopped, YES_NO)

    def _forgotten(self, turn: Turn, state: ToneState) -> Plan:
        return self._plan(turn, "forgotten", replace(state, agreed=False, forget=True))

    def _well(self, turn: Turn, state: ToneState) -> Plan | None:
        well = replace(state, muted="", muted_until=None)
        return self._plan(turn, "well", well) if state.muted else None

    def _told(self, turn: Turn, state: ToneState) -> Plan:
        if not state.looks:
            return self._plan(turn, "off", state)
        if turn.transcript.typed:
            return _plan(turn, nothing(self._words, "typed"), state)
        lines = turn.tone.said or nothing(self._words, turn.tone.why)
        asks = Expected(after_question=lines[-1].endswith("?"))
        return _plan(turn, lines, replace(state, how=turn.tone.how), asks)

    def _plan(
        self, turn: Turn, name: str, state: ToneState, expected: Expected = STATEMENT
    ) -> Plan:
        lines: tuple[str, ...] = getattr(self._words.answers, name)
        return _plan(turn, lines, state, expected)


def _plan(
    turn: Turn, lines: Iterable[str], state: ToneState, expected: Expected = STATEMENT
) -> Plan:
    said = tuple(map(Line, lines))
    return Plan(ACT, said, expected, mind=turn.mind, tone=state)


def _how(turn: Turn, state: ToneState) -> Plan | None:
    return _plan(turn, state.how, state) if state.how else None


def _is_fitting(turn: Turn, plan: Plan) -> bool:
    """Tell whether a difference may be told now although nobody asked."""
    now, last = turn.now, turn.tone_state.remarked
    return (
        turn.tone.times >= STEADY
        and now is not None
        and (last is None or now - last >= REST)
        and turn.risk.level is Risk.NONE
        and turn.free_talk
        and not turn.risk.is_minor
        and len(turn.history) >= SETTLING
        and not _is_busy(turn)
        and (plan.act, plan.expected) == (ASK, OPEN_QUESTION)
        and not any(line.reviewed for line in plan.lines)
    )


def _is_busy(turn: Turn) -> bool:
    """Tell whether an exercise is led or a form filled in: then nothing comes between."""
    form = turn.mind.form
    return turn.exercise is not None or bool(form and not (form.done or form.paused))


def _of_age(turn: Turn) -> ToneState:
    """Give the state; whoever has said to be under eighteen is taken for that."""
    return replace(turn.tone_state, minor=True) if turn.risk.is_minor else turn.tone_state


def _muted(turn: Turn, why: str) -> ToneState:
    until = turn.now and turn.now + MUTES[why]
    return replace(turn.tone_state.settled, muted=why, muted_until=until)


def _plain(text: str) -> str:
    """Give lower-case words with a space around each, and no apostrophes."""
    letters = text.casefold().replace("\u2019", "").replace("'", "")
    return f" {' '.join(re.findall('[a-z]+', letters))} "
