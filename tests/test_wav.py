"""A sound file of any kind is heard as a microphone is."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.audio.wav import (
    CLIPPED,
    NOT_NUMBERS,
    FileMicrophone,
)

from .sound_files import heard, loudest_hertz, rms, tone

KINDS = [
    ("WAV", "PCM_U8"),
    ("WAV", "PCM_16"),
    ("WAV", "PCM_24"),
    ("WAV", "PCM_32"),
    ("WAV", "FLOAT"),
    ("WAV", "DOUBLE"),
    ("FLAC", "PCM_16"),
    ("FLAC", "PCM_24"),
    ("OGG", "VORBIS"),
]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize(("container", "subtype"), KINDS)
def test_a_file_of_any_kind_is_heard(
    tmp_path: Path, container: str, subtype: str, rate: int, channels: int
) -> None:
    """Pitch, loudness and length come through, at 16 kHz and mono."""
    path = tmp_path / "in.sound"
    sound = np.repeat(tone(rate)[:, None], channels, axis=1)
    soundfile.write(path, sound, rate, subtype=subtype, format=container)

    microphone = FileMicrophone(path)
    result = heard(microphone)

    assert result.dtype == np.float32
    assert abs(len(result) - 8_000) <= 1
    assert loudest_hertz(result, 16_000) == pytest.approx(440, abs=2)
    assert rms(result) == pytest.approx(rms(tone(rate)), rel=0.03)
    assert microphone.notes == ()


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_blocks_follow_each_other_without_a_gap(tmp_path: Path, rate: int) -> None:
    """Every block has 512 samples and begins where the last one ended; only the end is shorter."""
    soundfile.write(tmp_path / "in.wav", tone(rate, 1.01), rate)

    blocks = list(FileMicrophone(tmp_path / "in.wav").blocks())

    assert [len(block.samples) for block in blocks[:-1]] == [512] * (len(blocks) - 1)
    assert 0 < len(blocks[-1].samples) <= 512
    assert [block.start for block in blocks] == [n * 512 / 16_000 for n in range(len(blocks))]


def test_another_rate_can_be_asked_for(tmp_path: Path) -> None:
    """Blocks last 32 ms at any rate."""
    soundfile.write(tmp_path / "in.wav", tone(16_000), 16_000)

    blocks = list(FileMicrophone(tmp_path / "in.wav", rate=48_000).blocks())

    assert {block.rate for block in blocks} == {48_000}
    assert len(blocks[0].samples) == 1_536


def test_sixteen_kilohertz_is_passed_on_unchanged(tmp_path: Path) -> None:
    """What is in the file is what is heard, sample by sample."""
    sound = tone(16_000)
    soundfile.write(tmp_path / "in.wav", sound, 16_000, subtype="FLOAT")

    assert np.array_equal(heard(FileMicrophone(tmp_path / "in.wav")), sound)


def test_a_click_stays_where_it_was(tmp_path: Path) -> None:
    """Resampling moves nothing in time."""
    sound = np.zeros(48_000, np.float32)
    sound[24_000] = 1.0
    soundfile.write(tmp_path / "in.wav", sound, 48_000, subtype="FLOAT")

    assert abs(int(np.argmax(np.abs(heard(FileMicrophone(tmp_path / "in.wav"))))) - 8_000) <= 1


def test_channels_are_averaged(tmp_path: Path) -> None:
    """A voice on one side of a stereo file is heard at half its level."""
    left = tone(16_000)
    both = np.stack((left, np.zeros_like(left)), axis=1)
    soundfile.write(tmp_path / "in.wav", both, 16_000, subtype="FLOAT")

    assert np.allclose(heard(FileMicrophone(tmp_path / "in.wav")), left / 2)


@pytest.mark.parametrize("channels", [6, 64])
def test_many_channels_are_heard(tmp_path: Path, channels: int) -> None:
    """A studio recording is only a wider one."""
    sound = np.repeat(tone(48_000)[:, None], channels, axis=1)
    soundfile.write(tmp_path / "in.wav", sound, 48_000)

    assert rms(heard(FileMicrophone(tmp_path / "in.wav"))) == pytest.approx(0.212, rel=0.03)


@pytest.mark.parametrize("seconds", [1 / 16_000, 0.1])
def test_a_very_short_file_is_heard(tmp_path: Path, seconds: float) -> None:
    """Even one sample is sound."""
    soundfile.write(tmp_path / "in.wav", tone(16_000, seconds), 16_000)

    assert len(heard(FileMicrophone(tmp_path / "in.wav"))) == round(seconds * 16_000)


def test_silence_is_heard_as_silence(tmp_path: Path) -> None:
    """A silent file is no error and has nothing odd about it."""
    soundfile.write(tmp_path / "in.wav", np.zeros(48_000), 48_000)

    microphone = FileMicrophone(tmp_path / "in.wav")

    assert not heard(microphone).any()
    assert microphone.notes == ()


def test_the_fastest_rate_is_heard(tmp_path: Path) -> None:
    """192 kHz is the most that sound cards give."""
    soundfile.write(tmp_path / "in.wav", tone(192_000), 192_000)

    assert len(heard(FileMicrophone(tmp_path / "in.wav"))) == 8_000


def test_a_file_is_heard_the_same_each_time(tmp_path: Path) -> None:
    """Two microphones on one file, and one asked twice, give the same samples."""
    noise = np.random.default_rng(1).normal(0, 0.1, 44_100).astype(np.float32)
    soundfile.write(tmp_path / "in.wav", noise, 44_100)
    first, second = FileMicrophone(tmp_path / "in.wav"), FileMicrophone(tmp_path / "in.wav")

    assert np.array_equal(heard(first), heard(second))
    assert np.array_equal(heard(first), heard(second))


def test_closing_ends_the_stream(tmp_path: Path) -> None:
    """After a close no block follows, and closing twice does no harm."""
    soundfile.write(tmp_path / "in.wav", tone(16_000, 2.0), 16_000)
    microphone = FileMicrophone(tmp_path / "in.wav")

    blocks = microphone.blocks()
    next(blocks)
    microphone.close()
    microphone.close()

    assert list(blocks) == []
    assert list(microphone.blocks()) == []


def test_a_recording_that_was_too_loud_is_noted(tmp_path: Path) -> None:
    """More than one sample in a thousand at full scale means that the sound was cut."""
    soundfile.write(tmp_path / "in.wav", np.clip(tone(16_000, level=2.0), -1, 1), 16_000)
    microphone = FileMicrophone(tmp_path / "in.wav")

    heard(microphone)

    assert microphone.notes == (CLIPPED,)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "FLOAT"])
def test_a_single_peak_at_full_scale_is_not_noted(tmp_path: Path, subtype: str) -> None:
    """A recording may touch full scale once."""
    sound = tone(16_000)
    sound[100] = 1.0
    soundfile.write(tmp_path / "in.wav", sound, 16_000, subtype=subtype)
    microphone = FileMicrophone(tmp_path / "in.wav")

    heard(microphone)

    assert microphone.notes == ()


def test_samples_that_are_no_numbers_are_silence(tmp_path: Path) -> None:
    """NaN and infinity count as 0, and what is beyond full scale is cut."""
    sound = tone(16_000)
    sound[10:13] = [np.nan, np.inf, -np.inf]
    sound[20:22] = [1e30, -1e30]
    soundfile.write(tmp_path / "in.wav", sound, 16_000, subtype="FLOAT")
    microphone = FileMicrophone(tmp_path / "in.wav")

    result = heard(microphone)

    assert list(result[10:13]) == [0, 0, 0]
    assert list(result[20:22]) == [1, -1]
    assert NOT_NUMBERS in microphone.notes
