"""Real PortAudio, and a loudspeaker that the microphone hears: a talk does not answer itself.

The sound server itself is the air: what leaves the loudspeaker is mixed into the microphone, half
as loud and 40 ms later, as its own clocks have it. The engines are those that are shipped.
"""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile

from companion.audio.echo import echo_library_is_present
from scripts.measure_live import PATIENCE, QUIET, RATE, SPEECH, Meter, spoken, talking, wait

from .test_virtual_sound import sound_server

pytestmark = pytest.mark.device

HALF = "52016"
"""Of 65536, on PulseAudio's cubic scale: -6 dB"""
SOUNDS = 75
"""Loud pieces of 20 ms: an answer, no earcon, and whoever speaks then has not just gone on"""
YIELDS = 2.5
"""Seconds from a person's start, the delays of two sound servers and a busy machine included"""


@contextmanager
def air(environment: dict[str, str]) -> Iterator[None]:
    """Let the microphone hear the loudspeaker."""
    load = ("load-module", "module-loopback", "source=speaker.monitor", "sink=mic")
    options = ("latency_msec=40", "source_dont_move=true", "sink_dont_move=true")
    number = pactl(*load, *options, environment=environment).strip()
    way = pactl("list", "short", "sink-inputs", environment=environment).split()[0]
    pactl("set-sink-input-volume", way, HALF, environment=environment)
    try:
        yield
    finally:
        pactl("unload-module", number, environment=environment)


def pactl(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["pactl", *arguments], env=environment, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def say(text: str, folder: Path, environment: dict[str, str]) -> float:
    """Speak into the microphone, to the end; give when it began, by the clock."""
    soundfile.write(folder / "said.wav", spoken(text, "en-us+m6"), RATE)
    began = time.monotonic()
    play = ["paplay", "--device=mic", str(folder / "said.wav")]
    subprocess.run(play, env=environment, check=True, timeout=PATIENCE)
    return began


def answered(speaker: Meter, since: float) -> float:
    """Wait until an answer has sounded and is over; give when it began."""
    wait(lambda: speaker.first_after(since) is not None)
    wait(lambda: time.monotonic() - speaker.last() > QUIET)
    began = speaker.first_after(since)
    assert began is not None
    return began


def test_it_does_not_answer_itself_and_who_speaks_over_it_is_answered(tmp_path):
    """Its whole first answer starts no turn; the second is given up for whoever speaks over it."""
    if not echo_library_is_present():
        pytest.skip("needs pywebrtc-audio")
    (tmp_path / "settings.yaml").write_text(SPEECH)
    with (
        sound_server() as environment,
        air(environment),
        talking(tmp_path, environment) as talk,
    ):
        speaker = Meter("speaker.monitor", environment)
        try:
            say("I am worried about my job.", tmp_path, environment)
            answered(speaker, time.monotonic())
            say("I did not sleep well last night.", tmp_path, environment)
            asked = time.monotonic()
            wait(lambda: sum(at > asked for at in list(speaker.loud)) > SOUNDS)
            over = say("Wait, that is not what I meant.", tmp_path, environment)
            yielded = max(at for at in speaker.loud if at < over + YIELDS)
            answered(speaker, over + YIELDS)
        finally:
            speaker.close()
        talk.send_signal(signal.SIGTERM)
        turns = [json.loads(line) for line in talk.communicate(timeout=PATIENCE)[0].splitlines()]

    assert len(turns) == 3, [turn["turn"] for turn in turns]
    assert turns[0]["said"] and turns[2]["said"]
    assert yielded < over + YIELDS - 0.5
