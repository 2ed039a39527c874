"""sessions, session, panic: as a person, or a program, meets them."""

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion import paths
from companion.audio.files import SYNTHETIC
from companion.commands import led as leading
from companion.commands.main import main
from companion.exercise import Manner
from companion.sessions.script import read_scripts
from tests.sessions_made import HEAD, RHYTHM, VOICE
from tests.sessions_made import home as home

ROOT = Path(__file__).parents[1]
SHIPPED = read_scripts(paths.content() / "en" / "sessions")


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- which there are ---------------------------------------------------------------------------


def test_each_exercise_is_named_with_the_promised_keys(home, capsys):
    """One object a line."""
    assert main(["sessions", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert {row["name"] for row in rows} == SHIPPED.keys()
    for row in rows:
        assert list(row) == ["name", "title", "minutes", "for"]
        assert row["minutes"] > 0 and row["for"] and row["title"]


def test_the_list_fits_a_terminal(home, capsys):
    """Eighty columns."""
    assert main(["sessions"]) == 0

    assert max(map(len, capsys.readouterr().out.splitlines())) < 80


def test_an_exercise_of_ones_own_is_found_and_led(home, capsys):
    """A file in the data folder, and nothing else."""
    own = home / "home" / "sessions"
    own.mkdir()
    (own / "mine.yaml").write_text(HEAD + RHYTHM, encoding="utf-8")

    assert main(["session", "mine", "--out", str(home / "mine.wav")]) == 0
    assert soundfile.info(home / "mine.wav").duration == pytest.approx(60, abs=5)


# --- into a file ---------------------------------------------------------------------------------


def test_a_rendered_exercise_is_plain_sound_that_says_it_is_synthetic(home):
    """16 bits, one channel, audible within the first second."""
    out = home / "out.wav"
    assert main(["session", "exhale46", "--out", str(out), "--minutes", "1"]) == 0
    sound, rate = soundfile.read(out, dtype="float32")
    info = soundfile.info(out)

    assert (info.subtype, info.channels, info.format) == ("PCM_16", 1, "WAV")
    assert np.abs(sound[:rate]).max() > 0.05
    assert SYNTHETIC.encode() in out.read_bytes()[:400]
    assert len(sound) / rate == pytest.approx(60, abs=6)


def test_the_timeline_has_the_promised_keys_and_is_in_step_with_the_file(home):
    """One object a beat, in order; the last is the end."""
    out, timeline = home / "out.wav", home / "out.jsonl"
    assert main(["session", "box", "--out", str(out), "--timeline", str(timeline)]) == 0
    rows = lines(timeline)

    for row in rows:
        assert row.keys() == {
            "at",
            "seconds",
            "kind",
            "round",
            "sound" if "sound" in row else "text",
        }
    assert rows[-1]["kind"] == "end"
    assert rows[-1]["at"] <= soundfile.info(out).duration
    assert all(first["at"] <= second["at"] for first, second in pairwise(rows))
    tones = [row["at"] for row in rows if row["kind"] == "sound"]
    assert [second - first for first, second in pairwise(tones)] == pytest.approx(
        [3.0] * (len(tones) - 1), abs=1e-4
    )


def test_the_same_exercise_is_the_same_bytes(home):
    """From one process to the next; within one, a voice may differ by a hair."""
    made = []
    for number in range(2):
        out = home / f"{number}.wav"
        command = [sys.executable, "-m", "companion", "session", "mindful-minute"]
        subprocess.run(
            [*command, "--out", str(out)], check=True, cwd=ROOT, capture_output=True, timeout=120,
            env={"COMPANION_HOME": str(home / "home"), "PATH": os.defpath},
        )  # fmt: skip
        made.append(out.read_bytes())

    assert made[0] == made[1]


def test_panic_begins_with_the_reviewed_red_flags(home):
    """With this person's number, before any breath; then "this may be panic"."""
    out, timeline = home / "out.wav", home / "out.jsonl"
    (home / "home" / "companion.yaml").write_text(VOICE + "person: {country: GB}\n")
    assert main(["panic", "--out", str(out), "--timeline", str(timeline), "--minutes", "3"]) == 0
    rows = lines(timeline)
    said = [row["text"] for row in rows if row["kind"] == "say"]

    assert rows[0]["at"] < 1.0
    assert said[0].startswith("If there is pain or pressure in your chest") and "999" in said[0]
    assert any("this may be panic" in text for text in said)
    first_breath = next(row for row in rows if row.get("sound") == "in")
    assert said.index(next(text for text in said if "may be panic" in text)) < rows.index(
        first_breath
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["session", "boxing", "--out", "x.wav"], "no exercise 'boxing'.*Use one of: 4-7-8"),
        (["session", "grounding", "--out", "x.wav", "--minutes", "9"], "as long as it takes"),
        (["session", "body-scan", "--out", "x.wav", "--minutes", "1"], "takes 3 minutes or more"),
        (["session", "leaves", "--out", "x.wav", "--sounds-only"], "is led by words"),
        (["session", "leaves", "--out", "x.wav", "--choice", "rain"], "no choice 'rain'"),
        (["session", "box", "--out", "x.wav", "--health", "flu"], "'flu' is not known"),
        (["session", "box", "--out", "x.wav", "--health", "driving"], "not for now .driving."),
        (["session", "box", "--out", "x.wav", "--health", "water"], "not for now .being in water."),
        (["session", "leaves", "--out", "x.wav", "--voice", "nobody"], "no voice called 'nobody'"),
        (["session", "box", "--timeline", "x.jsonl"], "--timeline needs --out"),
        (["session", "box", "--out", "no/such/folder/x.wav"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(home, capsys, arguments, problem):
    """And with what to do."""
    assert main(arguments) == 1

    assert re.search(problem, capsys.readouterr().err)
    assert not Path("x.wav").exists()


@pytest.mark.parametrize("minutes", ["nan", "inf", "-3", "0", "600", "soon"])
def test_minutes_are_a_number_that_makes_sense(minutes, capsys):
    """Else it is wrong usage."""
    with pytest.raises(SystemExit) as ended:
        main(["session", "box", "--minutes", minutes])

    assert ended.value.code == 2


def test_a_condition_puts_another_exercise_in_its_place(home, capsys):
    """And it is said why."""
    out, timeline = home / "out.wav", home / "out.jsonl"
    arguments = ["session", "box", "--health", "pregnancy", "--minutes", "2"]
    assert main([*arguments, "--out", str(out), "--timeline", str(timeline)]) == 0

    assert "being pregnant" in capsys.readouterr().err
    assert {row.get("sound") for row in lines(timeline)} == {None, "in", "out"}


def test_underscores_and_capitals_are_no_mistake(home):
    """Body_Scan is body-scan."""
    out = home / "out.wav"

    assert main(["session", "Body_Scan", "--minutes", "3", "--out", str(out)]) == 0


def test_another_voice_can_be_named(home):
    """The silent one leaves the tones."""
    out, timeline = home / "out.wav", home / "out.jsonl"
    arguments = ["session", "exhale46", "--minutes", "1", "--voice", "silent"]
    assert main([*arguments, "--out", str(out), "--timeline", str(timeline)]) == 0
    sound, rate = soundfile.read(out)
    first = next(row["at"] for row in lines(timeline) if row["kind"] == "sound")

    assert not sound[: int(first * rate) - 10].any()
    assert sound[int(first * rate) :].any()


def test_noise_can_be_laid_beneath(home):
    """Between the sounds it is not silent then."""
    levels = []
    for extra in ([], ["--noise"]):
        out = home / "out.wav"
        assert main(["session", "grounding", "--out", str(out), *extra]) == 0
        sound, rate = soundfile.read(out)
        levels.append(np.std(sound[30 * rate : 32 * rate]))

    assert levels[0] < 1e-4 < 0.01 < levels[1]


# --- aloud, in a talk ----------------------------------------------------------------------------


def led(monkeypatch, *arguments):
    """Lead an exercise aloud; give what the talk would begin with."""
    begun = []
    monkeypatch.setattr(leading, "lead", lambda *given: begun.append(given) or 0)
    assert main(["session", *arguments]) == 0
    return begun[0][:3]


def test_aloud_it_is_led_in_a_talk_as_it_was_asked_for(home, monkeypatch):
    """With its minutes, its choice, sounds alone, noise."""
    found = led(monkeypatch, "exhale46", "--minutes", "3", "--sounds-only", "--noise")

    assert found == ("exhale46", 3.0, Manner(words=False, bed=True))
    assert led(monkeypatch, "box") == ("box", None, Manner())


def test_nobody_who_drives_is_led_aloud(home, monkeypatch, capsys):
    """That is said before anything is loaded."""
    monkeypatch.setattr(leading, "lead", None)

    assert main(["session", "exhale46", "--health", "driving"]) == 1
    assert "not for now (driving)" in capsys.readouterr().err
