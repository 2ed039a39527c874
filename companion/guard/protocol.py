"""Answer danger: which reviewed sentences are due, and which question.

A pure function of what was just found and what is known. No language model is
asked. Which sentences belong to which kind and level is data
(`safety/protocol.yaml`).
"""

from dataclasses import replace

from companion.errors import SettingsError
from companion.guard.reviewed import Branch, Protocol, Step
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import AnswerKind, Expected, Line, Plan

MOST_ASKED = 2
"""A question about danger is asked again once where the answer was unclear, never more"""

_LEVELS = {level.name.lower(): level for level in Risk}


class WrittenProtocol:
    """Chooses reviewed sentences by kind, level and what was already told."""

    def __init__(self, protocol: Protocol) -> None:
        """Raises SettingsError where a kind has no branch or a level no sentence."""
        self._protocol = protocol
        if missing := sorted({kind.value for kind in Kind} - protocol.branches.keys()):
            raise SettingsError(f"protocol.yaml: there is no branch for '{missing[0]}'.")
        self._branches: dict[Kind, Branch] = {kind: protocol.branches[kind.value] for kind in Kind}

    def answer(self, assessment: Assessment, state: RiskState) -> Plan | None:
        """Give the answer that is due, or None where ordinary talk may go on."""
        if self._is_new(assessment, state):
            return self._first(state)
        if state.asked:
            return self._after_question(assessment, state)
        if state.level is Risk.IMMEDIATE:
            return self._stay(state)
        if assessment.level >= Risk.CONCERN:
            return self._again(assessment, state)
        return None

    @staticmethod
    def _is_new(assessment: Assessment, state: RiskState) -> bool:
        """Is there a danger that the person has not been answered yet?"""
        if state.level < Risk.CONCERN:
            return False
        unanswered_kind = assessment.level >= Risk.CONCERN and not (
            set(assessment.kinds) <= set(state.answered_kinds)
        )
        return state.level > state.answered or unanswered_kind

    def _first(self, state: RiskState) -> Plan:
        kind = next((k for k in state.kinds if k not in state.answered_kinds), None)
        kind = kind or (state.kinds[0] if state.kinds else Kind.SUICIDE)
        return self._plan(_step(self._branches[kind], state.level), state, kind.value)

    def _again(self, assessment: Assessment, state: RiskState) -> Plan:
        """Go on with someone who says more of what was answered before."""
        kind = assessment.kinds[0]
        lines = self._branches[kind].again
        return self._plan(Step(say=(lines[state.told % len(lines)],)), state, kind.value)

    def _stay(self, state: RiskState) -> Plan:
        line = self._protocol.stay[state.told % len(self._protocol.stay)]
        step = Step(ask=line) if line in self._protocol.questions else Step(say=(line,))
        return self._plan(step, state, "stay")

    def _after_question(self, assessment: Assessment, state: RiskState) -> Plan | None:
        if assessment.answers is None:
            if state.times_asked >= MOST_ASKED:
                return self._unanswered(replace(state, asked="", times_asked=0))
            return self._plan(Step(say=("unclear",), ask=state.asked), state, "unclear")
        question = self._protocol.questions[state.asked]
        step = question.yes if assessment.answers else question.no
        return self._plan(step, replace(state, asked="", times_asked=0), state.asked)

    def _unanswered(self, state: RiskState) -> Plan | None:
        """Nobody is pressed for an answer: the numbers are said, and the talk goes on."""
        if state.level is Risk.IMMEDIATE:
            return self._stay(state)
        return self._plan(Step(say=("help-numbers", "still-here")), state, "unclear")

    def _plan(self, step: Step, state: RiskState, skill: str) -> Plan:
        ids = [*step.say, *filter(None, [step.ask])]
        lines = [Line(reviewed=line, essential=not at) for at, line in enumerate(ids)]
        lines[1:1] = [Line(reviewed=line, aloud=False) for line in step.screen]
        level = max(state.level, _LEVELS.get(step.level, Risk.NONE))
        waits = step.ask if step.ask in self._protocol.questions else ""
        told = replace(
            state,
            level=level,
            answered=max(state.answered, level),
            answered_kinds=tuple(dict.fromkeys((*state.answered_kinds, *state.kinds))),
            asked=waits,
            times_asked=state.times_asked + 1 if waits and waits == state.asked else bool(waits),
            told=state.told + 1,
            soft_signs=0,
        )
        expected = Expected(AnswerKind.YES_NO if waits else AnswerKind.OPEN, after_question=True)
        return Plan("safety", tuple(lines), expected, skill=skill, risk=told)


def _step(branch: Branch, level: Risk) -> Step:
    """Give the answer for a level, else the one for the nearest level there is."""
    by_level = {
        Risk.CONCERN: branch.concern,
        Risk.HIGH: branch.high,
        Risk.IMMEDIATE: branch.immediate,
    }
    order = {
        Risk.CONCERN: (Risk.CONCERN, Risk.HIGH, Risk.IMMEDIATE),
        Risk.HIGH: (Risk.HIGH, Risk.CONCERN, Risk.IMMEDIATE),
        Risk.IMMEDIATE: (Risk.IMMEDIATE, Risk.HIGH, Risk.CONCERN),
    }[level]
    return next(by_level[wanted] for wanted in order if by_level[wanted].say)
