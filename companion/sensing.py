"""The tone of voice within a turn: a help, not a need. Where it fails, all goes on without."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from companion.attempts import Broken, attempt
from companion.events import Event, Failed
from companion.tone import Tone, ToneState
from companion.values import Plan, Prosody, State, Turn, TurnId, Utterance

T = TypeVar("T")


class ToneComparer(Protocol):
    """Holds the tone of an utterance against the person's own past, and learns from it."""

    name: str

    def compare(self, id: TurnId, prosody: Prosody, state: ToneState, now: datetime | None) -> Tone:
        """Judge an utterance. `now` is aware local time, None where nobody knows it."""
        ...

    def forget(self) -> None:
        """Forget all that is known of this voice."""
        ...


class ToneTalk(Protocol):
    """Speaks of the tone of voice, when asked and rarely without."""

    def answer(self, turn: Turn) -> Plan | None:
        """Answer what is about it: consent, its end, a cold, "how do I sound?"; else None."""
        ...

    def add(self, turn: Turn, plan: Plan) -> Plan:
        """Add to another answer what the voice asks for; mostly nothing."""
        ...


@dataclass(frozen=True)
class Sensing:
    """What compares a voice with its own past, and speaks of it."""

    comparer: ToneComparer
    talk: ToneTalk

    def compare(self, utterance: Utterance, state: State) -> Generator[Event, None, Tone]:
        """Hold the voice against its own past, where the person agrees to it."""
        if not (state.hears_tone and utterance.prosody.features):
            return Tone()
        id, now = utterance.id, utterance.when(state.began)
        tone = yield from _or_without(
            id, lambda: self.comparer.compare(id, utterance.prosody, state.tone, now)
        )
        return tone or Tone()

    def answer(self, turn: Turn) -> Generator[Event, None, Plan | None]:
        """Answer what is about the tone of voice; None where the turn is about something else."""
        return (yield from _or_without(turn.id, lambda: self.talk.answer(turn)))

    def add(self, turn: Turn, plan: Plan) -> Generator[Event, None, Plan]:
        """Add to another answer what the voice asks for; mostly nothing."""
        return (yield from _or_without(turn.id, lambda: self.talk.add(turn, plan))) or plan

    def forget(self) -> None:
        """Forget all that is known of this voice."""
        attempt(self.comparer.forget)


def _or_without(id: TurnId, work: Callable[[], T]) -> Generator[Event, None, T | None]:
    done = attempt(work)
    if isinstance(done, Broken):
        yield Failed(id, "sense", done.problem)
        return None
    return done
