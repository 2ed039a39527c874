"""What the guard knows of a whole talk: a value that goes into a turn and comes out of it.

Danger is sticky (docs/crisis.md). `remember` adds what was found; `learn` takes in what the
person said to our questions, how they explain it and when it was, with the time of the turn.
Both are pure, and both come before anything is said: a sign that is talked over is not lost.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from companion.guard.reviewed import LEVELS, Question
from companion.risk import Assessment, Explains, Kind, Remark, Risk, RiskState, When

SOFT_SIGNS_THAT_ASK = 2
"""A second oblique sign in one talk asks the direct question"""
STICKY = timedelta(hours=72)
"""How long nothing falls from high or immediate"""

_DONE = frozenset({Kind.ACT_UNDER_WAY})
"""Something was done: how long ago it was decides the level"""
_WITHIN = {When.NOW: Risk.IMMEDIATE, When.DAYS: Risk.IMMEDIATE, When.MONTHS: Risk.HIGH}
"""The lowest level for something that was done, by when"""
_COUNTS = (Explains.PAST, Explains.HYPOTHETICAL, Explains.MISHEARD)
"""Explanations that may lower a level; a joke lowers nothing"""


def remember(found: Assessment, state: RiskState) -> RiskState:
    """Add what was found to what is known. Nothing here ever lowers a level."""
    signs = state.soft_signs + (found.level is Risk.SOFT)
    level = max(state.level, found.level)
    if signs >= SOFT_SIGNS_THAT_ASK:
        level = max(level, Risk.CONCERN)
    return replace(
        state,
        level=level,
        kinds=tuple(dict.fromkeys((*found.kinds, *state.kinds))),
        soft_signs=signs,
        # A danger of this talk is answered as such, whatever was carried into it.
        carried=state.carried and found.level < Risk.CONCERN,
        doubtful=found.doubtful if found.level >= Risk.CONCERN else state.doubtful,
        firm=state.firm or bool(_DONE & set(found.kinds)),
    )


def learn(
    questions: Mapping[str, Question], found: Assessment, state: RiskState, now: datetime | None
) -> RiskState:
    """Take in a turn: who speaks and who hears it, the answer to our question, an explanation."""
    before, was_hushed, state = state.level, state.hushed, _note(found.remark, state)
    if state.hushed and not was_hushed:
        # An "okay" that follows is no answer to what was asked before somebody came.
        state = replace(state, asked="", times_asked=0)
    if state.asked:
        state = _take_answer(questions[state.asked], found, state, now)
    elif found.remark.explains in _COUNTS:
        state = _explained(found.remark, state, now)
    newest = found.level >= max(Risk.CONCERN, state.level) or state.level > before
    if state.level >= Risk.CONCERN and (newest or state.since is None):
        state = replace(state, since=now)
    return state


def _note(remark: Remark, state: RiskState) -> RiskState:
    """Note age, drink and listeners."""
    from_person = Kind.HARM_FROM_OTHERS in state.kinds
    ages = [age for age in (state.age, remark.age) if age is not None]
    return replace(
        state,
        # Whoever says they are fifteen is treated as fifteen, whatever else was set.
        age=min(ages, default=None),
        taken=(state.taken or remark.taken) and not remark.sober,
        hushed=remark.overheard
        or (remark.near and from_person)
        or (state.hushed and not remark.unheard),
    )


def outcome(question: Question, found: Assessment) -> str:
    """Name the answer that was given to a question, or "" where it is unclear."""
    steps = question.steps
    when, said = found.remark.when, found.answers
    if question.reads == "open":
        return "any"
    if question.reads == "when":
        if when is None and said is not None:
            return question.yes_means if said else question.no_means
        return when.value if when and when.value in steps else ""
    return "" if said is None else ("yes" if said else "no")


def _take_answer(
    question: Question, found: Assessment, state: RiskState, now: datetime | None
) -> RiskState:
    asked, name = state.asked, outcome(question, found)
    if not name:
        return state
    step = question.steps[name]
    level = LEVELS.get(step.level, Risk.NONE)
    state = replace(
        state,
        level=max(state.level, level),
        passed=tuple(dict.fromkeys((*state.passed, asked, *step.skip))),
        firm=state.firm or level >= Risk.CONCERN,
        asked="",
        times_asked=0,
        owed=f"{asked}/{name}",
        taken=state.taken or step.taken,
        hushed=state.hushed if step.hushed is None else step.hushed,
        asked_anew=state.asked_anew or question.anew,
        carried=state.carried and not level,
    )
    # "You misheard me" counts only where the ear had its doubts.
    counts = step.explains and (state.doubtful or not question.anew)
    return _fall(state, now) if counts else state


def _explained(remark: Remark, state: RiskState, now: datetime | None) -> RiskState:
    if remark.explains is Explains.MISHEARD and not (state.doubtful and state.asked_anew):
        return state
    if remark.explains is Explains.PAST and remark.when in _WITHIN:
        # Not long ago is no explanation.
        done = bool(_DONE & set(state.kinds))
        return replace(state, level=max(state.level, _WITHIN[remark.when])) if done else state
    if remark.explains is Explains.PAST and remark.when is not When.LONG_AGO:
        # "When was that?" comes first.
        return state
    return _fall(state, now)


def _fall(state: RiskState, now: datetime | None) -> RiskState:
    """Let the level fall by one, where it may: once, by an explanation, and never from on high."""
    if state.lowered or state.firm or state.taken or state.level < Risk.CONCERN:
        return state
    if state.level >= Risk.HIGH and not (now and state.since and now - state.since > STICKY):
        return state
    return replace(state, level=Risk(state.level - 1), lowered=True)
