"""What lowers a danger: almost nothing, once, and never from on high (docs/crisis.md)."""

import pytest

from companion.risk import Kind, Risk, RiskState
from tests.danger import NOON, Talk

WISH = "i wish i was dead"
NOW = "i am going to kill myself tonight"


def asked_and_left(words: str = WISH) -> Talk:
    """Say something that worries, and leave the question unanswered twice."""
    talk = Talk()
    talk.say(words)
    talk.say("i like trains")
    talk.say("blue ones")
    return talk


@pytest.mark.parametrize("words", ["i was joking", "lol i am fine", "forget it", "just venting"])
@pytest.mark.parametrize("danger", [WISH, NOW])
def test_a_joke_lowers_nothing(words, danger):
    """It is heard kindly, and the level stays."""
    talk = asked_and_left(danger)
    before = talk.state.level
    said = talk.say(words)

    assert said[0] == "joke-heard"
    assert talk.state.level is before


def test_an_explanation_lowers_a_concern_by_one_once():
    """The second one changes nothing."""
    talk = asked_and_left()
    talk.say("it was for a story i am writing")
    assert talk.state.level is Risk.SOFT

    talk.say(WISH)
    talk.say("i like trains")
    talk.say("it was for a story")
    assert talk.state.level is Risk.CONCERN


@pytest.mark.parametrize("level", [Risk.HIGH, Risk.IMMEDIATE])
def test_nothing_falls_from_high_or_immediate(level):
    """Within three days no explanation counts."""
    known = {"answered": level, "answered_kinds": (Kind.SUICIDE,), "since": NOON}
    talk = Talk(RiskState(level, (Kind.SUICIDE,), **known))
    talk.say("it was for a story i am writing", hours=71)

    assert talk.state.level is level


def test_nothing_falls_after_an_answered_rung():
    """Who has said yes to the question has not been misunderstood."""
    talk = Talk()
    talk.say(WISH)
    talk.say("yes")
    talk.say("no")
    talk.say("it was for a story i am writing")

    assert talk.state.level >= Risk.CONCERN


def test_nothing_falls_after_a_reported_act():
    """Whatever is said about it later."""
    talk = Talk()
    talk.say("i took all my pills")
    talk.say("it was for a story i am writing")

    assert talk.state.level is Risk.IMMEDIATE and talk.state.firm


def test_in_the_past_is_asked_when():
    """And only long ago explains it."""
    talk = asked_and_left()
    assert talk.say("that was in the past") == ["ask-when-past"]
    talk.say("five years ago")
    assert talk.state.level is Risk.SOFT

    talk = asked_and_left()
    talk.say("that was in the past")
    assert talk.say("last week")[0] == "past-days"
    assert talk.state.level is Risk.CONCERN


@pytest.mark.parametrize(("when", "level"), [("yesterday", 4), ("two months ago", 4)])
def test_an_act_of_the_last_days_stays_immediate(when, level):
    """It was the past, and it is close."""
    talk = Talk()
    talk.say("i took all my pills")
    talk.say(f"that was in the past, {when}")

    assert talk.state.level == level


def test_misheard_counts_only_after_asking_again_what_was_not_heard_well():
    """Clear words stay said; a doubtful word that was asked about may fall."""
    clear = asked_and_left()
    assert clear.say("you misheard me") == ["misheard", "ask-misheard"]
    clear.say("no")
    assert clear.state.level is Risk.CONCERN

    doubtful = Talk()
    said = doubtful.say(WISH, confidence=0.2)
    assert said[0] == "misheard" and said[-1] == "ask-misheard"
    doubtful.say("no", confidence=0.9)
    assert doubtful.state.level is Risk.SOFT


def test_what_was_not_heard_well_and_is_confirmed_is_a_danger():
    """Then it goes on as always."""
    talk = Talk()
    talk.say(WISH, confidence=0.2)
    said = talk.say("yes", confidence=0.9)

    assert "line" in said and said[-1] == "ask-suicide"


def test_nothing_falls_while_somebody_has_been_drinking():
    """Until they say that they are sober."""
    talk = asked_and_left()
    assert talk.say("i am drunk by the way")[0] == "taken-heard"
    talk.say("it was for a story i am writing")
    assert talk.state.level is Risk.CONCERN

    talk.say("i am sober now")
    talk.say("it is for a book")
    assert talk.state.level is Risk.SOFT


# --- the next talk --------------------------------------------------------------------


def test_the_next_talk_first_asks_whether_it_is_private():
    """Nothing of it is said aloud before that."""
    talk = asked_and_left(NOW).next_day()
    assert talk.say("hello") == ["ask-private"]
    assert talk.say("yes")[-1] == "ask-safe-now"
    assert "safe-yes" in talk.say("yes")
    assert talk.say("so about work") == []
    assert talk.state.level is Risk.IMMEDIATE


def test_a_no_to_private_leaves_it_alone():
    """And says how to come back to it."""
    talk = asked_and_left(NOW).next_day()
    talk.say("hello")
    assert talk.say("no, not really") == ["follow-no"]
    assert talk.say("so about work") == []


def test_new_danger_in_the_next_talk_is_answered_at_once():
    """As in any talk, and with every question there is."""
    talk = asked_and_left().next_day()

    assert talk.say(NOW)[0] == "now-call"


def test_danger_from_a_person_is_never_brought_up_later():
    """Whoever stands beside them then."""
    talk = Talk()
    talk.say("my husband hits me")
    later = talk.next_day()

    assert later.say("hello") == []


# --- who may hear it --------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["stop, he's here", "quiet my dad is coming", "stop she just came in"]
)
def test_stop_he_is_here_silences_everything(words):
    """One neutral word on the screen, and nothing aloud until it is safe."""
    talk = Talk()
    talk.say("my husband hits me")
    assert talk.say(words) == ["paused"]
    assert talk.plan is not None and talk.plan.act == "stop"
    assert talk.state.hushed

    assert talk.say("i need help with sleep")[-1] == "ask-safe-to-talk"
    assert talk.aloud() == []
    talk.say("yes, he has gone out")
    assert not talk.state.hushed


def test_whoever_is_attacked_is_given_the_number_at_once_and_silently():
    """ "He is outside" comes with a knife: that asks for help, not for a neutral screen."""
    talk = Talk()
    said = talk.say("he is outside with a knife and he wants to kill me")

    assert said[0].startswith(("now", "others-now"))
    assert talk.plan is not None and talk.plan.act == "safety"
    assert talk.state.level is Risk.IMMEDIATE and talk.state.hushed
    assert talk.aloud() == []


def test_an_okay_after_somebody_came_is_no_answer_to_an_earlier_question():
    """ "Is it safe to talk?" was asked before: it is asked afresh, on the screen."""
    talk = Talk()
    talk.say("my husband hits me")
    talk.say("stop, he's here")

    assert talk.say("okay") == ["ask-safe-to-talk"]
    assert talk.state.hushed and talk.aloud() == []
    talk.say("no")
    assert talk.state.hushed


def test_someone_near_is_good_news_in_other_dangers():
    """ "My mum is here" ends no talk about wishing to be dead."""
    talk = Talk()
    talk.say(NOW)
    talk.say("my mum is here")

    assert not talk.state.hushed


def test_stop_silences_an_answer_to_danger_and_keeps_what_is_owed():
    """The question still stands when they go on."""
    talk = Talk()
    talk.say(WISH)
    said = talk.say("stop")

    assert said == ["stopped"] and talk.aloud() == []
    assert talk.state.level is Risk.CONCERN and talk.state.asked


# --- not grown up ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "age"),
    [
        ("i'm fifteen", 15), ("I'm 16 and i hate school", 16), ("i'm in year seven", 11),
        ("i'm in eighth grade", 13), ("i am 12 years old", 12), ("i just turned 17", None),
        ("i'm fifteen minutes late", None), ("i am ten", None), ("i've just turned seventeen", 17),
        ("my son is twelve", None), ("i'm 34", 34),
    ],
)  # fmt: skip
def test_an_age_that_comes_up_is_kept(words, age):
    """As said, or as the school year tells."""
    talk = Talk()
    talk.say(words)

    assert talk.state.age == age


def test_a_minor_is_sent_to_an_adult_they_feel_safe_with():
    """And to the line for their age."""
    talk = Talk(RiskState(age=15))
    said = talk.say(WISH)

    assert "minor-line" in said and "line" not in said


def test_a_child_gets_no_ordinary_talk_and_always_the_line():
    """Danger is answered as always."""
    talk = Talk()
    talk.say("i'm in year five")
    assert talk.state.is_child
    assert talk.say("tell me about space") == ["child-only", "child-adult", "minor-line"]
    assert talk.say(NOW)[0] == "now-call"


def test_of_two_ages_the_lower_one_holds():
    """ "I was joking, I'm eighteen" comes too late."""
    talk = Talk()
    talk.say("i'm fifteen")
    talk.say("i'm 18 actually")

    assert talk.state.age == 15
