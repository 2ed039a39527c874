"""The tone of voice within a turn: a help, not a need. Where it fails, all goes on without."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from companion.attempts import Broken, attempt
from companion.events import Event, Failed
from companion.stages import ToneComparer, ToneTalk
from companion.tone import Tone
from companion.values import Plan, State, Turn, TurnId, Utterance

T = TypeVar("T")


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
