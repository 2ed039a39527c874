"""Give what can be measured of the diary as a FHIR R4 Bundle, for a program that reads such.

Left out on purpose: how a voice sounded, incidents, what is excluded from trends, and free
writing (talks, thought records, plans, notes). A code of LOINC stands only where it was looked
up in a source; everything else is named in words. What is missing is said to be missing: it is
never 0. How an answer came about (spoken or typed, heard by what, confirmed, edited, partial)
stands in an extension of our own.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from companion.memory.entries import (
    Activity,
    Answer,
    CheckIn,
    Entry,
    Exercise,
    Questionnaire,
    Sleep,
)

Json = dict[str, Any]

KINDS = ("questionnaire", "checkin", "exercise", "activity", "sleep")
"""Kinds of entry that have a place in a Bundle"""
OURS = "urn:x-companion:"
"""Begins every name that is our own"""
ITEMS = {"phq9": 9, "phq8": 8, "phq2": 2, "gad7": 7, "gad2": 2, "who5": 5}
"""How many items each questionnaire has"""
LOINC_PANELS = {"phq9": "44249-1", "gad7": "69737-5"}
_GAD7 = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
LOINC_ITEMS = {"gad7": _GAD7, "gad2": _GAD7[:2]}
"""In the order of the items"""

_TITLES = {name: f"{name[:-1].upper()}-{name[-1]}" for name in ITEMS}
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_REASONS = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_THE_PERSON = {"display": "the person who keeps this diary"}
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that no FHIR string may hold"""


def bundle(entries: Iterable[Entry], made_at: datetime) -> Iterator[str]:
    """Yield the text of a Bundle, piece by piece; what has no place in one is passed over."""
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": _moment(made_at)}
    yield json.dumps(head)[:-1]
    opening = ', "entry": [\n'
    for resource in _resources(entries):
        row = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
        yield opening + json.dumps(row, ensure_ascii=False, allow_nan=False)
        opening = ",\n"
    # An empty list is not allowed in FHIR.
    yield "}\n" if opening.startswith(", ") else "\n]}\n"


def _resources(entries: Iterable[Entry]) -> Iterator[Json]:
    described: set[str] = set()
    for entry in entries:
        if entry.excluded:
            continue
        if isinstance(entry.body, Questionnaire) and entry.body.instrument not in described:
            described.add(entry.body.instrument)
            yield _questionnaire(entry.body.instrument)
        yield from _resources_of(entry)


def _resources_of(entry: Entry) -> Iterator[Json]:
    match entry.body:
        case Questionnaire() as filled:
            yield _response(entry, filled)
            yield _total(entry, filled)
        case CheckIn() as checkin:
            yield _checkin(entry, checkin)
        case Exercise() as exercise:
            yield _exercise(entry, exercise)
        case Activity(done=True) as activity:
            yield _activity(entry, activity)
        case Sleep() as sleep:
            yield _sleep(entry, sleep)


def _questionnaire(instrument: str) -> Json:
    """Describe a questionnaire: its items by number, with their codes where those are certain."""
    codes = LOINC_ITEMS.get(instrument, ())
    items: list[Json] = [
        {"linkId": str(number), "type": "integer"} for number in range(1, ITEMS[instrument] + 1)
    ]
    for item, code in zip(items, codes, strict=False):
        item["code"] = [{"system": _LOINC, "code": code}]
    described: Json = {
        "resourceType": "Questionnaire",
        "id": str(uuid5(UUID(int=0), _name_of(instrument))),
        "url": _name_of(instrument),
        "title": _TITLES[instrument],
        "status": "active",
        "item": items,
    }
    if instrument in LOINC_PANELS:
        described["code"] = [{"system": _LOINC, "code": LOINC_PANELS[instrument]}]
    return described


def _response(entry: Entry, filled: Questionnaire) -> Json:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": str(UUID(entry.id)),
        "extension": [_how_filled(entry, filled)],
        "questionnaire": _name_of(filled.instrument),
        "status": _status_of_response(entry, filled),
        "subject": _THE_PERSON,
        "source": _THE_PERSON,
        "authored": _moment(entry.local),
        **_unless_empty("item", [_item(n, answer) for n, answer in enumerate(filled.answers, 1)]),
    }


def _status_of_response(entry: Entry, filled: Questionnaire) -> str:
    if entry.edited:
        return "amended"
    # A skipped item was at least asked: only one that was never reached means broken off.
    return "completed" if len(filled.answers) >= ITEMS[filled.instrument] else "stopped"


def _item(position: int, answer: Answer) -> Json:
    number = re.search(r"\d+$", answer.item)
    item: Json = {"linkId": str(int(number[0]) if number else position)}
    if answer.value is None:
        item["extension"] = [{"url": _ABSENT, "valueCode": "asked-declined"}]
        return item
    item["extension"] = [_how(confirmed=answer.confirmed, edited=answer.edited)]
    item["answer"] = [{"valueInteger": answer.value}]
    return item


def _total(entry: Entry, filled: Questionnaire) -> Json:
    if filled.total is None:
        value: Json = {"dataAbsentReason": _absent("too few items were answered")}
    else:
        value = {"valueInteger": filled.total}
    return {
        **_observation(entry, f"{_TITLES[filled.instrument]} total", "survey", part="total"),
        "extension": [_how_filled(entry, filled)],
        "derivedFrom": [{"reference": f"urn:uuid:{UUID(entry.id)}"}],
        **value,
    }


def _how_filled(entry: Entry, filled: Questionnaire) -> Json:
    answered = [answer for answer in filled.answers if answer.value is not None]
    return _how(
        mode=filled.mode,
        recogniser=filled.recogniser,
        confirmed=bool(answered) and all(answer.confirmed for answer in answered),
        edited=bool(entry.edited) or any(answer.edited for answer in answered),
        partial=len(answered) < ITEMS[filled.instrument],
    )


def _checkin(entry: Entry, checkin: CheckIn) -> Json:
    named = (("feelings", checkin.labels), ("about", checkin.about))
    parts = [
        _component(name, {"valueString": text})
        for name, labels in named
        if (text := _text(", ".join(labels)))
    ]
    parts += [_scale("energy, 0 to 10", checkin.energy)] if checkin.energy is not None else []
    scale = "from -1, very unpleasant, to 1, very pleasant"
    value: Json = {"dataAbsentReason": _absent()}
    if checkin.valence is not None:
        value = {"valueQuantity": {"value": checkin.valence, "unit": scale}}
    edited = bool(entry.edited) or checkin.edited
    return {
        **_observation(entry, "How it is right now", "survey"),
        "extension": [_how(mode=checkin.mode, recogniser=checkin.recogniser, edited=edited)],
        **value,
        **_unless_empty("component", parts),
        **_note(checkin.note),
    }


def _exercise(entry: Entry, exercise: Exercise) -> Json:
    name = _text(exercise.name)
    return {
        **_observation(entry, "Guided exercise", "activity"),
        **({"valueString": name} if name else {}),
        "component": [
            _quantity("time", exercise.seconds, "s"),
            _scale("strength before, 0 to 10", exercise.before),
            _scale("strength after, 0 to 10", exercise.after),
            _component("finished", {"valueBoolean": exercise.finished}),
        ],
        **_note(exercise.note),
    }


def _activity(entry: Entry, activity: Activity) -> Json:
    what = _text(activity.what)
    return {
        **_observation(entry, "Activity", "activity"),
        **({"valueString": what} if what else {}),
        "component": [
            _quantity("time", activity.minutes, "min"),
            _scale("pleasure, 0 to 10", activity.pleasure),
            _scale("mastery, 0 to 10", activity.mastery),
        ],
    }


def _sleep(entry: Entry, sleep: Sleep) -> Json:
    device = _text(sleep.device)
    return {
        **_observation(entry, "Sleep", "activity"),
        "extension": [_how(mode=sleep.mode)],
        **({"device": {"display": device}} if device else {}),
        "component": [
            _quantity("time asleep", sleep.minutes_asleep, "min"),
            _quantity("time in bed", sleep.minutes_in_bed, "min"),
            _scale("quality, 0 to 10", sleep.quality),
        ],
    }


def _observation(entry: Entry, name: str, category: str, part: str = "") -> Json:
    """Begin an Observation; `part` tells several of one entry apart."""
    whole = UUID(entry.id)
    return {
        "resourceType": "Observation",
        "id": str(uuid5(whole, part) if part else whole),
        "status": "amended" if entry.edited else "final",
        "category": [{"coding": [{"system": _CATEGORIES, "code": category}]}],
        "code": {"text": name},
        "subject": _THE_PERSON,
        "effectiveDateTime": _moment(entry.local),
        "performer": [_THE_PERSON],
    }


def _component(name: str, value: Json) -> Json:
    return {"code": {"text": name}, **value}


def _quantity(name: str, value: float | None, unit: str) -> Json:
    if value is None:
        return _component(name, {"dataAbsentReason": _absent()})
    measured = {"value": value, "unit": unit, "system": _UCUM, "code": unit}
    return _component(name, {"valueQuantity": measured})


def _scale(name: str, value: int | None) -> Json:
    if value is None:
        return _component(name, {"dataAbsentReason": _absent()})
    return _component(name, {"valueInteger": value})


def _absent(why: str = "") -> Json:
    return {"coding": [{"system": _REASONS, "code": "unknown"}], **({"text": why} if why else {})}


def _how(**facts: bool | str) -> Json:
    """Say how an answer came about; what is empty is not said."""
    parts = [
        {"url": name, "valueBoolean" if isinstance(fact, bool) else "valueString": fact}
        for name, fact in facts.items()
        if fact != ""
    ]
    return {"url": f"{OURS}how", "extension": parts}


def _name_of(instrument: str) -> str:
    return f"{OURS}questionnaire:{instrument}"


def _note(words: str) -> Json:
    text = _text(words)
    return {"note": [{"text": text}]} if text else {}


def _text(words: str) -> str:
    """Leave out what FHIR forbids; "" where nothing is left, which FHIR forbids, too."""
    return _NO_TEXT.sub("", words).strip()


def _unless_empty(name: str, rows: Sequence[Json]) -> Json:
    return {name: list(rows)} if rows else {}


def _moment(at: datetime) -> str:
    """Write a moment as FHIR does: its offset has whole minutes, and at most 14 hours."""
    offset = at.utcoffset() or timedelta(0)
    if offset.total_seconds() % 60 or abs(offset) > timedelta(hours=14):
        at = at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")
