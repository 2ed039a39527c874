"""A mind that leaves every reply to the written one."""

from collections.abc import Generator, Sequence

from companion.values import Exchange, Plan, Turn


class WrittenMind:
    """Adds no words of its own: the talk is good without a language model."""

    name = "written"

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        """There is nothing to prepare."""

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        """Yield nothing, so that the written reply is given."""
        yield from ()

    def close(self) -> None:
        """There is nothing to give back."""
