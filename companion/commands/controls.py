"""What the keys of a talk do."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue

from companion.answers import Answers
from companion.commands.keyboard import DIGITS, LEADING, Key
from companion.commands.screening import Shown
from companion.hear.gate import Gate, PressedEar
from companion.listening import BreathReader
from companion.live import LiveTalk
from companion.values import AnswerKind

TEN = 0.8
"""Seconds for which a one waits: a zero may follow it"""


def words_of(answers: Answers) -> Mapping[str, str]:
    """Give the words that keys stand for."""
    words = answers.words
    ways = {
        **words.exercise,
        "yes": words.yes,
        "no": words.no,
        "panic": words.commands["panic"],
    }
    return {name: forms[0] for name, forms in ways.items()}


@dataclass
class Controls:
    """What keys do, on their own thread; the screen hears of it a moment later."""

    gate: Gate
    words: Mapping[str, str]
    """What a key says in a person's place"""
    breath: BreathReader | None = None
    """Takes note of each breath in that a key tells"""
    talk: LiveTalk | None = None
    quiet: bool = False
    """Silence was asked for, and nobody has asked for anything since"""
    pressed: SimpleQueue[tuple[Key, bool]] = field(default_factory=SimpleQueue)
    _one: float | None = None
    """Seconds of the talk, when a one was pressed that may become a ten; infinite: just now"""

    def press(self, key: Key) -> None:
        """Act at once."""
        if key is Key.QUIT:
            signal.raise_signal(signal.SIGINT)
        elif key is Key.TALK:
            self._talk()
        elif key is Key.STOP:
            # Whoever has just come in is not listened to, and not answered.
            self.gate.is_open, self.quiet = False, True
            if self.talk:
                self.talk.hush()
        elif self.talk:
            self._speak(key, self.talk)
        self.pressed.put((key, self.gate.is_open))

    def show(self, screen: Shown) -> None:
        """Let the screen follow."""
        while not self.pressed.empty():
            screen.press(*self.pressed.get())

    def go_on(self, now: float) -> None:
        """Take a one for a one once no zero has followed; `now` in seconds of the talk."""
        one = self._one
        if one is not None and self.talk:
            if one == float("inf"):
                self._one = now
            elif now - one > TEN:
                self._one = None
                self._type(self.talk, "1")

    def _talk(self) -> None:
        """Pause, or go on: an exercise where one is led, else what is said to us."""
        exercise = self.talk.state.exercise if self.talk else None
        if self.talk and exercise and not isinstance(self.gate, PressedEar):
            waits = exercise.control.paused or self.quiet
            self._say(self.talk, "go-on" if waits else "pause")
        else:
            self.gate.is_open, self.quiet = not self.gate.is_open, False

    def _speak(self, key: Key, talk: LiveTalk) -> None:
        """Say what a key stands for, where it stands for anything now."""
        asked = talk.state.expected.kind
        if key is Key.BREATH:
            if self.breath and self.breath.press() and talk.state.exercise:
                # The step begins anew, at their pace.
                self._say(talk, Key.AGAIN.value)
            return
        if key is Key.PANIC or (key in LEADING and talk.state.exercise):
            self._say(talk, key.value)
        elif key in (Key.YES, Key.NO) and asked is AnswerKind.YES_NO:
            self._say(talk, key.value)
        elif key in DIGITS and asked is AnswerKind.SCALE:
            is_ten = key is Key.ZERO and self._one is not None
            self._one = float("inf") if key is Key.ONE else None
            if self._one is None:
                self._type(talk, "10" if is_ten else key.value)

    def _say(self, talk: LiveTalk, name: str) -> None:
        self._type(talk, self.words[name])

    def _type(self, talk: LiveTalk, words: str) -> None:
        self.gate.is_open, self.quiet = not isinstance(self.gate, PressedEar), False
        talk.type(words)
