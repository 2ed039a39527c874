"""What the diary keeps: every kind of entry, its fields and their units.

An entry has a moment, in UTC, and the time zone in which it was lived, so that "that
evening" stays an evening after a journey and across a change to summer time. What a
person said or wrote has `repr=False`.
"""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, field_validator

from companion.content import Content

Scale = Annotated[int, Field(ge=0, le=10)]
"""0 not at all, 10 as strong as can be"""
Percent = Annotated[int, Field(ge=0, le=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=100_000)]
Words = Annotated[Text, Field(repr=False)]
"""A person's own"""
FIRST, LAST = 1900, 2200
"""Years in which a moment may lie; beyond them a time zone can carry it out of the calendar"""
Mode = Literal["spoken", "typed", "measured"]
Level = Literal["none", "soft", "concern", "high", "immediate"]


class Said(Content):
    """One exchange of a talk; kept only where its owner asked for transcripts."""

    heard: Words
    said: tuple[Text, ...] = Field(repr=False)
    act: str = ""


class Talk(Content):
    """Facts of a talk."""

    kind: Literal["talk"] = "talk"
    seconds: Seconds = 0
    turns: Annotated[int, Field(ge=0)] = 0
    acts: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    highest: Level = "none"
    hidden: bool = False
    """It was about something that no ordinary list shows"""
    transcript: tuple[Said, ...] = Field(default=(), repr=False)


class CheckIn(Content):
    """How it is right now."""

    kind: Literal["checkin"] = "checkin"
    valence: Annotated[float, Field(ge=-1, le=1)] | None
    """-1 very unpleasant, 1 very pleasant; None: left out"""
    labels: tuple[str, ...] = ()
    """Feelings by name"""
    about: tuple[str, ...] = ()
    """What it has to do with"""
    energy: Scale | None = None
    note: Words = ""
    mode: Mode = "typed"
    recogniser: str = ""
    """Which one heard it; empty: typed"""
    edited: bool = False
    """Something of it was put right when it was told back"""


class Answer(Content):
    """One item of a questionnaire."""

    item: str
    value: int | None = None
    """None: skipped, which is never 0"""
    confirmed: bool = False
    edited: bool = False


class Questionnaire(Content):
    """A filled questionnaire, whole or in part."""

    kind: Literal["questionnaire"] = "questionnaire"
    instrument: Literal["phq9", "phq8", "phq2", "gad7", "gad2", "who5"]
    answers: tuple[Answer, ...]
    total: int | None = None
    """None: too much is missing, by the instrument's own rule"""
    mode: Mode = "typed"
    recogniser: str = ""
    """Which one heard it; empty: typed"""


class Exercise(Content):
    """A guided session."""

    kind: Literal["exercise"] = "exercise"
    name: str
    seconds: Seconds = 0
    before: Scale | None = None
    after: Scale | None = None
    again: bool | None = None
    """Whether they would do it again"""
    unpleasant: bool | None = None
    finished: bool = True
    note: Words = ""


class Feeling(Content):
    """A feeling and its strength, before and after it was looked at."""

    name: str
    before: Percent | None = None
    after: Percent | None = None


class ThoughtRecord(Content):
    """A thought, looked at."""

    kind: Literal["thought_record"] = "thought_record"
    situation: Words = ""
    thought: Words
    belief_before: Percent | None = None
    belief_after: Percent | None = None
    feelings: tuple[Feeling, ...] = ()
    traps: tuple[str, ...] = ()
    evidence_for: Words = ""
    evidence_against: Words = ""
    balanced: Words = ""


class Activity(Content):
    """Something done, or planned."""

    kind: Literal["activity"] = "activity"
    what: Words
    minutes: Minutes | None = None
    pleasure: Scale | None = None
    mastery: Scale | None = None
    done: bool = True


class Sleep(Content):
    """A night; it belongs to the day of waking."""

    kind: Literal["sleep"] = "sleep"
    minutes_asleep: Minutes | None = None
    minutes_in_bed: Minutes | None = None
    quality: Scale | None = None
    mode: Mode = "typed"
    device: str = ""


class Measure(Content):
    """One measured property."""

    value: Number | None
    unit: str


class Voice(Content):
    """How a voice sounded; features only, never sound. Kept only with consent."""

    kind: Literal["voice"] = "voice"
    features: dict[str, Measure] = Field(default={}, repr=False)
    microphone: str = ""
    usable: bool = True
    why_not: str = ""
    unusual: bool = False
    """It does not move what is usual"""
    calibration: bool = False
    """Spoken to say: this is my usual voice"""


class Incident(Content):
    """A moment of danger: what was decided, by which rule, and what was said."""

    kind: Literal["incident"] = "incident"
    level: Level
    kinds: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Ids"""
    lines: tuple[str, ...] = ()
    """Ids of the reviewed sentences that were said"""
    words: Words = ""
    """Only where its owner allowed it"""


class Plan(Content):
    """A version of the safety plan: the steps in order, each a list in the person's words."""

    kind: Literal["plan"] = "plan"
    steps: tuple[tuple[Text, ...], ...] = Field(default=(), repr=False)


class Fact(Content):
    """A short thing that is remembered of what was told."""

    kind: Literal["fact"] = "fact"
    about: Literal["person", "worry", "plan", "helped"]
    text: Words
    what: Words = ""
    """The thing alone, such as an exam; of a person, who they are, such as sister"""
    sensitive: bool = False
    """Never brought up unasked"""
    asked: bool = False
    """Of a plan: what became of it was asked"""


class Note(Content):
    """Free words."""

    kind: Literal["note"] = "note"
    text: Words


Body = Annotated[
    Talk | CheckIn | Questionnaire | Exercise | ThoughtRecord | Activity | Sleep | Voice
    | Incident | Plan | Fact | Note,
    Field(discriminator="kind"),
]  # fmt: skip

HIDDEN = frozenset({"harm_from_others"})
"""Kinds of danger that no ordinary list or report shows: the wrong person may be looking"""


class Entry(Content):
    """One thing in the diary."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    at: AwareDatetime
    """When it was, in UTC"""
    zone: str
    """Where it was lived: an IANA name such as Europe/Berlin, or an offset such as +02:00"""
    created: AwareDatetime
    edited: AwareDatetime | None = None
    excluded: bool = False
    """Kept, but counted in no trend"""
    body: Body

    @field_validator("at", "created", "edited")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        if moment and not FIRST <= moment.year < LAST:
            raise ValueError(f"the year is not between {FIRST} and {LAST}")
        return moment.astimezone(UTC) if moment else None

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        zone_of(zone)
        return zone

    @property
    def kind(self) -> str:
        return self.body.kind

    @property
    def local(self) -> datetime:
        """The clock on the wall at that moment."""
        return self.at.astimezone(zone_of(self.zone))

    @property
    def day(self) -> date:
        """The day it belongs to, where it was lived."""
        return self.local.date()

    @property
    def is_hidden(self) -> bool:
        """Whether ordinary lists leave it out."""
        if isinstance(self.body, Talk):
            return self.body.hidden
        return isinstance(self.body, Incident) and bool(HIDDEN & set(self.body.kinds))


def zone_of(name: str) -> tzinfo:
    """Read an IANA name or an offset. Raises ValueError."""
    if name[:1] in "+-" and len(name) == 6:
        moment = datetime.strptime(name, "%z")
        return timezone(moment.utcoffset() or timedelta(0))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{name}' is no time zone") from None
