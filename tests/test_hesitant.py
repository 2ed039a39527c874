"""The speech that hesitates: its labels are true, and it is the same each time."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parents[1]


def make(folder: Path) -> list[dict]:
    # eSpeak keeps one state for a process: here it must not be ours.
    script = ROOT / "scripts" / "make_hesitant.py"
    command = [sys.executable, script, "--turns", "24", "--out", folder]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return json.loads((folder / "labels.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, list[dict]]:
    folder = tmp_path_factory.mktemp("hesitant")
    return folder, make(folder)


def test_the_set_is_the_same_each_time(made, tmp_path):
    """Seeded: whoever measures measures the same, but for a few samples of eSpeak's."""
    for row, again in zip(made[1], make(tmp_path), strict=True):
        assert (again["file"], again["split"]) == (row["file"], row["split"])
        assert [word for word, _, _ in again["words"]] == [word for word, _, _ in row["words"]]
        assert again["end"] == pytest.approx(row["end"], abs=0.01)
        assert [place for _, _, place in again["pauses"]] == [
            place for _, _, place in row["pauses"]
        ]
        assert (tmp_path / row["file"]).stat().st_size > 0


def test_speakers_are_split_between_tuning_and_test(made):
    """Nobody is in both."""
    speakers = {row["speaker"]: row["split"] for row in made[1]}

    assert len(speakers) == 24
    assert sorted(set(speakers.values())) == ["test", "tuning"]


def test_pauses_are_quiet_and_the_end_is_the_end(made):
    """What the labels say can be heard."""
    folder, labels = made
    for row in labels:
        sound, rate = soundfile.read(folder / row["file"])
        assert np.abs(sound[round((row["end"] + 0.02) * rate) :]).max() < 0.02
        assert np.abs(sound[: round(row["end"] * rate)][-rate // 2 :]).max() > 0.02
        for start, end, _ in row["pauses"]:
            middle = sound[round((start + 0.02) * rate) : round((end - 0.02) * rate)]
            assert np.abs(middle).max() < 0.06  # A sigh may be in it.


def test_words_come_in_order_and_end_with_the_turn(made):
    """Each begins when the one before it is over, or later."""
    for row in made[1]:
        times = [time for _, start, end in row["words"] for time in (start, end)]
        assert times == sorted(times)
        assert times[-1] == pytest.approx(row["end"], abs=0.01)
