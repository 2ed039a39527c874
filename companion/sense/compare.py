"""Hold each utterance of a talk against the person's own past, and learn from it.

What is known of a person lies in a `Baseline`, which is given at the start of a talk and
taken at its end. What is said of it are the words of `prosody.yaml`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from companion.sense.baseline import Baseline, Observation, before, learn, observe, usual
from companion.sense.stress import MOST_POOLED, Judgement, judge, level, log_ratio
from companion.sense.usual import Usual
from companion.sense.words import Words, describe, explain, nothing
from companion.tone import Tone, ToneLevel, ToneState
from companion.values import Prosody, TurnId

RARE = 0.05
"""p up to which an utterance does not move what is usual"""


@dataclass(frozen=True)
class _Before:
    """What was known before a turn: should it go on after all, it is judged anew."""

    turn: int
    baseline: Baseline
    recent: tuple[Judgement, ...]
    tone: Tone


class OwnUsual:
    """Compares a voice with its own past, utterance by utterance."""

    name = "own usual"

    def __init__(self, words: Words, number: Callable[[int], str]) -> None:
        """`number` says a number in words."""
        self._words = words
        self._number = number
        self._device = ""
        self.forget()

    def forget(self) -> None:
        """Forget all that is known of this voice."""
        self.baseline = Baseline()
        self._recent: tuple[Judgement, ...] = ()
        self._last = Tone()
        self._known: tuple[tuple[datetime, str, int], Baseline, Usual] | None = None
        self._before = _Before(-1, self.baseline, (), Tone())

    def know(self, baseline: Baseline) -> None:
        """Take what earlier talks left."""
        self.forget()
        self.baseline = baseline

    def through(self, device: str) -> None:
        """Say which microphone is used from now on."""
        self._device = device

    def compare(self, id: TurnId, prosody: Prosody, state: ToneState, now: datetime | None) -> Tone:
        """Judge an utterance, and learn from it. `now` is aware local time."""
        if id.turn == self._before.turn:
            self.baseline, self._recent = self._before.baseline, self._before.recent
            self._last = self._before.tone
        self._before = _Before(id.turn, self.baseline, self._recent, self._last)
        if now is None:
            return self._nothing("no time: nobody knows when this is")
        if state.muted and (state.muted_until is None or now < state.muted_until):
            return self._nothing(f"muted: {state.muted}")
        observation = observe(prosody, now, self._device)
        if observation is None:
            return self._nothing(prosody.quality.why or "too short: too little to go by")
        earlier, known = self._earlier(now)
        found = judge(earlier, observation, known)
        self._recent = (*self._recent, found)[-MOST_POOLED:]
        tone = self._tone(found, observation, known)
        kept = observation.model_copy(update={"unusual": tone.unusual})
        self.baseline = learn(self.baseline, kept)
        # The third utterance through another microphone of the same name says that it is one.
        tone = replace(tone, through=self.baseline.observations[-1].device)
        if tone.index is not None:
            self._last = tone
        return tone

    def _earlier(self, now: datetime) -> tuple[Baseline, Usual]:
        """Give what was known before this talk; worked out once an hour, for it takes a while."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        key = (hour, self._device, self.baseline.microphones.get(self._device, 1))
        if self._known is None or self._known[0] != key:
            earlier = before(self.baseline, now)
            self._known = key, earlier, usual(earlier, now, self._device)
        return self._known[1:]

    def _tone(self, found: Judgement, observation: Observation, known: Usual) -> Tone:
        values = observation.values
        reached = level(self._recent, known)
        rare = found.p is not None and found.p <= RARE
        return Tone(
            reached,
            found.score,
            found.interval,
            log_ratio(found, known) if found.score is not None else 0.0,
            found.why,
            describe(self._words, reached, found, known, values),
            explain(self._words, found, self._number),
            {**values, "voiced": observation.voiced},
            times=self._last.times + 1 if reached is ToneLevel.CLEARLY else 0,
            unusual=rare or reached is ToneLevel.CLEARLY,
        )

    def _nothing(self, why: str) -> Tone:
        """Judge nothing; what an earlier utterance of this talk showed can still be told."""
        said = self._last.said or nothing(self._words, why)
        return Tone(why=why, said=said, how=self._last.how)
