"""How long a person pauses is learned in one talk, and known in the next."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.events import Heard, Kept, TurnTaken
from companion.hear.ear import TurnEar
from companion.memory.erase import erase_kind
from companion.memory.export import Choice, Chosen, write_json_lines
from companion.memory.imports import read_export
from companion.memory.keeping import Keeper
from companion.memory.vault import Vault
from companion.parts import build_ear
from companion.settings import Settings
from companion.tone import ToneState
from companion.values import Expected, State, Transcript, TurnId, Utterance

from .test_turns import blocks
from .tones import LATER

VOICE: tuple[tuple[str, float], ...] = (("speech", 1.0), ("silence", 3.0))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault(tmp_path, os.urandom(32))
    yield vault
    vault.close()


def keeper(vault: Vault) -> Keeper:
    return Keeper(vault, now=lambda: LATER, zone="UTC")


def pause(vault: Vault) -> float | None:
    return keeper(vault).remembered().known.pause


def heard(usual: float | None) -> Heard:
    utterance = Utterance(TurnId(1), Transcript("hello"), usual_pause=usual)
    return Heard(TurnId(1), utterance)


def talk(vault: Vault, *usual: float | None, forget: bool = False) -> None:
    with keeper(vault) as one:
        one.remembered()
        for seconds in usual:
            one.take(heard(seconds))
        if forget:
            one.take(Kept(TurnId(1), State(tone=ToneState(forget=True))))


def taken(ear: TurnEar) -> TurnTaken:
    events = [event for block in blocks(*VOICE) for event in ear.push(block, Expected())]
    return next(event for event in events if isinstance(event, TurnTaken))


def test_what_one_talk_learned_the_next_one_knows(vault):
    """The newest counts."""
    assert pause(vault) is None
    talk(vault, 0.9, 1.3)

    assert pause(vault) == 1.3


def test_it_is_said_with_every_turn():
    """By an ear that follows it, which waits for longer where it is known."""
    plain = Settings.model_validate({"hear": {"detector": "energy"}})
    first, second = taken(build_ear(plain)), taken(build_ear(plain, 1.1))

    assert first.usual_pause == pytest.approx(0.8)
    assert second.usual_pause == pytest.approx(1.1)
    assert second.at - second.end > first.at - first.end


def test_an_ear_that_does_not_follow_it_changes_nothing(vault):
    """Push to talk: the key tells when a turn is over. And typed words."""
    talk(vault, 1.2)
    talk(vault, None)

    assert pause(vault) == 1.2


def test_it_goes_with_what_is_erased(vault):
    """It is soon learned anew."""
    talk(vault, 1.2)
    erase_kind(vault, "voice")

    assert pause(vault) is None


def test_who_wants_their_voice_forgotten_has_it_forgotten_too(vault):
    """Also what this talk has learned by then."""
    talk(vault, 1.2)
    talk(vault, 1.4, forget=True)

    assert pause(vault) is None


def test_it_is_handed_out_and_taken_in(vault, tmp_path):
    """As what belongs to the person and is no entry."""
    talk(vault, 1.2)
    file = io.BytesIO()
    write_json_lines(Chosen(vault, Choice()), file, LATER, "UTC")
    other = Vault(tmp_path / "other", os.urandom(32))
    file.seek(0)
    read_export(other, file)

    assert pause(other) == 1.2
    other.close()
