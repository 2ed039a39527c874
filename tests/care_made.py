"""Talks with forms in them: the whole conversation, typed or through an ear for short answers."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from companion import app
from companion.conversation import Conversation
from companion.events import Chosen, Event, Kept, Said
from companion.hear.typed import TypedRecogniser
from companion.parts import read_parts
from companion.records import Form, Known
from companion.risk import RiskState
from companion.settings import Settings
from companion.values import State, Transcript, TurnId, Utterance


class ShortAnswersEar(TypedRecogniser):
    """An ear that carries no free talk."""

    name = "weak"
    hears_danger = False


@cache
def conversation(ear: type[TypedRecogniser]) -> Conversation:
    """Build the whole line once: all that is remembered is the state."""
    return app.build_conversation(read_parts(Settings()), ear(), aloud=False)


class Person:
    """Somebody who talks with the companion, turn by turn."""

    def __init__(
        self,
        *,
        ear: type[TypedRecogniser] = TypedRecogniser,
        began: datetime | None = None,
        known: Known | None = None,
        age: int | None = None,
    ) -> None:
        self.talk = conversation(ear)
        self._typed = ear is TypedRecogniser
        self.state = State(RiskState(age=age), began=began, known=known or Known())
        self.turns = 0
        self.events: list[Event] = []
        self.acts: list[str] = []

    def says(self, text: str, *, rejected: bool = False) -> str:
        """Say something; give the answer."""
        self.turns += 1
        heard = Transcript(text, typed=self._typed, rejected=rejected)
        utterance = Utterance(TurnId(self.turns), heard, committed=float(self.turns))
        self.events = list(self.talk.answer(utterance, self.state))
        self.state = [event.state for event in self.events if isinstance(event, Kept)][-1]
        self.acts += [event.act for event in self.events if isinstance(event, Chosen)]
        return " ".join(event.text for event in self.events if isinstance(event, Said))

    def says_all(self, *texts: str) -> Sequence[str]:
        """Say several things, one a turn."""
        return [self.says(text) for text in texts]

    def denies(self) -> None:
        """Say no to every question about danger that follows."""
        while self.state.risk.asked:
            self.says("no")

    @property
    def form(self) -> Form:
        """The form that is filled in."""
        form = self.state.mind.form
        assert form is not None
        return form

    def given(self) -> dict[str, float | tuple[str, ...] | None]:
        """What was given, by part."""
        return {one.part: one.words or one.number for one in self.form.given}
