"""Remember what a person tells, say it when asked, bring it up when it fits, and forget it.

This stands before the policy of the talk and looks like one. What is known is a value that goes
through the turns; the diary keeps it (`keeping.py`). Nothing is learnt from words that the guard
has something to say about, none of what is sensitive is brought up unasked or told aloud, and a
fact is brought up once a talk at the most.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from companion.answers import Answers, as_words
from companion.memory.facts import FactReader, Say, read_memory_words, roles
from companion.records import Fact, Known
from companion.risk import Risk
from companion.stages import Policy
from companion.values import AnswerKind, Expected, Line, Plan, Turn

ACT, FOLLOW_UP, SURE = "memory", "follow_up", "forget_all"
MOST = 3
"""Facts told, or brought up, at once"""
SOONEST, LATEST = timedelta(hours=18), timedelta(days=21)
"""After which, and up to which, is asked what became of a plan"""
MOST_KEPT = 200
MOST_LEARNT = 3
"""From one turn; more of them is a list, and not what matters"""
SURE_ENOUGH = 0.75
"""Confidence from which what an ear heard is learnt from"""
_RECALLS = frozenset({"reflect", "ask", "listen"})
"""Acts to which something told before may be added"""
_GREETS = frozenset({"greet"})
_FEW = 4
"""Letters from which a word counts in what two texts have in common"""
_COMMON = frozenset(
    "about called have that this with your from they them what when were will would worried plan "
    "helped going been just really today tomorrow tonight because some more very much".split()
)


class MemoryPolicy:
    """Answers what is asked of memory; leaves everything else to the policy within."""

    def __init__(self, folder: Path, answers: Answers, within: Policy) -> None:
        """Read `memory.yaml` of a language's folder. Raises SettingsError."""
        self._words = read_memory_words(folder)
        self._reader = FactReader(self._words)
        self._roles = roles(self._words)
        self._answers = answers
        self._within = within

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        text = turn.transcript.text
        if asked := self._asked(text, turn):
            return asked
        if self._last_act(turn) == FOLLOW_UP and (plan := self._followed(text, turn)):
            return plan
        near = self._near(text, turn.known) if turn.free_talk else []
        memories = tuple(fact.text for fact in near[:MOST])
        plan = replace(self._within.choose(replace(turn, memories=memories)), memories=memories)
        known = self._learn(turn) or turn.known
        if followed := self._follow_up(turn, plan, known):
            return followed
        plan, known = self._recall(plan, near, known)
        return plan if known == turn.known else replace(plan, known=known)

    # --- what is asked of it ----------------------------------------------------------------

    def _asked(self, text: str, turn: Turn) -> Plan | None:
        words, say, known, plain = self._words, self._words.say, turn.known, as_words(text)
        if any(f" {form} " in plain for form in map(_plain, words.ask)):
            return self._tell(turn, known.facts)
        here = self._last_act(turn) == ACT
        if here and turn.mind.step == SURE:
            agreed = self._answers.yes_no(text)
            if agreed is not None:
                return self._forget_all(turn) if agreed else _plan(turn, say.all_kept)
        if self._answers.says(text, map(_plain, words.forget_all)):
            sure = _plan(turn, say.sure, expected=Expected(AnswerKind.YES_NO, after_question=True))
            return replace(sure, mind=replace(turn.mind, step=SURE))
        if self._answers.says(text, map(_plain, words.forget_last)):
            return self._forget(turn, known.last)
        if (named := self._named(plain)) and (here or self._matching(named, known)):
            return self._forget(turn, self._matching(named, known))
        if here and known.last and self._answers.says(text, map(_plain, words.more)):
            told = [fact for fact in known.facts if fact.id in known.last]
            rest = known.facts[known.facts.index(told[-1]) + 1 :] if told else ()
            return self._tell(turn, rest, known.last)
        return self._mended(plain, turn) if here and known.last else None

    def _tell(self, turn: Turn, facts: Iterable[Fact], before: tuple[str, ...] = ()) -> Plan:
        say, known = self._words.say, turn.known
        if not known.learns and not known.facts:
            return _plan(turn, say.nothing_kept if not known.kept else say.off)
        facts = tuple(facts)
        aloud = [fact for fact in facts if not fact.sensitive]
        hidden = [say.not_aloud] if len(aloud) < len(facts) else []
        if not aloud:
            return _plan(turn, *(hidden or [say.nothing]))
        told = aloud[:MOST]
        sentences = [say.one.format(text=_capital(fact.text)) for fact in told]
        end = say.more if len(aloud) > MOST else say.mend
        first = [] if before else [say.first]
        plan = _plan(turn, *first, *sentences, *(hidden if end is say.mend else []), end)
        last = (*before, *(fact.id for fact in told))
        return replace(plan, known=replace(known, last=last))

    def _named(self, plain: str) -> set[str]:
        """Give the words of what shall be forgotten; none where nothing is named."""
        for form in map(_plain, self._words.forget_one):
            if found := re.match(rf" (?:please )?{re.escape(form)} (.+) $", plain):
                return {self._roles.get(word, word) for word in found[1].split()}
        return set()

    def _matching(self, named: set[str], known: Known) -> tuple[str, ...]:
        named = {word for word in named if len(word) >= _FEW - 1} - _COMMON
        return tuple(fact.id for fact in known.facts if named & self._content(fact.text))

    def _forget(self, turn: Turn, ids: Iterable[str]) -> Plan:
        gone = set(ids)
        facts = tuple(fact for fact in turn.known.facts if fact.id not in gone)
        if len(facts) == len(turn.known.facts):
            return _plan(turn, self._words.say.not_found)
        plan = _plan(turn, self._words.say.forgotten)
        return replace(plan, known=replace(turn.known, facts=facts, last=()))

    def _forget_all(self, turn: Turn) -> Plan:
        plan = _plan(turn, self._words.say.all_forgotten)
        return replace(plan, known=replace(turn.known, facts=(), last=()))

    def _mended(self, plain: str, turn: Turn) -> Plan | None:
        """Mend one of those just told: "that's wrong, it's my sister"."""
        say, known = self._words.say, turn.known
        wrong = next((w for w in map(_plain, self._words.wrong) if f" {w} " in plain), "")
        if not wrong:
            return None
        told = [fact for fact in known.facts if fact.id in known.last]
        role = next((self._roles[word] for word in self._after_it_is(plain) if word in self._roles),
                    "")  # fmt: skip
        if role:
            told = [fact for fact in told if fact.about == "person"]
        if len(told) != 1:
            return _plan(turn, say.which)
        (old,) = told
        if not role:
            return replace(self._forget(turn, [old.id]), lines=(Line(say.removed),))
        # What was said of the one is said of the other; a name stays.
        text = old.text.replace(f"a {old.what}", f"a {role}").replace(old.what, role)
        new = replace(old, text=text, what=role, sensitive=role in self._words.partners)
        facts = tuple(new if fact.id == old.id else fact for fact in known.facts)
        plan = _plan(turn, say.mended.format(text=text))
        return replace(plan, known=replace(known, facts=facts))

    def _after_it_is(self, plain: str) -> list[str]:
        for form in map(_plain, self._words.it_is):
            _, found, after = plain.partition(f" {form} ")
            if found:
                return after.split()
        return []

    # --- what is learnt, and brought up ------------------------------------------------------

    def _learn(self, turn: Turn) -> Known | None:
        known, heard = turn.known, turn.transcript
        sure = heard.typed or (heard.confidence or 0.0) >= SURE_ENOUGH
        calm = turn.assessment.level is Risk.NONE and turn.risk.level < Risk.CONCERN
        if not (known.learns and sure and calm and turn.free_talk and not turn.risk.is_child):
            return None
        there = {(fact.about, fact.what): fact for fact in known.facts}
        new: dict[str, Fact] = {}
        for learnt in islice(self._reader.read(heard.text), MOST_LEARNT):
            old = there.get((learnt.about, learnt.what))
            # Of a person, what says more takes the place of what says less.
            if old is None or learnt.about == "person" and len(learnt.text) > len(old.text):
                id = old.id if old else _id_for(learnt.about, learnt.what)
                new[id] = Fact(id, learnt.about, learnt.text, learnt.what, learnt.sensitive)
        if not new:
            return None
        kept = [new.get(fact.id, fact) for fact in known.facts]
        kept += [fact for id, fact in new.items() if id not in {one.id for one in known.facts}]
        return replace(known, facts=tuple(kept[-MOST_KEPT:]), last=tuple(new))

    def _near(self, text: str, known: Known) -> list[Fact]:
        """Give what was told in earlier talks and these words touch, the nearest first."""
        said = {self._roles.get(word, word) for word in self._content(text)}
        shared = {
            fact.id: len(said & {self._roles.get(w, w) for w in self._content(fact.text)})
            for fact in known.facts
            if fact.at and not fact.sensitive
        }
        found = [fact for fact in known.facts if shared.get(fact.id)]
        return sorted(found, key=lambda fact: -shared[fact.id])

    def _recall(self, plan: Plan, near: list[Fact], known: Known) -> tuple[Plan, Known]:
        """Say that something was told before, once a talk."""
        fresh = [fact for fact in near if fact.id not in known.recalled and fact.about != "person"]
        # Three sentences at the most. A model that words the answer was told of it, too.
        if not fresh or plan.act not in _RECALLS or len(plan.lines) > 2:
            return plan, known
        fact = fresh[0]
        line = Line(self._words.say.recalled.format(text=fact.text))
        lines = plan.lines
        at = len(lines) - 1 if lines and lines[-1].text.endswith("?") else len(lines)
        plan = replace(plan, lines=(*lines[:at], line, *lines[at:]))
        return plan, replace(known, recalled=(*known.recalled, fact.id), last=(fact.id,))

    def _follow_up(self, turn: Turn, plan: Plan, known: Known) -> Plan | None:
        """Ask what became of a plan, once, where a talk has just begun and nothing weighs."""
        calm = turn.risk.level is Risk.NONE and not turn.history
        plans = [f for f in known.facts if f.about == "plan" and f.at and not f.asked]
        due = [fact for fact in plans if not fact.sensitive and _is_due(fact, known)]
        if not calm or plan.act not in _GREETS or not due:
            return None
        fact = due[-1]
        asked = {f.id: replace(f, asked=True) for f in due}
        facts = tuple(asked.get(f.id, f) for f in known.facts)
        lines = tuple(line for line in plan.lines if not line.text.endswith("?"))
        question = Line(self._words.say.follow_up.format(what=fact.what))
        return replace(
            plan,
            act=FOLLOW_UP,
            lines=(*lines, question),
            expected=Expected(after_question=True),
            task="",
            known=replace(known, facts=facts, last=(fact.id,)),
        )

    def _followed(self, text: str, turn: Turn) -> Plan | None:
        """Take a plain yes or no; anything else is a talk that has begun."""
        agreed = self._answers.yes_no(text)
        if agreed is None or len(text.split()) > _FEW or self._answers.command(text):
            return None
        say: Say = self._words.say
        plan = _plan(turn, say.did if agreed else say.did_not)
        return replace(plan, act="ask", expected=Expected(after_question=True))

    @staticmethod
    def _last_act(turn: Turn) -> str:
        return turn.history[-1].act if turn.history else ""

    @staticmethod
    def _content(text: str) -> set[str]:
        words = (word.removesuffix("'s") for word in as_words(text).split())
        return {word for word in words if len(word) >= _FEW - 1} - _COMMON


def _is_due(fact: Fact, known: Known) -> bool:
    """Tell whether something may have become of a plan, and it is not long gone."""
    return bool(fact.at and known.at and SOONEST <= known.at - fact.at <= LATEST)


def _plan(turn: Turn, *sentences: str, expected: Expected | None = None) -> Plan:
    lines = tuple(Line(sentence) for sentence in sentences)
    mind = replace(turn.mind, step="talking")
    return Plan(ACT, lines, expected or Expected(), mind=mind)


def _plain(form: str) -> str:
    return as_words(form).strip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _id_for(about: str, what: str) -> str:
    """Name a fact by what it is about, so that it has one place."""
    return sha256(f"{about}\n{what}".encode()).hexdigest()[:32]
