"""What is kept of a voice, and how it goes again."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from companion.events import Kept, Sensed
from companion.memory.entries import Voice
from companion.memory.export import Choice, Chosen
from companion.memory.journal import Journal
from companion.memory.keeping import Keeper
from companion.memory.vault import Vault
from companion.tone import Tone, ToneState
from companion.usual_voice import read_usual
from companion.values import Feature, Prosody, Quality, State, TurnId

from .tones import LATER, comparer, past, prosody

PROSODY = Prosody({"pitch_level": Feature(12.0, "semitones")}, Quality(True, ""))
TONE = Tone(kept={"pitch_level": 12.0, "voiced": 4.0}, through="desk#1")
AGREED = ToneState(agreed=True)
DECIDED = ToneState(agreed=True, muted="cold", muted_until=LATER + timedelta(days=5))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault(tmp_path, os.urandom(32))
    yield vault
    vault.close()


def keeper(vault: Vault, now: datetime = LATER) -> Keeper:
    made = Keeper(vault, now=lambda: now, zone="UTC")
    made.remembered()
    return made


def decide(vault: Vault, state: ToneState) -> None:
    with keeper(vault) as one:
        one.take(Kept(TurnId(1), State(tone=state)))


def kept(vault: Vault) -> list[Voice]:
    bodies = (entry.body for entry in Journal(vault).list(kinds=("voice",)))
    return [body for body in bodies if isinstance(body, Voice)]


def test_features_are_kept_with_their_units_and_nothing_else(vault):
    """No sound, no words, no judgement."""
    with keeper(vault) as one:
        one.take(Sensed(TurnId(1), PROSODY, TONE))

    (voice,) = kept(vault)
    assert voice.features["pitch_level"].model_dump() == {"value": 12.0, "unit": "semitones"}
    assert voice.microphone == "desk#1"
    assert voice.model_dump().keys() == {
        "kind", "features", "microphone", "usable", "why_not", "unusual", "calibration",
    }  # fmt: skip


def test_of_a_voice_that_is_not_looked_at_nothing_is_kept(vault):
    """Nor of one that could not be judged."""
    with keeper(vault) as one:
        one.take(Sensed(TurnId(1), PROSODY, Tone()))

    assert kept(vault) == []


def test_a_turn_that_went_on_is_kept_once_and_whole(vault):
    """The later revision stays."""
    whole = Tone(kept={"pitch_level": 13.0}, through="desk#1")
    with keeper(vault) as one:
        one.take(Sensed(TurnId(1, 0), PROSODY, TONE))
        one.take(Sensed(TurnId(1, 1), PROSODY, whole))
        one.take(Sensed(TurnId(2, 0), PROSODY, TONE))

    assert sorted(v.features["pitch_level"].value for v in kept(vault)) == [12.0, 13.0]


def test_consent_is_remembered_and_so_is_its_end(vault):
    """Whatever the settings say: the last word is the person's."""
    assert keeper(vault).remembered(voice_agreed=True).tone.agreed
    assert not keeper(vault).remembered().tone.agreed

    decide(vault, AGREED)
    assert keeper(vault).remembered().tone.agreed
    decide(vault, ToneState())
    assert not keeper(vault).remembered(voice_agreed=True).tone.agreed


def test_other_consents_stay(vault):
    """One more in the same place."""
    vault.put("consents", {"other": True}, LATER)
    decide(vault, AGREED)

    assert vault.get("consents") == {"other": True, "voice": True}


def test_a_cold_is_remembered_from_one_talk_to_the_next(vault):
    """With its end."""
    decide(vault, DECIDED)

    assert keeper(vault).remembered().tone == DECIDED


def test_somebody_who_is_under_eighteen_is_remembered_as_such(vault):
    """Then nothing is looked at."""
    decide(vault, AGREED)
    vault.put("minor", True, LATER)

    assert not keeper(vault).remembered().tone.looks


def test_what_is_to_be_forgotten_is_erased_at_once(vault):
    """Every utterance, also the one of this turn, and no trace is left in the file."""
    with keeper(vault) as one:
        for number in range(5):
            one.take(Sensed(TurnId(number), PROSODY, TONE))
        one.take(Kept(TurnId(5), State(tone=ToneState(forget=True))))
        assert kept(vault) == []

    assert kept(vault) == []
    assert not keeper(vault).remembered().tone.agreed
    with vault.reading() as connection:
        rows = connection.execute("SELECT count(*) FROM entries").fetchone()
    assert rows[0] == 0


def test_the_usual_is_read_back_as_it_was_learned(vault):
    """From entries alone: the same centre, spread and reference."""
    for one in past().observations:
        tone = Tone(kept={**one.values, "voiced": one.voiced}, through=one.device)
        with keeper(vault, one.at) as keeping:
            keeping.take(Sensed(TurnId(1), PROSODY, tone))
    known = read_usual(Journal(vault))

    assert [one.values for one in known.observations] == [o.values for o in past().observations]
    assert known.reference == past().reference
    first, second = (
        comparer(base).compare(TurnId(1), prosody(2.0, seed=70), AGREED, LATER)
        for base in (past(), known)
    )
    assert first.index == pytest.approx(second.index, abs=1e-9)


def test_excluded_utterances_have_no_say(vault):
    """Whoever marks one as not theirs has the usual without it."""
    with keeper(vault) as one:
        one.take(Sensed(TurnId(1), PROSODY, TONE))
        one.take(Sensed(TurnId(2), PROSODY, TONE))
    first = next(iter(Journal(vault).list(kinds=("voice",))))
    Journal(vault).exclude(first.id, True, LATER)

    assert len(read_usual(Journal(vault)).observations) == 1


def test_another_microphone_of_the_same_name_is_known_again(vault):
    """Its number stands in what was kept."""
    with keeper(vault) as one:
        for number, device in enumerate(("desk#1", "desk#2", "head#set#1")):
            one.take(Sensed(TurnId(number), PROSODY, Tone(kept=TONE.kept, through=device)))

    assert read_usual(Journal(vault)).microphones == {"desk": 2}


def test_a_voice_goes_out_with_an_export_and_never_as_a_clinical_code(vault):
    """JSON lines have it; FHIR leaves it out."""
    from companion.memory.fhir import KINDS as CLINICAL

    with keeper(vault) as one:
        one.take(Sensed(TurnId(1), PROSODY, TONE))

    assert [entry.kind for entry in Chosen(vault, Choice()).entries()] == ["voice"]
    assert "voice" not in CLINICAL
