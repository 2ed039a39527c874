"""Courses: short days, each with words and an exercise; missed days lose nothing."""

import json
import re

import pytest

from companion import app, paths
from companion.commands.main import main
from companion.errors import SettingsError
from companion.parts import read_parts
from companion.sessions.courses import FEWEST, MOST, closing, read_courses, spoken
from companion.settings import Settings

from .exercises import SHIPPED

COURSES = read_courses(SHIPPED, paths.content() / "en" / "courses")
DAY = "- {title: A day, say: [Hello there.], session: %s, practice: Rest a little.}\n"
HEAD = "title: Made\nabout: For a test.\nevidence: None.\nreview: [It is over.]\ndays:\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A diary with a passphrase, and the built-in voice."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    monkeypatch.setenv("COMPANION_PASSPHRASE", "correct horse battery")
    (tmp_path / "companion.yaml").write_text("speak: {voice: espeak}\n", encoding="utf-8")
    return tmp_path


def made(folder, days, session="exhale46", head=HEAD):
    text = head + "".join(DAY % session for _ in range(days))
    (folder / "made.yaml").write_text(text, encoding="utf-8")
    return read_courses(SHIPPED, folder)


def test_all_that_was_promised_is_there():
    """Stress, sleep, self-criticism, worry, getting going; 7 to 14 days."""
    assert COURSES.keys() == {"stress", "sleep", "self-criticism", "worry", "getting-going"}
    assert all(FEWEST <= len(course.days) <= MOST for course in COURSES.values())


@pytest.mark.parametrize("name", COURSES)
def test_the_guard_lets_every_sentence_be_said(name):
    """A course says nothing that a talk may not."""
    outgoing = app.build_guards(read_parts(Settings())).outgoing
    texts = COURSES[name].texts

    assert {text: outgoing.reason(text) for text in texts if outgoing.reason(text)} == {}


@pytest.mark.parametrize("name", COURSES)
def test_nobody_is_praised_for_days_in_a_row_or_blamed_for_others(name):
    """No streaks, nothing that was missed."""
    words = " ".join(COURSES[name].texts).casefold()

    assert not re.search(r"streak|in a row|missed|every single day|keep it up|don't give up", words)


def test_the_review_comes_after_the_last_day_and_no_other():
    """What is said when the exercise is over."""
    course = COURSES["stress"]

    assert [part.say for part in closing(course, 7).steps][1:] == list(course.review)
    assert [part.say for part in closing(course, 3).steps] == [course.days[2].practice]
    assert [part.say for part in spoken(course, 1).steps] == list(course.days[0].say)


@pytest.mark.parametrize(
    ("days", "session", "problem"),
    [(6, "exhale46", "line 5: 'days'"), (15, "exhale46", "line 5: 'days'"),
     (7, "no-such", "day 1: there is no exercise 'no-such'")],
)  # fmt: skip
def test_a_course_that_is_wrong_names_its_line_or_day(tmp_path, days, session, problem):
    """In one sentence."""
    with pytest.raises(SettingsError, match=re.escape(problem)):
        made(tmp_path, days, session)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [("title: Made\ntitle: Again\n", "line 2: 'title' stands twice"),
     (HEAD.replace("review", "reviews") + (DAY % "box") * 7, "'review' is missing"),
     (HEAD + "  no\n", "'days'"),
     ("  - : [\n", "not YAML")],
)  # fmt: skip
def test_a_broken_file_is_one_sentence(tmp_path, wrong, problem):
    """A duplicate key, an unknown one, a `no`, and what is no YAML at all."""
    (tmp_path / "made.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(problem)):
        read_courses(SHIPPED, tmp_path)


def test_minutes_that_an_exercise_cannot_take_are_refused(tmp_path):
    """With the day."""
    text = HEAD + (DAY % "exhale46, minutes: '0.5'") * 7
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="day 1: 'exhale46' cannot take 0.5 minutes"):
        read_courses(SHIPPED, tmp_path)


def test_the_next_day_is_led_whenever_somebody_comes_back(home, capsys):
    """The diary knows where they were; nothing is lost, nothing is counted."""
    folder = home / "courses"
    folder.mkdir()
    made(folder, 7, "mindful-minute, minutes: '1'")
    assert main(["vault", "status"]) == 0
    assert main(["health", "--none"]) == 0
    for number in (1, 2):
        assert main(["course", "made", "--out", str(home / "day.wav")]) == 0
        assert f"day {number} of 7" in capsys.readouterr().out
    assert main(["courses", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["done"] for row in rows if row["name"] == "made"] == [2]


def test_without_a_diary_a_day_can_be_named(tmp_path, monkeypatch, capsys):
    """And it says that nothing was kept."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    (tmp_path / "companion.yaml").write_text("speak: {voice: espeak}\n", encoding="utf-8")
    out = str(tmp_path / "day.wav")

    assert main(["course", "getting-going", "--day", "1", "--out", out]) == 0
    told = capsys.readouterr()
    assert "day 1 of 7, Very small" in told.out
    assert "--day says where to go on" in told.err
    assert main(["course", "getting-going", "--day", "9", "--out", out]) == 1
    assert main(["course", "nobody"]) == 1
