"""What an exercise led by questions becomes in the diary: its ratings, and what was found."""

from collections.abc import Iterator
from typing import get_args

from companion.memory import entries
from companion.records import Form

_FORMS = frozenset(
    {"checkin", *get_args(entries.Questionnaire.model_fields["instrument"].annotation)}
)
_THOUGHTS = frozenset({"thought_record", "thought_express"})
_ACTIVITIES = frozenset({"one_small_thing", "activity_log"})
_TO_PERCENT = 10


def is_skill(form: Form) -> bool:
    """Tell an exercise from a check-in and a questionnaire."""
    return form.name not in _FORMS


def of_skill(form: Form) -> Iterator[entries.Body]:
    """Give what an exercise is in the diary; nothing of one in which nothing was given."""
    if not form.given:
        return
    if form.name in _THOUGHTS and _words(form, "thought"):
        yield _thought_record(form)
    elif form.name in _ACTIVITIES and _words(form, "what"):
        yield entries.Activity(
            what=" ".join(part for part in (_words(form, "what"), _words(form, "when")) if part),
            pleasure=_rating(form, "pleasure"),
            mastery=_rating(form, "mastery"),
            done=form.name == "activity_log",
        )
    yield entries.Exercise(
        name=form.name,
        before=_rating(form, "before"),
        after=_rating(form, "after"),
        finished=form.done,
        note=" ".join(word for given in form.given for word in given.words),
    )


def _thought_record(form: Form) -> entries.Body:
    before, after = _rating(form, "before"), _rating(form, "after")
    feeling = entries.Feeling(
        name=_words(form, "feeling"),
        before=None if before is None else before * _TO_PERCENT,
        after=None if after is None else after * _TO_PERCENT,
    )
    return entries.ThoughtRecord(
        situation=_words(form, "situation"),
        thought=_words(form, "thought"),
        feelings=(feeling,),
        evidence_for=_words(form, "for"),
        evidence_against=_words(form, "against"),
        balanced=_words(form, "fairer"),
    )


def _words(form: Form, part: str) -> str:
    given = form.find(part)
    return " ".join(given.words) if given else ""


def _rating(form: Form, part: str) -> int | None:
    given = form.find(part)
    return None if given is None or given.number is None else round(given.number)
