"""panic: heard at once, whatever is missing."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion import paths
from companion.commands import panic as panicking
from companion.commands.main import main
from companion.errors import AudioError
from companion.sessions.script import read_scripts
from companion.settings import Settings
from tests.sessions_made import Recording
from tests.sessions_made import home as home
from tests.test_virtual_sound import sound_server

ROOT = Path(__file__).parents[1]
SHIPPED = read_scripts(paths.content() / "en" / "sessions")


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
