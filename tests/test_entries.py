"""What the diary keeps: days as they were lived, zones, words that stay out of sight."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from companion.errors import VaultError
from companion.memory import entries as kept
from companion.memory.entries import Body, Entry, zone_of
from companion.memory.index import words_of
from companion.memory.rows import (
    NewerBody,
    NewerEntry,
    entry_of,
    from_row,
    local_day,
    moment_of,
    stamp,
    to_row,
)

from .bodies import ZONES, bodies, marked

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"
FIRST, LAST = datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("2199-01-01")
BODIES = get_args(get_args(Body)[0])


def entry(at, zone=BERLIN, body=None):
    return Entry(id="0" * 32, at=at, zone=zone, created=NOW, body=body or kept.Note(text="a"))


def test_an_evening_stays_an_evening_after_a_journey():
    """The day is that of the place where it was lived."""
    late = entry(datetime(2026, 11, 20, 23, 30, tzinfo=zone_of("Asia/Tokyo")), "Asia/Tokyo")

    assert late.at.tzinfo is UTC
    assert late.at.hour == 14
    assert (late.day, late.local.hour) == (date(2026, 11, 20), 23)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_as_many_hours_as_it_had(day, hours):
    """23 when clocks go forward, 25 when they go back."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    moments = [start + timedelta(minutes=30 * half) for half in range(100)]

    assert sum(entry(at).day == day for at in moments) == 2 * hours


def test_half_past_two_happens_twice():
    """The first is meant unless the second is."""
    first = moment_of(datetime.fromisoformat("2026-10-25 02:30"), BERLIN)
    second = moment_of(datetime.fromisoformat("2026-10-25 02:30").replace(fold=1), BERLIN)

    assert second - first == timedelta(hours=1)
    assert entry(first).local.strftime("%H:%M") == entry(second).local.strftime("%H:%M") == "02:30"
    assert (entry(first).local.fold, entry(second).local.fold) == (0, 1)


def test_a_time_that_was_skipped_is_counted_on_from_before():
    """Half past two that never was is half past three."""
    moment = moment_of(datetime.fromisoformat("2026-03-29 02:30"), BERLIN)

    assert entry(moment).local.strftime("%H:%M") == "03:30"


def test_a_moment_with_an_offset_is_taken_as_it_is():
    """The zone then says only where it was lived."""
    at = datetime(2026, 11, 20, 22, 30, tzinfo=timezone(timedelta(hours=9)))

    assert moment_of(at, BERLIN) == at


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_a_year_that_no_diary_has_is_refused(year):
    """Not with a traceback."""
    with pytest.raises(VaultError, match="1900 to 2199"):
        moment_of(datetime.fromisoformat(f"{year:04}-01-01"), BERLIN)


def test_the_first_night_may_lie_in_the_year_before():
    """In UTC, which is what is kept."""
    with pytest.raises(VaultError, match="no year 1900"):
        moment_of(datetime.fromisoformat("1900-01-01 00:10"), BERLIN)


def test_an_unknown_zone_is_refused():
    """In one sentence."""
    with pytest.raises(VaultError, match="Europe/Berlin"):
        moment_of(datetime.fromisoformat("2026-01-01"), "Mars/Base")


@pytest.mark.parametrize("name", ["", "Mars", "../etc/passwd", "+24:00", "+0x:00", "Europe"])
def test_a_name_that_is_no_zone_is_a_value_error(name):
    """Whatever it is."""
    with pytest.raises(ValueError):
        zone_of(name)


def test_an_offset_is_a_zone():
    """For where no name is known."""
    assert entry(datetime(2026, 1, 1, tzinfo=UTC), "-03:30").local.hour == 20


@given(
    st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)
def test_moments_sort_as_text(one, other):
    """So that a database can."""
    assert (one < other) == (stamp(one) < stamp(other))
    assert datetime.fromisoformat(stamp(one)) == one


def test_a_moment_without_a_zone_has_no_stamp():
    """It would mean another moment on another device."""
    with pytest.raises(ValueError):
        stamp(datetime.fromisoformat("2026-01-01"))


@given(bodies(), st.datetimes(FIRST, LAST), st.sampled_from(ZONES))
def test_any_entry_survives_its_row(body, at, zone):
    """Nothing is lost, and the day is the same."""
    made = entry(moment_of(at, zone), zone, body)
    row = to_row(made)
    columns = ("id", "at", "zone", "created", "edited", "excluded", "body")

    assert from_row(tuple(row[name] for name in columns)) == made
    assert local_day(row["at"], row["zone"]) == made.day


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_value_that_json_cannot_hold_is_refused(value):
    """Rather than kept as something else."""
    with pytest.raises(ValidationError):
        kept.Measure(value=value, unit="Hz")
    with pytest.raises(ValidationError):
        kept.Sleep(minutes_asleep=value)


@pytest.mark.parametrize("model", BODIES)
def test_every_field_with_a_persons_words_can_be_searched(model):
    """And no name, label or id."""
    body, words = marked(model)

    assert sorted(words_of(body).split()) == sorted(words)


@pytest.mark.parametrize("model", BODIES)
def test_a_persons_words_are_not_shown_by_accident(model):
    """In no repr, and so in no traceback or log."""
    body, words = marked(model)

    assert not [word for word in words if word in repr(entry(NOW, body=body))]


def test_danger_from_others_is_hidden():
    """The wrong person may be looking."""
    assert entry(NOW, body=kept.Incident(level="high", kinds=("harm_from_others",))).is_hidden
    assert entry(NOW, body=kept.Talk(hidden=True)).is_hidden
    assert not entry(NOW, body=kept.Incident(level="high", kinds=("suicide",))).is_hidden


def newer(**changes):
    fields = {
        "id": "0" * 32, "at": stamp(NOW), "zone": BERLIN, "created": stamp(NOW),
        "body": {"kind": "dream", "colours": ["blue"], "told": "secret words"},
    }  # fmt: skip
    return entry_of(fields | changes)


def test_a_kind_that_is_not_known_yet_is_kept_as_it_is():
    """A newer version wrote it."""
    dream = newer()

    assert isinstance(dream, NewerEntry)
    assert (dream.kind, dream.day) == ("dream", NOW.date())
    assert dream.model_dump()["body"] == {
        "kind": "dream", "colours": ["blue"], "told": "secret words",
    }  # fmt: skip
    assert "secret" not in repr(dream)


def test_a_field_that_is_not_known_yet_is_kept():
    """Of a kind that is."""
    note = newer(body={"kind": "note", "text": "a", "mood": 3})

    assert isinstance(note.body, NewerBody)
    assert note.body.model_dump_json() == '{"kind":"note","text":"a","mood":3}'


def test_an_incident_of_a_newer_version_is_hidden():
    """Nobody can tell what it says."""
    assert newer(body={"kind": "incident", "level": "high", "new": 1}).is_hidden
    assert newer(body={"kind": "talk", "hidden": True, "new": 1}).is_hidden
    assert not newer(body={"kind": "talk", "hidden": False, "new": 1}).is_hidden


def test_a_zone_that_is_not_known_yet_is_shown_in_utc():
    """The tables of zones change, too."""
    far = newer(zone="Moon/Base")

    assert (far.zone, far.local) == ("Moon/Base", NOW)
    assert local_day(stamp(NOW), "Moon/Base") == NOW.date()


def test_what_is_no_entry_is_refused_without_its_words():
    """An exception may end up in a log."""
    with pytest.raises(VaultError) as refused:
        entry_of({"id": "secret", "body": {"text": "secret"}})

    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_body_of_the_wrong_shape_is_no_entry():
    """A list has no kind."""
    with pytest.raises((VaultError, ValidationError)):
        newer(body=["note"])
