"""The diary: what is kept is found again, in order, and is gone when it is deleted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.errors import VaultError
from companion.memory.entries import Entry, Note
from companion.memory.journal import Journal
from companion.memory.rows import moment_of
from companion.memory.vault import Vault

from .bodies import ZONES, bodies
from .diary_parts import KEY, NOW
from .diary_parts import journal as journal
from .diary_parts import shared as shared
from .diary_parts import vault as vault

BERLIN = "Europe/Berlin"


def emptied(vault):
    with vault.writing() as connection:
        connection.execute("DELETE FROM entries")
        connection.execute("DELETE FROM words")
    return Journal(vault)


def keep(journal, text="a", at="2026-11-20 22:30", zone=BERLIN, body=None):
    at = datetime.fromisoformat(at)
    return journal.add(body or Note(text=text), at=at, zone=zone, now=NOW)


def texts(entries):
    return [entry.body.text for entry in entries]


# --- keeping ----------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(bodies(), st.datetimes(datetime.fromisoformat("1901-01-01"),
       datetime.fromisoformat("2199-01-01")), st.sampled_from(ZONES)), max_size=8))  # fmt: skip
def test_whatever_is_kept_is_given_back(shared, lived):
    """Any body of any kind, from any time and place, and in order."""
    journal = emptied(shared)
    kept = [journal.add(body, at=at, zone=zone, now=NOW) for body, at, zone in lived]
    in_order = sorted(kept, key=lambda entry: (entry.at, entry.id))

    assert [journal.get(entry.id) for entry in kept] == kept
    assert list(journal.list(newest_first=False, include_hidden=True)) == in_order
    assert list(journal.list()) == [one for one in reversed(in_order) if not one.is_hidden]


def test_it_is_still_there_when_the_vault_is_opened_again(journal, vault):
    """On the disk when `add` returns."""
    kept = keep(journal)
    vault.close()

    assert Journal(Vault(vault.path.parent, KEY)).get(kept.id) == kept


def test_an_id_is_kept_once(journal):
    """A second entry of the same id is refused, and the first stays."""
    kept = keep(journal, "first")

    with pytest.raises(VaultError, match="there already"):
        journal.add(Note(text="second"), at=NOW, zone="UTC", now=NOW, id=kept.id)
    assert journal.get(kept.id) == kept


def test_entries_are_restored_all_or_none(journal):
    """As they were; those that are there already stay as they are."""
    kept = keep(journal)
    other = kept.model_copy(update={"id": "f" * 32, "excluded": True, "edited": NOW})

    def broken():
        yield kept.model_copy(update={"id": "d" * 32})
        raise VaultError("The rest cannot be read.")

    assert journal.restore([kept, other]) == 1
    assert journal.get(other.id) == other
    with pytest.raises(VaultError):
        journal.restore(broken())
    assert journal.count() == 2


def test_a_locked_vault_gives_nothing(journal, vault):
    """Whatever is asked of it."""
    kept = keep(journal)
    vault.lock()

    for asked in (journal.count, journal.days, lambda: keep(journal), lambda: journal.get(kept.id),
                  lambda: list(journal.list()), lambda: list(journal.search("a")),
                  lambda: journal.delete(kept.id)):  # fmt: skip
        with pytest.raises(VaultError, match="locked"):
            asked()


# --- finding one ------------------------------------------------------------------


def test_an_entry_is_found_by_the_beginning_of_its_id(journal):
    """As long as it is the only one."""
    for id in ("abcd" + "0" * 28, "abcd" + "1" * 28):
        journal.add(Note(text=id), at=NOW, zone="UTC", now=NOW, id=id)

    assert journal.find("abcd1").body.text == "abcd" + "1" * 28
    with pytest.raises(VaultError, match="More than one"):
        journal.find("abcd")
    with pytest.raises(VaultError, match="no such entry"):
        journal.find("1234")


@pytest.mark.parametrize("prefix", ["", "abc", "I am sad", "ABCD", "abcd%", "a" * 33, "abcd\n"])
def test_what_is_no_id_is_said_to_be_none(journal, prefix):
    """Without saying it again: it may be a person's words."""
    with pytest.raises(VaultError, match="no id") as refused:
        journal.find(prefix)

    assert "sad" not in str(refused.value)


# --- days -------------------------------------------------------------------------


def hours_of(journal, day):
    """Keep a note every half hour around a day; count those that it has."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    journal.restore(
        Entry(
            id=f"{half:032x}", at=start + timedelta(minutes=30 * half), zone=BERLIN,
            created=NOW, body=Note(text=str(half)),
        )
        for half in range(100)
    )  # fmt: skip
    return journal.count(since=day, until=day) / 2


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_is_as_long_as_it_was(journal, day, hours):
    """23 hours when clocks go forward, 25 when they go back."""
    day = date.fromisoformat(day)

    assert hours_of(journal, day) == hours
    assert journal.days(since=day, until=day) == {day: 2 * hours}


def test_half_past_two_is_kept_twice(journal):
    """In the order in which they came."""
    journal.add(Note(text="second"), zone=BERLIN, now=NOW,
                at=datetime.fromisoformat("2026-10-25 02:30").replace(fold=1))  # fmt: skip
    keep(journal, "first", at="2026-10-25 02:30")

    assert texts(journal.list(newest_first=False)) == ["first", "second"]
    assert journal.days() == {date(2026, 10, 25): 2}


def test_a_day_is_that_of_the_place(journal):
    """An evening in Tokyo and one in St John's belong to it, though 20 hours lie between."""
    keep(journal, "tokyo", at="2026-11-20 22:30", zone="Asia/Tokyo")
    keep(journal, "st johns", at="2026-11-20 22:30", zone="America/St_Johns")
    keep(journal, "the day before", at="2026-11-19 23:59", zone="Pacific/Pago_Pago")
    keep(journal, "the day after", at="2026-11-21 00:00", zone="Pacific/Kiritimati")
    day = date(2026, 11, 20)

    assert texts(journal.list(since=day, until=day)) == ["st johns", "tokyo"]
    assert journal.days() == {day - timedelta(1): 1, day: 2, day + timedelta(1): 1}
    assert journal.count(since=day + timedelta(1)) == 1


def test_a_list_can_begin_and_end_at_a_moment(journal):
    """The first is included, the last is not."""
    kept = [keep(journal, hour, at=f"2026-11-20 {hour}:00") for hour in ("10", "11", "12")]

    assert texts(journal.list(since=kept[1].at)) == ["12", "11"]
    assert texts(journal.list(until=kept[1].at)) == ["10"]
    assert journal.count(since=kept[0].at, until=kept[2].at) == 2


@pytest.mark.parametrize("bound", [date.min, date.max])
def test_the_first_and_the_last_day_there_is_can_be_asked_for(journal, bound):
    """Whoever asks for all of time gets it."""
    keep(journal, "river")
    everything = {"since": date.min, "until": date.max}

    assert journal.count(**everything) == len(list(journal.search("river", **everything))) == 1
    assert journal.count(since=bound, until=bound) == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 72), st.sampled_from(ZONES)), max_size=12),
       st.integers(0, 3), st.integers(0, 3))  # fmt: skip
def test_days_are_told_apart_as_they_were_lived(shared, lived, first, last):
    """A list between two days is what a list of all has of them."""
    start = moment_of(datetime.fromisoformat("2026-03-28"), "UTC")
    since, until = (date(2026, 3, 28) + timedelta(days) for days in (first, last))
    journal = emptied(shared)
    for hours, zone in lived:
        journal.add(Note(text="rain"), at=start + timedelta(hours=hours), zone=zone, now=NOW)
    within = [entry for entry in journal.list() if since <= entry.day <= until]

    assert list(journal.list(since=since, until=until)) == within
    assert journal.count(since=since, until=until) == len(within)
    found = journal.search("rain", since=since, until=until)
    assert {entry.id for entry in found} == {entry.id for entry in within}
