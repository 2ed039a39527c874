"""Memory in a talk: told when asked, mended, forgotten; brought up when it fits, never unasked."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from companion.memory.entries import Fact as Kept
from companion.memory.journal import Journal
from companion.memory.keeping import Keeper
from companion.memory.vault import Vault
from companion.records import Fact, Known
from companion.values import State

from .care_made import Person, ShortAnswersEar

NOW = datetime(2026, 3, 1, 21, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def fact(number: int, about: str, text: str, what: str = "", **more: object) -> Fact:
    return Fact(f"{number:032x}", about, text, what, at=YESTERDAY, **more)  # type: ignore[arg-type]


EXAM = fact(1, "worry", "you were worried about your exam", "your exam")
ANNA = fact(2, "person", "your sister is called Anna", "sister")
JO = fact(3, "person", "your wife is called Jo", "wife", sensitive=True)
CALL = fact(4, "plan", "you planned to call the dentist", "call the dentist")
WALK = fact(5, "helped", "going for a walk helped you", "going for a walk")


def knows(*facts: Fact, learns: bool = True) -> Person:
    return Person(known=Known(True, at=NOW, learns=learns, facts=facts))


def texts(person: Person) -> list[str]:
    return [one.text for one in person.state.known.facts]


def test_what_is_told_is_learnt_and_told_when_asked():
    """In this talk, and in the next."""
    person = knows()
    person.says_all("hello", "I'm worried about my exam", "my sister Anna is here")
    told = person.says("what do you remember about me?")

    assert "You were worried about your exam." in told
    assert "Your sister is called Anna." in told
    assert person.acts[-1] == "memory"


def test_a_name_takes_the_place_of_who_had_none():
    """One fact a person."""
    person = knows()
    person.says_all("my sister is here", "my sister Anna left", "my sister is nice")

    assert texts(person) == ["your sister is called Anna"]


@pytest.mark.parametrize(
    "person",
    [Person(), knows(learns=False), Person(ear=ShortAnswersEar, known=Known(True, learns=True))],
    ids=["no diary", "switched off", "an ear for short answers"],
)
def test_nothing_is_learnt_where_it_is_not_wanted_or_not_sure(person):
    """And it says so."""
    person.says_all("hello", "I'm worried about my exam")

    assert texts(person) == []


def test_nothing_is_learnt_of_danger_nor_in_a_talk_of_danger():
    """Whatever else is in the sentence."""
    person = knows()
    person.says("I want to kill myself, my sister Anna knows and I'm worried about my exam")
    person.denies()
    person.says("I'm worried about my exam")

    assert texts(person) == []


def test_partners_are_told_by_the_screen_alone():
    """Also where it is asked what is remembered: someone may be listening."""
    told = knows(EXAM, JO).says("what do you know about me")

    assert "Jo" not in told and "wife" not in told
    assert "companion memory" in told


def test_more_than_three_are_told_in_parts():
    """Nobody can keep ten in mind."""
    person = knows(EXAM, ANNA, CALL, WALK)
    first, then = person.says_all("what do you remember about me", "more")

    assert "more" in first and "walk" not in first
    assert "walk" in then and "exam" not in then


def test_forget_that_means_what_was_told_or_learnt_last():
    """And nothing else."""
    person = knows(EXAM)
    person.says("my sister Anna is here")
    assert "forgotten" in person.says("forget that")
    assert texts(person) == [EXAM.text]
    assert "nothing of that" in person.says("forget that")


@pytest.mark.parametrize(
    ("words", "left"),
    [("forget my sister", EXAM), ("please forget about the exam", ANNA), ("forget my mum", None)],
)
def test_one_thing_can_be_forgotten_by_its_name(words, left):
    """Whatever it is called."""
    person = knows(EXAM, ANNA)
    person.says_all("what do you remember about me", words)

    assert texts(person) == ([left.text] if left else [EXAM.text, ANNA.text])


def test_all_is_forgotten_only_after_a_question():
    """A no keeps it."""
    person = knows(EXAM, ANNA)
    assert person.says("forget everything you know about me").endswith("?")
    person.says("no")
    assert len(texts(person)) == 2
    person.says_all("forget everything", "yes")
    assert texts(person) == []


def test_a_wrong_one_is_mended_in_the_persons_words():
    """A name stays; what cannot be told apart is asked for."""
    person = knows(EXAM, ANNA)
    person.says("what do you remember about me")
    assert "Then your aunt is called Anna." in person.says("that's wrong, it's my aunt")
    assert "Say forget" in person.says("that's wrong")
    assert texts(person) == [EXAM.text, "your aunt is called Anna"]


def test_one_that_stands_alone_is_taken_away_when_it_is_wrong():
    """No name of a person is needed for it."""
    person = knows(EXAM)
    person.says_all("what do you remember about me", "that's wrong")

    assert texts(person) == []


def test_something_told_before_is_brought_up_once_where_it_fits():
    """Before the question, and never a second time in a talk."""
    person = knows(EXAM, WALK)
    said = person.says_all("hello", "the exam is on my mind", "oh that exam", "this exam again")
    brought_up = [text for text in said if "You told me before" in text]

    assert len(brought_up) == 1
    assert all(text.count("?") <= 1 for text in said)


def test_what_is_sensitive_is_never_brought_up():
    """Neither aloud nor to a model."""
    person = knows(JO, fact(9, "plan", "you planned to call your wife", "call your wife",
                            sensitive=True))  # fmt: skip
    said = " ".join(person.says_all("hello", "my wife is on my mind", "Jo called", "wife"))

    assert "Jo" not in said
    assert "planned" not in said


def test_a_plan_is_asked_about_once_when_a_talk_begins():
    """Yes, no, or anything else: it is not asked again."""
    person = knows(CALL)
    assert person.says("hello").endswith("Did you get to it?")
    assert "What was it like?" in person.says("yes")
    assert person.state.known.facts[0].asked

    later = knows(*person.state.known.facts)
    assert "dentist" not in later.says("hello")


def test_no_is_as_good_an_answer():
    """Nobody has to account for anything."""
    person = knows(CALL)
    person.says("hello")
    assert "all right" in person.says("not yet")


@pytest.mark.parametrize("age", [timedelta(hours=2), timedelta(days=30)])
def test_a_plan_of_just_now_or_long_ago_is_not_asked_about(age):
    """It cannot have been, or it does not matter any more."""
    plan = Fact("0" * 32, "plan", CALL.text, CALL.what, at=NOW - age)

    assert "dentist" not in knows(plan).says("hello")


def test_who_begins_with_something_heavy_is_not_asked_about_plans():
    """They are listened to."""
    assert "dentist" not in knows(CALL).says("I feel so alone, everything is too much today")


# --- in the diary ---------------------------------------------------------------------------


@pytest.fixture
def vault(tmp_path):
    opened = Vault(tmp_path, os.urandom(32))
    yield opened
    opened.close()


def talk(vault: Vault, *said: str, facts: bool = True) -> State:
    with Keeper(vault, now=lambda: NOW, zone="UTC", facts=facts) as keeper:
        person = Person()
        person.state = keeper.remembered()
        for text in said:
            person.says(text)
            for event in person.events:
                keeper.take(event)
        assert keeper.problem is None
    return person.state


def kept(vault: Vault) -> list[str]:
    found = Journal(vault).list(kinds=("fact",), newest_first=False)
    return [entry.body.text for entry in found if isinstance(entry.body, Kept)]


def test_facts_are_kept_and_known_in_the_next_talk(vault):
    """At once: the talk may be cut off."""
    talk(vault, "I'm worried about my exam", "my sister Anna is here")
    assert set(kept(vault)) == {"you were worried about your exam", "your sister is called Anna"}

    known = talk(vault).known
    assert {one.text for one in known.facts} == set(kept(vault))
    assert all(one.at for one in known.facts)


def test_what_is_forgotten_in_a_talk_is_gone_from_the_diary(vault):
    """Also from its search."""
    talk(vault, "I'm worried about my exam", "forget that")

    assert kept(vault) == []
    assert list(Journal(vault).search("exam")) == []


def test_what_was_deleted_in_the_diary_is_not_known_any_more(vault):
    """The two are one."""
    talk(vault, "I'm worried about my exam")
    for entry in list(Journal(vault).list(kinds=("fact",))):
        Journal(vault).delete(entry.id)

    assert talk(vault).known.facts == ()


def test_switched_off_nothing_is_learnt_and_nothing_recalled(vault):
    """What was kept before stays, for its owner to read."""
    talk(vault, "I'm worried about my exam")
    state = talk(vault, "my sister Anna is here", facts=False)

    assert state.known.facts == ()
    assert kept(vault) == ["you were worried about your exam"]
