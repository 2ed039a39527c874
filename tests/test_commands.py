"""The command line as a person, or a program, meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "companion" / "data" / "demo" / "american.flac"


def companion(
    *arguments: object, text: str | bytes = "", home: Path, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    given = text.encode() if isinstance(text, str) else text
    done = subprocess.run(
        [sys.executable, *python, "-m", "companion", *map(str, arguments)],
        input=given, capture_output=True, cwd=home, timeout=180, check=False,
        env={"COMPANION_HOME": str(home / "data"), "PATH": os.defpath, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def objects(done: subprocess.CompletedProcess[str]) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def tone(path: Path, seconds: float, rate: int = 16_000, level: float = 0.1) -> Path:
    time = np.arange(round(seconds * rate)) / rate
    soundfile.write(path, level * np.sin(2 * np.pi * 220 * time), rate)
    return path


# --- chat, guard -----------------------------------------------------------------------


def test_chat_answers_each_line_with_the_promised_keys(tmp_path):
    """One object a turn."""
    turns = objects(companion("chat", "--json", text="i feel sad\ni want to die\n", home=tmp_path))

    assert [turn["turn"] for turn in turns] == [1, 2]
    assert all({"turn", "heard", "risk", "act", "skill", "said"} <= turn.keys() for turn in turns)
    assert turns[0]["heard"] == "i feel sad"
    assert (turns[1]["act"], turns[1]["risk"]) == ("safety", "concern")
    assert all(turn["said"] for turn in turns)


def test_chat_without_a_terminal_asks_nothing_first(tmp_path):
    """Nothing is printed before the first line is answered."""
    done = companion("chat", text="", home=tmp_path)

    assert (done.returncode, done.stdout) == (0, "")


def test_chat_carries_risk_from_turn_to_turn(tmp_path):
    """A denial lowers nothing."""
    turns = objects(companion("chat", "--json", text="i want to die\nno\nbye\n", home=tmp_path))

    assert [turn["risk"] for turn in turns] == ["concern"] * 3


def test_each_line_of_guard_is_judged_alone_also_an_empty_one(tmp_path):
    """One object a line, nothing carried over."""
    lines = "i want to kill myself\n\nhello\nthis traffic is killing me\n"
    judged = objects(companion("guard", "--json", text=lines, home=tmp_path))

    assert [row["level"] for row in judged] == ["concern", "none", "none", "none"]
    assert judged[0]["ask"] is True
    assert judged[0]["kinds"] == ["suicide"]
    assert judged[0]["why"]
    assert judged[1] == {"level": "none", "kinds": [], "ask": False, "why": []}


def test_a_very_long_line_is_judged_too(tmp_path):
    """No crash and no hang on a hundred thousand letters."""
    long = "i am so very tired of it " * 4_000 + "and i want to kill myself\n"
    (judged,) = objects(companion("guard", "--json", text=long, home=tmp_path))

    assert judged["level"] != "none"


@pytest.mark.parametrize("command", [("chat",), ("guard",), ("say", "--out", "a.wav")])
def test_text_that_is_not_utf8_is_one_sentence(command, tmp_path):
    """Exit 1, no traceback."""
    done = companion(*command, text=b"caf\xe9\n", home=tmp_path, python=("-X", "utf8"))

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "UTF-8" in done.stderr


# --- hear, sense --------------------------------------------------------------------------


def test_hear_gives_words_times_and_the_engine(tmp_path):
    """One object a file, in order."""
    heard = objects(companion("hear", DEMO, tone(tmp_path / "a.wav", 0.1), "--json", home=tmp_path))

    assert [row["file"] for row in heard] == [str(DEMO), str(tmp_path / "a.wav")]
    first = heard[0]
    assert first["engine"] == "sphinx"
    assert first["seconds"] == pytest.approx(48, abs=2)
    assert "worried about my job" in first["text"]
    assert {"word", "start", "end", "confidence"} == first["words"][0].keys()
    starts = [word["start"] for word in first["words"]]
    assert starts == sorted(starts)
    assert 0.5 < starts[0] < 2 and starts[-1] > 35


@pytest.mark.parametrize("seconds", [0.1, 3.0])
def test_silence_is_an_empty_text_and_no_error(seconds, tmp_path):
    """A silent file is not a bad file."""
    path = tone(tmp_path / "silent.wav", seconds, level=0.0)
    (heard,) = objects(companion("hear", path, "--json", home=tmp_path))

    assert heard["text"] == ""
    assert heard["words"] == []


def test_clipped_and_truncated_files_are_heard_with_a_note(tmp_path):
    """What is there is heard."""
    clipped = tone(tmp_path / "clipped.wav", 1.0, level=3.0)
    whole = tone(tmp_path / "whole.wav", 1.0).read_bytes()
    short = tmp_path / "short.wav"
    short.write_bytes(whole[: len(whole) // 2])
    heard = objects(companion("hear", clipped, short, "--json", home=tmp_path))

    assert all(row["notes"] for row in heard)
    assert heard[1]["seconds"] == pytest.approx(0.5, abs=0.05)


def test_a_bad_file_costs_one_sentence_and_the_others_are_heard(tmp_path):
    """Exit 1, and go on."""
    text = tmp_path / "notes.wav"
    text.write_text("this is not sound")
    empty = tmp_path / "empty.wav"
    empty.touch()
    nothing = tone(tmp_path / "nothing.wav", 0)
    good = tone(tmp_path / "good.wav", 0.2)
    done = companion(
        "hear", text, empty, nothing, tmp_path, tmp_path / "gone.wav", good, "--json",
        home=tmp_path,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.count("\n") == 5
    assert "Traceback" not in done.stderr
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [str(good)]


def test_sense_measures_the_voice(tmp_path):
    """No baseline, so no stress index; features with units."""
    (row,) = objects(companion("sense", DEMO, "--json", home=tmp_path))

    assert row["stress_index"] is None and row["interval"] is None
    assert row["quality"].keys() == {"ok", "why"}
    pitch = row["features"]["pitch_median"]
    assert pitch["unit"] == "Hz"
    assert 150 < pitch["value"] < 260


# --- say, talk, demo -------------------------------------------------------------------------


def test_say_speaks_into_a_file(tmp_path):
    """16-bit PCM that sounds."""
    done = companion("say", "--out", "said.wav", text="It is 10:30. Breathe.", home=tmp_path)
    sound, rate = soundfile.read(tmp_path / "said.wav")

    assert done.returncode == 0
    assert rate == 22_050
    assert soundfile.info(tmp_path / "said.wav").subtype == "PCM_16"
    assert len(sound) > rate
    assert np.abs(sound).max() > 0.05


@pytest.mark.parametrize("text", ["", "...", "\n"])
def test_say_nothing_is_one_sentence(text, tmp_path):
    """No empty file is written."""
    done = companion("say", "--out", "said.wav", text=text, home=tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "said.wav").exists()


def test_talk_is_the_same_twice(tmp_path):
    """OUT is byte-identical between runs, and holds the companion only."""
    for name in ("one.wav", "two.wav"):
        done = companion("talk", "--wav", DEMO, "--out", name, home=tmp_path)
        assert done.returncode == 0, done.stderr

    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()
    sound, rate = soundfile.read(tmp_path / "one.wav")
    assert not np.abs(sound[: 5 * rate]).any()
    assert np.abs(sound[5 * rate :]).max() > 0.05


def test_a_spoken_talk_on_the_weak_ear_offers_closed_answers_and_says_why(tmp_path):
    """PocketSphinx may miss danger, so it carries no free talk."""
    turns = objects(companion("talk", "--wav", DEMO, "--out", "out.wav", "--json", home=tmp_path))

    assert "I may miss it if you say you are in danger" in " ".join(turns[0]["said"])
    assert [turn["act"] for turn in turns[:2]] == ["check_in", "offer"]


def test_the_trace_tells_hold_and_work_apart(tmp_path):
    """And it is for its owner's eyes alone."""
    done = companion(
        "talk", "--wav", DEMO, "--out", "out.wav", "--trace", "trace.jsonl", home=tmp_path
    )
    rows = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    timed = [row for row in rows if row["event"] == "Timed"]

    assert done.returncode == 0
    assert len(timed) == 3
    assert all(row["hold"] >= 0.9 and row["work"] > 0 for row in timed)
    assert (tmp_path / "trace.jsonl").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out.wav").stat().st_mode & 0o777 == 0o600


def test_charged_work_moves_the_answer(tmp_path):
    """With --charge-work the first sound comes later."""
    for name, more in (("free.wav", ()), ("charged.wav", ("--charge-work",))):
        companion("talk", "--wav", DEMO, "--out", name, *more, home=tmp_path)

    def onset(name: str) -> int:
        sound, _ = soundfile.read(tmp_path / name)
        return int(np.argmax(np.abs(sound) > 0.001))

    assert onset("charged.wav") > onset("free.wav")


def test_demo_plays_three_turns_and_writes_both_sides(tmp_path):
    """Engines, words, tone, act, hold and work are printed; left the person, right us."""
    done = companion("demo", home=tmp_path)
    sound, rate = soundfile.read(tmp_path / "demo.wav")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("The speaker of this demo is synthetic")
    assert done.stdout.count("person: ") == 3
    for part in ("Ear: ", "better ear", "voice: ", "act: ", "companion: ", "hold", "work"):
        assert part in done.stdout
    assert "act:       lead (breathing)" in done.stdout
    assert sound.shape[1] == 2
    assert np.abs(sound[: 5 * rate, 0]).max() > 0.05
    assert not np.abs(sound[: 5 * rate, 1]).any()


def test_the_demo_interrupts_nobody(tmp_path):
    """Person and companion never sound at once."""
    companion("demo", home=tmp_path)
    sound, rate = soundfile.read(tmp_path / "demo.wav")
    step = rate // 50
    frames = np.abs(sound[: len(sound) // step * step].reshape(-1, step, 2)).max(axis=1)

    assert not ((frames[:, 0] > 0.05) & (frames[:, 1] > 0.02)).any()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("demo", "--speaker", "nobody"), "There is no recording 'nobody'. Use one of: american"),
        (("talk", "--wav", "gone.wav", "--out", "o.wav"), "gone.wav"),
        (("talk", "--wav", DEMO, "--out", "no/such/folder/o.wav"), "o.wav"),
        (("--settings", "gone.yaml", "chat"), "gone.yaml cannot be read"),
        (("--settings", "bad.yaml", "chat"), "bad.yaml, line 1: unknown key 'haer'"),
        (("--settings", "vosk.yaml", "hear", DEMO), "There is no Vosk model"),
        (("--settings", "country.yaml", "guard"), "no helplines for the country 'QQ'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, problem, tmp_path):
    """Exit 1: what happened, then what to do."""
    (tmp_path / "bad.yaml").write_text("haer: {}")
    (tmp_path / "vosk.yaml").write_text("hear: {recogniser: vosk}")
    (tmp_path / "country.yaml").write_text("person: {country: QQ}")
    done = companion(*arguments, text="hello\n", home=tmp_path)

    assert done.returncode == 1
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_no_command_leaves_a_file_behind(tmp_path):
    """Nothing of a talk is kept without being asked for."""
    companion("chat", text="i feel very secret today\n", home=tmp_path)

    assert list(tmp_path.rglob("*")) == []
