"""The voice that needs no download speaks, and stops when it is told to."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from companion import engines, paths
from companion.errors import SpeakError
from companion.speak import VOICES
from companion.speak.espeak import EspeakVoice
from companion.speak.silent import SilentVoice
from companion.stages import Voice
from companion.text import SpokenForms, read_spoken_forms
from companion.values import AudioChunk, Cleared, Samples, Style

from . import contracts

SENTENCE = Cleared("That sounds really hard, and I am glad that you told me.")
RATE = 22_050


@pytest.fixture(scope="module")
def spoken() -> SpokenForms:
    return read_spoken_forms(paths.content() / "en", ["988", "116 123"])


@pytest.fixture(scope="module")
def british(spoken: SpokenForms) -> EspeakVoice:
    return EspeakVoice(spoken=spoken)


def sound(voice: Voice, text: str = SENTENCE, style: Style | None = None) -> Samples:
    chunks = [c.samples for c in voice.synthesize(Cleared(text), style or Style())]
    return np.concatenate(chunks) if chunks else np.zeros(0, np.float32)


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def pitch(samples: Samples) -> float:
    """Give the median pitch in hertz, by autocorrelation of the voiced frames."""
    length, found = 2_048, []
    for start in range(0, len(samples) - length, 512):
        frame = samples[start : start + length]
        if rms(frame) < 0.05:
            continue
        power = np.abs(np.fft.rfft((frame - frame.mean()) * np.hanning(length), 8_192)) ** 2
        likeness = np.fft.irfft(power)
        lag = RATE // 400 + int(np.argmax(likeness[RATE // 400 : RATE // 60]))
        if likeness[lag] > 0.4 * likeness[0]:
            found.append(RATE / lag)
    return float(np.median(found))


def test_a_sentence_is_spoken(british: EspeakVoice) -> None:
    """At the pace and the loudness of calm speech, in a man's pitch."""
    result = sound(british)

    assert result.dtype == np.float32
    assert 4.0 < len(result) / RATE < 5.5
    assert -25 < 20 * np.log10(rms(result)) < -15
    assert 0.3 < np.abs(result).max() <= 1.0
    assert 80 < pitch(result) < 120


def test_sound_comes_in_short_chunks_without_gaps(british: EspeakVoice) -> None:
    """Each begins where the last one ended, and is short enough to stop between two."""
    chunks = list(british.synthesize(SENTENCE, Style()))

    assert {chunk.rate for chunk in chunks} == {RATE}
    assert all(chunk.seconds <= 0.1 for chunk in chunks)
    assert all(a.end == pytest.approx(b.start) for a, b in zip(chunks, chunks[1:], strict=False))
    assert chunks[0].start == 0.0


def test_a_sentence_has_short_quiet_ends(british: EspeakVoice) -> None:
    """Pauses between sentences belong to the caller."""
    for text in ("Yes.", "Stop.", "Breathe in", "What would you like?"):
        audible = np.flatnonzero(np.abs(sound(british, text)) > 0.002)
        result = sound(british, text)

        assert audible[0] / RATE < 0.02
        assert (len(result) - audible[-1]) / RATE < 0.06
        assert result[0] == result[-1] == 0.0


def test_two_sentences_have_a_pause_between_them(british: EspeakVoice) -> None:
    """A text of several sentences is breathed like one."""
    both = len(sound(british, "I hear you. Go on."))
    apart = len(sound(british, "I hear you.")) + len(sound(british, "Go on."))

    assert (both - apart) / RATE == pytest.approx(0.35, abs=0.03)


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "-", "'", "**", "\n", "(…)", "\0"])
def test_a_text_without_words_is_silent(british: EspeakVoice, text: str) -> None:
    """It gives no chunk at all, and no error."""
    assert list(british.synthesize(Cleared(text), Style())) == []


def test_a_helpline_is_spoken_in_groups(british: EspeakVoice) -> None:
    """Between two groups of digits there is a pause of about a quarter of a second."""
    result = sound(british, "116 123")

    frames = np.abs(result[: len(result) // 220 * 220]).reshape(-1, 220).max(axis=1) < 0.003
    longest = run = 0
    for quiet in frames:
        run = run + 1 if quiet else 0
        longest = max(longest, run)
    assert 0.15 < longest * 220 / RATE < 0.5


@pytest.mark.parametrize("semitones", [-6.0, -3.0, 3.0, 6.0])
@pytest.mark.parametrize("accent", ["en-gb", "en-us+f3"])
def test_pitch_follows_the_style(spoken: SpokenForms, accent: str, semitones: float) -> None:
    """Within 0.6 semitones of what was asked for."""
    voice = EspeakVoice(accent, spoken=spoken)
    voiced = "I am really glad that you told me about all of it, and we will go on slowly now."

    measured = pitch(sound(voice, voiced, Style(pitch=semitones))) / pitch(sound(voice, voiced))

    assert 12 * np.log2(measured) == pytest.approx(semitones, abs=0.6)


@pytest.mark.parametrize("speed", [0.75, 1.5, 2.0])
def test_speed_follows_the_style(british: EspeakVoice, speed: float) -> None:
    """Within a tenth of what was asked for."""
    measured = len(sound(british)) / len(sound(british, style=Style(speed=speed)))

    assert measured == pytest.approx(speed, rel=0.1)


def test_volume_follows_the_style(british: EspeakVoice) -> None:
    """Half is half; too loud is cut; 0 is silence."""
    usual = rms(sound(british))

    assert rms(sound(british, style=Style(volume=0.5))) == pytest.approx(usual / 2, rel=0.05)
    assert np.abs(sound(british, style=Style(volume=9.0))).max() == 1.0
    assert not sound(british, style=Style(volume=0.0)).any()


@pytest.mark.parametrize("style", [Style(speed=0.0, pitch=-99.0), Style(speed=99.0, pitch=99.0)])
def test_an_impossible_style_is_brought_within_bounds(british: EspeakVoice, style: Style) -> None:
    """It still speaks."""
    assert rms(sound(british, style=style)) > 0.01


def test_closing_ends_the_speech(british: EspeakVoice) -> None:
    """A closed voice gives no more, and the next sentence is not held up."""
    chunks = british.synthesize(Cleared(SENTENCE * 50), Style())
    assert isinstance(chunks, Iterator)
    next(chunks)

    getattr(chunks, "close")()  # noqa: B009

    assert list(chunks) == []
    assert len(sound(british, "Yes.")) > 0


def test_two_accents_live_side_by_side(spoken: SpokenForms) -> None:
    """Each keeps its own pitch while both speak in turn."""
    low, high = EspeakVoice("en-gb", spoken=spoken), EspeakVoice("en-us+f3", spoken=spoken)

    assert pitch(sound(low)) < 130 < pitch(sound(high))
    assert pitch(sound(low)) < 130


def test_two_threads_may_speak_at_once(spoken: SpokenForms) -> None:
    """Neither is heard in the other's voice."""
    voices = [EspeakVoice("en-gb", spoken=spoken), EspeakVoice("en-us+f3", spoken=spoken)]

    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda n: pitch(sound(voices[n % 2])), range(16)))

    assert all(hertz < 130 for hertz in heard[::2])
    assert all(hertz > 130 for hertz in heard[1::2])


@pytest.mark.parametrize("accent", ["en-gb", "en-us", "en-gb-scotland", "EN-GB", "de", "en-gb+m3"])
def test_a_known_accent_is_found(spoken: SpokenForms, accent: str) -> None:
    """By its language, in any case of letters, with or without a variant."""
    assert len(sound(EspeakVoice(accent, spoken=spoken), "Hello.")) > 0


def test_accents_differ(spoken: SpokenForms) -> None:
    """An accent that eSpeak does not find by name must not fall back to the last one used."""
    lengths = {
        len(
            sound(EspeakVoice(accent, spoken=spoken), "I cannot ask for more water after the bath.")
        )
        for accent in ("en-gb", "en-us", "en-gb-scotland", "de")
    }

    assert len(lengths) == 4


@pytest.mark.parametrize("accent", ["", "klingon", "en-us+nosuch", "en-gb+", "en-us+../f3", "+f3"])
def test_an_unknown_accent_is_refused(spoken: SpokenForms, accent: str) -> None:
    """And some that exist are named."""
    with pytest.raises(SpeakError, match="no accent") as refused:
        EspeakVoice(accent, spoken=spoken)

    assert "en-gb, en-us" in refused.value.fix


def in_a_new_process(code: str, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ran.stdout.strip()


SPEAK = """
import sys, hashlib, espeakng_loader
if sys.argv[1:]:
    espeakng_loader.get_data_path = lambda: sys.argv[1]
from companion import errors, paths
from companion.speak.espeak import EspeakVoice
from companion.text import read_spoken_forms
from companion.values import Cleared, Style
try:
    voice = EspeakVoice(spoken=read_spoken_forms(paths.content() / "en"))
except errors.SpeakError as error:
    print(error)
    sys.exit()
made = hashlib.sha256()
for text in ("I hear you.", "Shall we go on?"):
    for chunk in voice.synthesize(Cleared(text), Style()):
        made.update(chunk.samples.tobytes())
print(made.hexdigest())
"""


def test_every_process_makes_the_same_sound() -> None:
    """The same sentences in the same order are the same samples."""
    first = in_a_new_process(SPEAK)

    assert len(first) == len(hashlib.sha256().hexdigest())
    assert in_a_new_process(SPEAK) == first


def test_a_deep_installation_speaks_too(tmp_path: Path) -> None:
    """eSpeak takes paths of fewer than 160 bytes: a longer one gets a short way in."""
    deep = tmp_path / ("d" * 90) / ("e" * 90)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())

    result = in_a_new_process(SPEAK, os.fspath(deep / "espeak-ng-data"))

    assert result == in_a_new_process(SPEAK)


def test_missing_data_are_told(tmp_path: Path) -> None:
    """In one sentence, with what to do."""
    result = in_a_new_process(SPEAK, os.fspath(tmp_path))

    assert result.startswith("eSpeak's data could not be read. Run:")


def test_a_text_of_any_length_is_made_piece_by_piece(british: EspeakVoice) -> None:
    """The first chunk does not wait for the rest of a long text."""
    chunks = british.synthesize(Cleared("so it goes on and on, " * 50_000), Style())

    assert isinstance(next(iter(chunks)), AudioChunk)


@pytest.mark.parametrize("name", VOICES)
def test_every_voice_in_the_table_can_be_built(name: str) -> None:
    """By its short name."""
    voice: Voice = engines.load("voice", VOICES, name, **contracts.options(name))

    assert voice.name == name


def test_the_silent_voice_is_as_long_as_speech(british: EspeakVoice) -> None:
    """It keeps quiet for about as long as the other speaks."""
    voice: Voice = SilentVoice()

    result = sound(voice)

    assert not result.any()
    assert len(result) / 16_000 == pytest.approx(len(sound(british)) / RATE, rel=0.3)
    assert list(voice.synthesize(Cleared("..."), Style())) == []
