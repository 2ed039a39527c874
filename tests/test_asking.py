"""Around an exercise: health once, before and after, and what has helped this person."""

from dataclasses import replace

import pytest

from companion import app
from companion.parts import read_parts
from companion.records import Known, Led
from companion.sessions.asking import AskingPolicy, rose_twice
from companion.sessions.choosing import suited
from companion.sessions.health import Condition
from companion.sessions.helped import ENOUGH, helped
from companion.sessions.script import Suits
from companion.settings import Settings
from companion.values import AnswerKind, Line, Plan, State, Transcript, Turn

from .exercises import ANSWERS, SENTENCES, SHIPPED, leader
from .parts import conversation, last_state, said_by, texts

OPEN_VAULT = Known(kept=True, health=())


class Leads:
    """Leads what was asked for, else reflects."""

    def __init__(self, *plans: Plan) -> None:
        self._plans = {plan.act: plan for plan in plans}

    def choose(self, turn: Turn) -> Plan:
        plan = self._plans.get(turn.transcript.text, Plan("reflect", (Line("I hear you."),)))
        return replace(plan, mind=turn.mind)


BREATHE = Plan("breathe", (), session="exhale46", minutes=3.0)
SHORT = Plan("short", (), session="exhale46", minutes=1.0)
SCAN = Plan("scan", (), session="mindful-minute")
PANIC = Plan("panic", (), session="panic")


def talk(*words: str, known: Known = OPEN_VAULT) -> tuple[State, list[str]]:
    """Hold a talk; give its last state and what was said last."""
    policy = AskingPolicy(
        SENTENCES, ANSWERS, lambda number: f"<{number}>", Leads(BREATHE, SHORT, SCAN, PANIC)
    )
    held = conversation(policy=policy, leader=leader(aloud=False))
    state, said = State(known=known), []
    for number, word in enumerate(words, start=1):
        events = list(held.answer(said_by(word, number), state))
        state, said = last_state(events), texts(events)
    return state, said


def test_the_strength_is_asked_before_and_after_and_both_are_kept():
    """And whether they would do it again."""
    state, said = talk("breathe", "seven", "four", "yes")

    assert state.mind.led == Led("exhale46", 7, 4, True, minutes=3.0)
    assert said == ["Good to know."]
    assert talk("breathe", "seven", "four")[1] == [
        "<7> before, <4> now.", "Would you do this one again?",
    ]  # fmt: skip


def test_before_a_minute_of_breathing_nothing_is_asked():
    """It comes in the middle of a talk; how strong it is, is asked after it."""
    state, said = talk("short")

    assert state.mind.led == Led("exhale46", asks="after", minutes=1.0)
    assert said == ["How strong is it now, from zero to ten?"]


def test_a_question_before_may_be_passed_over():
    """Skip, and it begins."""
    state, said = talk("breathe", "skip")

    assert said == ["Then let's begin.", "How strong is it now, from zero to ten?"]
    assert state.mind.led.before is None


def test_whoever_says_something_else_is_in_a_talk_again():
    """No question is asked twice."""
    state, said = talk("breathe", "my sister called")

    assert said == ["I hear you."]
    assert state.mind.led.asks == ""


def test_nothing_is_asked_before_panic():
    """Not even about health."""
    state, _ = talk("panic", known=Known(kept=True))

    assert state.mind.led.asks == "after"


def test_health_is_asked_once_where_it_can_be_kept():
    """No: nothing rules one out."""
    state, said = talk("breathe", known=Known(kept=True))
    assert said[-1] == "Is any of that true for you?"
    state, said = talk("breathe", "no", known=Known(kept=True))
    assert state.mind.health == ()
    assert said[0] == "All right. Tell me if that changes."
    state, said = talk("breathe", known=Known(kept=False))
    assert "Once" not in " ".join(said)


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        ("yes my heart", ("heart",)),
        ("i am pregnant", ("pregnancy",)),
        ("i have asthma", ("lungs",)),
    ],
)
def test_what_is_named_is_taken_care_of(answer, health):
    """And an exercise that it rules out is replaced at once."""
    state, _ = talk("breathe", answer, "skip", known=Known(kept=True))

    assert state.mind.health == health


def test_a_yes_without_a_name_rules_out_whatever_might_be_meant():
    """Until it is named."""
    state, _ = talk("breathe", "yes", known=Known(kept=True))

    assert {"heart", "lungs", "pregnancy", "injuries"} <= set(state.mind.health)


def test_a_first_meditation_is_asked_about():
    """Three times; then no more."""
    assert talk("scan", "five", "five", "yes")[1] == ["Was any of it unpleasant?"]
    state, _ = talk("scan", "five", "five", "yes", "yes")
    assert state.mind.led.unpleasant is True
    three = (Led("leaves"), Led("body-scan"), Led("mindful-minute"))
    assert talk("scan", "five", "five", "yes", known=replace(OPEN_VAULT, led=three))[1] == [
        "Good to know."
    ]


def test_what_made_it_stronger_twice_gives_way_to_another_kind():
    """By two points or more."""
    rose = Led("exhale46", 4, 6)
    _, said = talk("breathe", "three", "six", known=replace(OPEN_VAULT, led=(rose,)))

    assert "stronger twice" in " ".join(said)
    assert not rose_twice((rose, Led("exhale46", 4, 5)), "exhale46")


def test_a_rating_without_a_question_is_not_taken_for_one():
    """Stopped early: nothing was asked."""
    state, _ = talk("breathe", "seven")
    later = replace(state, expected=replace(state.expected, kind=AnswerKind.OPEN))
    policy = AskingPolicy(SENTENCES, ANSWERS, str, Leads())
    turn = Turn(
        said_by("four"), Transcript("four", typed=True), *(None, None), later.expected, later.mind,
        (), free_talk=True,
    )  # type: ignore[arg-type]  # fmt: skip

    assert policy.choose(turn).act == "reflect"


# --- what helps --------------------------------------------------------------------------------


def many(name: str, fall: int, count: int, start: int = 7) -> tuple[Led, ...]:
    return tuple(Led(name, start, start - fall) for _ in range(count))


def test_little_is_known_and_nothing_is_said():
    """As long as there are few ratings."""
    assert helped(many("box", 3, ENOUGH - 1)) == ()
    assert helped(many("box", 3, 3) + many("leaves", 1, 8))[0].name == "leaves"


def test_what_helps_is_a_range_and_drawn_to_the_middle():
    """Six good ratings are no proof."""
    good, poor = helped(many("box", 4, 6) + many("leaves", 1, 6))

    assert good.name == "box"
    assert good.low < 4 - 0.5 and good.high < 4
    assert poor.high > poor.low + 0.8


def test_whoever_begins_high_falls_by_chance_too():
    """The same exercise at 9 and at 4: no better for having been used at 9."""
    high = tuple(Led("box", 9, 6) for _ in range(8))
    low = tuple(Led("leaves", 4, 3) for _ in range(8))
    ranges = helped(high + low)

    assert abs(ranges[0].middle - ranges[1].middle) < 0.4


def test_rules_come_first_then_what_helped():
    """And never what was refused, or made it stronger twice."""
    first = SENTENCES.first[Suits.ANGER]
    assert suited(Suits.ANGER, SHIPPED, first)[0] == "exhale46"
    done = many("exhale46", 0, 8) + many("grounding", 5, 8)
    assert suited(Suits.ANGER, SHIPPED, first, done=done)[0] == "grounding"
    worse = (Led("exhale46", 3, 6), Led("exhale46", 3, 5))
    assert suited(Suits.ANGER, SHIPPED, first, done=worse)[-1] == "exhale46"
    unwanted = (Led("exhale46", again=False),)
    assert suited(Suits.ANGER, SHIPPED, first, done=unwanted)[-1] == "exhale46"


@pytest.mark.parametrize("state", SENTENCES.first)
def test_every_state_has_something_for_every_condition(state):
    """Nobody is left with nothing, but in a car or in water."""
    for condition in Condition:
        found = suited(state, SHIPPED, SENTENCES.first[state], health=frozenset({condition}))
        assert bool(found) == (condition not in (Condition.DRIVING, Condition.WATER))


@pytest.mark.parametrize("state", SENTENCES.first)
def test_what_is_named_for_a_state_exists_and_suits_it(state):
    """The rules are data, too."""
    for name in SENTENCES.first[state]:
        assert state in SHIPPED[name].suits


def test_minutes_that_are_free_are_kept_to():
    """One minute is enough for something."""
    names = suited(Suits.WORRY, SHIPPED, SENTENCES.first[Suits.WORRY], minutes=1.0)

    assert set(names) == {"exhale46", "mindful-minute"}


def test_the_guard_lets_every_sentence_around_an_exercise_be_said():
    """Filled as it will be said."""
    outgoing = app.build_guards(read_parts(Settings())).outgoing
    titles = [SENTENCES.offer_other.format(title=one.spoken_title) for one in SHIPPED.values()]
    titles += [SENTENCES.instead.format(title=one.spoken_title) for one in SHIPPED.values()]
    titles += [
        form.format(title=one.spoken_title, minutes=SENTENCES.minutes.many.format(count="twenty"))
        for one in SHIPPED.values()
        for form in (SENTENCES.offer_for, SENTENCES.offer_again)
    ]
    assert [text for text in titles if outgoing.reason(text)] == []
    fill = {"minutes": "3 minutes", "title": "Box", "before": "Seven", "after": "four", "count": 3}
    texts_ = [value for value in SENTENCES.model_dump(exclude={"conditions", "first"}).values()]
    flat = [text for value in texts_ for text in (value if isinstance(value, tuple) else [value])]
    sentences = [text.format(**fill) for text in flat if isinstance(text, str)]

    assert len(sentences) > 30
    assert {text: outgoing.reason(text) for text in sentences if outgoing.reason(text)} == {}
