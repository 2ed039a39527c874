"""Diaries made for a test: entries of every kind, in a vault that is opened with a plain key."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from companion.memory import entries as e
from companion.memory.export import Choice, Chosen, write_json_lines
from companion.memory.journal import Journal
from companion.memory.vault import Vault

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALL = Choice(incidents=True, hidden=True)


def vault(folder: Path) -> Vault:
    """Open or make a diary."""
    return Vault(folder, KEY)


def entry(number: int, body: e.Body, *, day: int = 0, zone: str = "Europe/Berlin") -> e.Entry:
    """Make an entry some days after NOW."""
    at = NOW + timedelta(days=day, minutes=number)
    return e.Entry(id=f"{number:032x}", at=at, zone=zone, created=at, body=body)


def filled(folder: Path, made: Iterable[e.Entry]) -> Vault:
    """Make a diary that holds these."""
    opened = vault(folder)
    Journal(opened).restore(made)
    return opened


def exported(opened: Vault, choice: Choice = ALL) -> bytes:
    """Give the JSON lines of a diary."""
    out = io.BytesIO()
    write_json_lines(Chosen(opened, choice), out, NOW, "UTC")
    return out.getvalue()


ONE_OF_EACH: tuple[e.Body, ...] = (
    e.Talk(turns=2, transcript=(e.Said(heard="marker talk", said=("oh",)),)),
    e.CheckIn(valence=-0.5, labels=("anxious",), note="marker checkin"),
    e.Questionnaire(
        instrument="gad7",
        answers=tuple(e.Answer(item=f"gad7_{n}", value=n % 4) for n in range(1, 8)),
        total=11,
    ),
    e.Exercise(name="slow breath", before=7, after=4),
    e.ThoughtRecord(thought="marker thought", feelings=(e.Feeling(name="fear", before=80),)),
    e.Activity(what="marker walk", minutes=20),
    e.Sleep(minutes_asleep=400, mode="measured"),
    e.Voice(features={"pitch": e.Measure(value=180.5, unit="Hz")}),
    e.Incident(level="high", kinds=("suicide",)),
    e.Incident(level="immediate", kinds=("harm_from_others",), words="marker hidden"),
    e.Plan(steps=(("marker plan",), ("b", "c"))),
    e.Note(text="=marker note"),
)

A_FACT = e.Fact(about="person", text="marker fact", what="sister")
"""The one kind that no ordinary list holds"""


def one_of_each() -> list[e.Entry]:
    """Make a diary with an entry of every kind, one a day."""
    return [entry(number, body, day=number) for number, body in enumerate(ONE_OF_EACH)]


# --- any diary at all -------------------------------------------------------------

words = st.text(max_size=30)
numbers = st.floats(0, 1e6)
some = st.lists(words, max_size=3).map(tuple)
scale = st.none() | st.integers(0, 10)
percent = st.none() | st.integers(0, 100)
modes = st.sampled_from(("spoken", "typed", "measured"))
levels = st.sampled_from(("none", "soft", "concern", "high", "immediate"))
moments = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001  hypothesis adds the zone
    datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=st.timezones() | st.just(UTC),
)
zones = st.sampled_from(("Europe/Berlin", "Asia/Kathmandu", "+05:45", "-03:30", "UTC"))
said = st.builds(e.Said, heard=words, said=some, act=words)
feelings = st.builds(e.Feeling, name=words, before=percent, after=percent)
measures = st.builds(e.Measure, value=st.none() | numbers, unit=words)
answers = st.builds(
    e.Answer,
    item=words,
    value=st.none() | st.integers(0, 5),
    confirmed=st.booleans(),
    edited=st.booleans(),
)
bodies = st.one_of(
    st.builds(
        e.Talk, seconds=numbers, acts=some, highest=levels,
        transcript=st.lists(said, max_size=2).map(tuple),
    ),
    st.builds(e.CheckIn, valence=st.floats(-1, 1), labels=some, about=some, note=words),
    st.builds(
        e.Questionnaire,
        instrument=st.sampled_from(("phq9", "phq2", "gad7", "gad2", "who5")),
        answers=st.lists(answers, max_size=9).map(tuple),
        total=st.none() | st.integers(0, 27), mode=modes, recogniser=words,
    ),
    st.builds(
        e.Exercise, name=words, seconds=numbers, before=scale, after=scale,
        finished=st.booleans(), note=words,
    ),
    st.builds(
        e.ThoughtRecord, situation=words, thought=words, belief_before=percent,
        feelings=st.lists(feelings, max_size=2).map(tuple), traps=some, balanced=words,
    ),
    st.builds(
        e.Activity, what=words, minutes=st.none() | numbers, pleasure=scale, mastery=scale,
        done=st.booleans(),
    ),
    st.builds(
        e.Sleep, minutes_asleep=st.none() | numbers, quality=scale, mode=modes, device=words
    ),
    st.builds(e.Voice, features=st.dictionaries(words, measures, max_size=2), microphone=words),
    st.builds(
        e.Incident, level=levels, rules=some, words=words,
        kinds=st.lists(st.sampled_from(("suicide", "harm_from_others")), max_size=2).map(tuple),
    ),
    st.builds(e.Plan, steps=st.lists(some, max_size=3).map(tuple)),
    st.builds(e.Fact, about=st.sampled_from(("person", "plan")), text=words, what=words),
    st.builds(e.Note, text=words),
)  # fmt: skip
any_entry = st.builds(
    e.Entry,
    id=st.uuids().map(lambda one: one.hex),
    at=moments,
    zone=zones,
    created=moments,
    edited=st.none() | moments,
    excluded=st.booleans(),
    body=bodies,
)
any_diary = st.lists(any_entry, max_size=8, unique_by=lambda one: one.id)
