"""Nobody is left without a sign: soft sounds, a level, and keys that act at once."""

from typing import Any

import numpy as np
import pytest

from companion.audio.echo import Headphones
from companion.earcons import EARCONS, RATE, THINKING_AFTER, THINKING_EVERY, Earcon, Earcons, make
from companion.events import Event, Heard, Interrupted, Level, Said
from companion.hear.ear import TurnEar
from companion.hear.energy import EnergyDetector
from companion.hear.meter import Meter
from companion.hear.turns import TurnRules
from companion.live import LiveTalk
from companion.values import AudioChunk

from .live_room import TURN, Room, SlowMind, lines, said, threads, times, whole
from .parts import conversation, texts
from .test_talk import ToneVoice

BLOCK = 0.02


class Listener(Room):
    """A room that tells our signs from our voice, which is a second long."""

    def __init__(self) -> None:
        super().__init__()
        self.signs: list[float] = []

    def play(self, chunk: AudioChunk) -> None:
        if chunk.rate == RATE and chunk.seconds < 0.5:
            self.signs.append(self.now)
        super().play(chunk)


def talk_in(room: Room, *, headphones: bool = True, **changes: Any) -> LiveTalk:
    stages = {"voices": (ToneVoice(),), "prosody_reader": None} | changes
    return LiveTalk(
        TurnEar(EnergyDetector(), rules=TurnRules(), preroll=1.0, speech=0.5),
        conversation(**stages), lambda: 0.0, lambda words: words == "stop",
        canceller=Headphones() if headphones else None,
        earcons=Earcons(changes.pop("earcons", EARCONS)),
    )  # fmt: skip


def follow(talk: LiveTalk, room: Room) -> list[Event]:
    for event in talk.run(room, room):
        room.note(event)
    assert not threads()
    return room.seen


@pytest.mark.parametrize("earcon", EARCONS)
def test_a_sign_is_soft_and_short(earcon):
    """It begins and ends in silence, and nobody is startled."""
    sound = make(earcon)

    assert sound.seconds < 0.6
    assert 0.01 < np.abs(sound.samples).max() < 0.1
    assert np.abs(np.diff(sound.samples, prepend=0, append=0)).max() < 0.03


def test_the_volume_of_the_voice_holds_for_signs():
    """Who turned us down turned all of us down."""
    quiet, usual = (np.abs(make(Earcon.LISTENING, volume).samples).max() for volume in (0.5, 1.0))

    assert quiet == pytest.approx(usual / 2)


def due(signs: Earcons, until: float, *, answered: float = 99.0, **now: Any) -> list[float]:
    """List when a sign is due while someone waits from second 0 on."""
    found = []
    for number in range(round(until / BLOCK)):
        at = number * BLOCK
        waited = at if at < answered else None
        if signs.due(at, waited, **({"sounding": False, "deaf": False, "always": False} | now)):
            found.append(round(at, 2))
    return found


def test_who_waits_for_an_answer_hears_that_it_is_being_thought_about():
    """After a second, and again every few seconds: no silence without a sign."""
    ready = Earcons()
    ready.due(0.0, None, sounding=False, deaf=False, always=False)

    assert due(ready, 10.0) == [THINKING_AFTER, THINKING_AFTER + THINKING_EVERY,
                                THINKING_AFTER + 2 * THINKING_EVERY]  # fmt: skip


def test_a_quick_answer_needs_no_sign():
    """The answer is the sign."""
    ready = Earcons()
    ready.due(0.0, None, sounding=False, deaf=False, always=False)

    assert due(ready, 3.0, answered=0.9) == []


def test_signs_can_be_switched_off_but_not_in_danger():
    """Nobody in danger is left without one."""
    assert due(Earcons(()), 3.0) == []
    assert due(Earcons(()), 3.0, always=True) == [THINKING_AFTER]


def test_the_end_of_our_voice_is_shown_where_we_could_not_listen():
    """Once: the two notes are no voice that ends. With headphones nobody needs them."""

    def after_our_voice(deaf: bool) -> list[float]:
        signs, found = Earcons(), []
        signs.due(0.0, None, sounding=False, deaf=False, always=False)
        sounds_until = 2.0
        for number in range(1, 300):
            at = number * BLOCK
            sounding = 1.0 < at < sounds_until
            sign = signs.due(at, None, sounding=sounding, deaf=sounding and deaf, always=False)
            if sign:
                found.append(at)
                sounds_until = at + sign.seconds + 0.1
        return found

    assert after_our_voice(deaf=True) == [2.0]
    assert after_our_voice(deaf=False) == []


def test_a_sign_is_heard_in_a_talk_while_the_mind_is_at_work():
    """And the answer comes all the same; the sign counts as nothing said, nobody interrupted."""
    mind, room = SlowMind(), Listener()

    def let_go(seen: list[Event]) -> bool:
        mind.go.set()
        return times(Said)(seen)

    room.steps = (*TURN, times(Heard), ("silence", 2.0), let_go, ("silence", 2.0))
    talk = talk_in(room, recogniser=lines("hello"), mind=mind)
    seen = follow(talk, room)

    assert texts(seen) == ["At last."]
    assert not times(Interrupted)(seen)
    assert room.signs[0] < 0.1  # it listens
    assert 1.0 <= room.signs[1] - 2.9 < 1.5  # a turn of 1 s, its hold, and a second of waiting
    assert len(room.signs) == 2


def test_the_level_is_told_ten_times_a_second():
    """In dBFS of what came in, with whether we sound and whether we are deaf."""
    room = Listener()
    room.steps = (*TURN, *whole(room, 1))
    levels = [event for event in follow(talk_in(room, recogniser=lines("hello"), headphones=False),
                                        room) if isinstance(event, Level)]  # fmt: skip

    assert levels[1].at - levels[0].at == pytest.approx(0.1)
    assert levels[0].level == -120
    assert max(event.level for event in levels) == pytest.approx(20 * np.log10(0.2), abs=0.1)
    assert {event.sounding for event in levels} == {True, False}
    assert all(event.deaf for event in levels if event.sounding)


def test_sound_at_the_limit_counts_as_cut_off():
    """A share, since the last reading."""
    meter = Meter(every=0.04)
    half = np.concatenate((np.ones(160), np.zeros(160))).astype(np.float32)

    assert meter.take(AudioChunk(half, 16_000)) is None
    assert meter.take(AudioChunk(np.zeros(320, np.float32), 16_000)) == (
        pytest.approx(-3.01, abs=0.01), 0.25,
    )  # fmt: skip
    assert meter.take(AudioChunk(np.zeros(640, np.float32), 16_000)) == (-120.0, 0.0)


def test_a_key_silences_at_once_also_an_answer_to_danger():
    """No word is needed, and nothing more of that answer comes."""
    room = Listener()
    talk = talk_in(room, recogniser=lines("danger"))

    def press(seen: list[Event]) -> bool:
        talk.hush()
        return True

    room.steps = (*TURN, said("<now-call>"), room.has_played(0.6), press, ("silence", 5.0))
    seen = follow(talk, room)

    assert texts(seen) == ["<now-call>"]
    assert times(Interrupted)(seen)
    assert room.drained() <= room.stops[0]


def test_after_a_key_has_silenced_it_no_sign_breaks_the_silence():
    """Not even the two notes that would say whose turn it is."""
    room = Listener()
    talk = talk_in(room, recogniser=lines("danger"), headphones=False)

    def press(seen: list[Event]) -> bool:
        talk.hush()
        return True

    room.steps = (*TURN, said("<now-call>"), room.has_played(0.6), press, ("silence", 5.0))
    follow(talk, room)

    assert not [at for at in room.signs if at > room.stops[0]]


def test_silence_that_was_asked_for_outlives_the_devices():
    """They were opened anew: nobody is greeted through another loudspeaker."""
    room = Listener()
    talk = talk_in(room, recogniser=lines("hello"))
    talk.hush()
    room.steps = (("silence", 3.0),)
    follow(talk, room)

    assert room.signs == []


def test_a_key_gives_up_an_answer_that_is_still_being_thought_about():
    """Whoever asked for silence is not spoken to a moment later."""
    mind, room = SlowMind(), Listener()
    talk = talk_in(room, recogniser=lines("hello"), mind=mind)

    def press(seen: list[Event]) -> bool:
        talk.hush()
        mind.go.set()
        return True

    room.steps = (*TURN, times(Heard), press, ("silence", 5.0))

    assert texts(follow(talk, room)) == []


def test_words_that_a_key_stands_for_are_answered_as_if_they_were_said():
    """In the middle of another answer, which they end; what is said next is heard as usual."""
    room = Listener()
    talk = talk_in(room, recogniser=lines("hello", "and again"))

    def press(seen: list[Event]) -> bool:
        talk.type("panic")
        return True

    room.steps = (
        *TURN, room.has_played(0.6), press, ("silence", 0.1), times(Heard, 2),
        ("silence", 0.1), times(Said, 2), ("silence", 2.0), *TURN, ("silence", 1.2),
        times(Said, 3), ("silence", 1.0),
    )  # fmt: skip
    seen = follow(talk, room)
    heard = [event.utterance.transcript for event in seen if isinstance(event, Heard)]

    assert [transcript.text for transcript in heard] == ["hello", "panic", "and again"]
    assert heard[1].typed
    assert texts(seen) == ["I hear you."] * 3
