"""Let a stage fail without taking the talk with it. For `conversation.py` alone.

The text of an exception is dropped, because it may hold a person's words; what
is kept is the kind of error.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Broken:
    """A stage failed."""

    problem: str
    """The kind of error, never its text"""


def attempt(work: Callable[[], T]) -> T | Broken:
    """Do a stage's work; any exception is the stage's failure."""
    try:
        return work()
    except Exception as error:
        return Broken(type(error).__name__)


def survive(work: Callable[[], Iterable[T]]) -> Generator[T | Broken, None, None]:
    """Yield what a stage yields; any exception ends it with `Broken`."""
    try:
        yield from work()
    except Exception as error:
        yield Broken(type(error).__name__)
