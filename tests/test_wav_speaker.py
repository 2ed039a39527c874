"""What is said is written to a file as a loudspeaker plays it."""

import os
import resource
import stat
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.audio.wav import (
    FileMicrophone,
    FileSpeaker,
    pcm16,
    write_stereo,
)
from companion.errors import AudioError
from companion.stages import TimedSpeaker
from companion.values import AudioChunk, Samples

from .sound_files import AS_ROOT, heard, rms, tone


def chunk(sound: Samples, rate: int = 22_050) -> AudioChunk:
    return AudioChunk(sound, rate)


def speaker_at(seconds: float) -> FileSpeaker:
    speaker: TimedSpeaker = FileSpeaker()
    speaker.seek(seconds)
    assert isinstance(speaker, FileSpeaker)
    return speaker


def test_sound_begins_at_the_time_that_is_said() -> None:
    """Before it there is silence."""
    speaker = speaker_at(2.0)

    speaker.play(chunk(tone(22_050, 0.5)))

    result = speaker.samples()
    assert not result[:44_100].any()
    assert np.allclose(result[44_100:], tone(22_050, 0.5), atol=2e-5)
    assert speaker.drained() == pytest.approx(2.5)


def test_sound_waits_for_the_sound_before_it() -> None:
    """Chunks queue up; the time only holds what would come too early."""
    speaker = speaker_at(1.0)
    speaker.play(chunk(tone(22_050, 0.5)))
    speaker.seek(1.2)
    speaker.play(chunk(tone(22_050, 0.5)))
    speaker.seek(3.0)
    speaker.play(chunk(tone(22_050, 0.5)))

    assert speaker.drained() == pytest.approx(3.5)
    assert not speaker.samples()[44_100:66_150].any()
    assert rms(speaker.samples()[22_050:44_100]) == pytest.approx(0.212, rel=0.01)


def test_nothing_played_is_nothing() -> None:
    """An unused speaker has no samples and nothing to wait for."""
    speaker = FileSpeaker()
    speaker.stop()

    assert speaker.drained() == 0.0
    assert len(speaker.samples()) == 0


def test_stopping_cuts_what_has_not_been_heard() -> None:
    """Sound after the present time is gone, but for 5 ms in which it fades."""
    speaker = FileSpeaker()
    speaker.play(chunk(tone(22_050, 1.0)))
    speaker.play(chunk(tone(22_050, 1.0), 16_000))
    speaker.seek(0.4)

    speaker.stop()

    assert speaker.drained() == pytest.approx(0.405, abs=1e-4)
    assert np.allclose(speaker.samples()[:8_820], tone(22_050, 0.4), atol=2e-5)


def test_stopping_before_anything_sounds_forgets_it_all() -> None:
    """What was queued for later is never heard."""
    speaker = speaker_at(2.0)
    speaker.play(chunk(tone(22_050, 1.0)))

    speaker.stop(1.0)

    assert len(speaker.samples()) == 0


def test_stopping_does_not_click() -> None:
    """No step in the sound is larger than the tone's own."""
    sound = tone(22_050, 1.0, hertz=200.0)
    speaker = FileSpeaker()
    speaker.play(chunk(sound))
    # A quarter of a period: the tone is at its loudest.
    speaker.stop(0.4 + 1 / 800)

    result = np.append(speaker.samples(), 0.0)
    assert np.abs(np.diff(result)).max() <= np.abs(np.diff(sound)).max() * 1.01


def test_after_a_stop_sound_begins_at_the_present_time() -> None:
    """The next answer is not late because of the one that was cut."""
    speaker = FileSpeaker()
    speaker.play(chunk(tone(22_050, 5.0)))
    speaker.stop(1.0)
    speaker.seek(2.0)

    speaker.play(chunk(tone(22_050, 0.5)))

    assert speaker.drained() == pytest.approx(2.5)


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_chunks_of_another_rate_join_without_a_click(rate: int) -> None:
    """A tone cut into chunks sounds as the whole tone does."""
    sound = tone(rate, 1.0)
    whole, parts = FileSpeaker(), FileSpeaker()
    whole.play(chunk(sound, rate))

    for first in range(0, rate, 999):
        parts.play(chunk(sound[first : first + 999], rate))

    assert parts.drained() == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(parts.samples(), whole.samples())
    assert np.allclose(whole.samples()[500:-500], tone(22_050, 1.0)[500:-500], atol=1e-3)


def test_too_loud_is_cut_and_no_number_is_silence() -> None:
    """Sixteen bits cannot wrap around."""
    sound = np.array([2.0, -2.0, np.nan, np.inf, 0.5, 1.0, -1.0], np.float32)

    assert pcm16(sound).tolist() == [32_767, -32_768, 0, 0, 16_384, 32_767, -32_768]


def test_a_written_file_is_read_back_unchanged(tmp_path: Path) -> None:
    """What was played is what a microphone hears of the file."""
    speaker = speaker_at(0.25)
    speaker.play(chunk(tone(22_050, 0.5)))

    speaker.write(tmp_path / "out.wav")

    result = heard(FileMicrophone(tmp_path / "out.wav", rate=22_050))
    assert np.array_equal(result, speaker.samples())
    assert soundfile.info(tmp_path / "out.wav").subtype == "PCM_16"


def test_the_same_sound_is_the_same_bytes(tmp_path: Path) -> None:
    """A file holds no date and no version."""
    for name in ("one.wav", "two.wav"):
        speaker = FileSpeaker()
        speaker.play(chunk(tone(22_050, 0.5)))
        speaker.write(tmp_path / name)

    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


def test_a_written_file_says_that_it_is_synthetic(tmp_path: Path) -> None:
    """The mark stands where programs look for a comment."""
    FileSpeaker().write(tmp_path / "out.wav")

    with soundfile.SoundFile(tmp_path / "out.wav") as file:
        assert "Synthetic speech" in file.comment


def test_only_the_owner_may_read_a_written_file(tmp_path: Path) -> None:
    """Also where another file stood before."""
    path = tmp_path / "out.wav"
    path.write_bytes(b"old")
    path.chmod(0o644)

    FileSpeaker().write(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.wav"]


def test_stereo_pads_the_shorter_side(tmp_path: Path) -> None:
    """Left the person, right the companion, both from second 0."""
    left, right = tone(16_000, 1.0), tone(16_000, 0.5, hertz=880.0)

    write_stereo(tmp_path / "out.wav", left, right, 16_000)

    result, rate = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert (result.shape, rate) == ((16_000, 2), 16_000)
    assert np.allclose(result[:, 0], left, atol=2e-5)
    assert not result[8_000:, 1].any()


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """The path is named, and what to do."""
    with pytest.raises(AudioError, match=r"nowhere/out\.wav cannot be written") as refused:
        FileSpeaker().write(tmp_path / "nowhere" / "out.wav")

    assert "folder" in refused.value.fix


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    """A name that is taken by a folder is refused, and nothing is left behind."""
    (tmp_path / "out.wav").mkdir()

    with pytest.raises(AudioError, match="cannot be written"):
        FileSpeaker().write(tmp_path / "out.wav")

    assert os.listdir(tmp_path) == ["out.wav"]


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_told(tmp_path: Path) -> None:
    """The system's own words say that the right is missing."""
    tmp_path.chmod(0o500)

    with pytest.raises(AudioError, match="Permission denied"):
        FileSpeaker().write(tmp_path / "out.wav")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A file appears whole or not at all; a limit on its size stands for the full disk."""
    (tmp_path / "out.wav").write_bytes(b"old")
    speaker = FileSpeaker()
    speaker.play(chunk(tone(22_050, 10.0)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(AudioError, match="cannot be written"):
            speaker.write(tmp_path / "out.wav")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (tmp_path / "out.wav").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out.wav"]


def test_a_long_silence_is_written_in_parts(tmp_path: Path) -> None:
    """An hour before the first word needs no hour of memory."""
    speaker = FileSpeaker(8_000)
    speaker.seek(3_600)
    speaker.play(chunk(tone(8_000, 0.1), 8_000))

    speaker.write(tmp_path / "out.wav")

    assert soundfile.info(tmp_path / "out.wav").frames == 3_600 * 8_000 + 800
