"""What is said to a cry for help in danger, and who stands above the numbers."""

from dataclasses import replace

import pytest

from companion import app
from companion.cares import CareState, SafetyPlan
from companion.events import Chosen, Kept, Said
from companion.guard.reviewed import read_protocol
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.risk import Kind, Risk
from companion.settings import Settings
from companion.values import State, Transcript, TurnId, Utterance

PARTS = read_parts(Settings())
PROTOCOL = read_protocol(PARTS.folder / "safety")
PEOPLE = ("Ruth, 07700 900123", "my brother")


@pytest.fixture(scope="module")
def talk():
    return app.build_conversation(PARTS, TypedRecogniser(), aloud=False)


def say(talk, state: State, *texts: str) -> tuple[list[Said], State, str]:
    """Say things one after the other; give what was answered to the last, and the act."""
    said, act = [], ""
    for number, text in enumerate(texts, start=1):
        events = list(talk.answer(Utterance(TurnId(number), Transcript(text, typed=True)), state))
        said = [event for event in events if isinstance(event, Said)]
        act = next((event.act for event in events if isinstance(event, Chosen)), "")
        state = [event.state for event in events if isinstance(event, Kept)][-1]
    return said, state, act


def with_people(*people: str) -> State:
    steps = ((), (), (), people, (), ())
    return replace(State(), care=CareState(country="GB", plan=SafetyPlan(steps)))


@pytest.mark.parametrize(
    "danger",
    [
        "i am going to kill myself tonight",
        "i have taken all my tablets",
        "my chest hurts and my arm is numb",
    ],
)
def test_help_in_immediate_danger_offers_no_exercise(talk, danger):
    """A number, a person, and one question: nothing to do instead."""
    said, state, act = say(talk, with_people(), danger, "help")
    texts = " ".join(one.text for one in said if one.aloud)

    assert state.risk.level is Risk.IMMEDIATE
    assert act == "safety"
    assert "999" in texts
    assert "breath" not in texts.casefold()
    assert texts.count("?") == 1


def test_help_without_immediate_danger_still_says_what_there_is(talk):
    """Numbers, and what can be done here."""
    said, _, act = say(talk, with_people(), "i feel low", "help")

    assert act == "help"
    assert said[-1].reviewed == "help-me"


def test_ones_own_people_stand_above_the_numbers(talk):
    """In the answer to danger itself, on the screen; their names are never spoken."""
    said, _, _ = say(talk, with_people(*PEOPLE), "i want to kill myself tonight")
    texts = [one.text for one in said]

    assert texts[0].startswith("Please call 999")
    assert texts.index(PEOPLE[0]) < next(at for at, one in enumerate(said) if "\n" in one.text)
    assert not any(one.aloud for one in said if one.text in PEOPLE)


def test_at_most_three_people_are_shown(talk):
    """More would bury the number."""
    said, _, _ = say(talk, with_people("a", "b", "c", "d"), "i want to kill myself")

    assert [one.text for one in said if len(one.text) == 1] == ["a", "b", "c"]


def test_while_somebody_may_hear_it_nothing_is_spoken(talk):
    """Neither a name nor a number: both stand on the screen."""
    said, state, _ = say(
        talk, with_people(*PEOPLE), "my husband hits me", "stop he is here", "help he has a knife"
    )

    assert Kind.HARM_FROM_OTHERS in state.risk.kinds
    assert not any(one.aloud for one in said)


@pytest.mark.parametrize("level", ["concern", "high", "immediate"])
@pytest.mark.parametrize("kind", Kind)
def test_an_answer_to_danger_asks_once(kind, level):
    """And it never offers more than three things to turn to, over all its sentences."""
    branch = PROTOCOL.branches[kind.value]
    step = getattr(branch, level)
    texts = [PROTOCOL.lines[line] for line in (*step.say, *step.screen)]

    assert sum(text.count("?") for text in texts) == 0
    places = ("{emergency}", "{line}", "{violence}", "{child}", "{helper}", "{poison}", "doctor")
    assert sum(any(place in text for text in texts) for place in places) <= 3


def test_who_says_again_that_they_are_attacked_is_shown_what_to_do(talk):
    """Nothing is spoken, and nothing is hidden: they are not asking for silence."""
    attack = "he is outside with a knife and he wants to kill me"
    said, _, _ = say(talk, with_people(), attack, attack)
    again, _, _ = say(talk, with_people(), attack, attack, attack)

    assert not any(one.aloud for one in (*said, *again))
    assert any("999" in one.text for one in said)
    assert said[0].text != again[0].text


def test_stop_still_hides_everything(talk):
    """Whoever asks for silence gets it, also after an attack was told of."""
    attack = "he is outside with a knife and he wants to kill me"
    said, _, act = say(talk, with_people(), attack, "stop he is here")

    assert act == "stop"
    assert [one.reviewed for one in said] == ["paused"]
