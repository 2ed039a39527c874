"""A recogniser for words typed by hand: tests, and talks without a model."""

from collections.abc import Iterable, Iterator

from companion.values import AudioChunk, Expected, Transcript


class TypedRecogniser:
    """Gives the next line for each utterance, whatever its sound; "" when none is left."""

    name = "typed"
    hears_danger = True

    def __init__(self, lines: Iterable[str] = (), language: str = "en") -> None:
        self._lines: Iterator[str] = iter(lines)
        self._language = language

    def start(self, expected: Expected) -> None:
        """Any kind of answer can be typed."""

    def accept(self, chunk: AudioChunk) -> str:
        """Sound says nothing here."""
        return ""

    def finish(self) -> Transcript:
        """Give the next line."""
        return Transcript(next(self._lines, ""), self._language, typed=True)
