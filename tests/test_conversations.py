"""Scripted talks: what a person says, what may and what must come back."""

import re
from pathlib import Path

import pytest

from companion import app
from companion.content import Content, read
from companion.conversation import Conversation
from companion.events import Checked, Chosen, Event, Kept, Led, Said
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.settings import Settings
from companion.values import State, Transcript, TurnId, Utterance

TALKS = sorted((Path(__file__).parent / "conversations").glob("*.yaml"))
MOST_SENTENCES = 6


class _Turn(Content):
    person: str
    act: str = ""
    skill: str = ""
    risk: str = ""
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class _Script(Content):
    ear: str
    turns: tuple[_Turn, ...]


class WeakEar(TypedRecogniser):
    """Typed words, heard by an ear that may miss danger."""

    name = "weak"
    hears_danger = False


def _text(event: Event) -> str | None:
    """Give what was said, also by an exercise."""
    if isinstance(event, Led):
        return event.cue.text if event.cue.kind == "say" else None
    return event.text if isinstance(event, Said) else None


def conversation(ear: str) -> Conversation:
    recogniser = WeakEar() if ear == "weak" else TypedRecogniser()
    return app.build_conversation(read_parts(Settings()), recogniser, aloud=False)


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_scripted_talk(path):
    """Each turn has its act, its words, and none of the words it must not have."""
    script = read(path, _Script)
    talk, state = conversation(script.ear), State()
    for number, turn in enumerate(script.turns, start=1):
        spoken = Transcript(turn.person, typed=script.ear == "typed")
        events = list(talk.answer(Utterance(TurnId(number), spoken), state))
        state = [event.state for event in events if isinstance(event, Kept)][-1]
        said = [text for event in events if (text := _text(event))]
        words = " ".join(said)
        chosen = [event for event in events if isinstance(event, Chosen)]
        risk = [event.risk.level.name.lower() for event in events if isinstance(event, Checked)]

        assert said, f"{turn.person!r} got no answer"
        assert not turn.act or [event.act for event in chosen] == [turn.act], turn.person
        assert not turn.skill or chosen[0].skill == turn.skill
        assert not turn.risk or risk == [turn.risk]
        for must in turn.says:
            assert must in words, turn.person
        for never in turn.never:
            assert never not in words, turn.person


ORDINARY = (
    "I am so stressed about my exams", "my boss shouted at me again", "nobody called me this week",
    "I feel guilty about what I said to my sister", "it is all too much", "I do not know",
    "I went for a walk and it helped a bit", "why do I always mess it up", "I am tired",
    "the rent is due and I cannot pay it", "eight", "yes", "no", "maybe", "what do you mean",
)  # fmt: skip


def test_an_ordinary_talk_is_listening_with_one_question_at_a_time():
    """No reply is long, none asks twice, none is said twice in a row, nothing is missing."""
    talk, state, before = conversation("typed"), State(), ""
    for number, person in enumerate(ORDINARY * 2, start=1):
        events = list(talk.answer(Utterance(TurnId(number), Transcript(person, typed=True)), state))
        state = [event.state for event in events if isinstance(event, Kept)][-1]
        acts = [event.act for event in events if isinstance(event, Chosen)]
        words = " ".join(event.text for event in events if isinstance(event, Said))

        assert words
        assert words != before
        if acts != ["lead"]:
            assert words.count("?") <= 1
            assert len(re.findall(r"[.?!]", words)) <= MOST_SENTENCES
        before = words
