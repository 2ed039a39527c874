"""The Piper voice, with a network of our own that makes two tones a phoneme (see `made.py`).

All but the network is real: Piper's phonemes, ONNX Runtime, the files. How natural a
downloaded voice sounds, no test can tell.
"""

import hashlib
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from companion import paths
from companion.speak.espeak import EspeakVoice
from companion.speak.piper import PiperVoice
from companion.stages import Voice
from companion.text import SpokenForms, read_spoken_forms
from companion.values import AudioChunk, Cleared, Style

from . import made, sealed
from .test_espeak import pitch, rms, sound

RATE = 22_050
SENTENCE = Cleared("That sounds really hard, and I am glad that you told me.")


@pytest.fixture(scope="module")
def spoken() -> SpokenForms:
    return read_spoken_forms(paths.content() / "en", ["988", "116 123"])


@pytest.fixture(scope="module")
def piper(spoken: SpokenForms, tmp_path_factory: pytest.TempPathFactory) -> PiperVoice:
    """Give a voice whose phonemes always last as long, so that lengths can be compared."""
    copy = made.copy_of_voice(tmp_path_factory.mktemp("voice"))
    made.change(copy, inference={"noise_w": 0.0})
    return PiperVoice(copy, spoken=spoken)


# --- how it speaks -------------------------------------------------------------


def test_a_sentence_is_spoken(piper: PiperVoice) -> None:
    """At the pace of speech, and as loud as the voice that stands in for it."""
    result = sound(piper)

    assert result.dtype == np.float32
    assert 3.5 < len(result) / RATE < 5.5
    assert 20 * np.log10(rms(result)) == pytest.approx(-20, abs=0.5)
    assert np.abs(result).max() <= 1.0


def test_words_differ(piper: PiperVoice) -> None:
    """Each phoneme has its sound, so two texts do not sound the same, and one text does."""
    spectra = [
        np.abs(np.fft.rfft(sound(piper, text), RATE))[300:] for text in ("Bee.", "Two.", "Bee.")
    ]
    bee, two, again = (int(np.argmax(spectrum)) for spectrum in spectra)

    assert abs(bee - two) > 50
    assert bee == pytest.approx(again, abs=5)


def test_sound_comes_in_short_chunks_without_gaps(piper: PiperVoice) -> None:
    """Each begins where the last one ended, and is short enough to stop between two."""
    chunks = list(piper.synthesize(Cleared("I hear you. Shall we go on?"), Style()))

    assert {chunk.rate for chunk in chunks} == {RATE}
    assert all(chunk.seconds <= 0.0601 for chunk in chunks)
    assert all(a.end == pytest.approx(b.start) for a, b in zip(chunks, chunks[1:], strict=False))
    assert chunks[0].start == 0.0


@pytest.mark.parametrize("text", ["Yes.", "Breathe in", "What would you like?"])
def test_a_sentence_has_short_quiet_ends(piper: PiperVoice, text: str) -> None:
    """Pauses between sentences belong to the caller."""
    result = sound(piper, text)
    audible = np.flatnonzero(np.abs(result) > 0.002)

    assert audible[0] / RATE < 0.02
    assert (len(result) - audible[-1]) / RATE < 0.06


def test_two_sentences_have_a_pause_between_them(piper: PiperVoice) -> None:
    """A text of several sentences is breathed like one."""
    both = len(sound(piper, "I hear you. Go on."))
    apart = len(sound(piper, "I hear you.")) + len(sound(piper, "Go on."))

    assert (both - apart) / RATE == pytest.approx(0.35, abs=0.03)


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "**", "\n", "(…)", "\0"])
def test_a_text_without_words_is_silent(piper: PiperVoice, text: str) -> None:
    """It gives no chunk at all, and no error."""
    assert list(piper.synthesize(Cleared(text), Style())) == []


def test_every_sentence_is_equally_loud(piper: PiperVoice) -> None:
    """Nobody is startled by the next one."""
    levels = [rms(sound(piper, text)) for text in ("Yes.", "Stop!", SENTENCE, "Why?")]

    assert max(levels) / min(levels) < 1.05


@pytest.mark.parametrize("speed", [0.75, 1.25, 1.5])
def test_speed_follows_the_style(piper: PiperVoice, speed: float) -> None:
    """Within a tenth of what was asked for."""
    measured = len(sound(piper)) / len(sound(piper, style=Style(speed=speed)))

    assert measured == pytest.approx(speed, rel=0.1)


@pytest.mark.parametrize("semitones", [-3.0, 2.0, 4.0])
def test_pitch_follows_the_style(piper: PiperVoice, semitones: float) -> None:
    """Within half a semitone of what was asked for, at the same pace."""
    usual, other = sound(piper), sound(piper, style=Style(pitch=semitones))

    assert 12 * np.log2(pitch(other) / pitch(usual)) == pytest.approx(semitones, abs=0.5)
    assert len(other) == pytest.approx(len(usual), rel=0.05)


def test_volume_follows_the_style(piper: PiperVoice) -> None:
    """Half is half; too loud is cut; 0 is silence."""
    usual = rms(sound(piper))

    assert rms(sound(piper, style=Style(volume=0.5))) == pytest.approx(usual / 2, rel=0.05)
    assert np.abs(sound(piper, style=Style(volume=99.0))).max() == 1.0
    assert not sound(piper, style=Style(volume=0.0)).any()


@pytest.mark.parametrize("style", [Style(speed=0.0, pitch=-99.0), Style(speed=99.0, pitch=99.0)])
def test_an_impossible_style_is_brought_within_bounds(piper: PiperVoice, style: Style) -> None:
    """It still speaks, between half and twice its pace."""
    share = len(sound(piper, style=style)) / len(sound(piper))

    assert 0.4 < share < 2.2


@pytest.mark.parametrize(
    "text", ["so it goes on and on, " * 50_000, "9" * 100_000, "aaaa" * 20_000]
)
def test_a_text_of_any_length_is_made_piece_by_piece(piper: PiperVoice, text: str) -> None:
    """The first chunk does not wait for the rest of a long text."""
    chunks = piper.synthesize(Cleared(text), Style())

    assert isinstance(next(iter(chunks)), AudioChunk)


def test_a_long_sentence_is_spoken_clause_by_clause(piper: PiperVoice) -> None:
    """With a breath at the comma, and nothing lost."""
    first = "If there is anything near you that you could hurt yourself with,"
    second = "please move away from it and ask someone whom you trust to come and take it."

    whole = len(sound(piper, f"{first} {second}"))
    apart = len(sound(piper, first)) + len(sound(piper, second))

    assert (whole - apart) / RATE == pytest.approx(0.15, abs=0.03)


def test_closing_ends_the_speech(piper: PiperVoice) -> None:
    """A closed voice gives no more, and the next sentence is not held up."""
    chunks = piper.synthesize(Cleared(SENTENCE * 50), Style())
    next(chunks)

    getattr(chunks, "close")()  # noqa: B009

    assert list(chunks) == []
    assert len(sound(piper, "Yes.")) > 0


# --- with others in one process ------------------------------------------------


def test_both_espeaks_live_in_one_process(spoken: SpokenForms, piper: PiperVoice) -> None:
    """Piper carries one of its own: the two speak in turn, and neither changes the other."""
    espeak = EspeakVoice(spoken=spoken)
    heard = [(len(sound(espeak)), len(sound(piper))) for _ in range(4)]

    for lengths in zip(*heard, strict=True):
        assert max(lengths) == pytest.approx(min(lengths), rel=0.05)


def test_two_voices_speak_in_turn(spoken: SpokenForms, tmp_path: Path) -> None:
    """Each keeps its own pace."""
    copy = made.copy_of_voice(tmp_path)
    made.change(copy, inference={"length_scale": 2.0})
    slow, usual = PiperVoice(copy, spoken=spoken), PiperVoice(made.voice(), spoken=spoken)

    for _ in range(3):
        assert len(sound(slow)) / len(sound(usual)) == pytest.approx(2.0, rel=0.1)


def test_many_threads_may_speak_at_once(spoken: SpokenForms, piper: PiperVoice) -> None:
    """None is heard in another's sentence."""
    voices: list[Voice] = [piper, EspeakVoice(spoken=spoken)]
    alone = [len(sound(voice)) for voice in voices]

    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda n: len(sound(voices[n % 2])), range(12)))

    for number, length in enumerate(heard):
        assert length == pytest.approx(alone[number % 2], rel=0.05)


SPEAK = """
import hashlib, sys
from pathlib import Path
from companion import paths
from companion.speak.piper import PiperVoice
from companion.text import read_spoken_forms
from companion.values import Cleared, Style
voice = PiperVoice(Path(sys.argv[1]), spoken=read_spoken_forms(paths.content() / "en"),
                   threads=int(sys.argv[2]))
made = hashlib.sha256()
for text in ("I hear you.", "Shall we go on?", "I hear you."):
    for chunk in voice.synthesize(Cleared(text), Style()):
        made.update(chunk.samples.tobytes())
print(made.hexdigest())
"""


def in_a_new_process(*program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *program], capture_output=True, text=True, check=True, timeout=60
    )


def test_every_process_makes_the_same_sound() -> None:
    """The same sentences in the same order are the same samples, on one thread or two."""
    first, second = (
        in_a_new_process("-c", SPEAK, str(made.voice()), threads).stdout for threads in "12"
    )

    assert len(first.strip()) == len(hashlib.sha256().hexdigest())
    assert first == second


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_it_opens_no_socket() -> None:
    """Piper can download voices; ours only reads a file. The seal kills a socket's opener."""
    if sealed.platform.machine() not in sealed.MACHINES:
        pytest.skip("the seal does not know this machine")
    program = ("-m", "tests.sealed", sys.executable, "-c", SPEAK, str(made.voice()), "2")

    assert in_a_new_process(*program).stdout


# --- what it keeps to itself -----------------------------------------------------


def test_nothing_said_is_logged(
    tmp_path: Path,
    spoken: SpokenForms,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither words nor phonemes, not even those that the voice does not have."""
    copy = made.copy_of_voice(tmp_path)
    letters = made.phonemes(copy)
    made.change(copy, phoneme_id_map={sign: ids for sign, ids in letters.items() if sign != "s"})
    caplog.set_level(logging.DEBUG)

    assert len(sound(PiperVoice(copy, spoken=spoken), "This is a secret."))

    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")
