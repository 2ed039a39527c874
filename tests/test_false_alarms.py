"""What sounds like danger and is none, and what must still be heard beside it."""

from pathlib import Path

import pytest

from companion.guard.incoming import PhraseGuard
from companion.guard.protocol import WrittenProtocol
from companion.guard.reviewed import read_protocol
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import Expected, MindState, Plan, Transcript, Turn, TurnId, Utterance

SAFETY = Path(__file__).parents[1] / "prompts" / "en" / "safety"
GUARD = PhraseGuard(SAFETY, lambda text: None)
WRITTEN = WrittenProtocol(read_protocol(SAFETY), lambda words: None)


def judge(text: str) -> Assessment:
    return GUARD.judge(Transcript(text))


def say(text: str, state: RiskState | None = None, *, answers: bool | None = None) -> Plan:
    """Let one thing be said, or one question be answered, and give the answer to it."""
    heard = Transcript(text, typed=True)
    found, state = GUARD.weigh(heard, state or RiskState())
    found = Assessment(answers=answers) if answers is not None else found
    state = WRITTEN.learn(found, state, None)
    turn = Turn(Utterance(TurnId(1), heard), heard, found, state, Expected(), MindState(), (), True)
    plan = WRITTEN.answer(turn)
    assert plan is not None
    return plan


def ids(plan: Plan) -> list[str]:
    return [line.reviewed for line in plan.lines]


@pytest.mark.parametrize(
    "text",
    [
        "I hear her voice calling me from the kitchen",
        "I hear my late wife's voice in my head",
        "i hear my late wife calling me from the kitchen",
        "sometimes i hear my dead husband's voice at night",
        "i hear my mum's voice in the house since the funeral",
        "i can still hear his voice shouting at me",
    ],
)
def test_the_voice_of_somebody_who_is_missed_is_grief(text):
    """To hear whom one has lost is common in grief; nobody is asked about madness."""
    assert judge(text).level is Risk.NONE


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("i hear my late wife's voice telling me to kill myself", Risk.HIGH),
        ("i hear his voice and he tells me to hurt myself", Risk.HIGH),
        ("i hear my dead husband calling me to come over to his side", Risk.CONCERN),
        ("since my wife died i hear her voice telling me to come to her", Risk.CONCERN),
        ("my mother's voice tells me what to do all day", Risk.CONCERN),
        ("i hear voices and my dead mother's voice among them", Risk.CONCERN),
        ("i hear voices in my head", Risk.CONCERN),
        ("there is a voice in my head that is not mine", Risk.CONCERN),
    ],
)
def test_a_voice_that_commands_is_still_heard(text, least):
    """Whoever it belongs to."""
    assert judge(text).level >= least


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("there are people outside trying to get in", Risk.IMMEDIATE),
        ("there were people outside trying to get in to the concert", Risk.NONE),
    ],
)
def test_people_who_try_to_get_in_are_taken_at_their_word(text, level):
    """A burglary missed costs more than a belief answered with a number and company."""
    assert judge(text).level is level


def test_what_gets_in_through_the_mind_is_no_burglary():
    """It is a belief, and asked about as one."""
    found = judge("people are trying to get in through my mind")

    assert (found.level, found.kinds) == (Risk.CONCERN, (Kind.PSYCHOSIS_MANIA,))


@pytest.mark.parametrize(
    "text", ["my girlfriend threw me out", "my parents threw me out", "he kicked me out last night"]
)
def test_who_was_put_out_is_asked_for_a_safe_place(text):
    """First a bed for the night, and only then whether anyone was violent."""
    plan = say(text)

    assert plan.risk is not None
    assert plan.risk.level is Risk.CONCERN
    assert ids(plan)[-1] == "ask-safe-place"
    then = say("no", plan.risk, answers=False)
    assert ids(then) == ["turned-out-tonight", "turned-out-ask", "ask-violent"]
    assert then.risk is not None
    assert "ask-safe-to-talk" in ids(say("yes", then.risk, answers=True))


@pytest.mark.parametrize(
    "text",
    [
        "my boyfriend threw me out and hit me",
        "he threw me out of the car",
        "he threw me down the stairs",
        "my dad kicked me",
    ],
)
def test_who_was_put_out_and_hurt_is_asked_about_the_violence(text):
    """What is found beside it has its own answer."""
    plan = say(text)

    assert Kind.HARM_FROM_OTHERS in judge(text).kinds
    assert ids(plan)[-1] == "ask-safe-to-talk"


@pytest.mark.parametrize(
    "text", ["the bouncer threw me out of the club", "they threw me out of the group chat"]
)
def test_a_club_is_no_home(text):
    """Nor is a chat."""
    assert judge(text).level is Risk.NONE
