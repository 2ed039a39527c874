"""What a form becomes in the diary: while it is filled in, and whatever ends it.

Each time something was given, its entries are written anew under the same ids. So a talk that is
broken off, or a machine that loses power, costs no answer; and what was not finished can be taken
up again while it still means the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from companion.memory import entries
from companion.memory.entries import Entry
from companion.memory.journal import Journal
from companion.memory.practised import is_skill, of_skill
from companion.memory.rows import moment_of
from companion.memory.vault import Vault
from companion.records import Form, Given

RESUME = timedelta(hours=12)
"""How long an unfinished form can be taken up again: after that it would mean another day"""
RESUME_SKILL = timedelta(days=7)
"""An exercise keeps its meaning for longer"""
_STATE = "form"


@dataclass
class _Kept:
    """Where the entries of the form in hand lie."""

    form: Form
    at: datetime
    ids: dict[str, str]
    """By kind of entry"""


class FormKeeper:
    """Keeps the form of a talk up to date in the diary."""

    def __init__(self, vault: Vault, zone: str, ear: str) -> None:
        """`ear`: which recogniser hears; empty: it is typed."""
        self._vault = vault
        self._journal = Journal(vault)
        self._zone = zone
        self._ear = ear
        self._kept: _Kept | None = None

    def remembered(self, now: datetime) -> Form | None:
        """Give a form that was not finished, if it can still go on. Raises VaultError."""
        kept = self._vault.get(_STATE)
        if not kept:
            return None
        form = _form_from(kept["form"])
        within = RESUME_SKILL if is_skill(form) else RESUME
        if now - datetime.fromisoformat(kept["at"]) > within:
            return None
        self._kept = _Kept(form, datetime.fromisoformat(kept["at"]), kept["ids"])
        return form

    def keep(self, form: Form, now: datetime) -> None:
        """Write what was given so far. Raises VaultError."""
        before = self._kept
        if before and form.given == before.form.given and form.done == before.form.done:
            return
        # One that is done may still be put right; any other that follows it is a new one.
        if before is None or form.name != before.form.name or before.form.done > form.done:
            before = _Kept(form, now, {})
        if not form.given:
            return
        self._kept = kept = _Kept(form, before.at, before.ids)
        with self._vault.writing():
            for body in bodies(form, self._ear):
                id = kept.ids.setdefault(body.kind, uuid4().hex)
                at = moment_of(kept.at, self._zone)
                self._journal.put(Entry(id=id, at=at, zone=self._zone, created=now, body=body))
            self._vault.put(_STATE, None if form.done else self._as_value(kept), now)

    @staticmethod
    def _as_value(kept: _Kept) -> dict[str, Any]:
        return {"at": kept.at.isoformat(), "ids": kept.ids, "form": asdict(kept.form)}


def bodies(form: Form, ear: str) -> Iterator[entries.Body]:
    """Give what a form is in the diary; nothing of one in which nothing was given."""
    heard_by = ear if form.spoken else ""
    mode: entries.Mode = "spoken" if form.spoken else "typed"
    if form.name == "checkin":
        yield from _checkin(form, mode, heard_by)
    elif is_skill(form):
        yield from of_skill(form)
    elif any(given.number is not None for given in form.given):
        yield _questionnaire(form, mode, heard_by)


def _checkin(form: Form, mode: entries.Mode, heard_by: str) -> Iterator[entries.Body]:
    mood, energy = _number(form, "mood"), _number(form, "energy")
    labels, about = _words(form, "feelings"), _words(form, "about")
    note = " ".join(_words(form, "line"))
    if mood is not None or energy is not None or labels or about or note:
        yield entries.CheckIn(
            valence=mood,
            labels=labels,
            about=about,
            energy=None if energy is None else round(energy),
            note=note,
            mode=mode,
            recogniser=heard_by,
            edited=any(given.edited for given in form.given),
        )
    asleep, in_bed, quality = (_number(form, part) for part in ("asleep", "in_bed", "quality"))
    if (asleep, in_bed, quality) != (None, None, None):
        yield entries.Sleep(
            minutes_asleep=asleep,
            minutes_in_bed=in_bed,
            quality=None if quality is None else round(quality),
            mode=mode,
        )


def _questionnaire(form: Form, mode: entries.Mode, heard_by: str) -> entries.Body:
    return entries.Questionnaire.model_validate(
        {
            "instrument": form.name,
            "answers": tuple(_answer(given) for given in sorted(form.given, key=_place)),
            "total": form.total,
            "mode": mode,
            "recogniser": heard_by,
        }
    )


def _place(given: Given) -> int:
    """Give an item's number: what was put right was given last."""
    return int(given.part.rpartition("-")[2])


def _answer(given: Given) -> entries.Answer:
    return entries.Answer(
        item=given.part,
        value=None if given.number is None else round(given.number),
        confirmed=given.confirmed,
        edited=given.edited,
    )


def _number(form: Form, part: str) -> float | None:
    given = form.find(part)
    return given.number if given else None


def _words(form: Form, part: str) -> tuple[str, ...]:
    given = form.find(part)
    return given.words if given else ()


def _form_from(kept: dict[str, Any]) -> Form:
    """Read a form that was kept. What was said back and not agreed to is asked anew."""
    given: Sequence[Given] = [
        Given(**{**one, "words": tuple(one["words"])}) for one in kept["given"]
    ]
    fields = {"given": tuple(given), "unsure": None, "waits": "answer"}
    return Form(**{**kept, **fields})
