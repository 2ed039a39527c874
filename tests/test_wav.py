"""Sound files stand in for the devices, whatever state they are in."""

import os
import resource
import stat
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.audio.wav import (
    CLIPPED,
    NOT_NUMBERS,
    TRUNCATED,
    FileMicrophone,
    FileSpeaker,
    pcm16,
    write_stereo,
)
from companion.errors import AudioError
from companion.stages import Microphone, TimedSpeaker
from companion.values import AudioChunk, Samples

AS_ROOT = os.geteuid() == 0
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


def tone(rate: int, seconds: float = 0.5, hertz: float = 440.0, level: float = 0.3) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def heard(microphone: Microphone) -> Samples:
    blocks = [block.samples for block in microphone.blocks()]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def loudest_hertz(sound: Samples, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate / len(sound))


def rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


def wav_with_size(path: Path, size: int, sound: Samples, *, behind: bytes = b"") -> Path:
    """Write a 16 kHz file whose header tells another size than it has."""
    soundfile.write(path, sound, 16_000, subtype="PCM_16", format="WAV")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    path.write_bytes(bytes(content) + behind)
    return path


# --- the microphone -----------------------------------------------------------


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


# --- the speaker --------------------------------------------------------------


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
