"""The daily check-in: natural answers, any part left out, nothing lost, danger first."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from companion import paths
from companion.answers import Answers
from companion.care.checkin_words import read_words
from companion.events import Checked
from companion.guard.outgoing import ScopeGuard
from companion.memory.entries import CheckIn, Sleep
from companion.memory.erase import erase_range
from companion.memory.filled import RESUME
from companion.memory.journal import Journal
from companion.memory.keeping import Keeper
from companion.memory.vault import Vault
from companion.records import Known
from companion.risk import Risk
from companion.values import AnswerKind

from .care_made import Person, ShortAnswersEar

ENGLISH = paths.content() / "en"
NOW = datetime(2026, 3, 1, 21, tzinfo=UTC)


def test_a_check_in_takes_five_short_turns():
    """One question a turn, and one sentence back."""
    person = Person(known=Known(kept=True))
    answers = person.says_all(
        "check in", "pretty rough", "four hours, badly", "two", "work", "done"
    )

    assert [answer.count("?") for answer in answers] == [1, 1, 1, 1, 1, 0]
    assert answers[-1] == (
        "I've written this down: unpleasant; mostly work; four hours of sleep; "
        "sleep two of ten; energy two of ten."
    )
    assert person.form.done


def test_without_a_diary_it_says_that_nothing_is_kept():
    """Nobody believes that something is written down which is not."""
    person = Person()
    told = person.says_all("check in", "fine, slept well, energy seven, the gym", "done")[-1]

    assert "nothing of it is kept" in told
    assert "written" not in told


def test_every_part_may_be_left_out():
    """Left out is not zero."""
    person = Person()
    last = person.says_all("check in", "skip", "pass", "next", "i'd rather not say", "done")[-1]

    assert "nothing to write down" in last
    assert set(person.given().values()) == {None}


def test_what_is_told_back_wrongly_can_be_put_right():
    """At once, and in the person's own words."""
    person = Person(known=Known(kept=True))
    person.says_all("check in", "okay, slept four hours, energy three, money", "done")
    told = person.says("no, five hours")

    assert "five hours" in told
    assert next(one for one in person.form.given if one.part == "asleep").edited
    assert "instead" in person.says("that's wrong")
    assert "energy eight" in person.says("energy eight")
    assert "very pleasant" in person.says("no, it is great")


def test_a_bare_no_after_it_is_no_correction():
    """The talk goes on."""
    person = Person()
    person.says_all("check in", "okay, slept four hours, energy three, money", "done")
    person.says("no")

    assert person.acts[-1] != "form"


def test_going_back_asks_for_the_last_part_anew():
    """A slip of the tongue costs one turn."""
    person = Person()
    person.says_all("check in", "good", "four hours")
    assert "sleep" in person.says("go back")
    person.says("seven hours")

    assert person.given()["asleep"] == 420


def test_who_is_not_understood_is_asked_more_narrowly_and_then_left_alone():
    """Nobody is pressed."""
    person = Person()
    first, *_, last = person.says_all("check in", "blue", "purple", "green")

    assert "How is it" in first
    assert "we leave that one" in last
    assert "sleep" in last
    assert person.given() == {"mood": None}


def test_a_long_story_in_place_of_an_answer_is_listened_to():
    """And the check-in waits until it is wanted."""
    person = Person()
    person.says("check in")
    story = "well the landlord wrote again and then the boiler broke so I sat there with a blanket"
    told = person.says(story)

    assert person.acts[-1] != "form"
    assert "go on" in told
    assert told.count("?") <= 1
    assert "How is it right now?" in person.says("go on")


def test_who_tells_something_twice_has_moved_on():
    """The first time it is asked again; then somebody listens."""
    person = Person()
    person.says("check in")
    person.says("my boss again")
    assert person.acts[-1] == "form"
    told = person.says("he shouted at me")

    assert person.acts[-1] != "form"
    assert "go on" in told


def test_danger_comes_before_any_form():
    """It is answered, and what was given stays."""
    person = Person()
    person.says_all("check in", "terrible", "two hours")
    told = person.says("I want to kill myself")

    assert person.acts[-1] == "safety"
    assert "ending your life" in told
    assert person.given() == {"mood": -1.0, "asleep": 120.0}
    person.denies()
    assert "energy" in person.says("go on").casefold()


def test_help_and_stop_work_in_the_middle():
    """After help, the question still waits for its answer; after stop, nothing is added."""
    person = Person()
    person.says_all("check in", "okay")
    assert "112" in person.says("help")
    assert "energy" in person.says("five hours").casefold()
    assert "go on" not in person.says("stop")
    assert person.acts[-1] == "stop"
    assert "energy" in person.says("continue").casefold()


def test_an_ear_for_short_answers_asks_for_numbers():
    """Every question has a grammar, in which skip and the words that always work stand."""
    person = Person(ear=ShortAnswersEar)
    for answer in ("check in", "six", "five", "seven", "three"):
        person.says(answer)
        if not person.form.done:
            expected = person.state.expected
            phrases = person.talk.recogniser and Answers(ENGLISH).phrases(expected)
            assert expected.kind is AnswerKind.SCALE
            assert {"skip", "help", "stop"} <= set(phrases)

    assert person.given() == {
        "mood": pytest.approx(0.2), "asleep": 300.0, "quality": 7, "energy": 3,
    }  # fmt: skip
    assert person.form.done


def test_going_back_with_such_an_ear_asks_only_what_it_can_hear():
    """Also where something else was understood on the way."""
    person = Person(ear=ShortAnswersEar)
    person.says_all("check in", "about a six, mostly work")

    assert "zero" in person.says("go back")
    assert person.form.part == "mood"


def test_what_was_not_in_the_grammar_is_asked_again():
    """Other speech is not forced into an answer."""
    person = Person(ear=ShortAnswersEar)
    person.says("check in")

    assert "number will do" in person.says("six", rejected=True)


def test_every_sentence_of_it_may_be_spoken():
    """Our own guard passes them all."""
    person = Person()
    guard = person.talk.guards.outgoing
    assert isinstance(guard, ScopeGuard)
    words = read_words(ENGLISH)
    sentences = [*words.ask.values(), *words.ask_closed.values(), *words.again.values(),
                 words.given_up, words.changed, words.told["nothing"]]  # fmt: skip
    everything = "; ".join((*list(words.feelings)[:3], *list(words.contexts)[:3]))
    sentences += [words.told[name].format(parts=everything) for name in ("kept", "not_kept")]

    assert {text: guard.reason(text) for text in sentences if guard.reason(text)} == {}


# --- in the diary ------------------------------------------------------------------------


def held(folder, *texts: str, at: datetime = NOW, ear: str = "") -> Person:
    """Hold a kept talk; the machine loses power after the last thing said."""
    folder.mkdir(exist_ok=True)
    key = folder / "key"
    if not key.exists():
        key.write_bytes(os.urandom(32))
    vault = Vault(folder, key.read_bytes())
    keeper = Keeper(vault, now=lambda: at, zone="Europe/Berlin", ear=ear)
    person = Person(ear=ShortAnswersEar) if ear else Person()
    person.state = keeper.remembered()
    for text in texts:
        person.says(text)
        for event in person.events:
            keeper.take(event)
    assert keeper.problem is None
    vault.close()
    return person


def kept(folder) -> list:
    vault = Vault(folder, (folder / "key").read_bytes())
    found = [entry.body for entry in Journal(vault).list(newest_first=False)]
    vault.close()
    return [body for body in found if body.kind != "talk"]


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
