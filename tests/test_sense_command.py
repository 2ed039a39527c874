"""`companion sense FILE... --baseline FILE`: one object a file, or one sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.commands.main import main

from . import voices


def record(path: Path, hertz: float, *, seed: int = 0, level: float = 1.0) -> Path:
    voice = voices.speak(hertz, 5, seed=seed)
    soundfile.write(path, level * voices.in_noise(voice, 35), voices.RATE)
    return path


@pytest.fixture
def calm(tmp_path: Path) -> list[str]:
    files = [record(tmp_path / f"calm{n}.wav", 150 + n, seed=n) for n in range(3)]
    return [word for path in files for word in ("--baseline", str(path))]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_higher_voice_ranks_above_a_calm_one(tmp_path, calm, capsys):
    """With an interval around it, and every key that is promised."""
    high, usual = record(tmp_path / "high.wav", 200), record(tmp_path / "usual.wav", 151, seed=9)
    code = main(["sense", str(high), str(usual), *calm, "--json"])
    raised, plain = rows(capsys)

    assert code == 0
    assert raised.keys() >= {"file", "stress_index", "interval", "quality", "features"}
    assert raised["stress_index"] > plain["stress_index"] + 1
    assert raised["interval"][0] < raised["stress_index"] < raised["interval"][1]
    assert raised["compared"] == 3
    assert raised["features"]["pitch_median"] == {
        "value": pytest.approx(200, rel=0.05),
        "unit": "Hz",
    }


def test_its_level_does_not_matter(tmp_path, calm, capsys):
    """The same voice at a tenth of the height has the same index."""
    loud = record(tmp_path / "loud.wav", 180)
    soft = record(tmp_path / "soft.wav", 180, level=0.1)
    main(["sense", str(loud), str(soft), *calm, "--json"])
    first, second = rows(capsys)

    assert second["stress_index"] == pytest.approx(first["stress_index"], abs=0.02)


def test_without_a_baseline_there_is_no_index(tmp_path, capsys):
    """The features are measured all the same."""
    main(["sense", str(record(tmp_path / "a.wav", 150)), "--json"])
    (row,) = rows(capsys)

    assert row["stress_index"] is None and row["interval"] is None
    assert row["quality"] == {"ok": True, "why": ""}
    assert row["why"] == "nothing to compare with"


def test_a_poor_recording_has_no_index_and_a_reason(tmp_path, calm, capsys):
    """Hiss is no voice."""
    soundfile.write(tmp_path / "hiss.wav", voices.noise(3, -30), voices.RATE)
    main(["sense", str(tmp_path / "hiss.wav"), *calm, "--json"])
    (row,) = rows(capsys)

    assert row["stress_index"] is None
    assert row["quality"]["ok"] is False and row["quality"]["why"].startswith("no voice")


def test_a_bad_baseline_is_one_sentence_and_the_rest_goes_on(tmp_path, calm, capsys):
    """A file that is no sound fails; one that is no voice is left out."""
    (tmp_path / "text.wav").write_text("hello")
    soundfile.write(tmp_path / "hiss.wav", voices.noise(3, -30), voices.RATE)
    high = record(tmp_path / "high.wav", 200)
    more = ["--baseline", str(tmp_path / "text.wav"), "--baseline", str(tmp_path / "hiss.wav")]
    code = main(["sense", str(high), *calm, *more, "--json"])
    shown = capsys.readouterr()

    assert code == 1
    assert len(shown.err.splitlines()) == 2
    assert "not used as a baseline (no voice" in shown.err
    assert json.loads(shown.out)["compared"] == 3


def test_a_sentence_says_how_far_it_is(tmp_path, calm, capsys):
    """For people: one line, no probability of stress."""
    main(["sense", str(record(tmp_path / "high.wav", 200)), *calm])
    line = capsys.readouterr().out

    assert "spreads from the baseline" in line
    assert "%)" not in line and "stress" not in line


def test_silence_is_no_error(tmp_path, calm, capsys):
    """Digital zero gives nulls and a reason."""
    soundfile.write(tmp_path / "zero.wav", np.zeros(16_000), voices.RATE)
    code = main(["sense", str(tmp_path / "zero.wav"), *calm, "--json"])
    (row,) = rows(capsys)

    assert code == 0 and row["stress_index"] is None
    assert row["quality"]["why"].startswith("silence")
