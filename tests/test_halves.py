"""Whoever was taken to have finished, and goes on at once, is answered once."""

from companion.events import Heard
from companion.halves import Halves
from companion.risk import Risk, RiskState
from companion.values import Exchange, MindState, State, Transcript, TurnId, Utterance

from .live_room import TURN, LongVoice, Room, SlowMind, hold, lines, times
from .parts import texts


def said(text: str, turn: int, start: float) -> Utterance:
    words = Transcript(text, alternatives=(f"{text}?",), confidence=0.5 + turn / 10)
    return Utterance(TurnId(turn), words, start=start, end=start + 1, committed=start + 2)


def test_two_halves_become_one_turn():
    """With the words of both, from the first of its voice to the last."""
    halves = Halves()
    halves.take(halves.join(said("i feel", 1, 1.0)), State())
    halves.begin(goes_on=True)
    whole = halves.join(said("so tired", 2, 3.2))

    assert whole.transcript == Transcript(
        "i feel so tired", alternatives=("i feel so tired?", "i feel? so tired"), confidence=0.6
    )
    assert (whole.id, whole.start, whole.end, whole.committed) == (TurnId(2), 1.0, 4.2, 5.2)


def test_what_was_about_to_be_said_is_forgotten_and_danger_is_not():
    """The policy's step was for half a sentence; a danger in it stays."""
    before, danger = State(mind=MindState(step="start")), RiskState(level=Risk.HIGH)
    halves = Halves()
    halves.take(halves.join(said("i feel", 1, 1.0)), before)
    halves.begin(goes_on=True)
    since = halves.take(halves.join(said("so tired", 2, 3.2)), State(mind=MindState(step="later")))

    now = State(mind=MindState(step="later"), risk=danger)
    assert since(now) == State(mind=MindState(step="start"), risk=danger)


def test_three_parts_become_one_too():
    """However often somebody is taken to have finished."""
    halves, parts = Halves(), ("i feel", "so", "tired")
    for number, text in enumerate(parts):
        halves.begin(goes_on=number > 0)
        whole = halves.join(said(text, number + 1, number * 2.5))
        halves.take(whole, State())

    assert whole.transcript is not None and whole.transcript.text == "i feel so tired"


def test_a_new_turn_stays_alone():
    """After a pause that no answer could have filled."""
    halves = Halves()
    halves.take(halves.join(said("i feel", 1, 1.0)), State())
    halves.begin(goes_on=False)
    second = said("so tired", 2, 9.0)

    assert halves.join(second) == second


def heard(room: Room) -> list[str]:
    return [e.utterance.transcript.text for e in room.seen if isinstance(e, Heard)]


def test_in_a_talk_the_whole_is_answered_once():
    """The answer to the first half is never heard, nor in the history."""
    mind = SlowMind()

    def let_go(seen: object) -> bool:
        mind.go.set()
        return room.played > 0.4

    room = Room()
    room.steps = (
        *TURN, times(Heard), ("speech", 0.8), ("silence", 5.0), times(Heard, 2), let_go,
        ("silence", 0.5), room.has_played(1.0), ("silence", 1.0),
    )  # fmt: skip
    talk, _ = hold(room, headphones=True, recogniser=lines("i feel", "so tired"), mind=mind)

    assert heard(room) == ["i feel", "i feel so tired"]
    assert texts(room.seen) == ["At last."]
    assert talk.state.history == (Exchange("i feel so tired", ("At last.",), "reflect"),)


def test_who_has_heard_some_of_an_answer_begins_a_new_turn():
    """They answer it."""
    room = Room()
    room.steps = (
        *TURN, room.has_played(0.5), ("silence", 0.1), ("speech", 0.8), ("silence", 5.0),
        times(Heard, 2),
    )  # fmt: skip
    hold(room, headphones=True, recogniser=lines("i feel", "so tired"), voices=(LongVoice(),))

    assert heard(room) == ["i feel", "so tired"]
