"""Whose numbers are named, in which order, and how surely."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion import paths
from companion.errors import SettingsError
from companion.guard.helplines import Helplines
from companion.guard.hours import is_open

HOTLINES = paths.content() / "hotlines.yaml"
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 3, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(tmp_path: Path, *lines: str) -> Path:
    """Write a file with one country and these lines: "id for call hours confidence verified"."""
    rows = []
    for line in lines:
        name, use, call, hours, sure, verified = line.split("|")
        rows.append(
            f"      - {{id: {name}, for: {use}, name: {name}, call: '{call}', text: '', chat: '', "
            f"hours: '{hours}', languages: [], source: s, verified_on: '{verified}', "
            f"confidence: {sure}}}\n"
        )
    path = tmp_path / "hotlines.yaml"
    path.write_text(
        "fallback: {emergency: '112', text: t}\ncountries:\n  XX:\n    name: X\n"
        "    emergency: {ambulance: '111', police: '111'}\n    poison: ''\n    lines:\n"
        + "".join(rows)
    )
    return path


@pytest.mark.parametrize(
    ("hours", "now", "is_it"),
    [
        ("24/7", None, True), ("", MONDAY, None), ("Mon-Fri 09:00-17:00", MONDAY, True),
        ("Mon-Fri 09:00-17:00", SUNDAY, False), ("Mon-Fri 09:00-17:00", None, None),
        ("Sun 20:00-06:00", NIGHT, True), ("Mon-Sun 20:00-06:00", MONDAY, False),
        ("Sat-Mon 10:00-13:00", SUNDAY, True), ("08:00-20:00", MONDAY, True),
        ("Mon-Fri 09:00-10:00, Sun 11:00-13:00", SUNDAY, True),
    ],
)  # fmt: skip
def test_hours_are_read(hours, now, is_it):
    """Over midnight, over the end of a week, and not at all where they are blank."""
    assert is_open(hours, now) is is_it


def test_hours_that_cannot_be_read_are_one_sentence():
    """With the form to write them in."""
    with pytest.raises(SettingsError, match="cannot be read: 'most days'"):
        is_open("most days", MONDAY)


def test_a_closed_line_gives_way_and_is_named_with_its_hours_where_it_is_alone(tmp_path):
    """Nobody is sent to a bell that nobody answers."""
    path = made(
        tmp_path,
        "Day|suicide|1|Mon-Fri 09:00-17:00|read|",
        "Other|general|2||read|",
    )
    assert Helplines(path, "XX", MONDAY).line("suicide") == "Day, 1,"
    assert Helplines(path, "XX", NIGHT).line("suicide") == "Other, 2,"

    alone = made(tmp_path, "Day|suicide|1|Mon-Fri 09:00-17:00|read|")
    assert "open Mon-Fri 09:00-17:00" in Helplines(alone, "XX", NIGHT).line("suicide")


def test_only_what_was_read_somewhere_is_said_as_a_fact(tmp_path):
    """From memory: as far as I know."""
    path = made(tmp_path, "Line|suicide|1|24/7|recalled|")

    assert Helplines(path, "XX").line("suicide") == "Line, as far as I know 1,"


@pytest.mark.parametrize(
    ("verified", "stale"), [("", True), ("2025-01-01", True), ("2025-12-01", False)]
)
def test_a_number_older_than_a_year_asks_to_be_checked(tmp_path, verified, stale):
    """Blank counts as old."""
    path = made(tmp_path, f"Line|suicide|1|24/7|read|{verified}")

    assert bool(Helplines(path, "XX", MONDAY).check("suicide")) is stale


def test_the_screen_shows_three_at_the_most_and_the_emergency_number_first():
    """Each with what a telephone can dial."""
    rows = Helplines(HOTLINES, "GB").screen("suicide").splitlines()

    assert rows[0] == "Emergency: 999 · tel:999"
    assert "tel:116123" in rows[1]
    assert len(rows) == 3


def test_without_a_country_the_screen_says_how_to_find_numbers():
    """Nothing is guessed."""
    screen = Helplines(HOTLINES, "").screen("suicide")

    assert "112 from most mobiles" in screen and "findahelpline.com" in screen


def test_all_hours_of_the_list_can_be_read():
    """Found here, not at night."""
    for code in Helplines(HOTLINES, "").names:
        there = Helplines(HOTLINES, code, MONDAY)
        for use in ("suicide", "violence", "child", "helper"):
            assert there.line(use) and there.screen(use)
