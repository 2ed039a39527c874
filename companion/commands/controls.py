"""What the keys of a talk do."""

import signal
from dataclasses import dataclass, field
from queue import SimpleQueue

from companion.commands.keyboard import Key
from companion.commands.screening import Shown
from companion.hear.gate import Gate, PressedEar
from companion.live import LiveTalk


@dataclass
class Controls:
    """What keys do, on their own thread; the screen hears of it a moment later."""

    gate: Gate
    panic: str
    """The word that the key for panic stands for"""
    talk: LiveTalk | None = None
    quiet: bool = False
    """Silence was asked for, and nobody has asked for anything since"""
    pressed: SimpleQueue[tuple[Key, bool]] = field(default_factory=SimpleQueue)

    def press(self, key: Key) -> None:
        """Act at once."""
        talk = self.talk
        if key is Key.QUIT:
            signal.raise_signal(signal.SIGINT)
        elif key is Key.TALK:
            self.gate.is_open = not self.gate.is_open
            self.quiet = False
        elif key is Key.STOP:
            # Whoever has just come in is not listened to, and not answered.
            self.gate.is_open, self.quiet = False, True
            if talk:
                talk.hush()
        elif key is Key.PANIC and talk:
            self.gate.is_open, self.quiet = not isinstance(self.gate, PressedEar), False
            talk.type(self.panic)
        self.pressed.put((key, self.gate.is_open))

    def show(self, screen: Shown) -> None:
        """Let the screen follow."""
        while not self.pressed.empty():
            screen.press(*self.pressed.get())
