"""Put together what a language model is asked.

The order is fixed: what it always is, the talk so far, the person's words, and what is
wanted of it last. So the model's work on the beginning can be kept from turn to turn, and
the words can be given to it while they are still being spoken.
"""

from collections.abc import Sequence
from pathlib import Path

from companion.content import Content, read
from companion.errors import SettingsError
from companion.values import Exchange, Plan, Turn

Message = dict[str, str]
"""`role` (system, user, assistant) and `content`"""

_LONGEST = 1_200
"""Characters of one thing said: about a minute of speech. More of it would only be waited for"""
_FEWEST, _MOST = 4, 9
"""Exchanges of the talk that are shown. Between the two nothing is dropped: with each drop
the model must read all that follows it anew"""


class Example(Content):
    """One good answer."""

    heard: str
    task: str
    said: str


class Persona(Content):
    """`persona.yaml`."""

    system: str
    tasks: dict[str, str]
    known: str
    """What was told in earlier talks and fits; {memories}"""
    question: str
    """How a task that asks names its question; {question} is the written one"""
    examples: tuple[Example, ...]


class Prompter:
    """Asks for one reply. It remembers only where the part of the talk that it shows begins."""

    def __init__(self, folder: Path) -> None:
        """Read `persona.yaml` in a language's folder. Raises SettingsError."""
        self._persona = persona = read(folder / "persona.yaml", Persona)
        # Part of what never changes, so they are read once.
        examples = (f"{e.heard}\n({e.task})\n{e.said}" for e in persona.examples)
        self._system = "\n\n".join((persona.system, *examples))
        self._first: Exchange | None = None

    def ask(self, turn: Turn, plan: Plan) -> list[Message]:
        """Give the messages for one reply. Raises SettingsError for a task that is not written."""
        try:
            task = self._persona.tasks[plan.task]
        except KeyError:
            raise SettingsError(
                f"persona.yaml has no task '{plan.task}'.", fix="Write a line for it."
            ) from None
        if plan.lines and plan.lines[-1].text.endswith("?"):
            task += " " + self._persona.question.format(question=plan.lines[-1].text)
        if plan.memories:
            # In the last message: what stands before it is the same from turn to turn.
            task = f"{self._persona.known.format(memories='; '.join(plan.memories))} {task}"
        words = f"{_short(turn.transcript.text)}\n\n({task})"
        return [*self._so_far(turn.history), {"role": "user", "content": words}]

    def partial(self, words: str, history: Sequence[Exchange]) -> list[Message]:
        """Give the messages as far as they are known while the person still speaks."""
        return [*self._so_far(history), {"role": "user", "content": _short(words)}]

    def _so_far(self, history: Sequence[Exchange]) -> list[Message]:
        messages = [{"role": "system", "content": self._system}]
        for exchange in self._shown(history):
            messages.append({"role": "user", "content": _short(exchange.heard)})
            messages.append({"role": "assistant", "content": " ".join(exchange.said)})
        return messages

    def _shown(self, history: Sequence[Exchange]) -> Sequence[Exchange]:
        places = [at for at, exchange in enumerate(history) if exchange is self._first]
        if not places or len(history) - places[0] > _MOST:
            shown = history[-_FEWEST:]
            self._first = shown[0] if shown else None
            return shown
        return history[places[0] :]


def _short(words: str) -> str:
    """Keep the beginning and the end of a long speech, whole words only."""
    if len(words) <= _LONGEST:
        return words
    half = _LONGEST // 2
    return f"{words[:half].rsplit(' ', 1)[0]} … {words[-half:].split(' ', 1)[-1]}"
