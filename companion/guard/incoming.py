"""Weigh what the person said.

Phrases are data (`prompts/<lang>/safety/phrases.yaml`). Three things soften a
phrase: it stands inside an idiom, it is denied, or it tells a story that is not
the person's own. A softened phrase of danger to oneself still leaves a soft
sign: one denial never closes the subject (SAFETY.md section 2).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.patterns import Normaliser, compile_phrases
from companion.values import Assessment, Kind, Risk, RiskState, Transcript

SOFT_SIGNS_THAT_ASK = 2
"""A second oblique sign in one talk asks the direct question (SAFETY.md section 1)"""

_LEVELS = {level.name.lower(): level for level in Risk}


class _Rule(Content):
    id: str
    kind: Kind
    level: str
    say: tuple[str, ...]
    """Phrases"""
    unless: tuple[str, ...] = ()
    """Phrases that, anywhere in the text, take this rule away"""
    always: bool = False
    """yes: neither denial nor story softens it"""


class _Phrases(Content):
    lists: dict[str, str]
    forms: dict[str, str]
    idioms: tuple[str, ...]
    """Removed before anything is matched"""
    denials: tuple[str, ...]
    """Just before a phrase, they deny it"""
    stories: tuple[str, ...]
    """Anywhere in the text: it speaks of a film, a game, the news"""
    rules: tuple[_Rule, ...]


@dataclass(frozen=True)
class _Compiled:
    id: str
    kind: Kind
    level: Risk
    say: re.Pattern[str]
    unless: re.Pattern[str]
    always: bool


@dataclass(frozen=True)
class _Hit:
    id: str
    kind: Kind
    level: Risk


class PhraseGuard:
    """Finds signs of danger by phrases, and adds them up over a talk."""

    def __init__(self, folder: Path, yes_no: Callable[[str], bool | None]) -> None:
        """Read `phrases.yaml` of the safety folder. Raises SettingsError."""
        path = folder / "phrases.yaml"
        data = read(path, _Phrases)
        try:
            self._normalise = Normaliser(data.forms)
            self._idioms = compile_phrases(data.idioms, data.lists)
            denials = compile_phrases(data.denials, data.lists).pattern
            self._denied = re.compile(denials + "$")
            self._story = compile_phrases(data.stories, data.lists)
            self._rules = tuple(_compile_rule(rule, data.lists) for rule in data.rules)
        except SettingsError as error:
            raise SettingsError(f"{path.name}: {error.problem}", fix=error.fix) from None
        self._yes_no = yes_no

    def weigh(self, transcript: Transcript, state: RiskState) -> tuple[Assessment, RiskState]:
        """Say how worrying the words are, alone and in this talk."""
        assessment = self.judge(transcript)
        if state.asked:
            assessment = replace(assessment, answers=self._yes_no(transcript.text))
        return assessment, _remember(assessment, state)

    def judge(self, transcript: Transcript) -> Assessment:
        """Judge one thing said, alone."""
        hits = self._hits(transcript.text)
        # What the recogniser thinks less likely may still be what was said. It can raise
        # a question, no more: nobody is told to call for help on a guess.
        for other in transcript.alternatives:
            for hit in self._hits(other):
                if hit.kind not in {found.kind for found in hits}:
                    hits.append(
                        _Hit(f"{hit.id}?", hit.kind, min(hit.level, Risk.CONCERN)),
                    )
        return _sum_up(hits)

    def _hits(self, text: str) -> list[_Hit]:
        words = self._normalise(text)
        # An idiom leaves a clause mark, so that its neighbours do not join up.
        words = self._idioms.sub(", ", words)
        story = self._story.search(words) is not None
        hits = []
        for rule in self._rules:
            level = self._level(rule, words, story)
            if level is not Risk.NONE:
                hits.append(_Hit(rule.id, rule.kind, level))
        return hits

    def _level(self, rule: _Compiled, words: str, story: bool) -> Risk:
        if rule.unless.search(words):
            return Risk.NONE
        best = Risk.NONE
        for found in rule.say.finditer(words):
            softened = not rule.always and (
                story or self._denied.search(words[: found.start()]) is not None
            )
            best = max(best, _softened(rule) if softened else rule.level)
        return best


def _softened(rule: _Compiled) -> Risk:
    own = rule.kind in (Kind.SUICIDE, Kind.SELF_HARM, Kind.ACT_UNDER_WAY, Kind.OVERDOSE_WITHDRAWAL)
    return min(Risk.SOFT, rule.level) if own else Risk.NONE


def _compile_rule(rule: _Rule, lists: dict[str, str]) -> _Compiled:
    if rule.level not in _LEVELS:
        raise SettingsError(
            f"rule '{rule.id}' has the unknown level '{rule.level}'.",
            fix=f"Use one of: {', '.join(_LEVELS)}.",
        )
    return _Compiled(
        rule.id,
        rule.kind,
        _LEVELS[rule.level],
        compile_phrases(rule.say, lists),
        compile_phrases(rule.unless, lists),
        rule.always,
    )


def _sum_up(hits: list[_Hit]) -> Assessment:
    if not hits:
        return Assessment()
    hits = sorted(hits, key=lambda hit: -hit.level)
    level = hits[0].level
    worst = [hit for hit in hits if hit.level is level or hit.level >= Risk.CONCERN]
    return Assessment(
        level=level,
        kinds=tuple(dict.fromkeys(hit.kind for hit in worst)),
        ask=level in (Risk.CONCERN, Risk.HIGH),
        why=tuple(hit.id for hit in hits),
    )


def _remember(assessment: Assessment, state: RiskState) -> RiskState:
    """Add what was found to what is known. Nothing here ever lowers a level."""
    signs = state.soft_signs + (assessment.level is Risk.SOFT)
    level = max(state.level, assessment.level)
    if signs >= SOFT_SIGNS_THAT_ASK:
        level = max(level, Risk.CONCERN)
    kinds = tuple(dict.fromkeys((*assessment.kinds, *state.kinds)))
    return replace(
        state,
        level=level,
        kinds=kinds,
        soft_signs=signs,
        turns_since_answer=state.turns_since_answer + 1,
    )
