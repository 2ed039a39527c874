"""What a person may change while an exercise goes on, as pure steps from state to state.

Whoever leads (keys, voice) stops the sound, applies one of these, and goes on with
`Player.beats(control.progress)`; a pause simply does not go on.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from companion.exercise import Control
from companion.sessions.beats import Beat

STEP = 1.15
"""By how much slower, faster, louder or quieter it becomes at once"""
SLOWEST_TEMPO, FASTEST_TEMPO = 1.75, 0.85
"""Times as slow as written. Nobody is led much faster than a script is; how slow a breath may
become at most, the player knows (six a minute)"""
LOUDEST, QUIETEST = 1.5, 0.2
_ENOUGH = 20.0
"""Seconds: an exercise that is made shorter still goes on for this long"""


def reached(control: Control, beat: Beat) -> Control:
    """Remember how far it was heard."""
    return replace(control, progress=replace(beat.place, tempo=control.progress.tempo))


def stop(control: Control) -> Control:
    """End it at once: the breath goes its own way."""
    return replace(control, stopped=True, paused=False)


def pause(control: Control) -> Control:
    """Wait, for as long as the person likes."""
    return replace(control, paused=not control.stopped)


def go_on(control: Control) -> Control:
    """Go on from the beginning of what was interrupted."""
    return replace(control, paused=False)


def slower(control: Control) -> Control:
    """Slow the rhythm a little."""
    return _at_tempo(control, control.progress.tempo * STEP)


def faster(control: Control) -> Control:
    """Quicken the rhythm a little."""
    return _at_tempo(control, control.progress.tempo / STEP)


def louder(control: Control) -> Control:
    """Raise the volume a little."""
    return replace(control, volume=min(LOUDEST, control.volume * STEP))


def quieter(control: Control) -> Control:
    """Lower the volume a little."""
    return replace(control, volume=max(QUIETEST, control.volume / STEP))


def skip(control: Control) -> Control:
    """Go on with the next step: of a rhythm, with what follows it."""
    progress = control.progress
    return replace(control, progress=replace(progress, step=progress.step + 1, round=0, into=0.0))


def again(control: Control) -> Control:
    """Begin this step once more."""
    return replace(control, progress=replace(control.progress, round=0, into=0.0))


def shorter(control: Control, left: float | None) -> Control:
    """Halve the time that is left, in seconds; None where it was not known: a minute remains."""
    at = control.progress.at
    rest = 60.0 if left is None else left / 2
    return replace(control, ends=at + max(_ENOUGH, rest))


COMMANDS: Mapping[str, Callable[[Control], Control]] = {
    "stop": stop,
    "pause": pause,
    "go-on": go_on,
    "slower": slower,
    "faster": faster,
    "louder": louder,
    "quieter": quieter,
    "skip": skip,
    "again": again,
}
"""By the names that a recogniser or a key may give"""


def _at_tempo(control: Control, tempo: float) -> Control:
    kept = min(SLOWEST_TEMPO, max(FASTEST_TEMPO, tempo))
    return replace(control, progress=replace(control.progress, tempo=kept))
