"""What is said to somebody who is silent: little, quietly, and it asks for nothing."""

from dataclasses import replace

import pytest

from companion import app
from companion.company import Company
from companion.events import Said, Sound
from companion.hear.silences import Quiet
from companion.parts import read_parts
from companion.risk import Kind, Risk, RiskState
from companion.settings import Settings, SpeakSettings
from companion.values import Cleared, State, Style, TurnId

from .live_room import TURN, Room, hold, lines, said, whole
from .parts import conversation, texts
from .test_talk import ToneVoice
from .test_talk import hold as hold_files

DANGER = ((8.0, Cleared("<8>")), (20.0, Cleared("<20>")), (60.0, Cleared("<60>")))
ORDINARY = ((20.0, Cleared("<still here>")),)
IN_DANGER = State(risk=RiskState(level=Risk.HIGH))


def company(**changes: object) -> Company:
    return replace(Company((ToneVoice(),), Style(), DANGER, ORDINARY), **changes)


def shipped(settings: Settings) -> Company:
    parts = read_parts(settings)
    return app.build_company(parts, app.build_guards(parts).outgoing, ())


@pytest.mark.parametrize("setting", [True, False])
def test_after_danger_no_setting_ends_it(setting):
    """8, 20, 60 seconds, then every two minutes; the number is among what is said."""
    speak = SpeakSettings(company=setting)
    kept = shipped(Settings(speak=speak))
    told = [kept.line(seconds, IN_DANGER) for seconds in (8.0, 20.0, 60.0, 180.0, 300.0, 420.0)]

    assert all(told)
    assert told[4] == told[5]
    assert not any(text.endswith("?") for text in told if text)


def test_in_an_ordinary_silence_there_is_little_and_one_may_do_without():
    """Twice at most."""
    wanted, unwanted = (shipped(Settings(speak=SpeakSettings(company=on))) for on in (True, False))

    assert [bool(wanted.line(s, State())) for s in (8.0, 20.0, 60.0, 180.0)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not any(unwanted.line(s, State()) for s in (8.0, 20.0, 60.0, 180.0))


def test_a_danger_of_another_day_is_not_volunteered():
    """Until the person has been asked whether it is private."""
    carried = State(risk=RiskState(level=Risk.HIGH, carried=True))

    assert company().line(8.0, carried) is None


def test_where_somebody_may_be_listening_it_is_only_shown():
    """And else said more quietly than usual."""
    hushed = State(risk=RiskState(level=Risk.HIGH, hushed=True))
    (shown,) = company().say(TurnId(1, 1), Cleared("<8>"), hushed)
    told = list(company().say(TurnId(1, 1), Cleared("<8>"), IN_DANGER))

    assert shown == Said(TurnId(1, 1), Cleared("<8>"), aloud=False)
    assert any(isinstance(event, Sound) for event in told)


def test_what_is_said_in_a_silence_does_not_end_it():
    """The second word comes 20 seconds after the answer, not after the first word."""
    quiet, told = Quiet(), []
    assert not quiet.go_on(100.0, busy=False, after_question=False), "nothing was answered yet"
    quiet.end()
    for tenth in range(1000, 2000):
        busy = 1080 < tenth < 1100
        told += [s.at for s in quiet.go_on(tenth / 10, busy=busy, after_question=False)]

    assert told == [108.0, 120.0, 160.0]


def test_a_silence_after_danger_is_kept_company_in_a_talk():
    """At 8 and 20 seconds, through devices; speech ends it."""
    room = Room()
    # The second sentence begins within half a second of the first one's end.
    room.steps = (
        *TURN, *whole(room, 1), *whole(room, 2), ("silence", 7.6), said("<8>"),
        *whole(room, 3), ("silence", 10.5), said("<20>"), room.has_played(3.5),
        ("silence", 0.2), ("speech", 0.3),
    )  # fmt: skip
    _, seen = hold(room, headphones=True, recogniser=lines("danger", "yes"), company=company())

    assert texts(seen) == ["<now-call>", "<now-someone>", "<8>", "<20>"]


def test_the_same_with_sound_files():
    """A file behaves as a microphone does."""
    sound = (("speech", 1.0), ("silence", 31.0))
    events = hold_files(*sound, recogniser=lines("danger"), company=company())

    assert texts(events) == ["<now-call>", "<now-someone>", "<8>", "<20>"]


def test_a_talk_without_company_is_silent():
    """As a conversation built of other parts may be."""
    assert conversation().company is None


def test_after_danger_from_a_person_a_silence_tells_nobody_what_it_was_about():
    """They may be in the room."""
    kept = shipped(Settings())
    state = State(risk=RiskState(level=Risk.HIGH, kinds=(Kind.HARM_FROM_OTHERS,)))
    told = [kept.line(seconds, state) for seconds in (8.0, 60.0, 300.0, 420.0)]

    assert all(text and not any(sign.isdigit() for sign in text) for text in told)
