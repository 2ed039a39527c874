"""journal: write into the diary, list and search it, change it."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from companion.commands.journal_show import legible, name_of, show_list, show_whole
from companion.commands.now import now, zone_name
from companion.commands.vault import open_vault, reauthenticate
from companion.commands.when import read_moment, read_when
from companion.content import Content
from companion.errors import SettingsError, VaultError
from companion.memory.entries import (
    Activity,
    Body,
    CheckIn,
    Entry,
    Exercise,
    Fact,
    Note,
    Sleep,
    ThoughtRecord,
)
from companion.memory.journal import Journal, Which
from companion.memory.planned import renew_copy
from companion.memory.rows import NewerEntry
from companion.memory.vault import Vault

GUARDED = frozenset({"incident", "plan"})
"""Kinds for which the key is asked for again; they are in no list that does not name them"""
UNLISTED = GUARDED | {"voice"}
"""The last of these would be a line for each utterance"""
APART = frozenset({"fact"})
"""Kinds that no list holds that does not name them: they are what `memory` shows"""
PAGE = 50
"""Entries that a person is shown at once"""


@dataclass(frozen=True)
class Form:
    """What can be written by hand."""

    model: type[Content]
    words: str
    """Field for what is written freely"""
    needed: bool = False
    """Whether nothing is kept without such words"""


FORMS = {
    "note": Form(Note, "text", needed=True),
    "checkin": Form(CheckIn, "note"),
    "activity": Form(Activity, "what", needed=True),
    "sleep": Form(Sleep, ""),
    "thought_record": Form(ThoughtRecord, "thought", needed=True),
    "exercise": Form(Exercise, "note"),
    "fact": Form(Fact, "text", needed=True),
}
"""By kind. An exercise and a fact begin elsewhere; here the words of one can be changed"""
FIELDS = ("valence", "energy", "labels", "about", "minutes", "minutes_in_bed", "quality",
          "pleasure", "mastery", "done", "belief_before", "belief_after")  # fmt: skip
"""Options that fill a field of this name; `minutes` are those asleep where it is about sleep"""
OPTIONS = {"labels": "--label", "done": "--planned", "minutes_asleep": "--minutes"}
"""How a field's option is called, where it is not called as the field"""


def add(options: argparse.Namespace) -> int:
    """Keep what is written, or told by options."""
    kind = _kind(options.kind)
    zone, given = zone_name(), _given(options, kind)
    at = read_moment(options.at, now(), zone) if options.at else now()
    form = FORMS[kind]
    if not form.needed:
        _body(form, given)  # before anybody is asked for a key or for words
    with _open(options) as vault:
        words = _words(options) if options.text or form.needed else ""
        if form.needed and not words:
            raise VaultError("There is nothing to keep.", fix="Write a few words.")
        body = _body(form, given | ({form.words: words} if words else {}))
        _awake(vault, options)
        entry = Journal(vault).add(body, at=at, zone=zone, now=now())
    print(f"Kept: {entry.id[:8]}")
    return 0


def show_entries(options: argparse.Namespace) -> int:
    """List entries, the newest first."""
    which = _which(options)
    with _open(options) as vault:
        _ask_again_for(_named(options), options)
        return _print(_unguarded(Journal(vault).list(**which), options), options)


def search(options: argparse.Namespace) -> int:
    """List the entries that hold some words, the newest first."""
    which = _which(options)
    with _open(options) as vault:
        _ask_again_for(_named(options), options)
        words = _words(options)
        _awake(vault, options)
        return _print(_unguarded(Journal(vault).search(words, **which), options), options)


def show(options: argparse.Namespace) -> int:
    """Print one entry."""
    with _open(options) as vault:
        entry = _find(vault, options)
    if options.json:
        print(entry.model_dump_json())
    else:
        show_whole(entry, sys.stdout)
    return 0


def edit(options: argparse.Namespace) -> int:
    """Put new words, or new values, in place of old ones."""
    with _open(options) as vault:
        before = _find(vault, options)
        form = FORMS.get(before.kind, Form(type(before.body), ""))
        given = _given(options, before.kind)
        if not isinstance(before, NewerEntry) and (options.text or not given):
            if not form.words:
                raise VaultError("An entry of this kind holds no words to change.")
            given[form.words] = _words(options)
            if form.needed and not given[form.words]:
                raise VaultError("There is nothing to keep.", fix="To remove it: journal delete.")
        body = _body(form, {**dict(before.body), **given})
        _awake(vault, options)
        Journal(vault).edit(before.id, body, now())
        renew_copy(vault)
    print("Changed.")
    return 0


def exclude(options: argparse.Namespace) -> int:
    """Count an entry in no trend."""
    with _open(options) as vault:
        Journal(vault).exclude(_find(vault, options).id, True, now())
    print("It is kept, but counted in no trend.")
    return 0


def include(options: argparse.Namespace) -> int:
    """Count an entry again."""
    with _open(options) as vault:
        Journal(vault).exclude(_find(vault, options).id, False, now())
    print("It is counted again.")
    return 0


def delete(options: argparse.Namespace) -> int:
    """Remove an entry."""
    with _open(options) as vault:
        entry = _find(vault, options)
        if not options.yes and not _agreed(f"Delete this {name_of(entry)}, for good"):
            print("Nothing was deleted.")
            return 0
        _awake(vault, options)
        Journal(vault).delete(entry.id)
        renew_copy(vault)
    print("Deleted.")
    return 0


@contextmanager
def _open(options: argparse.Namespace) -> Iterator[Vault]:
    vault = open_vault(options, required=True)
    if vault is None:
        raise VaultError("The diary could not be opened.")
    with closing(vault):
        yield vault


def _awake(vault: Vault, options: argparse.Namespace) -> None:
    """Open it again where it locked itself while somebody wrote: what they wrote is not lost."""
    if vault.locked:
        vault.unlock(reauthenticate(options))


def _find(vault: Vault, options: argparse.Namespace) -> Entry:
    entry = Journal(vault).find(options.id.lower())
    _ask_again_for([entry.kind], options)
    return entry


def _ask_again_for(kinds: Iterable[str], options: argparse.Namespace) -> None:
    if GUARDED & set(kinds):
        reauthenticate(options)


def _unguarded(entries: Iterable[Entry], options: argparse.Namespace) -> Iterator[Entry]:
    left_out = UNLISTED - _named(options)
    return (entry for entry in entries if entry.kind not in left_out)


def _named(options: argparse.Namespace) -> set[str]:
    return {_kind(kind) for kind in options.kind}


def _which(options: argparse.Namespace) -> Which:
    zone, at = zone_name(), now()
    return {
        "since": read_when(options.since, at, zone) if options.since else None,
        "until": read_when(options.until, at, zone) if options.until else None,
        "kinds": _named(options) or None,
    }


def _print(entries: Iterator[Entry], options: argparse.Namespace) -> int:
    if options.json:
        for entry in islice(entries, options.limit):
            print(entry.model_dump_json(), flush=True)
        return 0
    limit = PAGE if options.limit is None else options.limit
    if not show_list(islice(entries, limit), zone_name(), sys.stdout):
        print("Nothing was found.", file=sys.stderr)
    elif next(entries, None):
        print(f"There are more; --limit shows more than {limit}.", file=sys.stderr)
    return 0


def _words(options: argparse.Namespace) -> str:
    """Take words from the command line, else from standard input."""
    if options.text and options.text != ["-"]:
        return " ".join(options.text).strip()
    if sys.stdin.isatty():
        print("Write, and end with Ctrl+D on a line of its own:", file=sys.stderr)
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError:
        raise VaultError("The text is not written in UTF-8.", fix="Send UTF-8.") from None


def _given(options: argparse.Namespace, kind: str) -> dict[str, Any]:
    """Collect the fields that options fill. Raises SettingsError for one that does not belong."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        value = getattr(options, name)
        if value is None:
            continue
        field = "minutes_asleep" if (kind, name) == ("sleep", "minutes") else name
        if kind not in FORMS or field not in FORMS[kind].model.model_fields:
            raise SettingsError(f"{_option(field)} does not belong to this kind of entry.")
        found[field] = tuple(value) if isinstance(value, list) else value
    return found


def _body(form: Form, fields: dict[str, Any]) -> Body:
    try:
        body: Any = form.model.model_validate(fields)
    except ValidationError as error:
        # Its own text would hold what a person wrote.
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "missing":
            raise SettingsError(f"{_option(name)} is missing.") from None
        what = "What is written" if name == form.words else _option(name)
        raise SettingsError(f"{what} cannot be kept: {legible(first['msg'])}.") from None
    return body  # type: ignore[no-any-return]  # every form makes one of its kinds


def _option(field: str) -> str:
    return OPTIONS.get(field, f"--{field.replace('_', '-')}")


def _kind(name: str) -> str:
    return "thought_record" if name == "thought" else name


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise VaultError("Nothing was deleted.", fix="Add --yes where nobody can be asked.")
    print(f"{question} (yes or no)? ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
