"""What the doctor says of the safety pack and of models on disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from companion.commands import doctor_machine as machine
from companion.commands import doctor_parts as parts
from companion.manifest import read_manifest

from .doctors_room import (
    TODAY,
    case,
    row,
    rows,
)
from .doctors_room import home as home


def test_the_safety_pack_is_read_and_tried():
    """It tells danger from small talk."""
    assert row(parts.safety, case()).state == "ok"


def test_without_a_country_no_helpline_is_named():
    """A note that says which setting."""
    found = row(parts.helplines, case())

    assert (found.state, "person.country" in found.fix) == ("note", True)


def test_an_unknown_country_is_wrong_and_hides_nothing():
    """The rest is looked at without it."""
    patient = case(person={"country": "XX"})

    assert row(parts.helplines, patient).state == "wrong"
    assert row(parts.safety, patient).state == "ok"


def test_helplines_that_nobody_has_checked_are_a_note():
    """As all of them are until a person dates them."""
    found = row(parts.helplines, case(person={"country": "GB"}))

    assert (found.state, "United Kingdom" in found.what) == ("note", True)
    assert "hotlines.yaml" in found.fix


@pytest.mark.parametrize(
    ("day", "fresh"),
    [("2026-11-22", True), ("2025-11-24", True), ("2025-11-22", False), ("", False),
     ("2027-01-01", False), ("yesterday", False)],
)  # fmt: skip
def test_a_helpline_is_fresh_for_a_year(day, fresh):
    """No date, and a date to come, are none."""
    assert parts._is_fresh(day, TODAY) is fresh


def altered(home: Path) -> str:
    """Put a file there that is not what its name says; give the model's id."""
    model = next(one for one in read_manifest().models if one.main.file.endswith(".gguf"))
    (home / "models").mkdir(parents=True)
    (home / "models" / model.main.file).write_bytes(b"GGUF, but another")
    return model.id


def test_a_model_with_a_wrong_digest_is_wrong(home):
    """And the fix fetches it anew."""
    name = altered(home)
    found = [one for one in rows(machine.models, case()) if one.state == "wrong"]

    assert [one.what.startswith(f"{name}: ") for one in found] == [True]
    assert f"models get {name}" in found[0].fix


def test_quick_reads_no_model(home):
    """And says so."""
    altered(home)
    found = row(machine.models, replace(case(), quick=True))

    assert (found.state, "not checked (--quick)" in found.what) == ("ok", True)


def test_a_model_put_there_by_hand_is_a_note(home):
    """Nobody knows its digest."""
    (home / "models").mkdir(parents=True)
    (home / "models" / "mine.gguf").write_bytes(b"GGUF")
    found = row(machine.models, case())

    assert (found.state, "mine.gguf" in found.what) == ("note", True)
