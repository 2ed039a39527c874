"""Let a user talk: through what `companion chat --json` prints for each line, in one process."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from companion import app
from companion.commands.show import Turns
from companion.content import Content, read
from companion.conversation import Conversation
from companion.events import Kept
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.settings import PersonSettings, Settings, ThinkSettings
from companion.values import State, Transcript, TurnId, Utterance

USERS = Path(__file__).parent / "users.yaml"
TURNS = 9
"""Of one talk, the opening among them"""
AGAIN = "says it again"
OVERHEARD = "is overheard"


class _Opening(Content):
    level: str
    say: str


class _Behaviour(Content):
    question: str
    otherwise: str


class _Person(Content):
    name: str
    kind: str
    level: str
    say: str
    behaviour: str
    age: str = ""


class _Users(Content):
    openings: dict[str, tuple[_Opening, ...]]
    behaviours: dict[str, _Behaviour]
    persons: tuple[_Person, ...]
    ordinary: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class User:
    """Somebody who comes."""

    name: str
    kind: str
    """Empty: nobody in danger"""
    level: str
    says: tuple[str, ...]
    """First; then the behaviour goes on"""
    behaviour: str = ""


@dataclass
class Talked:
    """One talk: for each turn the object that `chat --json` prints."""

    user: User
    turns: list[dict[str, object]] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """Every sentence, in order."""
        return [text for turn in self.turns for text in sentences(turn)]


def sentences(turn: dict[str, object]) -> list[str]:
    """Give what was said in a turn."""
    said = turn["said"]
    return [str(text) for text in said] if isinstance(said, list) else []


def users() -> Iterator[User]:
    """Give them all."""
    data = read(USERS, _Users)
    for kind, openings in data.openings.items():
        for at, behaviour in enumerate(data.behaviours):
            opening = openings[at % len(openings)]
            name = f"{kind.replace('_', ' ')}, {behaviour}"
            yield User(name, kind, opening.level, (opening.say,), behaviour)
    for one in data.persons:
        says = (*filter(None, [one.age]), one.say)
        yield User(one.name, one.kind, one.level, says, one.behaviour)
    for number, lines in enumerate(data.ordinary, start=1):
        yield User(f"ordinary {number}", "", "none", lines)


class Stage:
    """The talk that all of them come to."""

    def __init__(self) -> None:
        settings = Settings(
            person=PersonSettings(country="GB"), think=ThinkSettings(mind="written")
        )
        self._conversation: Conversation = app.build_conversation(
            read_parts(settings), TypedRecogniser(), aloud=False
        )
        self._behaviours = read(USERS, _Users).behaviours

    def play(self, user: User) -> Talked:
        """Let one user talk from a clean start."""
        talked, state = Talked(user), State()
        for number in range(1, TURNS + 1):
            text = self._next(user, talked, number)
            if text is None:
                break
            turn, typed = Turns(), Transcript(text, typed=True)
            for event in self._conversation.answer(Utterance(TurnId(number), typed), state):
                if isinstance(event, Kept):
                    state = event.state
                turn.add(event)
            talked.turns.append(turn.as_object())
        return talked

    def _next(self, user: User, talked: Talked, number: int) -> str | None:
        if number <= len(user.says):
            return user.says[number - 1]
        if not user.kind:
            return None
        if user.behaviour == AGAIN:
            return user.says[-1]
        if user.behaviour == OVERHEARD:
            return "stop, he's here" if number == len(user.says) + 1 else "okay"
        said = sentences(talked.turns[-1])
        asked = any(text.rstrip().endswith("?") for text in said)
        behaviour = self._behaviours[user.behaviour]
        return behaviour.question if asked else behaviour.otherwise
