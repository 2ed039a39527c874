"""An exercise in time: every word and every sound at its sample.

The one idea: a rhythm is laid on a grid that is counted, not added up, and a cue is made
before its moment comes. So no beat depends on how long anything took, nothing drifts,
and a talk about it can stop at any beat and go on from there: `Progress` is all that
there is to remember.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

import numpy as np

from companion.exercise import Progress
from companion.sessions import timing
from companion.sessions.beats import Beat, Kind
from companion.sessions.script import Script
from companion.sessions.steps import Over, Repeat, Sound, Step
from companion.sessions.timing import GAP, Wishes
from companion.sessions.tones import RATE, tone
from companion.sessions.wording import Wording
from companion.sessions.words import Speech, Spoken
from companion.values import Cleared

OPENING = 0.3
"""Seconds before the first sound: a cue may need some before its beat"""
SHORTEST_SHARE = 1.0
"""Seconds: quiet is never shorter, and the exercise then lasts a little longer than asked"""
FADING = (0.6, 0.3)
"""Loudness of the cue words in the rounds after those that are spoken in full"""

_APART = 0.05
"""Seconds between two cue words"""
_AFTER_BEAT = 0.4
"""Seconds after which words over a rhythm start"""


class Player:
    """Lays one exercise out in time, as a person wants it."""

    def __init__(self, script: Script, wording: Wording, speech: Speech, wishes: Wishes) -> None:
        self.parts = timing.taken(script, wishes)
        self.wishes = wishes
        self.wording = wording
        self.speech = speech
        minutes = timing.minutes(script, wishes)
        self.seconds: float | None = minutes * 60 if minutes else None
        """How long it takes, about; None: until it is stopped"""
        if minutes is None and not (wishes.endless and script.is_endless):
            self.seconds = OPENING + timing.fixed(self.parts)

    def beats(self, progress: Progress | None = None, ends: float | None = None) -> Iterator[Beat]:
        """Yield what happens, in order, from the start or from where it stood.

        `ends` (seconds since the start) makes it shorter than was asked.
        """
        return _Course(self, progress or Progress(), ends or self.seconds).run()


class _Course:
    """One way through an exercise: it knows what time it is."""

    def __init__(self, player: Player, progress: Progress, ends: float | None) -> None:
        self._player = player
        self._ends = ends
        self._from = progress
        self._now = progress.at or OPENING
        self._said_until = 0.0
        """Seconds until which words are heard"""

    def run(self) -> Iterator[Beat]:
        for index, part in enumerate(self._player.parts):
            if index < self._from.step:
                continue
            place = replace(self._from, step=index)
            if index > self._from.step:
                place = replace(place, round=0, into=0.0)
            if part.repeat:
                yield from self._repeat(part.repeat, place)
            else:
                yield from self._step(part, replace(place, at=self._now))
        yield self._beat("end", 0.0, replace(self._from, step=len(self._player.parts)))

    # --- words, and quiet after them -----------------------------------------------------

    def _step(self, step: Step, place: Progress, item: str = "") -> Iterator[Beat]:
        """Let a step happen that takes the time its words take."""
        number = place.round + 1 if item else 0
        if step.seconds is not None:
            yield from self._pulse(step, place, (step.seconds, 1.0), number)
            self._now += step.seconds
            return
        if step.sound:
            yield self._tone(step.sound, place, 0.0, number)
        text = self._text(step, item)
        if text:
            yield from self._say(text, place, number)
        quiet = self._quiet(step, place.step, bool(text or step.sound))
        if step.answer:
            yield self._beat("answer", step.answer, place, round=number)
        self._now += quiet

    def _say(self, text: Cleared, place: Progress, number: int = 0) -> Iterator[Beat]:
        spoken = self._player.speech.sentence(text)
        yield self._beat(
            "say", spoken.seconds, place, text=text, round=number,
            start=_frame(self._now), samples=spoken.samples,
        )  # fmt: skip
        self._now += spoken.seconds

    def _text(self, step: Step, item: str = "") -> Cleared | None:
        wording = self._player.wording
        if step.line:
            return wording.lines[step.line]
        if step.say and (self._player.wishes.words or step.answer or step.essential):
            return wording.sentences[step.say.replace("{each}", item)]
        return None

    def _quiet(self, step: Step, index: int, something: bool) -> float:
        if step.share is None:
            return step.rest or step.answer or (GAP if something else 0.0)
        rest = self._player.parts[index:]
        left = (self._ends or 0.0) - self._now - timing.fixed(rest[1:])
        return max(SHORTEST_SHARE, step.share * left / timing.shares(rest))

    # --- repetitions -----------------------------------------------------------------------

    def _repeat(self, repeat: Repeat, place: Progress) -> Iterator[Beat]:
        if repeat.fills:
            yield from self._rhythm(repeat, place)
        elif repeat.each:
            for number in range(place.round, len(repeat.each)):
                here = replace(place, round=number)
                for step in repeat.steps:
                    here = replace(here, at=self._now) if step is repeat.steps[0] else here
                    yield from self._step(step, here, repeat.each[number])
        else:
            yield from self._counted(repeat, place)

    def _counted(self, repeat: Repeat, place: Progress) -> Iterator[Beat]:
        into = place.into
        for number in range(place.round, repeat.rounds or 0):
            length, beats = self._round(repeat, replace(place, round=number, into=into))
            yield from beats
            into += length

    def _rhythm(self, repeat: Repeat, place: Progress) -> Iterator[Beat]:
        """Go round for as long as the time allows; words may be spoken over it."""
        start, number, into = self._now, place.round, place.into
        waiting: list[Over] = []
        end = math.inf
        if self._ends is not None:
            end = self._ends - timing.fixed(self._player.parts[place.step + 1 :])
        since = -1.0 if not number else into
        while number == place.round or self._now + self._length(repeat, into) / 2 <= end:
            waiting += [over for over in repeat.over if timing.is_due(over, since, into)]
            since = into
            here = replace(place, round=number, into=into)
            told: list[Beat] = []
            if waiting and self._said_until <= self._now:
                told = list(self._over(waiting.pop(0), replace(here, at=self._now)))
            length, beats = self._round(repeat, here)
            yield from sorted([*told, *beats], key=attrgetter("at"))
            number, into = number + 1, into + length
            # Counted from the start of the rhythm, so that no rounding adds up.
            self._now = start + (into - place.into)

    def _length(self, repeat: Repeat, into: float) -> float:
        return timing.pace(
            repeat, into, self._from.tempo, self._from.begins
        ) * timing.length_of_round(repeat)

    def _over(self, over: Over, place: Progress) -> Iterator[Beat]:
        if not (self._player.wishes.words or over.essential):
            return
        beat_at = self._now
        self._now += _AFTER_BEAT
        yield from self._say(self._player.wording.sentences[over.say], place, place.round + 1)
        self._said_until, self._now = self._now + GAP, beat_at

    def _round(self, repeat: Repeat, place: Progress) -> tuple[float, Iterator[Beat]]:
        slower = timing.pace(repeat, place.into, self._from.tempo, self._from.begins)
        return slower * timing.length_of_round(repeat), self._beats_of(repeat, place, slower)

    def _beats_of(self, repeat: Repeat, place: Progress, slower: float) -> Iterator[Beat]:
        start, offset = self._now, 0.0
        place = replace(place, at=start)
        for step in repeat.steps:
            seconds = step.seconds or 0.0
            self._now = start + offset * slower
            loud = _loudness(repeat, place.round) if self._player.wishes.words else 0.0
            yield from self._pulse(step, place, (seconds * slower, loud), place.round + 1)
            offset += seconds
        self._now = start + offset * slower

    # --- cues ----------------------------------------------------------------------------------

    def _pulse(
        self, step: Step, place: Progress, how: tuple[float, float], number: int
    ) -> Iterator[Beat]:
        """Let a step of a certain length happen: its cue words, its tone. `how`: length, loudness.

        A word too long for its phase is left to the tone; where there is none, to a bell.
        """
        seconds, loud = how
        words = (step.say, *step.count) if step.say and loud else ()
        each = seconds / len(words) if words else seconds
        beat, cues = self._now, []
        for index, text in enumerate(words):
            self._now = beat + index * each
            cues.append(self._cue(text, place, (each, loud), number))
        self._now = beat
        sound = step.sound or (Sound.BELL if cues and cues[0] is None else None)
        if sound:
            yield self._tone(sound, place, seconds, number)
        yield from (cue for cue in cues if cue)

    def _cue(
        self, text: str, place: Progress, how: tuple[float, float], number: int
    ) -> Beat | None:
        cleared = self._player.wording.sentences[text]
        spoken: Spoken = self._player.speech.cue(cleared)
        start = _frame(self._now) - spoken.onset
        ends = (start + len(spoken.samples)) / RATE
        fits = ends <= self._now + how[0] - _APART and start >= _frame(self._said_until)
        if not fits or not len(spoken.samples):
            return None
        self._said_until = ends
        return self._beat(
            "cue", how[0], place, text=cleared, round=number,
            start=start, samples=spoken.samples * np.float32(how[1]),
        )  # fmt: skip

    def _tone(self, sound: Sound, place: Progress, seconds: float, number: int) -> Beat:
        first, last = _frame(self._now), _frame(self._now + seconds)
        samples = tone(sound, last - first)
        return self._beat(
            "sound", seconds or len(samples) / RATE, place, sound=sound, round=number,
            start=first, samples=samples,
        )  # fmt: skip

    def _beat(self, kind: Kind, seconds: float, place: Progress, **more: object) -> Beat:
        left = None if self._ends is None else max(0.0, self._ends - self._now)
        return Beat(_frame(self._now) / RATE, seconds, kind, place, left=left, **more)  # type: ignore[arg-type]


def _loudness(repeat: Repeat, number: int) -> float:
    """Give how loud the cue words of a round are; 0: no words."""
    if number < repeat.words:
        return 1.0
    fading = number - repeat.words
    return FADING[fading] if fading < len(FADING) else 0.0


def _frame(seconds: float) -> int:
    return round(seconds * RATE)
