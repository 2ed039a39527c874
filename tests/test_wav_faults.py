"""A file that is cut off, wrong or none at all: heard as far as it goes, or refused in words."""

import os
import resource
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.audio.wav import (
    TRUNCATED,
    FileMicrophone,
)
from companion.errors import AudioError
from companion.values import Samples

from .sound_files import AS_ROOT, heard, loudest_hertz, tone


def wav_with_size(path: Path, size: int, sound: Samples, *, behind: bytes = b"") -> Path:
    """Write a 16 kHz file whose header tells another size than it has."""
    soundfile.write(path, sound, 16_000, subtype="PCM_16", format="WAV")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(bytes(content) + behind)
    return path


@pytest.mark.parametrize("keep", [20_000, 20_001])
def test_a_truncated_wav_is_heard_as_far_as_it_goes(tmp_path: Path, keep: int) -> None:
    """What is there is heard, also with half a sample at the end, and it is noted."""
    path = tmp_path / "in.wav"
    soundfile.write(path, tone(16_000, 1.0), 16_000, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:keep])
    microphone = FileMicrophone(path)

    result = heard(microphone)

    assert len(result) == (keep - 44) // 2
    assert loudest_hertz(result, 16_000) == pytest.approx(440, abs=4)
    assert microphone.notes == (TRUNCATED,)


def test_a_truncated_flac_is_heard_almost_as_far_as_it_goes(tmp_path: Path) -> None:
    """At most a piece of a quarter of a second before the damage is lost."""
    path = tmp_path / "in.flac"
    noise = np.random.default_rng(1).normal(0, 0.1, 48_000).astype(np.float32)
    soundfile.write(path, noise, 16_000, format="FLAC")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    microphone = FileMicrophone(path)

    result = heard(microphone)

    assert 1.5 - 0.5 <= len(result) / 16_000 <= 1.5
    assert microphone.notes == (TRUNCATED,)


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_streamed_wav_of_unknown_length_is_heard(tmp_path: Path, size: int) -> None:
    """A recorder that crashed or wrote into a pipe left no length: all is heard, without a note."""
    path = wav_with_size(tmp_path / "in.wav", size, tone(16_000))
    microphone = FileMicrophone(path)

    assert np.allclose(heard(microphone), tone(16_000), atol=1e-4)
    assert microphone.notes == ()


def test_a_flac_of_unknown_length_is_heard(tmp_path: Path) -> None:
    """An encoder that wrote into a pipe left the number of samples at 0."""
    path = tmp_path / "in.flac"
    soundfile.write(path, tone(16_000), 16_000, format="FLAC")
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    path.write_bytes(bytes(content))
    microphone = FileMicrophone(path)

    assert len(heard(microphone)) == 8_000
    assert microphone.notes == ()


def test_what_stands_behind_the_sound_is_not_heard(tmp_path: Path) -> None:
    """A title after the sound is no noise at its end."""
    sound = tone(16_000)
    path = wav_with_size(tmp_path / "in.wav", 16_000, sound, behind=b"LIST\x04\0\0\0INFO")

    assert len(heard(FileMicrophone(path))) == 8_000


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.wav", b"", "is empty"),
        ("random.wav", np.random.default_rng(1).bytes(5_000), "is not sound"),
        ("letter.wav", b"Dear diary, today was better.\n" * 40, "is not sound"),
        ("zeros.wav", bytes(5_000), "is not sound"),
        ("half.wav", b"RIFF\x24\0\0\0WAVEfmt ", "is not sound"),
        ("song.mp3", np.random.default_rng(2).bytes(50_000), "is not sound"),
        ("take.raw", np.random.default_rng(3).bytes(5_000), "is not sound"),
    ],
)
def test_a_file_that_is_no_sound_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """One sentence says what is wrong, one what to do."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(AudioError, match=message) as refused:
        FileMicrophone(tmp_path / name)

    assert refused.value.fix == "Use a WAV, FLAC or OGG file."


def test_a_raw_name_does_not_hide_a_sound(tmp_path: Path) -> None:
    """What a file is stands in it, not in its name."""
    soundfile.write(tmp_path / "in.raw", tone(16_000), 16_000, format="WAV", subtype="PCM_16")

    assert len(heard(FileMicrophone(tmp_path / "in.raw"))) == 8_000


@pytest.mark.parametrize("size", [0, 16_000])
def test_a_file_without_any_sample_is_refused(tmp_path: Path, size: int) -> None:
    """A header alone is no recording."""
    path = wav_with_size(tmp_path / "in.wav", size, np.zeros(0, np.float32))

    with pytest.raises(AudioError, match="holds no sound"):
        FileMicrophone(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The name is told, for it is often misspelt."""
    with pytest.raises(AudioError, match=r"gone\.wav cannot be read"):
        FileMicrophone(tmp_path / "gone.wav")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is called a folder."""
    with pytest.raises(AudioError, match="is a folder"):
        FileMicrophone(tmp_path)


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """A named pipe without a writer would wait for ever."""
    os.mkfifo(tmp_path / "pipe.wav")

    with pytest.raises(AudioError, match="is not a file"):
        FileMicrophone(tmp_path / "pipe.wav")


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_refused(tmp_path: Path) -> None:
    """The system's own words say that the right is missing."""
    soundfile.write(tmp_path / "in.wav", tone(16_000), 16_000)
    (tmp_path / "in.wav").chmod(0)

    with pytest.raises(AudioError, match="Permission denied"):
        FileMicrophone(tmp_path / "in.wav")


@pytest.mark.parametrize("rate", [4_000, 384_000])
def test_a_rate_that_holds_no_speech_is_refused(tmp_path: Path, rate: int) -> None:
    """Below 8 kHz speech is lost; above 192 kHz something is wrong."""
    soundfile.write(tmp_path / "in.wav", tone(rate), rate)

    with pytest.raises(AudioError, match=f"{rate} Hz"):
        FileMicrophone(tmp_path / "in.wav")


def test_three_hours_need_no_more_memory_than_ten_minutes(tmp_path: Path) -> None:
    """The most memory ever used hardly grows after the first ten minutes."""
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 8_000, 1, format="FLAC") as file:
        minute = np.zeros(8_000 * 60, np.int16)
        for _ in range(180):
            file.write(minute)
    kilobyte = 1 if os.uname().sysname == "Linux" else 1_024
    used: list[int] = []

    for block in FileMicrophone(path).blocks():
        if round(block.start / 0.032) % 18_750 == 0:
            used.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // kilobyte)

    assert len(used) == 18
    assert used[17] - used[1] < 20_000
