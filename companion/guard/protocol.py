"""Answer danger: which reviewed sentences are due, and which question.

A pure state machine over what was just found and what is known. No language model is
asked. Which sentences belong to which kind and level, and which question follows which
answer, is data (`safety/protocol.yaml`). What is known, and what may lower it, is in
`remembering.py`; docs/crisis.md says all of it in plain words.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from companion.errors import SettingsError
from companion.guard.moment import Moment
from companion.guard.remembering import learn
from companion.guard.reviewed import LADDER, Branch, Protocol, Step
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import AnswerKind, Expected, Line, Plan, Turn

MOST_ASKED = 2
"""A question about danger is asked again once where the answer was unclear, never more"""
PROGRAM = "i-am-a-program"
"""Said once in every talk in which there is danger"""
SAFE_TO_TALK, DANGER_NOW = "ask-safe-to-talk", "ask-danger-now"
SCREENS = {Kind.HARM_FROM_OTHERS: "violence-screen", Kind.CHILD_AT_RISK: "child-screen"}
"""Which numbers are shown, where it is not those for a crisis"""
MOST_HELP = 2
"""Sentences, beside the question, in answer to a cry for help: the most urgent come first"""
MOST_PEOPLE = 3
"""Of their own people that are shown at once"""
COMMANDS = frozenset({"plan", "help", "panic", "breathing", "repeat"})
"""Words that always work, also in danger, once its first sentence was said"""


class WrittenProtocol:
    """Chooses reviewed sentences by kind, level and what was already told."""

    def __init__(self, protocol: Protocol, command: Callable[[str], str | None]) -> None:
        """`command` names a word that always works. Raises SettingsError: a kind has no branch."""
        self._protocol = protocol
        self._command = command
        if missing := sorted({kind.value for kind in Kind} - protocol.branches.keys()):
            raise SettingsError(f"protocol.yaml: there is no branch for '{missing[0]}'.")
        self._branches: dict[Kind, Branch] = {kind: protocol.branches[kind.value] for kind in Kind}

    def learn(self, assessment: Assessment, state: RiskState, now: datetime | None) -> RiskState:
        """Take in answers, explanations and times, before anything is said."""
        passed = (line for rule in assessment.why for line in self._protocol.known.get(rule, ()))
        state = replace(state, passed=tuple(dict.fromkeys((*state.passed, *passed))))
        return learn(self._protocol.questions, assessment, state, now)

    def answer(self, turn: Turn) -> Plan | None:
        """Give the answer that is due, or None where ordinary talk may go on."""
        command = self._command(turn.transcript.text)
        silent = not turn.transcript.text.strip()
        people = turn.care.plan.people
        now = Moment(turn.assessment, turn.risk, command, silent, people)
        urgent = (self._fall_silent, self._first, self._attacked, self._reply, self._help)
        others = (
            self._keep_company, self._after_remark, self._unclear, self._ask_whether_safe,
            self._carried, self._stay, self._again, self._child,
        )  # fmt: skip
        works = command in COMMANDS and not turn.risk.is_child
        steps = urgent if works else (*urgent, *others)
        return next((plan for step in steps if (plan := step(now))), None)

    # --- what may be due, the most urgent first ------------------------------------------

    def _fall_silent(self, now: Moment) -> Plan | None:
        """Stop beats everything, also an answer to danger; what is owed stays owed."""
        found, state = now.found, now.state
        # "He is outside with a knife" asks for help, not for silence: numbers, unspoken.
        attacked = found.level is Risk.IMMEDIATE
        if found.remark.overheard or (found.remark.near and state.hushed and not attacked):
            return replace(self._around("hushed", state), act="stop", risk=None)
        if now.command == "stop" and (state.hushed or state.level >= Risk.CONCERN):
            return replace(self._around("stop", state), act="stop", risk=None)
        return None

    def _first(self, now: Moment) -> Plan | None:
        """Answer a danger that the person has not been answered yet."""
        found, state = now.found, now.state
        if not now.is_new:
            return None
        kind = next((k for k in state.kinds if k not in state.answered_kinds), None)
        kind = kind or (state.kinds[0] if state.kinds else Kind.SUICIDE)
        step = self._opening(found) or _step(self._branches[kind], state.level)
        if found.doubtful and state.level <= Risk.CONCERN and not state.asked_anew:
            # Nobody is told to call for help on a guess: first, was it heard rightly?
            step = self._protocol.around["misheard"]
        step = step.model_copy(update={"screen": (*step.screen, _numbers(kind))})
        if PROGRAM not in state.passed:
            where = "screen" if kind is Kind.HARM_FROM_OTHERS else "say"
            step = step.model_copy(update={where: (*getattr(step, where), PROGRAM)})
        passed = (*state.passed, PROGRAM)
        state = replace(state, owed="", carried=False, passed=passed)
        plan = _with_people(self._plan(step, state, kind.value), now.people)
        return _unspoken(plan) if state.hushed else plan

    def _attacked(self, now: Moment) -> Plan | None:
        """Show what to do to somebody who says again that they are attacked, and speak nothing."""
        found, state = now.found, now.state
        of_others = Kind.HARM_FROM_OTHERS in found.kinds
        if not (state.hushed and of_others and found.level is Risk.IMMEDIATE):
            return None
        lines = self._protocol.attacked
        step = Step(
            say=(lines[state.told % len(lines)],), screen=(_numbers(Kind.HARM_FROM_OTHERS),)
        )
        return _unspoken(self._plan(step, state, Kind.HARM_FROM_OTHERS.value))

    def _opening(self, found: Assessment) -> Step | None:
        """Give the answer that belongs to a rule, where nothing else was found beside it."""
        own = found.why[0] if found.why else ""
        alone = found.level is Risk.CONCERN and len(found.why) == 1
        return self._protocol.openings.get(own) if alone else None

    def _reply(self, now: Moment) -> Plan | None:
        """Go on from an answer to our question."""
        if not now.state.owed:
            return None
        asked, name = now.state.owed.split("/")
        state = replace(now.state, owed="")
        step = self._protocol.questions[asked].steps[name]
        if not (step.say or step.screen or self._question(step.ask, state)):
            high = state.level >= Risk.HIGH
            step = self._protocol.around["ladder_end_high" if high else "ladder_end"]
        return self._plan(step, state, asked)

    def _help(self, now: Moment) -> Plan | None:
        """Answer a cry for help in immediate danger: with a number and a person, no exercise."""
        state = now.state
        if now.command != "help" or state.level < Risk.IMMEDIATE or now.is_carried:
            return None
        kind = state.kinds[0] if state.kinds else Kind.SUICIDE
        step = _step(self._branches[kind], Risk.IMMEDIATE)
        if kind is Kind.HARM_FROM_OTHERS and SAFE_TO_TALK in state.passed:
            step = self._protocol.questions[DANGER_NOW].steps["yes"]
        update = {"say": step.say[:MOST_HELP], "screen": (*step.screen, _numbers(kind))}
        plan = self._plan(step.model_copy(update=update), state, kind.value)
        plan = _with_people(plan, now.people)
        return _unspoken(plan) if state.hushed else plan

    def _keep_company(self, now: Moment) -> Plan | None:
        """Answer silence with few words that ask for nothing; a question stays open."""
        state = now.state
        if not now.silent or not Risk.CONCERN <= state.level < Risk.IMMEDIATE or now.is_carried:
            return None
        lines = [quiet.say for quiet in self._protocol.silence]
        if Kind.HARM_FROM_OTHERS in state.kinds:
            # Somebody else may be in the room: nothing that tells what it was about.
            lines = list(self._protocol.neutral)
        kept = self._plan(Step(say=(lines[state.told % len(lines)],)), state, "silence")
        return replace(kept, risk=replace(state, told=state.told + 1))

    def _after_remark(self, now: Moment) -> Plan | None:
        """Answer how a danger is taken back: kindly, and without believing it too soon."""
        state, name = now.state, now.remark
        if not name or name in state.passed:
            return None
        step = self._protocol.around[name]
        if state.times_asked < MOST_ASKED and not step.ask:
            # It is no answer: what was asked is still to be answered.
            step = step.model_copy(update={"ask": state.asked})
        return self._plan(step, replace(state, passed=(*state.passed, name)), name)

    def _unclear(self, now: Moment) -> Plan | None:
        state = now.state
        if not state.asked:
            return None
        immediate = state.level is Risk.IMMEDIATE and not state.carried
        if immediate and state.asked != SAFE_TO_TALK:
            # Here nobody is corrected: what matters is said in other words.
            return None
        if state.times_asked < MOST_ASKED:
            # Somebody who says more of it has not been unclear.
            said = "heard" if now.found.level >= Risk.CONCERN else "unclear"
            return self._plan(Step(say=(said,), ask=state.asked), state, "unclear")
        # Nobody is pressed for an answer: the numbers are said, and the talk goes on.
        state = replace(state, asked="", times_asked=0, passed=(*state.passed, state.asked))
        if SAFE_TO_TALK in state.passed[-1:]:
            # Who does not say that it is safe may not be alone.
            return self._around("hushed", replace(state, hushed=True))
        return self._around("given_up", state)

    def _ask_whether_safe(self, now: Moment) -> Plan | None:
        """Ask, on the screen, whether one may be heard again."""
        if not now.state.hushed or SAFE_TO_TALK in now.state.passed:
            return None
        return self._plan(Step(ask=SAFE_TO_TALK), now.state, "hushed")

    def _carried(self, now: Moment) -> Plan | None:
        """Ask about a danger of an earlier talk, once, and not before it is private."""
        state, asked = now.state, self._protocol.around["private"].ask
        if not now.is_carried or asked in state.passed:
            return None
        if set(state.kinds) <= {Kind.HARM_FROM_OTHERS}:
            return None
        return self._around("private", replace(state, passed=(*state.passed, asked)))

    def _stay(self, now: Moment) -> Plan | None:
        """While the danger is immediate, nothing else is talked about."""
        state = now.state
        if state.level < Risk.IMMEDIATE or now.is_carried:
            return None
        state = replace(state, asked="", times_asked=0)
        line = self._protocol.stay[state.told % len(self._protocol.stay)]
        step = Step(ask=line) if line in self._protocol.questions else Step(say=(line,))
        return self._plan(step, state, "stay")

    def _again(self, now: Moment) -> Plan | None:
        """Go on with someone who says more of what was answered before."""
        if now.found.level < Risk.CONCERN:
            return None
        kind, state = now.found.kinds[0], now.state
        branch = self._branches[kind]
        again = [line for line in branch.again if line not in state.passed]
        line = again[state.told % len(again)]
        if line in self._protocol.questions:
            step = Step(ask=line)
        else:
            step = Step(say=(line,), ask=LADDER if branch.ladder else "")
        return self._plan(step, state, kind.value)

    def _child(self, now: Moment) -> Plan | None:
        """Nobody under thirteen gets ordinary talk; the line for children is always named."""
        return self._around("child", now.state) if now.state.is_child else None

    # --- how it is put -----------------------------------------------------------------------

    def _around(self, name: str, state: RiskState) -> Plan:
        return self._plan(self._protocol.around[name], state, name)

    def _plan(self, step: Step, state: RiskState, skill: str) -> Plan:
        question = self._question(step.ask, state)
        spoken = [*step.say, *filter(None, [question])]
        lines = [Line(reviewed=self._worded(line, state)) for line in spoken]
        shown = [Line(reviewed=self._worded(line, state), aloud=False) for line in step.screen]
        # What is shown stands there before anything can be overheard, or after the first words.
        lines[bool(step.say) : bool(step.say)] = shown
        lines[0] = replace(lines[0], essential=True)
        told = replace(
            state,
            answered=max(state.answered, state.level),
            answered_kinds=tuple(dict.fromkeys((*state.answered_kinds, *state.kinds))),
            asked=question,
            times_asked=state.times_asked * (question == state.asked) + bool(question),
            told=state.told + 1,
            soft_signs=0,
        )
        return Plan("safety", tuple(lines), self._expected(question), skill=skill, risk=told)

    def _question(self, ask: str, state: RiskState) -> str:
        """Name the question to ask: of the ladder the first one that is still open."""
        if ask != LADDER:
            return ask
        return next((line for line in self._protocol.ladder if line not in state.passed), "")

    def _worded(self, line: str, state: RiskState) -> str:
        return self._protocol.minors.get(line, line) if state.is_minor else line

    def _expected(self, question: str) -> Expected:
        asked = self._protocol.questions.get(question)
        closed = asked is not None and asked.reads == "yes_no"
        return Expected(AnswerKind.YES_NO if closed else AnswerKind.OPEN, after_question=True)


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
    return next(by_level[wanted] for wanted in order if by_level[wanted] != Step())


def _numbers(kind: Kind) -> str:
    return SCREENS.get(kind, "numbers-screen")


def _with_people(plan: Plan, people: tuple[str, ...]) -> Plan:
    """Show the person's own people above the numbers; their names are never spoken."""
    if not people:
        return plan
    own = [Line(item, own=True, aloud=False) for item in people[:MOST_PEOPLE]]
    at = next((at for at, line in enumerate(plan.lines) if not line.aloud), len(plan.lines))
    shown = (Line(reviewed="plan-4", aloud=False), *own)
    return replace(plan, lines=(*plan.lines[:at], *shown, *plan.lines[at:]))


def _unspoken(plan: Plan) -> Plan:
    """Show what would be said: somebody may hear it."""
    return replace(plan, lines=tuple(replace(line, aloud=False) for line in plan.lines))
