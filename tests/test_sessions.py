"""sessions, session, panic: as a person, or a program, meets them."""

import io
import json
import os
import re
import subprocess
import sys
import time
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion import paths
from companion.audio.files import SYNTHETIC
from companion.commands import led as leading
from companion.commands import panic as panicking
from companion.commands.leading import aloud
from companion.commands.loud import NoSpeaker
from companion.commands.main import main
from companion.commands.playing import Screen, play
from companion.errors import AudioError
from companion.exercise import Manner
from companion.sessions.mixing import Mixer
from companion.sessions.script import read_scripts
from companion.sessions.steps import Sound
from companion.settings import Settings
from companion.values import AudioChunk
from tests.sessions_made import HEAD, RHYTHM, player, script
from tests.test_virtual_sound import sound_server

ROOT = Path(__file__).parents[1]
SHIPPED = read_scripts(paths.content() / "en" / "sessions")
VOICE = "speak: {voice: espeak}\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder with the built-in voice, whatever this checkout holds."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "companion.yaml").write_text(VOICE, encoding="utf-8")
    return tmp_path


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


class Terminal(io.StringIO):
    def isatty(self):
        return True


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


# --- aloud -----------------------------------------------------------------------------------


class Recording(NoSpeaker):
    """A loudspeaker that writes down what happens to it; a clock that runs when looked at."""

    def __init__(self, fails_at=None):
        self.time = count(0.0, 0.5)
        super().__init__(lambda: next(self.time))
        self.played: list[AudioChunk] = []
        self.done: list[str] = []
        self._fails_at = fails_at

    def play(self, chunk):
        if len(self.played) == self._fails_at:
            raise KeyboardInterrupt
        self.played.append(chunk)
        super().play(chunk)

    def stop(self):
        self.done.append("stop")

    def close(self):
        self.done.append("close")


def test_everything_is_played_in_order(tmp_path):
    """Without a gap, to the end."""
    made = script(tmp_path, RHYTHM)
    speaker = Recording()
    play(Mixer(player(made).beats()).blocks(), speaker, Screen(io.StringIO()), now=lambda: 1e9)

    assert all(
        first.end == pytest.approx(second.start) for first, second in pairwise(speaker.played)
    )
    assert speaker.played[-1].end > 55


def test_ctrl_c_stops_at_once_and_softly(tmp_path, capsys):
    """The loudspeaker is told to fall silent, then given back."""
    made = script(tmp_path, RHYTHM)
    speaker = Recording(fails_at=30)
    ended = aloud(Mixer(player(made).beats()).blocks(), speaker)

    assert not ended
    assert speaker.done == ["stop", "close"]


def shown(made, at):
    """Give the last line of a terminal after so many seconds."""
    out = Terminal()
    screen = Screen(out)
    for block in Mixer(player(made).beats()).blocks():
        screen.expect(block.beats)
    screen.show(at)
    return out.getvalue().split("\r")[-1]


def test_the_bar_grows_with_the_breath_in_and_shrinks_with_the_breath_out(tmp_path):
    """In step with the tone; plain signs, eighty columns."""
    made = script(tmp_path, RHYTHM)
    filled = [shown(made, 0.3 + at).count("#") for at in (0.1, 2, 3.9, 4.1, 7, 9.9)]

    assert filled == sorted(filled[:3]) + sorted(filled[3:], reverse=True)
    assert (filled[0], filled[2], filled[5]) == (1, 23, 0)
    assert all(len(shown(made, at)) < 80 for at in range(0, 60, 7))
    assert shown(made, 2.0).isascii()


def test_the_minutes_that_are_left_are_shown(tmp_path):
    """And how to stop."""
    line = shown(script(tmp_path, RHYTHM), 30.0)

    assert "0:30 left" in line
    assert "Ctrl+C stops" in line


def test_what_is_said_is_shown_where_there_is_no_terminal(tmp_path):
    """Without a bar, and nothing twice."""
    out = io.StringIO()
    made = script(tmp_path, "steps:\n  - {say: 'Hello there.'}\n  - {say: 'And now.'}\n")
    play(Mixer(player(made).beats()).blocks(), Recording(), Screen(out), now=lambda: 1e9)

    assert out.getvalue() == "Hello there.\nAnd now.\n"


def test_every_sound_has_a_name_on_the_screen():
    """So that it can be followed without hearing."""
    from companion.breath import NAMES

    assert NAMES.keys() == {sound.value for sound in Sound}


# --- panic, at once --------------------------------------------------------------------------


def panic_with(monkeypatch, speaker):
    """Begin the exercise for panic with this loudspeaker; None: there is none."""

    def opened(*_, **__):
        if speaker is None:
            raise AudioError("There is no loudspeaker.")
        return speaker

    monkeypatch.setattr(panicking, "DeviceSpeaker", opened)
    monkeypatch.setattr(panicking, "ctrl_c_stops", lambda: None)
    # What listens is tested in test_panic_talk.py.
    monkeypatch.setattr("companion.commands.panic_talk.ready", lambda *_: None)


def test_the_first_sound_of_panic_lies_ready(home, monkeypatch, capsys):
    """It is the recording, before anything else is loaded; the rest follows without a gap."""
    speaker = Recording(fails_at=40)
    panic_with(monkeypatch, speaker)

    assert main(["panic"]) == 0
    file = paths.DATA / "en" / "sounds" / "medical-flags.ogg"
    assert speaker.played[0].seconds == pytest.approx(soundfile.info(file).duration)
    assert speaker.played[1].start == pytest.approx(speaker.played[0].seconds, abs=1.0)
    assert "pain or pressure in your chest" in capsys.readouterr().out


def test_wrong_settings_do_not_keep_anyone_from_it(home, monkeypatch, capfd):
    """They are told about while it goes on."""
    (home / "home" / "companion.yaml").write_text("speek: {}\n", encoding="utf-8")
    speaker = Recording(fails_at=10)
    panic_with(monkeypatch, speaker)

    assert main(["panic"]) == 0
    assert len(speaker.played) == 10
    assert "unknown key 'speek'" in capfd.readouterr().err


def test_without_a_loudspeaker_the_screen_leads(home, monkeypatch, capfd):
    """In the same words, in the same time."""
    panic_with(monkeypatch, None)
    speaker = Recording(fails_at=10)
    monkeypatch.setattr(panicking, "NoSpeaker", lambda now: speaker)

    assert main(["panic"]) == 0
    printed = capfd.readouterr()
    assert "no loudspeaker" in printed.err
    assert "pain or pressure in your chest" in printed.out


def test_where_nothing_else_works_the_breath_is_led_by_tones(home, monkeypatch, capfd):
    """A broken file of one's own is told about, and does not end it."""
    own = home / "home" / "sessions"
    own.mkdir()
    (own / "mine.yaml").write_text("title: [", encoding="utf-8")
    speaker = Recording(fails_at=200)
    panic_with(monkeypatch, speaker)

    assert main(["panic"]) == 0
    assert "mine.yaml" in capfd.readouterr().err
    after = np.concatenate([chunk.samples for chunk in speaker.played[1:]])
    assert np.abs(after).max() > 0.1


def test_nobody_who_drives_is_led_through_panic(home, monkeypatch, capfd):
    """The red flags are heard; then it ends, and says why."""
    speaker = Recording()
    panic_with(monkeypatch, speaker)

    assert main(["panic", "--health", "driving"]) == 1
    assert len(speaker.played) == 1
    assert "not for now (driving)" in capfd.readouterr().err


def test_it_stops_while_the_rest_is_made(home, monkeypatch, capfd):
    """Ctrl+C works from the first sound on."""
    speaker = Recording()
    panic_with(monkeypatch, speaker)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("companion.commands.panic._rest", interrupted)

    assert main(["panic"]) == 0
    assert speaker.done[:2] == ["stop", "close"]
    assert "breathe as usual" in capfd.readouterr().out


def test_nothing_slow_is_loaded_before_the_first_sound():
    """No guard, no voice, no sessions."""
    code = "import sys, companion.commands.panic; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    slow = {
        "companion.app",
        "companion.sessions.steps",
        "espeakng_loader",
        "num2words",
        "onnxruntime",
        "piper",
        "sqlcipher3",
        "vosk",
    }

    assert not slow & set(done.stdout.split())


def test_panic_needs_no_settings_at_all():
    """The recording of the red flags ships."""
    folder = paths.DATA / Settings().language / "sounds"

    assert soundfile.info(folder / f"{panicking.OPENING}.ogg").duration > 5


@pytest.mark.device
def test_panic_is_heard_within_a_second():
    """From the start of the process, through a real loudspeaker; the best of three."""
    with sound_server() as environment:
        assert min(seconds_until_panic_is_heard(environment) for _ in range(3)) < 1.0


def seconds_until_panic_is_heard(environment):
    record = ["parec", "--device=speaker.monitor", "--rate=16000", "--channels=1"]
    with subprocess.Popen(
        [*record, "--format=s16le", "--latency-msec=10"], stdout=subprocess.PIPE, env=environment
    ) as recorder:
        assert recorder.stdout and recorder.stdout.read(3_200)
        started = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "companion", "panic"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as panicking_child:  # fmt: skip
            heard = None
            while heard is None and time.monotonic() < started + 10:
                block = np.frombuffer(recorder.stdout.read(320), np.int16)
                heard = time.monotonic() if np.abs(block).max() > 100 else None
            panicking_child.terminate()
        recorder.terminate()
    assert heard, "nothing was heard in ten seconds"
    return heard - started
