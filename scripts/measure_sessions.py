"""Measure every exercise: are its words and tones where the timeline says?

    python scripts/measure_sessions.py [--write]

Each exercise is rendered as its cue track (no bed of noise) with the eSpeak NG voice. The
detector here shares nothing with the player: a word's vowel is where sound above the
tones first becomes louder *and* periodic about as suddenly as anywhere near, a tone's
start is where its own band does. It looks 0.3 s to either side. Two minutes. `--write` keeps
the figures in docs/sessions.md, between its two marks.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion import paths
from companion.commands.leading import Lead, blocks
from companion.sessions.beats import Beat
from companion.sessions.script import Script, read_scripts
from companion.sessions.timing import Wishes, usual_minutes
from companion.sessions.tones import RATE
from companion.settings import Settings, SpeakSettings
from companion.values import Samples

PAGE = ROOT / "docs" / "sessions.md"
MARKS = ("<!-- figures -->", "<!-- end of figures -->")
BOUND = 0.05
"""Seconds that a cue may be off"""
REACH = 0.3
WINDOW = 0.03
"""Seconds: how far to either side is looked, and compared"""
SUDDEN = 0.5
"""Share of the most sudden rise near"""
SPEECH = (360.0, 5_000.0)
TONES = (150.0, 420.0)
"""Hertz: words lie above the tones"""
PITCHES = (70, 350)
"""Hertz of a voice"""
LONG = ("coherent", 20.0)

Floats = NDArray[np.float64]


def main() -> int:
    """Measure all, print it, and keep it if asked."""
    settings = Settings(speak=SpeakSettings(voice="espeak"))
    scripts = read_scripts(paths.content() / settings.language / "sessions")
    lines = ["| exercise | minutes | words on the beat | worst | tones | worst |", "|---|" * 1]
    lines[1] = "|---|---|---|---|---|---|"
    worst = 0.0
    for name, script in scripts.items():
        row, off = measured(name, script, Wishes(), settings)
        worst = max(worst, off)
        lines.append(row)
        print(row, flush=True)
    lines += ["", *drift(scripts[LONG[0]], settings)]
    lines += ["", f"Farthest from its beat: {1000 * worst:.0f} ms; {1000 * BOUND:.0f} are allowed."]
    print("\n".join(lines[-4:]))
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
        PAGE.write_text("\n".join((before + MARKS[0], *lines, MARKS[1])) + after, encoding="utf-8")
    return 1 if worst > BOUND else 0


def measured(name: str, script: Script, wishes: Wishes, settings: Settings) -> tuple[str, float]:
    """Give the row of one exercise, and the farthest that anything in it is off."""
    sound, beats = rendered(name, script, wishes, settings)
    words, tones = word_errors(sound, beats), tone_errors(sound, beats)
    cells = [name, f"{usual_minutes(script):g}"]
    for errors in (words, tones):
        cells += [str(len(errors)), _ms(max(errors, key=abs))] if errors else ["-", "-"]
    return f"| {' | '.join(cells)} |", max(map(abs, (*words, *tones)), default=0.0)


def drift(script: Script, settings: Settings) -> Iterator[str]:
    """Compare the tones at the start and at the end of a long exercise."""
    name, minutes = LONG
    sound, beats = rendered(name, script, Wishes(minutes=minutes), settings)
    errors = tone_errors(sound, beats)
    first, last = np.median(errors[:10]), np.median(errors[-10:])
    yield (
        f"Drift of `{name}` over {len(sound) / RATE / 60:.1f} minutes, {len(errors)} tones: "
        f"{1000 * (last - first):+.2f} ms between the first ten and the last ten."
    )


def rendered(
    name: str, script: Script, wishes: Wishes, settings: Settings
) -> tuple[Samples, list[Beat]]:
    """Render the cue track; give it with its timeline."""
    made = list(blocks(Lead(name, script, wishes), settings))
    sound = np.concatenate([block.chunk.samples for block in made])
    return sound, [beat for block in made for beat in block.beats]


def word_errors(sound: Samples, beats: list[Beat]) -> list[float]:
    """Give how many seconds each cue word's vowel is late."""
    heard = _band(sound, SPEECH)
    return [_onset(heard, beat.at, periodic=True) - beat.at for beat in beats if beat.kind == "cue"]


def tone_errors(sound: Samples, beats: list[Beat]) -> list[float]:
    """Give how many seconds each tone is late, where no word is spoken around its start."""
    heard = _band(sound, TONES)
    words = [(beat.at, beat.at + beat.seconds) for beat in beats if beat.kind in ("say", "cue")]
    return [
        _onset(heard, beat.at, periodic=False) - beat.at
        for beat in beats
        if beat.kind == "sound"
        and not any(start - 0.5 < beat.at < end + 0.5 for start, end in words)
    ]


def _onset(heard: Floats, around: float, *, periodic: bool) -> float:
    """Find the first sudden rise near a moment, in seconds."""
    size, step = round(WINDOW * RATE), round(0.001 * RATE)
    first = round((around - REACH) * RATE)
    places = range(max(size, first), round((around + REACH) * RATE), step)
    rises = np.array([_rise(heard, at, size, periodic) for at in places])
    # Its top, but the first top of several that are about as high.
    start = int(np.argmax(rises > SUDDEN * rises.max()))
    return places[start + int(np.argmax(rises[start : start + size // step]))] / RATE


def _rise(heard: Floats, at: int, size: int, periodic: bool) -> float:
    before, after = heard[at - size : at], heard[at : at + size]
    rise = float(np.sqrt(np.mean(after**2)) - np.sqrt(np.mean(before**2)))
    return rise * _periodicity(after) if periodic and rise > 0 else rise


def _periodicity(piece: Floats) -> float:
    """Give how well the envelope repeats itself at the pitch of a voice, 0 to 1."""
    envelope = np.abs(piece) - np.mean(np.abs(piece))
    same = np.correlate(envelope, envelope, "full")[len(piece) - 1 :]
    lags = same[RATE // PITCHES[1] : RATE // PITCHES[0]]
    return max(0.0, float(lags.max() / same[0])) if same[0] > 0 else 0.0


def _band(sound: Samples, band: tuple[float, float]) -> Floats:
    """Leave one band, with soft edges, without moving anything in time."""
    size = 1 << (len(sound) - 1).bit_length()
    pitches = np.fft.rfftfreq(size, 1 / RATE)
    edge = 60.0
    keep = np.clip((pitches - band[0]) / edge + 0.5, 0, 1)
    keep *= np.clip((band[1] - pitches) / edge + 0.5, 0, 1)
    return np.fft.irfft(np.fft.rfft(sound.astype(np.float64), size) * keep, size)[: len(sound)]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:+.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
