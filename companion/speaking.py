"""A sentence on its way to the loudspeaker: the best voice that works says it."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from companion.attempts import Broken, survive
from companion.events import Event, Failed, Sound
from companion.stages import Voice
from companion.values import AudioChunk, Cleared, Exchange, Plan, State, Style, Turn, TurnId

HISTORY = 12
"""Exchanges carried along; older ones are the journal's business"""
BETWEEN_SENTENCES = 0.3
"""Seconds of quiet"""
RATE = 16_000
"""Hertz of the quiet between sentences"""


def spoken(
    voices: Sequence[Voice], text: Cleared, style: Style, id: TurnId
) -> Generator[Event, None, None]:
    """Speak with the best voice that works; each stands in for the one before it."""
    for voice in voices:
        heard = False
        with closing(survive(partial(voice.synthesize, text, style))) as chunks:
            for chunk in chunks:
                if isinstance(chunk, Broken):
                    yield Failed(id, "speak", chunk.problem)
                    break
                heard = True
                yield Sound(id, chunk)
            else:
                return
        if heard:
            # Half of it was heard, and all of it is on the screen: not twice.
            return


def quiet(voices: Sequence[Voice], seconds: float, id: TurnId) -> Iterator[Event]:
    """Keep quiet, where anything is heard at all."""
    if seconds and voices:
        yield Sound(id, AudioChunk(np.zeros(round(seconds * RATE), np.float32), RATE))


def chosen_of(state: State, plan: Plan) -> State:
    """Give the state once a plan was chosen, before a word of it is said."""
    return replace(
        state,
        expected=plan.expected,
        mind=plan.mind,
        tone=plan.tone or state.tone.settled,
        exercise=plan.exercise,
        known=plan.known or state.known,
        care=plan.care or state.care,
    )


def told_of(state: State, plan: Plan, turn: Turn, said: list[str]) -> State:
    """Give the state once these sentences of a plan were heard."""
    exchange = Exchange(turn.transcript.text, tuple(said), plan.act)
    return replace(
        state,
        risk=plan.risk or state.risk,
        history=(*turn.history, exchange)[-HISTORY:],
    )
