"""`sense` without files: consent, calibration, weeks; in this process, with a diary of its own."""

import io
import json
import sys
from datetime import timedelta

import numpy as np
import pytest
import soundfile

from companion import paths
from companion.commands.main import main
from companion.commands.now import now
from companion.commands.own_voice import ENOUGH, LONGEST, spoken
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.turns import TurnRules
from companion.memory import keys
from companion.memory.entries import Measure, Voice
from companion.memory.journal import Journal
from companion.memory.secrets import read_key_file
from companion.memory.vault import Vault
from companion.sense.features import PitchReader
from companion.sense.usual import SPREADS
from companion.values import AudioChunk

from . import tones, voices


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command with a key file; give its code, output and error output."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMPANION_PASSPHRASE", raising=False)

    def run_it(*arguments, said=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        code = main(["--key-file", str(tmp_path / "key"), *arguments])
        return code, *capsys.readouterr()

    return run_it


def fill(tmp_path, run, weeks):
    """Put eight utterances of each week into the diary; `weeks` says how far they lie off."""
    run("sense")
    folder = paths.profile_folder("me")
    key = keys.unlock(folder, "file", read_key_file(tmp_path / "key"))
    vault, random = Vault(folder, key), np.random.default_rng(0)
    first = now() - timedelta(weeks=len(weeks))
    for week, apart in enumerate(weeks):
        for number in range(8):
            features = {"voiced": Measure(value=4.0, unit="seconds")} | {
                name: Measure(
                    value=10 + apart.get(name, 0.0) + 0.1 * SPREADS[name] * random.normal(), unit=""
                )
                for name in ("pitch_level", "nuclei_rate", "pause_share")
            }
            at = first + timedelta(weeks=week, hours=number)
            Journal(vault).add(Voice(features=features), at=at, zone="UTC", now=now())
    vault.close()


@pytest.mark.parametrize(("answer", "looks"), [("yes\n", True), ("no\n", False), ("", False)])
def test_consent_is_explained_and_takes_a_yes(run, answer, looks):
    """Typed; silence is no consent."""
    code, out, _ = run("sense", "--agree", said=answer)

    assert code == 0
    assert "never the sound" in out and "stop looking at my voice" in out
    assert ("is looked at" in run("sense")[1]) == looks


def test_it_ends_and_is_deleted(run, tmp_path):
    """In one command each."""
    run("sense", "--agree", said="yes\n")
    assert run("sense", "--stop")[0] == 0
    assert "is not looked at" in run("sense")[1]

    fill(tmp_path, run, [{}])
    assert "8 utterances" in run("sense")[1]
    assert "deleted" in run("sense", "--forget")[1]
    assert "0 utterances" in run("sense")[1]


def test_without_consent_nothing_is_calibrated(run, tmp_path):
    """And it says what to do."""
    sound = tmp_path / "calm.wav"
    soundfile.write(sound, tones.spoken(), voices.RATE)
    code, _, err = run("sense", "--calibrate", str(sound))

    assert (code, err) == (
        1, "You have not agreed that your voice is looked at. companion sense --agree\n"
    )  # fmt: skip


def test_recordings_calibrate_at_once_and_bad_ones_are_named(run, tmp_path):
    """One sentence for each that will not do."""
    run("sense", "--agree", said="yes\n")
    good, noise, none = (tmp_path / name for name in ("good.wav", "noise.wav", "none.wav"))
    soundfile.write(good, tones.spoken(), voices.RATE)
    soundfile.write(noise, voices.noise(3, -20), voices.RATE)
    code, out, err = run("sense", "--calibrate", *map(str, (good, noise, none)))

    assert code == 1
    assert out == "1 utterance is kept as your usual voice.\n"
    assert "no voice" in err and "none.wav cannot be read" in err
    (entry,) = run("journal", "list", "--kind", "voice", "--json")[1].splitlines()
    assert json.loads(entry)["body"]["calibration"] is True


def test_a_calibration_through_a_microphone_ends_by_itself():
    """After enough voice; and where nobody speaks, after three minutes."""
    turn = np.concatenate([tones.spoken(seconds=8.0), voices.noise(2.0, -70)])
    ear = TurnEar(EnergyDetector(), rules=TurnRules(), preroll=0.5, speech=0.5)

    class Endless:
        def __init__(self, sound):
            self.sound, self.end = sound, 0.0

        def blocks(self):
            while True:
                for chunk in voices.chunks(self.sound, 1_600):
                    yield AudioChunk(chunk.samples, voices.RATE, self.end)
                    self.end += chunk.seconds

        def close(self):
            pass

    talking, silent = Endless(turn), Endless(voices.quiet(10))
    found = list(spoken(talking, ear, PitchReader()))

    assert all(prosody.quality.ok for prosody in found)
    assert ENOUGH <= sum(prosody.features["voiced"].value or 0 for prosody in found) < ENOUGH + 10
    assert list(spoken(silent, ear, PitchReader())) == []
    assert silent.end == pytest.approx(LONGEST, abs=0.2)


def test_weeks_are_held_against_the_first_days(run, tmp_path):
    """What moved is told in words, with its doubt; nothing is called good or bad."""
    moved = {"nuclei_rate": -0.6, "pause_share": 0.1}
    fill(tmp_path, run, [{}, {}, {}, moved])
    code, out, _ = run("sense", "--weekly")

    assert code == 0
    assert "in the last week you spoke slower and you paused more." in out
    assert "no measure of how you are" in out
    assert "depress" not in out and "stress" not in out
    rows = [json.loads(line) for line in run("sense", "--weekly", "--json")[1].splitlines()]
    assert sum(row["utterances"] for row in rows) == 32
    assert rows[-1]["change"]["nuclei_rate"] == {
        "value": pytest.approx(-0.6, abs=0.1), "unit": "per second",
    }  # fmt: skip


def test_a_week_like_the_first_ones_is_told_as_such(run, tmp_path):
    """No change is news, too."""
    fill(tmp_path, run, [{}] * 4)

    assert "much like in the first days" in run("sense", "--weekly")[1]


@pytest.mark.parametrize(("weeks", "told"), [(0, "no week yet"), (1, "still learning")])
def test_too_few_weeks_say_so(run, tmp_path, weeks, told):
    """Nothing is compared with nothing."""
    fill(tmp_path, run, [{}] * weeks)

    assert told in run("sense", "--weekly")[1]


def test_a_voice_that_moved_for_good_is_reported_and_not_absorbed(run, tmp_path):
    """The reference is frozen: after half a year the change still shows."""
    fill(tmp_path, run, [{}] * 3 + [{"pitch_level": -1.5}] * 20)

    assert "one and a half semitones lower" in run("sense", "--weekly")[1]


def test_files_and_ones_own_voice_are_not_mixed(run):
    """One sentence."""
    code, _, err = run("sense", "--weekly", "a.wav")

    assert code == 1 and "takes no files" in err


def test_whoever_was_born_too_late_is_not_asked(run, tmp_path):
    """The year of birth in the settings is enough."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(f"person: {{born: {now().year - 12}}}\n")
    code, out, _ = run("--settings", str(settings), "sense", "--agree", said="yes\n")

    assert code == 0 and "under eighteen" in out
    assert "is not looked at" in run("sense")[1]
