"""Weigh what the person said.

Phrases are data: one file a kind in `prompts/<lang>/safety/phrases/`, and three
that all share. Four things soften a phrase: it stands inside an idiom, it is
denied, it tells a story that is not the person's own, or it speaks of long ago.
A softened phrase of danger to oneself still leaves a soft sign: one denial never
closes the subject (docs/crisis.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.learned import read_learned
from companion.guard.patterns import Endings, Phrases, Span, is_near
from companion.guard.remarks import Remarks, is_doubtful
from companion.guard.remembering import remember
from companion.guard.words import read_normaliser
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import Transcript

_LEVELS = {level.name.lower(): level for level in Risk}
_OWN = (Kind.SUICIDE, Kind.SELF_HARM, Kind.ACT_UNDER_WAY, Kind.OVERDOSE_WITHDRAWAL)
"""Danger to oneself: softened, it stays a soft sign"""


class _Rule(Content):
    id: str
    level: str
    say: tuple[str, ...]
    """Phrases"""
    unless: tuple[str, ...] = ()
    """Phrases that, near to it, take this rule away"""
    long_ago: str = ""
    """The level when it is told of long ago"""
    always: bool = False
    """yes: neither denial nor story softens it"""


class _Lists(Content):
    lists: dict[str, str]


class _Sayings(Content):
    idioms: tuple[str, ...]
    """Removed before anything is matched"""
    denials: tuple[str, ...]
    """Just before a phrase, they deny it"""
    double_denials: tuple[str, ...]
    """Just before a phrase, they look like a denial and are none"""
    stories: tuple[str, ...]
    """Near a phrase: it speaks of a film, a book, the news"""
    played: tuple[str, ...]
    """Near a phrase: even "I" is somebody in a game or a song"""
    long_ago: tuple[str, ...]
    """Near a phrase about the past: it was years ago"""
    own: tuple[str, ...]
    """Just before a phrase, or in it: the person speaks of themselves"""
    past: tuple[str, ...]
    """Just before a phrase, or in it: it is told as past"""


class _KindFile(Content):
    lists: dict[str, str] = {}
    rules: tuple[_Rule, ...]


_MARKS = ("stories", "played", "long_ago", "own", "past")
_UNLESS = " unless"
"""After the id of a rule: the set of what takes it away"""
_JUST_BEFORE = 30
"""Characters before a phrase that still belong to it"""


@dataclass(frozen=True)
class _KindRules:
    kind: Kind
    rules: tuple[_Rule, ...]
    phrases: Phrases


@dataclass(frozen=True)
class _Hit:
    id: str
    kind: Kind
    level: Risk


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
        lists = read(folder / "lists.yaml", _Lists).lists
        sayings = read(folder / "sayings.yaml", _Sayings)
        self._normalise = read_normaliser(folder.parent)
        with _naming("sayings.yaml"):
            self._idioms = Phrases({"idiom": sayings.idioms}, lists)
            self._denials = Endings(sayings.denials, lists)
            self._double_denials = Endings(sayings.double_denials, lists)
            self._marks = Phrases({mark: getattr(sayings, mark) for mark in _MARKS}, lists)
        self._kinds = tuple(_read_kind(folder / f"{kind}.yaml", kind, lists) for kind in Kind)
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
        self, transcript: Transcript, find: Callable[[str], list[_Hit]]
    ) -> list[_Hit]:
        hits = find(transcript.text)
        # What the recogniser thinks less likely may still be what was said. It can raise
        # a question, no more: nobody is told to call for help on a guess.
        for other in transcript.alternatives:
            for hit in find(other):
                guess = _Hit(f"{hit.id}?", hit.kind, min(hit.level, Risk.CONCERN))
                known = max((h.level for h in hits if h.kind is hit.kind), default=Risk.NONE)
                if guess.level > known:
                    hits.append(guess)
        return hits

    def _all_hits(self, text: str) -> list[_Hit]:
        """Find by phrases, and add what the text is like where that is more."""
        hits = self._hits(text)
        like = self._learned(self.normalised(text))
        if like.kind and like.level > max((hit.level for hit in hits), default=Risk.NONE):
            hits.append(_Hit(f"learned-{like.kind}", like.kind, like.level))
        return hits

    def _hits(self, text: str) -> list[_Hit]:
        words = self.normalised(text)
        marks = self._marks.find(words)
        hits = []
        for kind in self._kinds:
            places = kind.phrases.find(words)
            found = _Found(words, {**marks, **places})
            for rule in kind.rules:
                levels = [
                    self._level(kind.kind, rule, place, found) for place in places.get(rule.id, ())
                ]
                level = max(levels, default=Risk.NONE)
                if level is not Risk.NONE:
                    hits.append(_Hit(rule.id, kind.kind, level))
        return hits

    def _without_idioms(self, words: str) -> str:
        # An idiom leaves a clause mark, so that its neighbours do not join up.
        kept, at = [], 0
        for place in sorted(self._idioms.find(words).get("idiom", ())):
            span = place[0]
            if span.start >= at:
                kept += [words[at : span.start], ", "]
                at = span.end
        return "".join([*kept, words[at:]])

    def _level(self, kind: Kind, rule: _Rule, place: tuple[Span, ...], found: _Found) -> Risk:
        if any(found.near(f"{rule.id}{_UNLESS}", span) for span in place):
            return Risk.NONE
        level = _LEVELS[rule.level]
        if not rule.always and any(self._softens(span, found) for span in place):
            level = min(level, Risk.SOFT if kind in _OWN else Risk.NONE)
        if rule.long_ago and any(_is_long_ago(span, found) for span in place):
            level = min(level, _LEVELS[rule.long_ago])
        return level

    def _softens(self, span: Span, found: _Found) -> bool:
        if self._denials.before(found.words, span.start):
            return not self._double_denials.before(found.words, span.start)
        if found.near("played", span):
            return True
        return found.near("stories", span) and not found.in_or_before("own", span)


def _is_long_ago(span: Span, found: _Found) -> bool:
    return found.near("long_ago", span) and found.in_or_before("past", span)


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Put the name of the file before whatever is wrong in it."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(f"{file}: {error.problem}", fix=error.fix) from None


def _read_kind(path: Path, kind: Kind, shared: dict[str, str]) -> _KindRules:
    data = read(path, _KindFile)
    sets = {rule.id: rule.say for rule in data.rules}
    sets |= {f"{rule.id}{_UNLESS}": rule.unless for rule in data.rules}
    with _naming(path.name):
        if len({rule.id for rule in data.rules}) < len(data.rules):
            raise SettingsError("two rules have the same id.", fix="Give each its own.")
        for rule in data.rules:
            _check_levels(rule)
        return _KindRules(kind, data.rules, Phrases(sets, {**shared, **data.lists}))


def _check_levels(rule: _Rule) -> None:
    for level in (rule.level, rule.long_ago or rule.level):
        if level not in _LEVELS:
            raise SettingsError(
                f"rule '{rule.id}' has the unknown level '{level}'.",
                fix=f"Use one of: {', '.join(_LEVELS)}.",
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
