"""What may keep a talk from beginning: another one that goes on, and a terminal without keys.

A row stands only where something is to be said: the rest fits one screen.
"""

import sys
from collections.abc import Iterator

from companion.commands.doctor_case import Case, Row
from companion.commands.holding import goes_on


def talk(case: Case) -> Iterator[Row]:
    """Look whether a talk goes on: two at once would answer one another."""
    if goes_on():
        fix = "End it before you look at the microphone and the loudspeaker here."
        yield Row("talk", "note", "one goes on now, so its devices may be busy", fix)


def screen(case: Case) -> Iterator[Row]:
    """Look whether the keys that are asked for can be pressed."""
    keys = sys.stdin is not None and sys.stdin.isatty()
    if case.settings.audio.push_to_talk and not keys:
        fix = "Talk in a terminal, or set audio.push_to_talk to no."
        yield Row("screen", "wrong", "push to talk needs a keyboard, and there is none here", fix)
