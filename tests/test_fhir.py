"""The diary as FHIR R4: valid, and claiming nothing that is not known."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from companion.memory import entries as e
from companion.memory.fhir import ITEMS, LOINC_ITEMS, LOINC_PANELS, bundle
from tests.diaries import A_FACT, NOW, any_diary, entry, one_of_each

CODES = {
    ("Observation", "status"): {"final", "amended"},
    ("QuestionnaireResponse", "status"): {"completed", "amended", "stopped"},
    ("Questionnaire", "status"): {"active"},
}
"""Required by R4, and checked by no library"""


def made(*entries: e.Entry) -> list[dict]:
    """Give the resources of a Bundle."""
    return [row["resource"] for row in whole(entries).get("entry", [])]


def whole(entries) -> dict:
    return json.loads("".join(bundle(entries, NOW)))


def facts(resource: dict) -> dict:
    """Read our extension."""
    (how,) = [one for one in resource["extension"] if one["url"] == "urn:x-companion:how"]
    return {one["url"]: one.get("valueString", one.get("valueBoolean")) for one in how["extension"]}


def filled_in(**fields) -> e.Entry:
    answers = tuple(
        e.Answer(item=f"gad7_{n}", value=None if n == 3 else 0, confirmed=True, edited=n == 2)
        for n in range(1, 8)
    )
    body = {"instrument": "gad7", "answers": answers, "mode": "spoken", "recogniser": "vosk"}
    return entry(1, e.Questionnaire(**(body | fields)))


@settings(max_examples=60, deadline=None, database=None)
@given(diary=any_diary)
def test_whatever_a_diary_holds_makes_a_valid_bundle(diary):
    """Checked by a library that knows R4B, whose resources used here are those of R4."""
    reason = "fhir.resources is not installed"
    library = pytest.importorskip("fhir.resources.R4B.bundle", reason=reason)
    text = "".join(bundle(diary, NOW))

    read = library.Bundle.model_validate_json(text)

    resources = [row.resource for row in read.entry or ()]
    ids = [resource.id for resource in resources]
    assert len(set(ids)) == len(ids)
    for row in read.entry or ():
        assert row.fullUrl == f"urn:uuid:{row.resource.id}"
        known = CODES[row.resource.get_resource_type(), "status"]
        assert row.resource.status in known


def test_an_empty_diary_is_a_valid_bundle():
    """FHIR allows no empty list."""
    assert whole([]) == {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": "2026-03-01T12:00:00.000+00:00",
    }


def test_a_skipped_item_is_missing_and_never_0():
    """Neither as an answer nor in the total."""
    _, response, total = made(filled_in())
    answered, skipped = response["item"][0], response["item"][2]

    assert answered["answer"] == [{"valueInteger": 0}]
    assert "answer" not in skipped
    assert skipped["extension"] == [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "asked-declined",
        }
    ]
    assert total["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert not [key for key in total if key.startswith("value")]


def test_how_an_answer_came_about_is_said():
    """Spoken or typed, heard by what, confirmed, edited, partial: whole and item by item."""
    _, response, total = made(filled_in())
    expected = {
        "mode": "spoken", "recogniser": "vosk", "confirmed": True, "edited": True, "partial": True,
    }  # fmt: skip

    assert facts(response) == facts(total) == expected
    assert facts(response["item"][1]) == {"confirmed": True, "edited": True}
    assert facts(response["item"][3]) == {"confirmed": True, "edited": False}


def test_a_typed_questionnaire_names_no_recogniser():
    """What is not known is not said."""
    answers = tuple(e.Answer(item=str(n), value=1) for n in (1, 2))
    _, response, total = made(
        entry(1, e.Questionnaire(instrument="phq2", answers=answers, total=2))
    )

    assert facts(response) == {
        "mode": "typed", "confirmed": False, "edited": False, "partial": False,
    }  # fmt: skip
    assert total["valueInteger"] == 2
    assert total["derivedFrom"] == [{"reference": f"urn:uuid:{response['id']}"}]


def test_one_that_was_broken_off_is_stopped_and_one_that_was_edited_is_amended():
    """A skipped item was reached; a missing one was not."""
    one = filled_in()
    few = filled_in(answers=one.body.answers[:2])
    later = one.model_copy(update={"edited": NOW})

    assert made(one)[1]["status"] == "completed"
    assert made(few)[1]["status"] == "stopped"
    assert made(later)[1]["status"] == "amended"


def test_codes_stand_only_where_they_are_certain():
    """All else is named in words."""
    coded = json.dumps(made(*one_of_each()))
    described = made(filled_in())[0]

    assert described["code"][0]["code"] == LOINC_PANELS["gad7"] == "69737-5"
    assert [item["code"][0]["code"] for item in described["item"]] == list(LOINC_ITEMS["gad7"])
    assert set(LOINC_PANELS) == {"phq9", "gad7"}
    assert set(LOINC_ITEMS) == {"gad7", "gad2"}
    for unsure in ("44261-6", "70274-6", "55758-7", "93832-4", "44250-9"):
        assert unsure not in coded
    for resource in made(*one_of_each()):
        assert resource["resourceType"] != "Observation" or resource["code"].keys() == {"text"}


@pytest.mark.parametrize("instrument", ITEMS)
def test_a_questionnaire_is_described_once_with_all_its_items(instrument):
    """However many were filled in."""
    body = e.Questionnaire(instrument=instrument, answers=(e.Answer(item="x", value=1),))
    described, *others = made(entry(1, body), entry(2, body))

    assert described["resourceType"] == "Questionnaire"
    assert len(described["item"]) == ITEMS[instrument]
    assert [one["resourceType"] for one in others] == [
        "QuestionnaireResponse", "Observation", "QuestionnaireResponse", "Observation",
    ]  # fmt: skip
    assert others[0]["questionnaire"] == described["url"]
    assert others[0]["item"][0]["linkId"] == "1"


def test_voice_danger_and_free_writing_never_go_out():
    """Nor anything made of them."""
    text = json.dumps(whole([*one_of_each(), entry(99, A_FACT)]))

    assert len(made(*one_of_each())) == 7
    for word in ("pitch", "suicide", "hidden", "marker plan", "marker thought", "marker note",
                 "marker talk", "marker fact"):  # fmt: skip
        assert word not in text


def test_what_is_excluded_or_only_planned_is_left_out():
    """Nobody should count it."""
    excluded = entry(1, e.Sleep(minutes_asleep=1)).model_copy(update={"excluded": True})

    assert not made(excluded, entry(2, e.Activity(what="a", done=False)))


def test_what_was_not_given_is_said_to_be_missing():
    """Time in bed and quality of a night."""
    (night,) = made(entry(1, e.Sleep(minutes_asleep=400.5, mode="measured", device="ring")))
    asleep, in_bed, quality = night["component"]

    assert asleep["valueQuantity"] == {
        "value": 400.5, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min",
    }  # fmt: skip
    assert "valueQuantity" not in in_bed and in_bed["dataAbsentReason"]
    assert "valueInteger" not in quality and quality["dataAbsentReason"]
    assert night["device"] == {"display": "ring"}
    assert facts(night) == {"mode": "measured"}


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Europe/Berlin", "2026-03-01T13:01:00.000+01:00"),
        ("+05:45", "2026-03-01T17:46:00.000+05:45"),
        ("-15:00", "2026-03-01T12:01:00.000+00:00"),
    ],
)
def test_a_moment_has_the_offset_of_its_place(zone, moment):
    """Unless FHIR has no such offset."""
    (resource,) = made(entry(1, e.CheckIn(valence=0), zone=zone))

    assert resource["effectiveDateTime"] == moment


def test_an_offset_of_old_that_has_seconds_is_told_in_utc():
    """Before 1911 the clocks of Paris were 9 minutes and 21 seconds ahead."""
    at = datetime(1905, 1, 1, 12, tzinfo=UTC)
    old = e.Entry(id="a" * 32, at=at, zone="Europe/Paris", created=at, body=e.CheckIn(valence=0))

    assert made(old)[0]["effectiveDateTime"] == "1905-01-01T12:00:00.000+00:00"


def test_characters_that_fhir_forbids_are_left_out():
    """And a text that is empty then is left out, too."""
    (spoilt,) = made(entry(1, e.CheckIn(valence=0, note="a\x00b\x1b\nc")))
    (empty,) = made(entry(1, e.CheckIn(valence=0, note=" \x00 ")))

    assert spoilt["note"] == [{"text": "ab\nc"}]
    assert "note" not in empty
