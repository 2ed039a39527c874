"""Danger in plain words that was once missed, and its ordinary neighbours."""

from pathlib import Path

import pytest

from companion.errors import SettingsError
from companion.guard.incoming import PhraseGuard
from companion.guard.phrasebook import read_kind
from companion.risk import Kind, Risk
from companion.values import Transcript

SAFETY = Path(__file__).resolve().parents[1] / "prompts" / "en" / "safety"

DANGER = (
    "there's a part of me that wants to walk in front of a train",
    "i walk in front of a train in my head and i want it to be real",
    "i'm scared of what i'll do to myself tonight",
    "the car's running and the garage door's shut",
    "i did it again on my stomach where nobody looks",
    "i want to put a pillow over her face while she sleeps",
    "there are cameras in my smoke alarms",
    "i gave my baby too much calpol",
    "i chugged a whole bottle of cough syrup",
    "my inhaler's not doing anything",
    "i wish the crash had taken me as well as them",
)
ORDINARY = (
    "i walk over the bridge to work each morning",
    "i walked into the wall with a tray in my hands",
    "i'll be dead before they fix that pothole",
    "i'm going to jump in the river it's so hot today",
    "i want to finish my life story for the grandchildren",
    "my husband locked us out by mistake",
    "she grabbed me to stop me falling",
    "my leg went numb from sitting on it",
    "i stopped eating meat last year and feel great",
    "i bang my head on that beam every time",
)
BOTH = (
    "my leg went numb from sitting on it and now i've got a crushing pain in my chest",
    "he locked us out by mistake he says and then he held a knife to my throat",
    "i'll be dead before they fix that pothole because i'm going to kill myself tonight",
    "she grabbed me to stop me falling and then she strangled me",
)
"""An everyday saying hides no danger that is told with it"""

BESIDE = (
    "my husband has a new job and i have the pills in my hand",
    "my mum is asleep and i have saved up my tablets in a drawer",
    "i was at the gym and now there's a crushing pain in my chest",
    "i took too many pills at work",
    "i am addicted to my pills and i stopped them all at once",
    "his mum died and now my friend says he will kill himself tonight",
)
"""Words that may stand near a danger, and are no exception from it"""


@pytest.fixture(scope="module")
def guard() -> PhraseGuard:
    return PhraseGuard(SAFETY, lambda _: None)


@pytest.mark.parametrize("words", DANGER + BESIDE)
def test_plain_danger_is_asked_about(guard: PhraseGuard, words: str) -> None:
    """Without the learned part."""
    assert guard.judge_by_phrases(Transcript(words)).level >= Risk.CONCERN


@pytest.mark.parametrize("words", ORDINARY)
def test_an_ordinary_neighbour_is_not(guard: PhraseGuard, words: str) -> None:
    """The words look alike, and mean nothing of the kind."""
    assert guard.judge_by_phrases(Transcript(words)).level < Risk.CONCERN


@pytest.mark.parametrize("words", BOTH)
def test_a_saying_hides_nothing_beside_it(guard: PhraseGuard, words: str) -> None:
    """It is taken out, and the rest is weighed."""
    assert guard.judge_by_phrases(Transcript(words)).level >= Risk.CONCERN


def test_an_exception_whose_last_words_may_be_missing_is_refused(tmp_path):
    """It would take back more than it says."""
    file = tmp_path / "suicide.yaml"
    file.write_text(
        "rules:\n  - {id: a, level: high, say: [end my life], unless: ['walk [the|a]']}\n"
    )

    with pytest.raises(SettingsError, match="may be missing"):
        read_kind(file, Kind.SUICIDE, {})
