"""The guard knows levels, softens what is denied, told or long past, and never forgets.

How many rows of each kind it finds is in `test_incoming_rows.py`.
"""

from pathlib import Path

import pytest

from companion.guard.incoming import PhraseGuard
from companion.risk import Assessment, Risk, RiskState
from companion.values import Transcript

SAFETY = Path(__file__).parents[1] / "prompts" / "en" / "safety"


def say_nothing(_: str) -> bool | None:
    return None


GUARD = PhraseGuard(SAFETY, say_nothing)


def judge(text: str, *alternatives: str) -> Assessment:
    return GUARD.judge(Transcript(text, alternatives=alternatives))


# --- levels ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("what is the point of any of this", Risk.SOFT),
        ("i want to die", Risk.CONCERN),
        ("i have worked out how i would kill myself", Risk.HIGH),
        ("i am going to kill myself tonight", Risk.IMMEDIATE),
        ("i tried to kill myself yesterday", Risk.IMMEDIATE),
        ("i tried to kill myself in the spring", Risk.HIGH),
        ("i tried to kill myself when i was fifteen, years ago", Risk.CONCERN),
        ("i have taken all my tablets", Risk.IMMEDIATE),
        ("i keep hurting myself", Risk.CONCERN),
        ("i cut my arm this morning on purpose", Risk.HIGH),
    ],
)
def test_levels_follow_the_scale(text: str, level: Risk) -> None:
    """Wish, plan, time and act each have their own level."""
    assert judge(text).level is level


@pytest.mark.parametrize("text", ["", "   ", "?!", "…", "stop", "🙂", "42", "''", "&"])
def test_nothing_said_is_no_danger(text: str) -> None:
    """Empty and odd input gives an empty assessment."""
    assert judge(text) == Assessment()


def test_concern_and_high_ask_one_question() -> None:
    """An immediate danger is answered first and not asked about; a soft sign is kept quiet."""
    assert judge("i want to die").ask
    assert judge("i have been saving up my tablets to die").ask
    assert not judge("i have taken all my tablets").ask
    assert not judge("i feel like such a burden").ask


def test_what_fired_is_named_without_the_words() -> None:
    """Ids of rules say why; nothing of what was said is in them."""
    why = judge("i want to die, please help").why
    assert why
    assert not any("die" in rule.split("-") for rule in why)


# --- what softens ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["i would never kill myself", "i don't want to die", "i have never wanted to hurt myself"],
)
def test_a_denial_leaves_a_soft_sign(text: str) -> None:
    """One denial neither asks nor closes the subject."""
    assert judge(text).level is Risk.SOFT


@pytest.mark.parametrize(
    "text",
    [
        "it's not that i don't want to die, i'm only scared of it",
        "i can't promise i won't kill myself",
        "i can't stop thinking about killing myself",
        "i don't want to die but i am going to kill myself",
        "just kidding, but i do want to die",
    ],
)
def test_what_only_looks_like_a_denial_softens_nothing(text: str) -> None:
    """Two denials, a denial of something else and a joke leave the level."""
    assert judge(text).level >= Risk.CONCERN


def test_a_denial_does_not_reach_over_a_clause_mark() -> None:
    """A no to one thing is no denial of the next."""
    assert judge("no i did not sleep, i want to kill myself").level >= Risk.CONCERN


def test_a_story_of_others_is_no_danger() -> None:
    """A film, a book or the news is not the person's own life."""
    assert judge("in the film the hero kills himself at the end").level is Risk.NONE
    assert judge("the man in the book beats his children").level is Risk.NONE


def test_a_story_does_not_hide_the_persons_own_wish() -> None:
    """Watching a film while wanting to die is wanting to die."""
    assert judge("i was watching a film and i wanted to kill myself").level >= Risk.CONCERN
    assert judge("i was reading a book and then i took all my pills").level is Risk.IMMEDIATE


@pytest.mark.parametrize(
    "text",
    [
        "my feet are killing me",
        "i could murder a curry",
        "i nearly died laughing",
        "the battery died",
        "we hung out at the shot put",
        "she beat me at chess again",
        "i had to get it off my chest",
        "i was stuck in traffic",
        "i was drinking tea in the kitchen",
    ],
)
def test_sayings_are_no_danger(text: str) -> None:
    """Everyday sayings with words of death leave no trace."""
    assert judge(text).level is Risk.NONE


def test_a_saying_does_not_hide_what_stands_beside_it() -> None:
    """What is said next to a saying is still heard, and not joined across it."""
    assert judge("my feet are killing me and i want to die").level >= Risk.CONCERN
    assert judge("i want to see you, over my dead body, myself").level is Risk.NONE


def test_long_ago_lowers_a_tale_of_the_past_only() -> None:
    """Told of years ago it is soft; a wish that has lasted for years is not."""
    assert judge("i was suicidal years ago").level is Risk.SOFT
    assert judge("i want to die and i have wanted it since years ago").level >= Risk.CONCERN


# --- how people speak and write ---------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO DIE!!!",
        "i want to die",
        "i wanna die",
        "i  want\tto die",
        "i just want to, um, i want to die",
        "i i want i want to die",
        "i really honestly want to fucking die",
        "i want to diiiie",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
    ],
)
def test_the_same_wish_is_found_however_it_is_written(text: str) -> None:
    """Case, width, stretching, fillers and stammering change nothing."""
    assert judge(text).level is Risk.CONCERN


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("I don't want to be alive", "i dont want to be alive"),
        ("I don’t want to be alive", "i don t want to be alive"),
        ("I'm going to kill myself", "im going to kill my self"),
        ("he's hurting me right now", "hes hurting me right now"),
        ("I want to kill myself", "i want to kill my shelf"),
        ("I feel suicidal", "i feel suicidle"),
    ],
)
def test_apostrophes_and_misspellings_change_no_level(typed: str, heard: str) -> None:
    """What a recogniser prints is judged as what a person types."""
    assert judge(typed).level is judge(heard).level is not Risk.NONE


def test_a_sign_in_a_long_sentence_is_found() -> None:
    """It may stand in the middle of a long tale."""
    tale = "we went to the shops and bought bread and "
    assert judge(tale * 5 + "i wanted to kill myself and then " + tale * 5).level >= Risk.CONCERN


# --- what else the recogniser heard ---------------------------------------------------------


def test_another_hearing_raises_a_question_and_no_more() -> None:
    """Nobody is told to call for help on a guess."""
    heard = judge("i walked to the shop", "i have taken all my tablets")
    assert heard.level is Risk.CONCERN
    assert heard.ask
    assert all(rule.endswith("?") for rule in heard.why)


def test_another_hearing_raises_a_soft_sign_of_the_same_kind() -> None:
    """A soft sign in the best hearing does not hide a plain one in the next."""
    assert judge("i feel hopeless", "i want to kill myself").level is Risk.CONCERN


def test_another_hearing_lowers_nothing() -> None:
    """The best hearing keeps its level."""
    assert judge("i have taken all my tablets", "i have baked a cake").level is Risk.IMMEDIATE


# --- over a talk ---------------------------------------------------------------------------


def test_two_soft_signs_ask() -> None:
    """The first oblique sign is kept, the second reaches concern."""
    _, state = GUARD.weigh(Transcript("i feel like such a burden"), RiskState())
    assert state.level is Risk.SOFT
    _, state = GUARD.weigh(Transcript("what is the point of any of this"), state)
    assert state.level is Risk.CONCERN


@pytest.mark.parametrize("later", ["i was only joking", "i'm fine now", "i don't want to die", ""])
def test_the_state_of_a_talk_never_falls(later: str) -> None:
    """What was said stays known, whatever is said after it."""
    _, state = GUARD.weigh(Transcript("i am going to kill myself tonight"), RiskState())
    _, after = GUARD.weigh(Transcript(later), state)
    assert after.level is state.level is Risk.IMMEDIATE
    assert set(state.kinds) <= set(after.kinds)


def test_an_answer_is_read_only_when_we_asked() -> None:
    """A yes means yes to our question, and nothing otherwise."""
    guard = PhraseGuard(SAFETY, lambda text: text == "yes")
    assert guard.weigh(Transcript("yes"), RiskState())[0].answers is None
    assert guard.weigh(Transcript("yes"), RiskState(asked=True))[0].answers is True
