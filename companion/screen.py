"""The screen of a talk: what is shown, and how it is laid out. It knows no terminal.

Events go in, lines come out, so that a test can look at them. Whatever the size and the
letters that a terminal has: who says what, whose turn it is, and what the keys do. Nothing
is told by colour alone.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from companion.breath import CAN_BE_SAID, Breath
from companion.events import (
    Checked,
    Chosen,
    Cue,
    Event,
    Failed,
    Heard,
    Interrupted,
    Led,
    Level,
    LongTurn,
    PartialHeard,
    Resumed,
    Said,
    SpeechStarted,
    Timed,
)
from companion.marks import PLAIN, Marks
from companion.risk import Risk
from companion.values import AnswerKind

TITLE = "Companion · a program, not a person · nothing leaves this device"
KEPT = 60
"""Sentences that can be seen again in a tall window"""
QUIETEST = -60.0
"""dBFS at the left end of the meter"""
METER = 16
"""Columns"""
IN_EXERCISE = (
    "space pause · s stop and clear · + - volume · arrows pace, skip, again · "
    "b at each breath in · n numbers · p panic"
)
"""The keys while an exercise is led"""
ANSWERS = {AnswerKind.SCALE: "0 to 10 answers · ", AnswerKind.YES_NO: "y yes · x no · "}
"""Those that answer a question"""
_WHO = {"you": "you   ", "me": "me    ", "": "      "}
_SMALL, _ROOMY = 10, 20
"""Lines below which only what matters most is shown; from which also engines and devices are"""


@dataclass(frozen=True)
class Facts:
    """What holds for the whole talk."""

    engines: str
    numbers: str
    """Whom to call: one key away, and always there after a sign of danger"""
    push_to_talk: bool = False


@dataclass
class View:
    """A talk as it looks now."""

    facts: Facts
    marks: Marks = Marks()
    devices: str = ""
    hint: str = ""
    """How to begin: shown until something was said"""
    note: str = ""
    """What a person should know now, such as a microphone that is muted"""
    gone: str = ""
    """A device that is waited for"""
    listening: bool = True
    """False: a key has closed the ear"""
    numbers_open: bool = False
    neutral: bool = False
    """Nothing of the talk is to be seen: somebody asked for silence"""
    log: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)
    partial: str = field(default="", repr=False)
    hearing: bool = False
    long: bool = False
    """Somebody has been heard for very long: it may be a television"""
    waiting_since: float | None = None
    """Seconds: since when somebody waits for an answer"""
    took: float | None = None
    """Seconds from the end of the voice to the first sound of the last answer"""
    level: Level | None = None
    voice: bool = False
    """What sounds is an answer, and no soft sign of life"""
    breath: Breath | None = None
    """What sounds of an exercise that is led"""
    in_danger: bool = False
    asked: AnswerKind = AnswerKind.OPEN
    """What kind of answer is waited for"""

    def take(self, event: Event) -> None:
        """Let something happen."""
        match event:
            case SpeechStarted():
                self.hearing, self.partial, self.long = True, "", False
            case LongTurn():
                self.long = True
            case PartialHeard():
                self.partial = event.text
            case Resumed():
                self.hearing, self.partial = False, ""
            case Heard():
                self._heard(event)
            case Checked():
                self.in_danger = event.risk.level >= Risk.CONCERN
            case _:
                self._answer(event)

    def _answer(self, event: Event) -> None:
        match event:
            case Chosen():
                self._chosen(event)
            case Led():
                self._led(event.cue)
            case Interrupted():
                self.breath = None
            case Said():
                self.neutral, self.waiting_since = False, None
                self.breath, self.voice = None, True
                self.log.append(("me", event.text))
            case Timed():
                self.took = event.hold + event.work
            case Level():
                ended = self.level and self.level.sounding and not event.sounding
                self.level, self.voice = event, self.voice and not ended
            case Failed():
                self.note = f"Something failed ({event.stage}: {event.problem}); it goes on."

    def _chosen(self, event: Chosen) -> None:
        self.asked = event.expected.kind
        if event.act == "stop":
            self.clear()

    def _led(self, cue: Cue) -> None:
        """Follow an exercise: its words are said, its sounds move the bar."""
        self.neutral, self.waiting_since = False, None
        now = self.level.at if self.level else 0.0
        left, asks = cue.exercise.left, cue.exercise.asks == AnswerKind.YES_NO
        if cue.kind == "say" and cue.text:
            self.log.append(("me", cue.text))
        if cue.kind == "end":
            self.breath = None
        elif cue.kind == "sound":
            self.breath = Breath(cue.sound, now, cue.seconds, left, asks)
        elif self.breath is None or cue.kind == "answer":
            self.breath = Breath("", now, 0.0, left, asks)

    def clear(self) -> None:
        """Forget what was said, and show nothing of it."""
        self.log.clear()
        self.partial, self.took, self.waiting_since = "", None, None
        self.breath = None
        self.neutral, self.numbers_open = True, False

    def look(self) -> tuple[object, ...]:
        """Give all that is seen: where it is the same, nothing need be drawn anew."""
        return (
            self.devices, self.hint, self.note, self.gone, self.numbers_open, self.neutral,
            self.partial, self.took, self.in_danger, tuple(self.log), self._state(), self._bar(),
        )  # fmt: skip

    def draw(self, console: Console) -> list[Text]:
        """Lay it out: one line of text for each line of the screen."""
        width, height = console.size
        below = [*self._numbers(console, width), *self._below(console, width, height)]
        above = [] if height < _SMALL or self.neutral else self._above(width)
        room = max(0, height - len(above) - len(below))
        middle = [] if self.neutral else self._said(console, width, room)
        lines = [*above, *[Text()] * (room - len(middle)), *middle, *below]
        for line in lines:
            line.truncate(width)
        return lines[-height:]

    def _heard(self, event: Heard) -> None:
        transcript = event.utterance.transcript
        self.hearing, self.partial, self.long = False, "", False
        self.waiting_since = event.utterance.committed
        if transcript and transcript.text and not self.neutral:
            self.log.append(("you", transcript.text))

    # --- its parts, from top to bottom -----------------------------------------------------

    def _above(self, width: int) -> list[Text]:
        return [Text(self._signs(TITLE), style="dim"), self._rule(width)]

    def _said(self, console: Console, width: int, room: int) -> list[Text]:
        if not self.log:
            return _wrapped(console, " ", self.hint, width, "")[:room]
        lines: list[Text] = []
        for who, words in reversed(self.log):
            if len(lines) >= room:
                break
            between = [Text()] if lines and lines[0].plain.startswith(_WHO["you"]) else []
            style = "bold" if who == "me" else ""
            lines = [*_wrapped(console, _WHO[who], words, width, style), *between, *lines]
        return lines[len(lines) - room :] if len(lines) > room else lines

    def _numbers(self, console: Console, width: int) -> list[Text]:
        shown = self.numbers_open or (self.in_danger and not self.neutral)
        return _wrapped(console, "", self.facts.numbers, width, "bold") if shown else []

    def _below(self, console: Console, width: int, height: int) -> list[Text]:
        now = [Text(f" {self._state()}", style="bold cyan"), Text(f" {self._bar()}")]
        keys = _wrapped(console, " ", self._signs(self._keys()), width, "dim")
        if self.neutral or height < _SMALL:
            return [now[0], *keys]
        partial = _wrapped(console, _WHO["you"], self._signs(f"{self.partial} …"), width, "italic")
        below = Text(f" {self._signs(CAN_BE_SAID)}", style="dim") if self.breath else Text()
        lines = [self._rule(width), *now, partial[-1] if self.partial else below]
        if self.gone or self.note:
            lines += _wrapped(console, " ! ", self.gone or self.note, width, "yellow")
        if height >= _ROOMY:
            facts = (self.facts.engines, self.devices)
            lines += [row for text in facts for row in _wrapped(console, " ", text, width, "dim")]
        return [*lines, self._rule(width), *keys]

    def _rule(self, width: int) -> Text:
        return Text(self.marks.rule * width, style="dim")

    def _signs(self, text: str) -> str:
        return text.replace("·", self.marks.dot).replace("…", "..." if self.marks is PLAIN else "…")

    def _state(self) -> str:
        marks, level = self.marks, self.level
        if self.gone:
            return f"{marks.closed} waiting for a sound device"
        if self.breath and not self.hearing:
            line = self.breath.line(level.at if level else 0.0, marks.full, marks.empty)
            return f"{marks.speaking} {line}"
        if level and level.sounding and self.voice and not self.hearing:
            deaf = ": I do not listen meanwhile" if level.deaf else ""
            return f"{marks.speaking} speaking{deaf}"
        if self.waiting_since is not None and not self.hearing:
            waited = int(level.at - self.waiting_since) if level else 0
            return f"{marks.working} thinking{f', for {waited} s' if waited else ''}"
        if self.facts.push_to_talk:
            return self._pressed()
        if not self.listening:
            return f"{marks.closed} paused: I do not listen; space goes on"
        if self.hearing and self.long:
            return f"{marks.listening} I hear you, and go on listening; not you? space pauses me"
        return f"{marks.listening} {'I hear you' if self.hearing else 'listening'}"

    def _pressed(self) -> str:
        if self.listening:
            return f"{self.marks.listening} I hear you; press space when you have finished"
        return f"{self.marks.closed} press space, then speak"

    def _bar(self) -> str:
        if self.level is None:
            return "microphone: nothing yet"
        share = min(1.0, max(0.0, 1.0 - self.level.level / QUIETEST))
        full = round(METER * share) if self.listening else 0
        bar = self.marks.full * full + self.marks.empty * (METER - full)
        took = "" if self.took is None else f"   answered after {self.took:.1f} s"
        return f"microphone [{bar}]{took}"

    def _keys(self) -> str:
        space = "speak" if self.facts.push_to_talk else "pause" if self.listening else "go on"
        if self.neutral:
            return f"n numbers · space {space} · q end"
        if self.breath and self.listening:
            return f"{IN_EXERCISE} · {'y yes · x no · ' if self.breath.asks else ''}q end"
        if self.asked is AnswerKind.COMMAND:
            space = "go on"
        answers = ANSWERS.get(self.asked, "")
        return f"{answers}space {space} · s stop and clear · n numbers · p panic exercise · q end"


def _wrapped(console: Console, first: str, words: str, width: int, style: str) -> list[Text]:
    """Break words into lines that fit, also those of double width, behind a first column."""
    plain = "".join(sign if sign.isprintable() else " " for sign in words)
    room = max(1, width - len(first))
    rows: Iterable[Text] = Text(plain, style=style).wrap(console, room)
    columns = [first, *([" " * len(first)] * len(plain))]
    return [Text(column, style="dim") + row for column, row in zip(columns, rows, strict=False)]
