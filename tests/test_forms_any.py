"""Whatever is said, in whatever order: a form never breaks a talk, and never keeps nonsense."""

import random
from datetime import UTC, datetime

import pytest

from companion import paths
from companion.care.instruments import read_instruments
from companion.events import Failed
from companion.memory.filled import bodies
from companion.records import Known

from .care_made import Person, ShortAnswersEar

INSTRUMENTS = read_instruments(paths.content() / "en")
NOW = datetime(2026, 3, 1, 21, tzinfo=UTC)
SAID = (
    "check in", "phq-9", "gad-7", "who 5", "phq-2", "questionnaire", "mood", "worry", "go on",
    "skip", "go back", "leave it", "done", "stop", "help", "say that again", "thanks",
    "breathing",
    "yes", "no", "maybe", "seven", "2", "about a six", "four hours, badly", "not great", "",
    "not at all", "several days", "most days", "nearly every day", "most of the time", "never",
    "hardly ever", "work", "my sister Anna left", "I'm worried about my exam", "forget that",
    "what do you remember about me", "more", "that's wrong", "that's wrong, it's my aunt",
    "I feel awful and my boss shouted at me for an hour in front of everyone, you know",
    "no, five hours", "I don't know", "what do you mean", "is this private", "goodbye", "banana",
    "sometimes I wonder what the point is",
)  # fmt: skip
TURNS = 40


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("ear", ["typed", "weak"])
def test_a_walk_at_random(seed, ear):
    """No stage breaks, no sentence of ours is refused, and what is given is within its bounds."""
    dice = random.Random(f"{ear}{seed}")
    person = Person(known=Known(True, at=NOW, learns=True))
    if ear == "weak":
        person = Person(ear=ShortAnswersEar, known=Known(True, at=NOW, learns=True))
    for _ in range(TURNS):
        words = dice.choice(SAID)
        said = person.says(words)

        failed = [event.problem for event in person.events if isinstance(event, Failed)]
        ours = person.acts[-1] in ("form", "memory")
        assert not [one for one in failed if ours or not one.startswith("refused")], words
        assert said, words
        if form := person.state.mind.form:
            for body in bodies(form, "ear") if form.name in ("checkin", *INSTRUMENTS) else ():
                assert body.model_dump_json()
            if form.total is not None:
                most = max(option.value for option in INSTRUMENTS[form.name].options)
                assert 0 <= form.total <= most * len(INSTRUMENTS[form.name].items)
