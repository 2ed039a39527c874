"""What a check-in leaves in the diary."""

from datetime import timedelta

from companion.events import Checked
from companion.memory.entries import CheckIn, Sleep
from companion.memory.erase import erase_range
from companion.memory.filled import RESUME
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from companion.risk import Risk

from .care_made import Person
from .checkins import NOW, held, kept


def test_it_becomes_a_check_in_and_a_night(tmp_path):
    """With how it came about."""
    held(
        tmp_path, "check in", "pretty rough, anxious", "four hours, badly", "two", "work", "A line."
    )

    checkin, night = sorted(kept(tmp_path), key=lambda body: body.kind)
    assert checkin == CheckIn(
        valence=-0.67, labels=("anxious",), about=("work",), energy=2, note="A line."
    )
    assert night == Sleep(minutes_asleep=240, quality=2)


def test_one_that_was_spoken_says_so(tmp_path):
    """And which recogniser heard it."""
    held(tmp_path, "check in", "six", "five", "seven", "three", ear="sphinx")

    checkin, night = sorted(kept(tmp_path), key=lambda body: body.kind)
    assert (checkin.mode, checkin.recogniser, night.mode) == ("spoken", "sphinx", "spoken")


def test_whatever_breaks_it_off_loses_nothing(tmp_path):
    """A talk that ends in the middle has its answers in the diary, and the next one goes on."""
    held(tmp_path, "check in", "good", "seven hours")
    assert {body.kind for body in kept(tmp_path)} == {"checkin", "sleep"}

    later = held(tmp_path, "go on", "four", "done", "done", at=NOW + timedelta(hours=1))
    assert later.form.done
    checkin, night = sorted(kept(tmp_path), key=lambda body: body.kind)
    assert (checkin.valence, checkin.energy, night.minutes_asleep) == (0.67, 4, 420)


def test_after_half_a_day_it_is_another_days_check_in(tmp_path):
    """What was given stays; the new one begins anew."""
    held(tmp_path, "check in", "good")
    later = held(tmp_path, "go on", at=NOW + RESUME + timedelta(minutes=1))

    assert later.state.mind.form is None
    held(tmp_path, "check in", "bad", at=NOW + timedelta(days=1))
    assert [body.valence for body in kept(tmp_path)] == [0.67, -0.67]


def test_a_correction_is_no_second_entry(tmp_path):
    """It takes the place of the first, and says that it was put right."""
    held(tmp_path, "check in", "good, slept six hours, energy three, work", "done", "no, it is bad")

    checkin = next(body for body in kept(tmp_path) if body.kind == "checkin")
    assert (checkin.valence, checkin.edited) == (-0.67, True)
    assert len(kept(tmp_path)) == 2


def test_two_on_one_day_are_two_entries(tmp_path):
    """Morning and evening."""
    said = ("check in", "good, slept six hours, energy three, work", "done")
    held(tmp_path, *said, *said)

    assert [body.kind for body in kept(tmp_path)].count("checkin") == 2


def test_erasing_days_ends_an_unfinished_one(tmp_path):
    """Its answers stand nowhere else."""
    held(tmp_path, "check in", "good")
    vault = Vault(tmp_path, (tmp_path / "key").read_bytes())
    erase_range(vault, NOW.date(), None)
    assert vault.get("form") is None
    vault.close()

    assert held(tmp_path, "hello").state.mind.form is None


def test_an_entry_that_was_deleted_meanwhile_does_not_end_the_keeping(tmp_path):
    """The rest of the check-in is kept."""
    held(tmp_path, "check in", "good")
    vault = Vault(tmp_path, (tmp_path / "key").read_bytes())
    journal = Journal(vault)
    for entry in list(journal.list()):
        journal.delete(entry.id)
    vault.close()

    held(tmp_path, "go on", "seven hours")
    assert {body.kind for body in kept(tmp_path)} == {"checkin", "sleep"}


def test_danger_said_in_it_is_weighed_before_it_is_read():
    """The line of a check-in is no hiding place."""
    person = Person()
    person.says_all("check in", "okay, slept six hours, energy three, work")
    person.says("I took all my pills an hour ago")

    checked = [event for event in person.events if isinstance(event, Checked)]
    assert checked[0].risk.level is Risk.IMMEDIATE
    assert not person.form.find("line")
