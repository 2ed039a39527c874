"""The steps of a guided exercise, and the rules of a gentle breath."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from companion.content import Content
from companion.sessions.health import Condition

SLOWEST_ROUND = 10.0
"""Seconds: slowing goes down to six breaths a minute and no further"""
FASTEST_ROUND = 5.0
"""Seconds: nobody is led faster than twelve breaths a minute"""

Seconds = Annotated[float, Field(ge=0.5, le=600, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0.5, le=60, allow_inf_nan=False)]
Weight = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=250, pattern=r"\S")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Sound(StrEnum):
    """What a sound is for; `tones.py` knows how each is made."""

    IN = "in"
    SIP = "sip"
    OUT = "out"
    HOLD = "hold"
    TENSE = "tense"
    EASE = "ease"
    BELL = "bell"


class Step(Content):
    """One thing that happens. It stands for words, a sound, quiet, or several of them."""

    say: Text | None = None
    """Words; `{each}` stands for the item of a repetition"""
    line: Name | None = None
    """Id of a reviewed safety sentence, in place of words"""
    sound: Sound | None = None
    seconds: Seconds | None = None
    """How long it lasts, from its beat to the next. Its words are a cue then: their first vowel
    is on the beat. Without it words take the time they need"""
    count: tuple[Text, ...] = ()
    """Further cue words, spread evenly over the seconds"""
    rest: Seconds | None = None
    """Quiet after the words"""
    share: Weight | None = None
    """The same, as a weight: such quiets together fill the minutes of the exercise"""
    answer: Seconds | None = None
    """A question was asked: so long an answer is waited for"""
    essential: bool = False
    """Its words are said although only sounds were wanted; so are `line` and questions"""
    only: Name | None = None
    """The choice with which this step is taken"""
    least: Minutes | None = None
    """Minutes of an exercise from which this step is taken"""
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    """Conditions with which alone, or without which alone, this step is taken"""

    @model_validator(mode="after")
    def _one_thing(self) -> "Step":
        if self.say and self.line:
            raise ValueError("'say' and 'line' exclude each other")
        if sum(length is not None for length in self._lengths) > 1:
            raise ValueError("only one of 'seconds', 'rest', 'share' and 'answer' can stand here")
        if self.seconds is None and (self.count or self.sound not in (None, Sound.BELL)):
            raise ValueError("'count' and sounds of a length need 'seconds'")
        if self.count and not self.say:
            raise ValueError("'count' goes on from a word in 'say'")
        if self.line and self.seconds is not None:
            raise ValueError("a reviewed sentence takes the time it needs: no 'seconds'")
        return self

    @property
    def _lengths(self) -> tuple[float | None, ...]:
        return self.seconds, self.rest, self.share, self.answer

    @property
    def texts(self) -> Iterator[str]:
        """Yield its words."""
        if self.say:
            yield self.say
        yield from self.count

    @property
    def is_empty(self) -> bool:
        return not (self.say or self.line or self.sound) and not any(self._lengths)


class Slowing(Content):
    """How a rhythm slows while it goes on."""

    each_minute: Annotated[float, Field(gt=0, le=0.2)]
    """Share by which a round becomes longer in a minute"""
    until: Annotated[float, Field(ge=FASTEST_ROUND, le=SLOWEST_ROUND)]
    """Seconds of the longest round"""


class Over(Content):
    """Words spoken over the rhythm while it goes on."""

    say: Text
    after: Annotated[float, Field(ge=0, le=3600)]
    """Seconds since the rhythm began"""
    every: Seconds | None = None
    """Seconds after which it is said again"""
    essential: bool = False
    """It is said although only sounds were wanted"""


class Repeat(Content):
    """Steps that come again."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    rounds: Annotated[int, Field(ge=1, le=200)] | None = None
    each: tuple[Text, ...] = ()
    """One round for each of these; neither this nor rounds: as many as the minutes hold"""
    endless: bool = False
    """It goes on until the person stops it"""
    words: Annotated[int, Field(ge=0, le=200)] = 3
    """Rounds whose cue words are spoken in full; over the next two they fade away"""
    slowing: Slowing | None = None
    over: tuple[Over, ...] = ()

    @model_validator(mode="after")
    def _counted_once(self) -> "Repeat":
        if sum((self.rounds is not None, bool(self.each), self.endless)) > 1:
            raise ValueError("only one of 'rounds', 'each' and 'endless' can stand here")
        if any(step.share for step in self.steps):
            raise ValueError("a 'share' cannot stand in a repetition")
        if self.fills and any(step.seconds is None for step in self.steps):
            raise ValueError("without 'rounds' or 'each', every step needs 'seconds'")
        if (self.slowing or self.over) and not self.fills:
            raise ValueError("'slowing' and 'over' are for a rhythm without 'rounds' or 'each'")
        if any("{each}" in (step.say or "") for step in self.steps) != bool(self.each):
            raise ValueError("'each' and '{each}' belong together")
        return self

    @model_validator(mode="after")
    def _gentle(self) -> "Repeat":
        """Refuse a breath that is fast, or longer in than out."""
        taken = self.length(Sound.IN) + self.length(Sound.SIP)
        if not taken:
            return self
        if self.length(Sound.OUT) < taken:
            raise ValueError("the breath out must not be shorter than the breath in")
        if sum(step.seconds or 0.0 for step in self.steps) < FASTEST_ROUND:
            raise ValueError(f"a breath must take {FASTEST_ROUND:.0f} seconds or more")
        return self

    @property
    def fills(self) -> bool:
        """Tell that it comes as often as the minutes hold."""
        return self.rounds is None and not self.each

    @property
    def eases(self) -> bool:
        """Tell that it is nothing but in and out, and may begin at the pace of a person."""
        plain = {Sound.IN, Sound.OUT} == {step.sound for step in self.steps}
        return self.fills and plain

    @property
    def is_paced(self) -> bool:
        """Tell that it has a rhythm that can be followed without words."""
        return bool(self.length(Sound.IN))

    def length(self, sound: Sound) -> float:
        """Give the seconds of this sound in a round."""
        return sum(step.seconds or 0.0 for step in self.steps if step.sound is sound)


class Part(Step):
    """A step, or a repetition of steps."""

    repeat: Repeat | None = None

    @model_validator(mode="after")
    def _not_both(self) -> "Part":
        if self.is_empty == (self.repeat is None):
            raise ValueError("a step holds 'say', 'line', 'sound', a length of time, or 'repeat'")
        if "{each}" in (self.say or ""):
            raise ValueError("'{each}' stands in a repetition only")
        return self
