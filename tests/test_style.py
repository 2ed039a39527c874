"""How an answer is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import paths
from companion.events import Sound
from companion.risk import Assessment, RiskState
from companion.speak.espeak import EspeakVoice
from companion.speak.style import LONGEST_PAUSE, SLOWEST, SOFTEST, GentleManner, settle
from companion.speaking import BETWEEN_SENTENCES
from companion.stages import Voice
from companion.text import read_spoken_forms
from companion.think.scripted import ScriptedMind
from companion.tone import Tone, ToneLevel
from companion.values import (
    Cleared,
    Expected,
    Line,
    MindState,
    Plan,
    Samples,
    State,
    Style,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

from . import made
from .parts import conversation, said_by

FORMS = read_spoken_forms(paths.content() / "en")
USUAL = Style(speed=1.2, volume=0.7, pitch=1.0)
SENTENCE = Cleared("Take all the time you need, there is no hurry here at all.")


def turn(level: ToneLevel) -> Turn:
    heard = Transcript("hello")
    return Turn(
        Utterance(TurnId(1), heard), heard, Assessment(), RiskState(), Expected(), MindState(), (),
        free_talk=True, tone=Tone(level),
    )  # fmt: skip


PLAN = Plan("ask", (Line("I hear you."),))


@pytest.mark.parametrize("level", [ToneLevel.NONE, ToneLevel.USUAL])
def test_a_usual_voice_is_answered_as_the_settings_say(level):
    """And so is one that nobody looks at."""
    assert GentleManner().choose(USUAL, turn(level), PLAN) == USUAL


def test_the_more_unusual_the_voice_the_gentler_the_answer():
    """Slower, softer, more pause; the pitch stays."""
    bit, clear = (
        GentleManner().choose(USUAL, turn(level), PLAN)
        for level in (ToneLevel.A_BIT, ToneLevel.CLEARLY)
    )

    assert USUAL.speed > bit.speed > clear.speed == pytest.approx(SLOWEST * USUAL.speed)
    assert USUAL.volume > bit.volume > clear.volume == pytest.approx(SOFTEST * USUAL.volume)
    assert USUAL.pause < bit.pause < clear.pause == pytest.approx(LONGEST_PAUSE)
    assert clear.pitch == USUAL.pitch


def test_an_answer_to_danger_keeps_its_loudness():
    """It must be heard."""
    plan = replace(PLAN, lines=(Line(reviewed="now-call", essential=True),))

    assert GentleManner().choose(USUAL, turn(ToneLevel.CLEARLY), plan).volume == USUAL.volume


@given(calm=st.floats(-5, 5), speed=st.floats(0.5, 2), volume=st.floats(0.1, 1))
def test_it_is_never_faster_or_louder_and_never_beyond_its_limits(calm, speed, volume):
    """Whatever is asked."""
    usual = Style(speed, volume)
    found = settle(usual, calm)

    assert SLOWEST * speed - 1e-9 <= found.speed <= speed
    assert SOFTEST * volume - 1e-9 <= found.volume <= volume
    assert 1 <= found.pause <= LONGEST_PAUSE


def spoken(voice: Voice, style: Style) -> Samples:
    return np.concatenate([chunk.samples for chunk in voice.synthesize(SENTENCE, style)])


def loudness(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound[np.abs(sound) > 1e-3] ** 2)))


def the_voices() -> list[Voice]:
    from companion.speak.piper import PiperVoice

    return [EspeakVoice(spoken=FORMS), PiperVoice(made.voice(), spoken=FORMS)]


@pytest.mark.parametrize("number", [0, 1], ids=["espeak", "piper"])
def test_both_voices_honour_it(number):
    """A tenth slower is a tenth longer; softer is softer."""
    voice = the_voices()[number]
    usual, gentle = spoken(voice, Style()), spoken(voice, settle(Style(), 1.0))

    assert len(gentle) / len(usual) == pytest.approx(1 / SLOWEST, rel=0.06)
    assert loudness(gentle) / loudness(usual) == pytest.approx(SOFTEST, rel=0.08)


def test_the_quiet_between_sentences_grows():
    """In the turn itself."""
    sentences = ScriptedMind([["One sentence.", "And another."]])

    def quiet(pause: float) -> float:
        talk = conversation(mind=sentences, style=Style(pause=pause))
        sounds = [e.chunk for e in talk.answer(said_by("hello"), State()) if isinstance(e, Sound)]
        return max(chunk.seconds for chunk in sounds if not chunk.samples.any())

    assert quiet(1.5) == pytest.approx(1.5 * BETWEEN_SENTENCES, abs=1e-3)
