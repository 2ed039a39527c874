"""How a voice comes to a pause: falling, level, drawn out; and what must not change that."""

from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.errors import SenseError
from companion.events import Failed, TurnTaken
from companion.hear.typed import TypedRecogniser
from companion.listening import Listening
from companion.sense.cadence import CadenceReader
from companion.tone import Cadence
from companion.values import AudioChunk, Expected, Samples, TurnId

from . import voices
from .parts import Broken

SYLLABLES = 8


def sentence(
    fall: float, *, last: float = 0.16, quieter: float = 0.0, hertz: float = 150.0
) -> Samples:
    """Speak eight syllables and pause; the last one ends `fall` semitones lower.

    `last` is its length in seconds, `quieter` by how many decibels it fades.
    """
    random = np.random.default_rng(0)
    parts = [voices.noise(0.3, -65)]
    for number in range(SYLLABLES):
        ends = number == SYLLABLES - 1
        size = int((last if ends else 0.16) * voices.RATE)
        melody = np.full(size, 0.5 * np.sin(number) - (fall if ends else 0.0))
        phase = 2 * np.pi * np.cumsum(hertz * 2 ** (melody / 12)) / voices.RATE
        edge = np.minimum(1, np.arange(size) / 160)
        height = 0.1 * 10 ** (-(quieter if ends else 0) / 20)
        tones = sum(np.cos(n * phase) / n for n in range(1, 12))
        parts += [height * tones * edge * edge[::-1], 0.002 * random.standard_normal(1_000)]
    parts.append(0.001 * random.standard_normal(int(0.4 * voices.RATE)))
    return np.concatenate(parts).astype(np.float32)


def heard(samples: Samples, size: int | None = None) -> Cadence:
    reader = CadenceReader()
    reader.start()
    for chunk in voices.chunks(samples, size):
        reader.accept(chunk)
    return reader.cadence()


@pytest.mark.parametrize("hertz", [110.0, 150.0, 210.0, 300.0])
@pytest.mark.parametrize("fall", [0.0, 3.0, 6.0])
def test_the_fall_at_the_end_is_measured_in_semitones(fall, hertz):
    """Within one, at any height of voice."""
    found = heard(sentence(fall, hertz=hertz))

    assert found.fall == pytest.approx(fall, abs=1.0)


def test_a_fall_gives_the_turn_away_and_a_level_end_keeps_it():
    """The further the clearer, and never beyond 1."""
    tones = [heard(sentence(fall)).tone for fall in (-4.0, 0.0, 3.0, 6.0)]

    assert tones == sorted(tones)  # type: ignore[type-var]
    assert tones[1] < -0.2 < 0.2 < tones[3] <= 1  # type: ignore[operator]


def test_a_syllable_drawn_out_without_a_fall_holds_the_turn():
    """That is how people hesitate."""
    plain, drawn = (heard(sentence(0.0, last=last)) for last in (0.16, 0.6))

    assert drawn.lengthening == pytest.approx(0.6 / 0.16, rel=0.2)
    assert drawn.tone < plain.tone  # type: ignore[operator]


def test_fading_away_speaks_for_an_end():
    """Decibels against the rest of the turn."""
    plain, faded = (heard(sentence(3.0, quieter=by)) for by in (0, 9))

    assert faded.decay - plain.decay == pytest.approx(9, abs=1.5)  # type: ignore[operator]
    assert faded.tone > plain.tone  # type: ignore[operator]


def test_while_the_voice_sounds_there_is_no_cadence():
    """It is asked for at a pause."""
    whole = sentence(4.0)
    spoken = whole[: len(whole) - int(0.52 * voices.RATE)]

    assert heard(spoken) == Cadence()
    assert heard(whole).tone is not None


@pytest.mark.parametrize(
    "samples",
    [
        voices.quiet(2), voices.noise(3, -20), voices.quiet(0), voices.noise(0.01, -20),
        np.full(32_000, np.nan, np.float32), np.full(32_000, np.inf, np.float32),
        np.tile(np.array([1, -1], np.float32), 16_000), voices.speak(150, 0.7).samples,
    ],
    ids=["silence", "noise", "nothing", "a click", "nan", "infinite", "extremes", "a word"],
)  # fmt: skip
def test_without_enough_voice_there_is_none(samples):
    """Whatever it is; and nothing breaks."""
    assert heard(samples).tone is None


@settings(max_examples=10, deadline=None)
@given(size=st.integers(50, 5_000), gain=st.floats(0.05, 2.0))
def test_neither_chunks_nor_gain_change_it(size, gain):
    """The grid of frames is fixed, and only differences of level count."""
    samples = sentence(4.0)
    plain, other = heard(samples), heard((gain * samples).astype(np.float32), size)

    for name in ("fall", "lengthening", "decay", "tone"):
        assert getattr(other, name) == pytest.approx(getattr(plain, name), abs=1e-3), name


def test_polarity_changes_nothing():
    """A microphone may be wired either way."""
    samples = sentence(4.0)

    assert heard(-samples).fall == pytest.approx(heard(samples).fall)


def test_a_new_turn_begins_with_nothing():
    """The last one has no say in it."""
    reader = CadenceReader()
    reader.accept(AudioChunk(sentence(4.0), voices.RATE))
    reader.start()

    assert reader.cadence() == Cadence()


def test_a_long_turn_costs_no_more_and_remembers_twenty_seconds():
    """Two minutes of speech, asked at every chunk: far under real time for each second of sound."""
    reader = CadenceReader()
    sound = np.tile(sentence(4.0), 60)
    began = process_time()
    for chunk in voices.chunks(sound, 1_600):
        reader.accept(chunk)
        reader.cadence()
    spent = process_time() - began

    assert spent / (len(sound) / voices.RATE) < 0.012  # 2 ms here; room for a loaded machine
    assert sum(map(len, reader._rows)) <= 1_000


def test_another_rate_is_refused():
    """With a sentence."""
    with pytest.raises(SenseError, match="16000 Hz, not 8000 Hz"):
        CadenceReader().accept(AudioChunk(voices.quiet(0.1), 8_000))


def test_a_reader_that_breaks_costs_the_cadence_and_nothing_else():
    """Its failure is told once; the words are heard all the same."""
    ear = TypedRecogniser()
    listening = Listening(ear, None, TurnId(1), Expected(), Broken())
    listening.accept(AudioChunk(voices.quiet(0.1), voices.RATE))

    assert listening.cadence() == Cadence()
    assert listening.finish(TurnTaken(TurnId(1), 0.0, 1.0, 2.0)).transcript is not None
    assert listening.failures == [Failed(TurnId(1), "cadence", "RuntimeError")]
