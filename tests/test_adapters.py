"""Other people's benchmarks can be pointed at us; here with turns that we made."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.commands.bench_people import RATE, Script, Speaker, speak
from companion.parts import read_parts
from companion.settings import Settings

ROOT = Path(__file__).parents[1]
TURNS = ("I tried to sleep, [1.4] but I kept thinking about tomorrow.", "Work is too much.")


@pytest.fixture(scope="module")
def spoken():
    script = Script(speakers=(Speaker(voice="en-gb", speed=1.0),), turns=TURNS)
    return speak(read_parts(Settings()), script, 2)


def run(script: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / script), "--data", str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def padded(sound: np.ndarray, seconds: float) -> np.ndarray:
    noise = 0.0008 * np.random.default_rng(1).standard_normal(round(seconds * RATE))
    return np.concatenate((sound, np.zeros(len(noise)))) + np.pad(noise, (len(sound), 0))


def test_the_turns_of_eot_bench_give_cut_offs_and_dead_air(tmp_path, spoken):
    """Short holds cut off the turn with a pause; the patient ones do not."""
    rows = []
    for number, turn in enumerate(spoken):
        soundfile.write(tmp_path / f"{number}.wav", padded(turn.sound, 1.0), RATE)
        spans = [{"start": 1.0, "end": 2.4}] * turn.pauses
        spans += [{"start": turn.end, "end": turn.end + 1}]
        rows.append(json.dumps({"id": number, "audio": f"{number}.wav", "silence_spans": spans}))
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    done = run("measure_eot.py", tmp_path)
    found = {
        cells[1].strip(): (cells[2].strip(), float(cells[3]))
        for line in done.stdout.splitlines()
        if len(cells := line.split("|")) == 6 and "x" in cells[1]
    }

    assert done.returncode == 0, done.stderr
    assert found["balanced x 0.3"][0] == "50.0%"
    assert found["patient x 1.5"][0] == "0.0%"
    # One of the two has a pause in it, from which its hold was learned: it is longer.
    assert 1.0 < found["patient x 1"][1] < 1.6


def test_the_recordings_of_full_duplex_bench_are_answered_in_time(tmp_path, spoken):
    """An output as long as the input, silent until the turn is over."""
    folder = tmp_path / "pause_handling" / "1"
    folder.mkdir(parents=True)
    soundfile.write(folder / "input.wav", padded(spoken[1].sound, 5.0), RATE)
    settings = tmp_path / "settings.yaml"
    settings.write_text("hear: {recogniser: typed}\nthink: {mind: written}\n")
    done = run("full_duplex_bench.py", tmp_path, "--settings", str(settings))
    said, rate = soundfile.read(folder / "output.wav")

    assert done.returncode == 0, done.stderr
    assert "into 0 of them" in done.stdout
    assert len(said) / rate == pytest.approx(spoken[1].end + 5.0, abs=0.01)
    assert not said[: round(spoken[1].end * rate)].any()
    assert said.any()


@pytest.mark.parametrize("script", ["measure_eot.py", "full_duplex_bench.py"])
def test_without_data_there_is_one_sentence(script, tmp_path):
    """And where to read what is expected."""
    done = run(script, tmp_path)

    assert done.returncode == 2
    assert "see the top of this file" in done.stdout
