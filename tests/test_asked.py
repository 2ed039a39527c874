"""An exercise that is named in a talk begins; for a state one is offered; talk of it is talk."""

from dataclasses import replace

import pytest

from companion.parts import Parts, build_policy, read_parts
from companion.records import Known, Led
from companion.risk import Assessment, RiskState
from companion.sessions.script import read_scripts
from companion.settings import Settings
from companion.stages import Policy
from companion.values import (
    AnswerKind,
    Expected,
    MindState,
    Plan,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from .test_skills import SKILLS


@pytest.fixture(scope="module")
def parts() -> Parts:
    return read_parts(Settings())


@pytest.fixture(scope="module")
def policy(parts) -> Policy:
    return build_policy(parts)


def turn(text: str, mind: MindState | None = None, **changes: object) -> Turn:
    words = Transcript(text)
    said = Turn(
        Utterance(TurnId(1), words), words, Assessment(), RiskState(), Expected(),
        mind or MindState(), (), free_talk=True, known=Known(kept=False),
    )  # fmt: skip
    return replace(said, **changes)


def begun(plan: Plan) -> str:
    """Name the exercise that begins, or is asked about before it does."""
    return plan.session or (plan.mind.led.name if plan.mind.led and plan.act == "check_in" else "")


def said(plan: Plan) -> str:
    return " ".join(line.text for line in plan.lines)


def test_every_exercise_can_be_asked_for_by_every_name_it_has(policy, parts):
    """By its title, by what people call it, and with a time."""
    scripts = read_scripts(parts.folder / "sessions")
    for name, script in scripts.items():
        for called in (script.title, *script.called):
            assert begun(policy.choose(turn(called))) == name, called
            assert begun(policy.choose(turn(f"can we do {called} please"))) == name, called
            timed = policy.choose(turn(f"let's do {called} for twenty five minutes"))
            assert (timed.mind.led or Led("")).minutes == 25, called


def test_no_name_is_that_of_a_written_exercise(parts):
    """Those are asked for by their own names, and led by questions."""
    scripts = read_scripts(parts.folder / "sessions")
    taken = {asked for name in SKILLS for asked in SKILLS[name].asked}

    assert not taken & {called for script in scripts.values() for called in script.called}


@pytest.mark.parametrize(
    "text",
    [
        "my sister does box breathing",
        "i used to love meditation but now i can't",
        "i can't sleep",
        "my anxiety is so bad today",
        "we talked about the body scan at the hospital",
        "i need to be honest about my panic",
        "the leaves are falling again and it makes me sad",
        "i hate grounding it never works",
    ],
)
def test_whoever_speaks_of_it_is_listened_to(policy, text):
    """Nothing begins, and nothing is offered."""
    plan = policy.choose(turn(text))

    assert not begun(plan)
    assert plan.act != "offer"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("something for sleep", "wind-down"),
        ("i need an exercise for anxiety", "exhale46"),
        ("is there anything for anger", "exhale46"),
        ("help me calm down", "body-scan"),
    ],
)
def test_for_a_state_one_is_offered_and_begins_with_a_yes(policy, text, first):
    """No is taken for a no."""
    offer = policy.choose(turn(text))
    waits = {"mind": offer.mind, "expected": offer.expected}

    assert offer.mind.led == Led(first, asks="offer")
    assert offer.expected.kind is AnswerKind.YES_NO
    assert begun(policy.choose(replace(turn("yes please"), **waits))) == first
    assert not begun(policy.choose(replace(turn("no"), **waits)))


def test_what_is_ruled_out_is_not_offered(policy):
    """Lungs: no long breaths; whatever comes instead is for the same state."""
    offer = policy.choose(turn("something for low mood", known=Known(kept=True, health=("lungs",))))

    assert offer.mind.led.name == "self-compassion"


def test_what_seems_to_have_helped_this_person_comes_first_and_that_is_said(policy):
    """As far as ranges can tell; what they would not do again is no longer offered first."""
    helped = (Led("mindful-minute", 8, 2, True), Led("exhale46", 8, 7, True)) * 12
    offer = policy.choose(turn("something for worry", known=Known(kept=True, led=helped)))
    refused = (Led("exhale46", 6, 6, False),)
    other = policy.choose(turn("something for worry", known=Known(kept=True, led=refused)))

    assert offer.mind.led.name == "mindful-minute"
    assert "lower for you after it" in said(offer)
    assert other.mind.led.name != "exhale46"


def test_a_time_that_is_free_is_kept_to(policy):
    """What does not fit into it is not offered."""
    offer = policy.choose(turn("something for sleep for three minutes"))

    assert offer.mind.led.minutes == 3
    assert offer.mind.led.name != "wind-down"


def test_one_may_ask_what_there_is(policy):
    """In a sentence or two."""
    plan = policy.choose(turn("what exercises do you have"))

    assert "body scan" in said(plan) and not begun(plan)
