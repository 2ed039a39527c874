"""A mind that says what it was told to say: for tests, and to try the outgoing guard."""

from collections.abc import Generator, Iterable, Sequence

from companion.values import Exchange, Plan, Turn


class ScriptedMind:
    """Says one prepared reply a turn, and leaves the rest to the written ones."""

    name = "scripted"

    def __init__(self, replies: Iterable[Sequence[str]] = ()) -> None:
        """Each reply is a list of sentences."""
        self._replies = iter(replies)

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        """There is nothing to prepare."""

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        """Yield the next reply sentence by sentence."""
        yield from next(self._replies, ())

    def close(self) -> None:
        """There is nothing to give back."""
