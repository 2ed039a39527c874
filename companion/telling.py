"""What an answer does on its way to the floor: a sentence ahead, and timed."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from companion.events import WEIGHED, Chosen, Event, Said, Sound, Timed
from companion.values import Utterance


def one_ahead(events: Iterator[Event]) -> Iterator[Event]:
    """Give a sentence when its first sound is made: while the one before is still heard."""
    for event in events:
        following = next(events, None) if isinstance(event, Said) else None
        yield event
        if following is not None:
            yield following


def timed(
    answer: Generator[Event, None, None],
    utterance: Utterance,
    measure: Callable[[], tuple[float, float]],
) -> Generator[Event, None, None]:
    """Tell of the first sound of an answer. `measure` gives the time of the talk and the work."""
    told = False
    with closing(answer):
        for event in one_ahead(answer):
            if isinstance(event, Sound) and not told:
                told = True
                now, work = measure()
                yield Timed(utterance.id, now, utterance.hold, work, ())
            yield event


def weigh(answer: Iterator[Event], happen: Callable[[Event], None]) -> tuple[Sequence[Event], str]:
    """Take an answer up to what was chosen: let happen what comes of a turn in any case.

    Gives the events that are for whoever waits, and the act; the rest of the answer is left.
    """
    others: list[Event] = []
    for event in answer:
        if isinstance(event, WEIGHED):
            happen(event)
        else:
            others.append(event)
        if isinstance(event, Chosen):
            return others, event.act
    return others, ""
