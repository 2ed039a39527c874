"""The phrase files of the incoming guard, read and checked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from companion.content import Content, read
from companion.errors import SettingsError
from companion.guard.patterns import Phrases
from companion.risk import Kind, Risk

LEVELS = {level.name.lower(): level for level in Risk}
UNLESS = " unless"
"""After the id of a rule: the set of what takes it away"""


class Rule(Content):
    """One rule: what is said, and how worrying that is."""

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


class Lists(Content):
    """lists.yaml."""

    lists: dict[str, str]


class Sayings(Content):
    """sayings.yaml."""

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
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class KindRules:
    """The rules of one kind of danger."""

    kind: Kind
    rules: tuple[Rule, ...]
    phrases: Phrases


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Put the name of the file before whatever is wrong in it."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(f"{file}: {error.problem}", fix=error.fix) from None


def read_kind(path: Path, kind: Kind, shared: dict[str, str]) -> KindRules:
    """Read one kind; `shared` are the lists of all. Raises SettingsError that names the file."""
    data = read(path, _KindFile)
    sets = {rule.id: rule.say for rule in data.rules}
    sets |= {f"{rule.id}{UNLESS}": rule.unless for rule in data.rules}
    with naming(path.name):
        if len({rule.id for rule in data.rules}) < len(data.rules):
            raise SettingsError("two rules have the same id.", fix="Give each its own.")
        for rule in data.rules:
            _check_levels(rule)
            _check_exceptions(rule)
        return KindRules(kind, data.rules, Phrases(sets, {**shared, **data.lists}))


def _check_levels(rule: Rule) -> None:
    for level in (rule.level, rule.long_ago or rule.level):
        if level not in LEVELS:
            raise SettingsError(
                f"rule '{rule.id}' has the unknown level '{level}'.",
                fix=f"Use one of: {', '.join(LEVELS)}.",
            )


def _check_exceptions(rule: Rule) -> None:
    """Refuse an exception that takes back more than it says: its last words may be missing."""
    for phrase in rule.unless:
        if phrase.rstrip().endswith("]"):
            raise SettingsError(
                f"rule '{rule.id}': the exception '{phrase}' ends in words that may be missing.",
                fix="Write the last words in round brackets, or leave them out.",
            )
