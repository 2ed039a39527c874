"""The words of an exercise, each passed by the guard when the exercise is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from companion.errors import SettingsError
from companion.risk import Assessment, RiskState
from companion.sessions.script import Script
from companion.stages import OutgoingGuard
from companion.values import Cleared, Expected, MindState, Transcript, Turn, TurnId, Utterance


@dataclass(frozen=True)
class Wording:
    """The words of a script, as the guard has passed them."""

    sentences: Mapping[str, Cleared]
    lines: Mapping[str, Cleared]
    """Reviewed safety sentences by id"""


def passed(outgoing: OutgoingGuard, text: str) -> Cleared | None:
    """Hold a sentence against what a companion may say, before anything was said."""
    return outgoing.clear(text, _NO_TURN)


def clear(
    name: str,
    script: Script,
    passes: Callable[[str], Cleared | None],
    reviewed: Callable[[str], Cleared],
) -> Wording:
    """Let the guard pass each sentence of a script. Raises SettingsError, GuardError."""
    sentences: dict[str, Cleared] = {}
    for text in script.texts:
        cleared = passes(text)
        if cleared is None:
            raise SettingsError(
                f"{name}.yaml: the guard does not let this be said: '{text}'",
                fix="Say it in other words; prompts/en/safety/outgoing.yaml has the rules.",
            )
        sentences[text] = cleared
    return Wording(sentences, {line: reviewed(line) for line in script.lines})


_NO_TURN = Turn(
    Utterance(TurnId(0), None),
    Transcript(),
    Assessment(),
    RiskState(),
    Expected(),
    MindState(),
    history=(),
    free_talk=False,
)
