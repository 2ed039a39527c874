"""A turn that was taken too soon, and goes on: its halves are answered as one.

Whoever goes on within a moment has not heard an answer yet. What was found in the first half is
kept, a danger above all; what was about to be said to it is forgotten.
"""

from collections.abc import Callable
from dataclasses import replace

from companion.values import State, Transcript, Utterance


class Halves:
    """Follows the turns of one talk."""

    def __init__(self) -> None:
        self._last: tuple[Utterance, State] | None = None
        """The last turn, and the state from which it was answered"""
        self._since: State | None = None
        """The state from which the turn that goes on now began, where it is a second half"""
        self._goes_on = False

    def begin(self, *, goes_on: bool) -> None:
        """Somebody speaks; `goes_on`: so soon that the last turn had not ended."""
        # A turn that was taken for its length goes on without end: it would be joined for ever.
        self._goes_on = goes_on and not (self._last and self._last[0].endless)

    def join(self, utterance: Utterance) -> Utterance:
        """Give the whole turn once it was taken."""
        self._since = None
        if not (self._goes_on and self._last):
            return utterance
        first, self._since = self._last
        return _after(first, utterance)

    def whole(self, utterance: Utterance, state: State) -> tuple[Utterance, State]:
        """Give the turn so far, and the state it would be answered from: nothing is decided."""
        if not (self._goes_on and self._last):
            return utterance, state
        first, since = self._last
        return _after(first, utterance), _rewound(since, state)

    def take(self, utterance: Utterance, state: State) -> Callable[[State], State]:
        """Remember a turn, and the state now; give how to find the state that it is answered from.

        That is asked once all before it was weighed.
        """
        since, self._since = self._since, None
        self._last = utterance, since or state
        return lambda now: now if since is None else _rewound(since, now)


def _after(first: Utterance, second: Utterance) -> Utterance:
    transcript = _joined(first.transcript, second.transcript)
    return replace(second, start=first.start, transcript=transcript)


def _rewound(since: State, now: State) -> State:
    """Forget what was about to be said; keep what was found, and what the person decided."""
    return replace(since, risk=now.risk, guard_works=now.guard_works, tone=now.tone)


def _joined(first: Transcript | None, second: Transcript | None) -> Transcript | None:
    if first is None or second is None:
        return first or second
    known = [one for one in (first.confidence, second.confidence) if one is not None]
    return replace(
        second,
        text=f"{first.text} {second.text}".strip(),
        words=first.words + second.words,
        alternatives=tuple(f"{first.text} {other}" for other in second.alternatives)
        + tuple(f"{other} {second.text}" for other in first.alternatives),
        confidence=min(known, default=None),
        rejected=first.rejected and second.rejected,
    )
