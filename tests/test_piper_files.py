"""Piper voices that do not work: each is one sentence with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from companion import paths
from companion.errors import EngineError, SpeakError
from companion.speak.piper import PiperVoice
from companion.text import SpokenForms, read_spoken_forms
from companion.values import Cleared, Style

from . import made
from .made import change, settings_of


@pytest.fixture(scope="module")
def spoken() -> SpokenForms:
    return read_spoken_forms(paths.content() / "en")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a voice of one's own to break."""
    return made.copy_of_voice(tmp_path)


def no_network(model: Path) -> None:
    model.unlink()


def no_settings(model: Path) -> None:
    settings_of(model).unlink()


def half_a_network(model: Path) -> None:
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])


def an_empty_network(model: Path) -> None:
    model.write_bytes(b"")


def something_else(model: Path) -> None:
    model.write_text("<!doctype html>")


def no_json(model: Path) -> None:
    settings_of(model).write_text("<!doctype html>")


def half_of_the_settings(model: Path) -> None:
    settings_of(model).write_bytes(settings_of(model).read_bytes()[:1000])


def settings_in_no_known_letters(model: Path) -> None:
    settings_of(model).write_bytes(b'"\xff"')


def a_list_of_settings(model: Path) -> None:
    settings_of(model).write_text("[]")


def no_rate(model: Path) -> None:
    change(model, audio=None)


def no_phonemes(model: Path) -> None:
    change(model, phoneme_id_map={"a": [1]})


def other_phonemes(model: Path) -> None:
    change(model, phoneme_type="pinyin")


def no_such_language(model: Path) -> None:
    change(model, espeak={"voice": "nosuch"})


def several_speakers(model: Path) -> None:
    change(model, num_speakers=2)


def too_many_phonemes(model: Path) -> None:
    letters = made.phonemes(model)
    change(model, phoneme_id_map=letters | {"h": [9_999]})


def a_silent_network(model: Path) -> None:
    change(model, phoneme_id_map={sign: [0] for sign in "^_$həloʊˈ."})


GET, VERIFY = "models get", "models verify"


@pytest.mark.parametrize(
    ("harm", "fix"),
    [
        (no_network, GET),
        (no_settings, GET),
        (half_a_network, VERIFY),
        (an_empty_network, VERIFY),
        (something_else, VERIFY),
        (no_json, VERIFY),
        (half_of_the_settings, VERIFY),
        (settings_in_no_known_letters, VERIFY),
        (a_list_of_settings, VERIFY),
        (no_rate, VERIFY),
        (no_phonemes, VERIFY),
        (other_phonemes, "phoneme_type is espeak"),
        (no_such_language, VERIFY),
        (several_speakers, VERIFY),
        (too_many_phonemes, VERIFY),
        (a_silent_network, VERIFY),
    ],
)
def test_a_bad_voice_is_one_sentence(
    copy: Path,
    spoken: SpokenForms,
    harm: Callable[[Path], None],
    fix: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """It says which file and what to do, and nothing of ONNX."""
    harm(copy)

    with pytest.raises(EngineError) as refused:
        PiperVoice(copy, spoken=spoken)

    assert fix in refused.value.fix
    assert str(copy) in refused.value.problem
    assert "ONNX" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__
    assert capfd.readouterr() == ("", "")


def test_a_fault_while_speaking_tells_no_words(
    copy: Path, spoken: SpokenForms, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is an error of speaking, so that the next voice takes over."""
    letters = made.phonemes(copy)
    change(copy, phoneme_id_map=letters | {"z": [9_999]})
    voice = PiperVoice(copy, spoken=spoken)

    with pytest.raises(SpeakError) as failed:
        list(voice.synthesize(Cleared("A zebra."), Style()))

    assert "zebra" not in str(failed.value)
    assert failed.value.__suppress_context__
    assert capfd.readouterr() == ("", "")
    assert list(voice.synthesize(Cleared("A horse."), Style()))
