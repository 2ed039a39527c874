"""Show a talk to a person, and give a turn as data."""

import shutil
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TextIO

from companion.events import (
    Checked,
    Chosen,
    Event,
    Failed,
    Heard,
    Interrupted,
    Led,
    Said,
    Sensed,
    Timed,
)
from companion.risk import Risk
from companion.tone import ToneLevel
from companion.values import Prosody


@dataclass
class Turns:
    """One turn as `chat --json` and `talk --json` print it."""

    heard: str = field(default="", repr=False)
    turn: int = 0
    risk: Risk = Risk.NONE
    act: str = ""
    skill: str = ""
    said: list[str] = field(default_factory=list, repr=False)
    was_heard: bool = False

    def add(self, event: Event) -> None:
        """Take what happened."""
        match event:
            case Heard():
                self.was_heard, self.turn = True, event.id.turn
                self.heard = event.utterance.transcript.text if event.utterance.transcript else ""
            case Checked():
                self.risk = event.risk.level
            case Chosen():
                self.act, self.skill = event.act, event.skill
            case Said():
                self.said.append(event.text)
            case Led() if event.cue.kind == "say" and event.cue.text:
                self.said.append(event.cue.text)

    def as_object(self) -> dict[str, Any]:
        """Give the keys that are promised."""
        return {
            "turn": self.turn,
            "heard": self.heard,
            "risk": self.risk.name.lower(),
            "act": self.act,
            "skill": self.skill,
            "said": self.said,
        }


class Written:
    """Shows what is said, and nothing of how it came about."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, event: Event) -> None:
        """Print a sentence as soon as it is there."""
        text = event.text if isinstance(event, Said) else ""
        if isinstance(event, Led) and event.cue.kind == "say":
            text = event.cue.text or ""
        if text:
            print(fit(f"companion: {text}", 11, self._out), file=self._out, flush=True)


class Printer:
    """Shows who said what, what the voice showed, what was chosen, and how long it took."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, event: Event) -> None:
        """Print what a person may want to see of an event."""
        for line in _lines(event):
            print(fit(line, 21, self._out), file=self._out, flush=True)


def fit(line: str, indent: int, out: TextIO) -> str:
    """Break a line between words where a person reads it; leave it whole for a program."""
    if not out.isatty() or not line:
        return line
    width = shutil.get_terminal_size().columns
    return textwrap.fill(line, width, subsequent_indent=" " * min(indent, width // 3))


def _lines(event: Event) -> list[str]:
    show = _SHOWN.get(type(event))
    return show(event) if show else []


def _heard(event: Heard) -> list[str]:
    transcript = event.utterance.transcript
    words = transcript.text if transcript else ""
    return ["", f"{event.utterance.start:6.1f} s  person:    {words or '(nothing understood)'}"]


def _sensed(event: Sensed) -> list[str]:
    if not event.prosody.features:
        return []
    level = event.tone.level
    compared = "" if level is ToneLevel.NONE else f"; {level}"
    return [f"          voice:     {_voice(event.prosody)}{compared}"]


def _checked(event: Checked) -> list[str]:
    level = event.risk.level
    return [] if level is Risk.NONE else [f"          risk:      {level.name.lower()}"]


def _chosen(event: Chosen) -> list[str]:
    skill = f" ({event.skill})" if event.skill else ""
    waits = f", waits for: {event.expected.kind}" if event.expected.is_closed else ""
    return [f"          act:       {event.act}{skill}{waits}"]


def _said(event: Said) -> list[str]:
    shown = "" if event.aloud else "(on the screen only) "
    return [f"          companion: {shown}{event.text}"]


def _led(event: Led) -> list[str]:
    text = event.cue.text if event.cue.kind == "say" else None
    return [f"          companion: {text}"] if text else []


def _timed(event: Timed) -> list[str]:
    return [
        f"          (first sound at {event.at:.1f} s: hold {event.hold:.2f} s of silence, "
        f"work {event.work:.2f} s)"
    ]


def _interrupted(event: Interrupted) -> list[str]:
    return [f"{event.at:6.1f} s  (the companion falls silent)"]


def _failed(event: Failed) -> list[str]:
    return [f"          ({event.stage} failed: {event.problem})"]


_SHOWN: dict[type, Callable[[Any], list[str]]] = {
    Heard: _heard,
    Sensed: _sensed,
    Checked: _checked,
    Chosen: _chosen,
    Said: _said,
    Led: _led,
    Timed: _timed,
    Interrupted: _interrupted,
    Failed: _failed,
}


def _voice(prosody: Prosody) -> str:
    names = (
        ("pitch_median", "pitch {:.0f} Hz"),
        ("pitch_spread", "moving by {:.1f} semitones"),
        ("loudness", "{:.0f} dBFS"),
        ("voiced_share", "voiced {:.0%}"),
    )
    parts = [
        text.format(feature.value)
        for name, text in names
        if (feature := prosody.features.get(name)) and feature.value is not None
    ]
    doubt = "" if prosody.quality.ok else f" (no judgement: {prosody.quality.why})"
    return ", ".join(parts) + doubt
