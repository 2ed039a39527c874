"""Small engines to build a conversation of: the shipped ones, and some that break."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from companion.conversation import Conversation, Guards
from companion.events import Event, Kept, Said
from companion.guard.minimal import MinimalGuard
from companion.hear.typed import TypedRecogniser
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.sense.loudness import LoudnessReader
from companion.speak.silent import SilentVoice
from companion.think.scripted import ScriptedMind
from companion.values import (
    AudioChunk,
    Cleared,
    Exchange,
    Expected,
    Line,
    Plan,
    State,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

SOUND = AudioChunk(np.full(1_600, 0.1, np.float32), 16_000)


class PlainGuard:
    """Takes the word "danger" for immediate danger."""

    def weigh(self, transcript: Transcript, state: RiskState) -> tuple[Assessment, RiskState]:
        if "danger" not in transcript.text:
            return Assessment(), state
        found = Assessment(Risk.IMMEDIATE, (Kind.SUICIDE,))
        return found, replace(state, level=Risk.IMMEDIATE, kinds=(Kind.SUICIDE,))


class PlainProtocol:
    """Owes one essential line for a danger that was not answered."""

    def learn(self, assessment: Assessment, state: RiskState, now: object) -> RiskState:
        return state

    def answer(self, turn: Turn) -> Plan | None:
        state = turn.risk
        if state.level <= state.answered:
            return None
        lines = (Line(reviewed="now-call", essential=True), Line(reviewed="now-someone"))
        return Plan("safety", lines, risk=replace(state, answered=state.level))


class PlainOutgoing:
    """Refuses the word "pills"."""

    def clear(self, sentence: str, turn: Turn) -> Cleared | None:
        return None if self.reason(sentence) else Cleared(sentence)

    def clear_worded(self, sentence: str, turn: Turn, before: str = "") -> Cleared | None:
        return self.clear(sentence, turn)

    def reason(self, sentence: str) -> str | None:
        return "pills" if "pills" in sentence else None

    def reason_worded(self, sentence: str, before: str = "") -> str | None:
        return self.reason(sentence)

    def reviewed(self, line_id: str, turn: Turn | None = None) -> Cleared:
        return Cleared(f"<{line_id}>")

    def own(self, words: str) -> Cleared:
        return Cleared(words)


class PlainPolicy:
    """Always reflects."""

    def choose(self, turn: Turn) -> Plan:
        task = "reflect" if turn.free_talk else ""
        return Plan("reflect", (Line("I hear you."),), Expected(after_question=True), task=task)


class Broken:
    """Every method of every stage raises RuntimeError, with a person's words in it."""

    name = "broken"
    hears_danger = True

    def __getattr__(self, method: str) -> Any:
        def fail(*args: object) -> None:
            raise RuntimeError("i am so very secret")

        return fail


class BreaksLater:
    """A voice that breaks in the middle of a sentence."""

    name = "breaks-later"

    def synthesize(self, text: Cleared, style: object) -> Iterator[AudioChunk]:
        yield SOUND
        raise RuntimeError


class EndlessMind:
    """Goes on and on, and notes when it is stopped."""

    name = "endless"

    def __init__(self) -> None:
        self.stopped = False

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        pass

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        try:
            while True:
                yield "On and on."
        finally:
            self.stopped = True

    def close(self) -> None:
        pass


def conversation(**changes: Any) -> Conversation:
    """Build a conversation; name the stages to change. Guards are changed by their own names."""
    prepared = {
        name: Cleared(f"<{name}>")
        for name in ("guard-fault", "ear-fault", "think-fault", "help-numbers")
    }
    guards = {
        name: changes.pop(name, part)
        for name, part in {
            "incoming": PlainGuard(),
            "minimal": MinimalGuard(),
            "protocol": PlainProtocol(),
            "outgoing": PlainOutgoing(),
        }.items()
    }
    parts: dict[str, Any] = {
        "recogniser": TypedRecogniser(),
        "prosody_reader": LoudnessReader(),
        "guards": Guards(**guards, prepared=prepared),
        "policy": PlainPolicy(),
        "mind": ScriptedMind(),
        "voices": (SilentVoice(),),
    }
    return Conversation(**(parts | changes))


def said_by(person: str, turn: int = 1, typed: bool = True) -> Utterance:
    """Make an utterance of words."""
    return Utterance(TurnId(turn), Transcript(person, typed=typed))


def texts(events: list[Event]) -> list[str]:
    """Give what was said."""
    return [event.text for event in events if isinstance(event, Said)]


def last_state(events: list[Event]) -> State:
    """Give the state to go on from."""
    return [event.state for event in events if isinstance(event, Kept)][-1]
