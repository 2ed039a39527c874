"""Measure the beats of an exercise as they leave the loudspeaker, beside busy processes.

    python scripts/measure_beats_live.py [--minutes 5] [--busy 2] [--write]

`companion panic` is led through a PulseAudio of our own, while so many processes do nothing but
compute. What leaves the loudspeaker is recorded and laid over the timeline of the same exercise,
once, by its first breaths; from there on every word and tone is looked for where the timeline has
it, by the detector of `measure_sessions.py`. `--write` keeps the figures in docs/sessions.md.
Needs scripts/virtual_audio.sh, and what that needs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from measure_live import virtual_sound
from measure_sessions import BOUND, PAGE, tone_errors, word_errors

from companion import paths
from companion.commands.leading import Lead, blocks
from companion.sessions.beats import Beat
from companion.sessions.script import read_scripts
from companion.sessions.timing import Wishes
from companion.sessions.tones import RATE
from companion.settings import Settings, SpeakSettings
from companion.values import Samples

MARKS = ("<!-- live -->", "<!-- end of live -->")
SETTINGS = """\
audio: {microphone: virtual_mic, speaker: virtual_speaker}
speak: {voice: espeak}
"""
LAID = 16.0
"""Seconds of the rhythm by which the recording is laid over the timeline"""
LATE = 90.0
"""Seconds before the rhythm: the red flags, and a slow start"""


def main() -> int:
    """Print how far off the beats were."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=5.0, help="of the rhythm")
    options.add_argument("--busy", type=int, default=2, help="processes that only compute")
    options.add_argument("--write", action="store_true", help="keep the figures in the page")
    chosen = options.parse_args()
    made, beats = expected(chosen.minutes * 60)
    heard = recorded(chosen.minutes * 60 + LATE, chosen.busy)
    load = os.getloadavg()[1]
    first = next(beat.at for beat in beats if beat.kind == "sound")
    shift = laid(heard, made[round(first * RATE) : round((first + LAID) * RATE)]) - first
    last = len(heard) / RATE - 1.0
    moved = [
        replace(beat, at=beat.at + shift)
        for beat in beats
        if beat.at >= first and beat.at + shift < last
    ]
    words, tones = word_errors(heard, moved), tone_errors(heard, moved)
    if not (words and tones):
        print("Nothing was heard where it was looked for: more minutes are needed.")
        return 1
    worst = [1000 * max(map(abs, errors)) for errors in (words, tones)]
    stood = stand_stills(heard, made, first, shift)
    drift = 1000 * (np.median(tones[-10:]) - np.median(tones[:10]))
    text = (
        f"`companion panic` beside {chosen.busy} busy processes (load of the machine {load:.0f}, "
        f"{os.cpu_count()} cores), {chosen.minutes:g} minutes of its rhythm: {len(words)} words "
        f"at most {worst[0]:.0f} ms off, {len(tones)} tones {worst[1]:.0f} ms; from the first ten "
        f"tones to the last ten {drift:+.1f} ms. The sound stood still for {stood:.2f} s in all "
        "(a beat that is then 300 ms off is not found any more)."
    )
    print(text)
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
        page = "\n".join((before + MARKS[0], text, MARKS[1])) + after
        PAGE.write_text(page, encoding="utf-8")
    return 1 if max(worst) > 1000 * BOUND else 0


def expected(seconds: float) -> tuple[Samples, list[Beat]]:
    """Render the exercise until its rhythm has gone on for so long."""
    script = read_scripts(paths.content() / "en" / "sessions")["panic"]
    settings = Settings(speak=SpeakSettings(voice="espeak"))
    sound: list[Samples] = []
    beats: list[Beat] = []
    for block in blocks(Lead("panic", script, Wishes(endless=True)), settings):
        sound.append(block.chunk.samples)
        beats += block.beats
        rhythm = [beat.at for beat in beats if beat.kind == "sound"]
        if rhythm and rhythm[-1] - rhythm[0] > seconds:
            break
    return np.concatenate(sound), beats


def recorded(seconds: float, busy: int) -> Samples:
    """Lead it through virtual devices, and give what the loudspeaker plays."""
    command = [sys.executable, "-P", "-m", "companion", "--settings", "settings.yaml", "panic"]
    listen = ["parec", "--device=speaker.monitor", f"--rate={RATE}", "--channels=1"]
    with ExitStack() as stack:
        environment = stack.enter_context(virtual_sound())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
        environment = environment | {"COMPANION_HOME": str(folder)}
        record = (folder / "heard.f32").open("wb")
        started = [
            subprocess.Popen([*listen, "--format=float32le"], stdout=record, env=environment),
            *(subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)),
            subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            ),
        ]  # fmt: skip
        try:
            threading.Event().wait(seconds)
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(30)
            record.close()
        whole = (folder / "heard.f32").read_bytes()
    return np.frombuffer(whole[: len(whole) // 4 * 4], "<f4").astype(np.float32)


def laid(heard: Samples, piece: Samples) -> float:
    """Give the second of what was heard at which a piece of the timeline is most like it."""
    size = 1 << (len(heard) + len(piece)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)
    return float(np.argmax(alike[: len(heard)])) / RATE


def stand_stills(heard: Samples, made: Samples, first: float, shift: float) -> float:
    """Give by how many seconds the end is later than the beginning of the rhythm was."""
    ends = min(len(made) / RATE, len(heard) / RATE - shift - 1.0)
    piece = made[round((ends - LAID) * RATE) : round(ends * RATE)]
    start = round((ends - LAID + shift - 1.0) * RATE)
    at = laid(heard[start:], piece) + start / RATE
    return at - (ends - LAID) - shift


if __name__ == "__main__":
    sys.exit(main())
