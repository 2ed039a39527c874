"""Weigh what the person said.

Phrases are data: one file a kind in `prompts/<lang>/safety/phrases/`, and three
that all share. Four things soften a phrase: it stands inside an idiom, it is
denied, it tells a story that is not the person's own, or it speaks of long ago.
A softened phrase of danger to oneself still leaves a soft sign: one denial never
closes the subject (docs/crisis.md).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from companion.content import read
from companion.guard.learned import Likeness, read_learned
from companion.guard.patterns import Endings, Phrases, Span, is_near
from companion.guard.phrasebook import LEVELS, UNLESS, Lists, Rule, Sayings, naming, read_kind
from companion.guard.remarks import Remarks, is_doubtful
from companion.guard.remembering import remember
from companion.guard.words import read_normaliser
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import Transcript

_OWN = (Kind.SUICIDE, Kind.SELF_HARM, Kind.ACT_UNDER_WAY, Kind.OVERDOSE_WITHDRAWAL)
"""Danger to oneself: softened, it stays a soft sign"""


_MARKS = ("stories", "played", "long_ago", "own", "past")
_JUST_BEFORE = 30
"""Characters before a phrase that still belong to it"""


@dataclass(frozen=True)
class Finding:
    """One rule that fits, and what became of it."""

    rule: str
    kind: Kind
    level: Risk
    stated: Risk
    """The level in the file, before anything softened it"""
    softened: str = ""
    """By what: denied, played, told, long ago, taken away"""
    words: str = field(default="", repr=False)
    """Where it fits, as the phrases see the text"""


@dataclass(frozen=True)
class Explanation:
    """Why a text was judged as it was. For the person's own screen alone."""

    words: str = field(repr=False)
    """The text as the phrases see it"""
    findings: tuple[Finding, ...]
    """Also those that came to nothing"""
    like: Likeness


@dataclass(frozen=True)
class _Found:
    """What stands where in one text."""

    words: str
    places: dict[str, list[tuple[Span, ...]]]

    def near(self, name: str, span: Span) -> bool:
        """Tell whether a phrase of this set stands near."""
        return any(is_near(place[0], span) for place in self.places.get(name, ()))

    def in_or_before(self, name: str, span: Span) -> bool:
        """Tell whether a phrase of this set stands in the stretch or just before it."""
        start = span.start - _JUST_BEFORE
        return any(start <= place[0].start < span.end for place in self.places.get(name, ()))


class PhraseGuard:
    """Finds signs of danger by phrases, and adds them up over a talk."""

    def __init__(self, folder: Path, yes_no: Callable[[str], bool | None]) -> None:
        """Read `phrases/` of the safety folder. Raises SettingsError."""
        folder = folder / "phrases"
        lists = read(folder / "lists.yaml", Lists).lists
        sayings = read(folder / "sayings.yaml", Sayings)
        self._normalise = read_normaliser(folder.parent)
        with naming("sayings.yaml"):
            self._idioms = Phrases({"idiom": sayings.idioms}, lists)
            self._denials = Endings(sayings.denials, lists)
            self._double_denials = Endings(sayings.double_denials, lists)
            self._marks = Phrases({mark: getattr(sayings, mark) for mark in _MARKS}, lists)
        self._kinds = tuple(read_kind(folder / f"{kind}.yaml", kind, lists) for kind in Kind)
        self._yes_no = yes_no
        self._learned = read_learned(folder.parent)
        self._remarks = Remarks(folder, self._normalise, lists)

    def weigh(self, transcript: Transcript, state: RiskState) -> tuple[Assessment, RiskState]:
        """Say how worrying the words are, alone and in this talk."""
        assessment = replace(self.judge(transcript), remark=self._remarks(transcript.text))
        assessment = replace(assessment, doubtful=is_doubtful(assessment, transcript))
        if state.asked:
            assessment = replace(assessment, answers=self._yes_no(transcript.text))
        return assessment, remember(assessment, state)

    def judge(self, transcript: Transcript) -> Assessment:
        """Judge one thing said, alone."""
        return _sum_up(self._hits_with_guesses(transcript, self._all_hits))

    def judge_by_phrases(self, transcript: Transcript) -> Assessment:
        """Judge without the learned part: what that adds can be seen, and it can be taught."""
        return _sum_up(self._hits_with_guesses(transcript, self._hits))

    def normalised(self, text: str) -> str:
        """Write text as phrases and the learned part see it, without everyday sayings."""
        return self._without_idioms(self._normalise(text))

    def _hits_with_guesses(
        self, transcript: Transcript, find: Callable[[str], list[Finding]]
    ) -> list[Finding]:
        hits = find(transcript.text)
        # What the recogniser thinks less likely may still be what was said. It can raise
        # a question, no more: nobody is told to call for help on a guess.
        for other in transcript.alternatives:
            for hit in find(other):
                guess = replace(hit, rule=f"{hit.rule}?", level=min(hit.level, Risk.CONCERN))
                known = max((h.level for h in hits if h.kind is hit.kind), default=Risk.NONE)
                if guess.level > known:
                    hits.append(guess)
        return hits

    def _all_hits(self, text: str) -> list[Finding]:
        """Find by phrases, and add what the text is like where that is more."""
        hits = self._hits(text)
        like = self._learned(self.normalised(text))
        if like.kind and like.level > max((hit.level for hit in hits), default=Risk.NONE):
            hits.append(Finding(f"learned-{like.kind}", like.kind, like.level, like.level))
        return hits

    def explain(self, text: str) -> Explanation:
        """Say which rules fit, what softened them, and what the text is like."""
        words = self.normalised(text)
        return Explanation(words, tuple(self._findings(words)), self._learned(words))

    def _hits(self, text: str) -> list[Finding]:
        found = self._findings(self.normalised(text))
        return [finding for finding in found if finding.level is not Risk.NONE]

    def _findings(self, words: str) -> Iterator[Finding]:
        """Give for each rule that fits the place where it is worst."""
        marks = self._marks.find(words)
        for kind in self._kinds:
            places = kind.phrases.find(words)
            found = _Found(words, {**marks, **places})
            for rule in kind.rules:
                if places.get(rule.id):
                    fitting = (self._judge(kind.kind, rule, at, found) for at in places[rule.id])
                    yield max(fitting, key=lambda finding: finding.level)

    def _without_idioms(self, words: str) -> str:
        # An idiom leaves a clause mark, so that its neighbours do not join up.
        kept, at = [], 0
        for place in sorted(self._idioms.find(words).get("idiom", ())):
            span = place[0]
            if span.start >= at:
                kept += [words[at : span.start], ", "]
                at = span.end
        return "".join([*kept, words[at:]])

    def _judge(self, kind: Kind, rule: Rule, place: tuple[Span, ...], found: _Found) -> Finding:
        stated = level = LEVELS[rule.level]
        softened = ""
        if not rule.always and (
            why := next(filter(None, map(partial(self._softens, found), place)), "")
        ):
            level, softened = min(level, Risk.SOFT if kind in _OWN else Risk.NONE), why
        if rule.long_ago and any(_is_long_ago(span, found) for span in place):
            level, softened = min(level, LEVELS[rule.long_ago]), softened or "long ago"
        if any(found.near(f"{rule.id}{UNLESS}", span) for span in place):
            level, softened = Risk.NONE, "taken away"
        words = " ... ".join(found.words[span.start : span.end].strip() for span in place)
        return Finding(rule.id, kind, level, stated, softened, words)

    def _softens(self, found: _Found, span: Span) -> str:
        """Say what softens a phrase that stands there; nothing where nothing does."""
        if self._denials.before(found.words, span.start):
            return "" if self._double_denials.before(found.words, span.start) else "denied"
        if found.near("played", span):
            return "played"
        told = found.near("stories", span) and not found.in_or_before("own", span)
        return "told" if told else ""


def _is_long_ago(span: Span, found: _Found) -> bool:
    return found.near("long_ago", span) and found.in_or_before("past", span)


def _sum_up(hits: list[Finding]) -> Assessment:
    if not hits:
        return Assessment()
    hits = sorted(hits, key=lambda hit: -hit.level)
    level = hits[0].level
    worst = [hit for hit in hits if hit.level is level or hit.level >= Risk.CONCERN]
    return Assessment(
        level=level,
        kinds=tuple(dict.fromkeys(hit.kind for hit in worst)),
        ask=level in (Risk.CONCERN, Risk.HIGH),
        why=tuple(hit.rule for hit in hits),
    )
