"""Saying back a few of a person's own words."""

import pytest

from companion import paths
from companion.think.mirror import LONGEST, Mirror
from companion.think.understanding import Understanding

ENGLISH = paths.content() / "en"
MIRROR, READ = Mirror(ENGLISH), Understanding(ENGLISH)


def said_back(text: str) -> list[str]:
    traps = [trap for trap in READ.traps(text) if trap.is_likely]
    return [echo.sentences[0] for echo in MIRROR.echoes(text, traps[0] if traps else None)]


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("My boss shouted at me again.", "So your boss shouted at you again."),
        ("i can't sleep i keep worrying", "Not being able to sleep takes a lot out of you."),
        ("I keep checking my phone, all day.", "You keep checking your phone"),
        ("I'm worried about my exams and the rent", "So your mind goes back to your exams."),
        ("I'm scared that I was too late", "Your fear is that you were too late."),
        ("I want to talk to him but I'm afraid", "You'd like to talk to him."),
        ("I'm going to fail and everyone will see it", "you're going to fail"),
        ("My sister, Anna, moved away", None),
        ("He said I was lazy", None),
        ("I'm worthless", None),
        ("my boss called me an idiot", None),
        ("I want to hit him", None),
        ("I can't tell you that", None),
        ("I want to die", None),
        ("my sister and I went to 3 shops", None),
        ("", None),
        ("{rest} {0} my boss shouted {thing}", None),
    ],
)
def test_only_short_plain_clauses_are_said_back(said, back):
    """Pronouns are turned; judgements, hard words and half clauses are left alone."""
    found = said_back(said)
    if back is None:
        assert not [text for text in found if text.split()[0] != "So"] or "idiot" not in str(found)
        assert not any(word in str(found) for word in ("lazy", "worthless", "hit", "die", "idiot"))
    else:
        assert any(back in text for text in found), found


@pytest.mark.parametrize("said", ["I can't " + "walk and talk " * 40, "my boss said " + "no " * 99])
def test_no_more_than_a_clause_is_said_back(said):
    """Whatever is said, no parroting."""
    assert all(len(text.split()) <= LONGEST + 8 for text in said_back(said))


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("My sister called about my new job.", ("your sister", "your new job")),
        ("my little brother and my mum", ("your little brother", "your mum")),
        ("my my my", ()),
        ("oh my god", ()),
        ("my favourite colour", ()),
    ],
)
def test_people_and_things_of_theirs_are_named(said, named):
    """Only those that we know to be people or things of a life."""
    assert MIRROR.named(said) == named
