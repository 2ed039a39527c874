"""Whoever leads exercises in tests: real scripts and steps, beeps for a voice."""

from pathlib import Path

from companion import paths
from companion.answers import Answers
from companion.content import read
from companion.sessions.leader import SessionLeader
from companion.sessions.obeying import Sentences
from companion.sessions.script import read_scripts

from .parts import PlainOutgoing
from .sessions_made import Beeps

ENGLISH = paths.content() / "en"
ANSWERS = Answers(ENGLISH)
SENTENCES = read(ENGLISH / "leading.yaml", Sentences)
SHIPPED = read_scripts(ENGLISH / "sessions")


def leader(folder: Path | None = None, **changes: object) -> SessionLeader:
    """Lead what ships, or the exercises of a folder."""
    parts = {
        "scripts": read_scripts(folder) if folder else SHIPPED,
        "sentences": SENTENCES,
        "answers": ANSWERS,
        "outgoing": PlainOutgoing(),
        "speech": Beeps(),
    }
    return SessionLeader(**(parts | changes))  # type: ignore[arg-type]
