"""Begin the exercise that somebody names in a talk, or offer one for the state that they name.

A name counts where nothing stands around it but a plain wish and a time ("box breathing, please,
for five minutes"): whoever only speaks of an exercise is listened to. It stands before the policy
of the talk, and looks like one itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from companion.answers import Answers, as_words
from companion.records import Led
from companion.sessions.choosing import suited
from companion.sessions.health import told
from companion.sessions.helped import by_name, helped
from companion.sessions.obeying import OFFER, Sentences
from companion.sessions.script import Script, Suits
from companion.sessions.timing import usual_minutes
from companion.stages import Policy
from companion.values import AnswerKind, Expected, Line, Plan, Turn

LONGEST = 60
"""Minutes"""
_TIMES = ("minute", "minutes")
_YES_NO = Expected(AnswerKind.YES_NO, after_question=True)


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    name: str = ""
    """Of an exercise"""
    state: Suits | None = None
    minutes: float | None = None


class Asking:
    """Reads from words which exercise is asked for."""

    def __init__(
        self, scripts: Mapping[str, Script], sentences: Sentences, number: Callable[[float], str]
    ) -> None:
        words = sentences.asking
        self._minutes = {
            said: float(count)
            for count in range(1, LONGEST + 1)
            for said in (str(count), number(count).replace("-", " "))
        }
        self._frame = frozenset(" ".join(words.frame).split())
        self._wish = frozenset(words.wish)
        names = {
            as_words(called): Asked(name)
            for name, script in scripts.items()
            for called in (script.title, *script.called)
        }
        states = {
            as_words(called): Asked(state=state)
            for state, forms in words.states.items()
            for called in forms
        }
        longest = sorted((names | states).items(), key=lambda item: -len(item[0].split()))
        self._called = dict(longest)

    def find(self, text: str, *, bare: bool = True) -> Asked | None:
        """Say what is asked for; None: nothing. Not `bare`: a name alone is no wish."""
        words, minutes = self._without_time(as_words(text).replace("-", " ").split())
        plain = f" {' '.join(words)} "
        for called, asked in self._called.items():
            if called not in plain:
                continue
            rest = plain.replace(called, " ", 1).split()
            wished = bool(self._wish.intersection(rest)) if asked.state else bare or bool(rest)
            if wished and self._frame.issuperset(rest):
                return replace(asked, minutes=minutes)
        return None

    def _without_time(self, words: list[str]) -> tuple[list[str], float | None]:
        """Take a time in minutes out of some words."""
        for at in (at for at, word in enumerate(words) if word in _TIMES):
            for count in (2, 1):
                minutes = self._minutes.get(" ".join(words[max(0, at - count) : at]))
                if minutes and at >= count:
                    return words[: at - count] + words[at + 1 :], minutes
        return words, None


class AskedPolicy:
    """Begins or offers what is asked for; leaves everything else to the policy within."""

    def __init__(
        self,
        scripts: Mapping[str, Script],
        sentences: Sentences,
        answers: Answers,
        number: Callable[[float], str],
        within: Policy,
    ) -> None:
        """`number` says a number in words."""
        self._scripts = scripts
        self._said = sentences
        self._answers = answers
        self._number = number
        self._within = within
        self._asking = Asking(scripts, sentences, number)

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        text, led = turn.transcript.text, turn.mind.led
        if led and led.asks == "offer":
            agreed = self._answers.yes_no(text)
            if agreed is not None and turn.expected.kind is AnswerKind.YES_NO:
                return self._begin(led.name, led.minutes, turn) if agreed else self._declined(turn)
        if turn.free_talk and self._answers.says(text, self._said.asking.which):
            return Plan("about", tuple(map(Line, self._said.which)), turn.expected, mind=turn.mind)
        # Within a form a name may be an answer: "what helps you?" - "a body scan".
        filling = turn.mind.form is not None and not (turn.mind.form.done or turn.mind.form.paused)
        asked = self._asking.find(text, bare=not filling) if turn.free_talk else None
        if asked is None:
            return self._within.choose(turn)
        if asked.name:
            return self._begin(asked.name, asked.minutes, turn)
        return self._offer(asked, turn)

    def _begin(self, name: str, minutes: float | None, turn: Turn) -> Plan:
        return Plan("lead", (), session=name, minutes=minutes, mind=turn.mind)

    def _declined(self, turn: Turn) -> Plan:
        mind = replace(turn.mind, led=None)
        return Plan("reflect", (Line(self._said.declined),), Expected(), mind=mind)

    def _offer(self, asked: Asked, turn: Turn) -> Plan:
        if asked.state is None or not (names := self._names(asked.state, asked.minutes, turn)):
            return Plan("reflect", (Line(self._said.offer_none),), Expected(), mind=turn.mind)
        name = names[0]
        script = self._scripts[name]
        length = round(asked.minutes if asked.minutes and script.minutes else usual_minutes(script))
        words = self._said.minutes
        minutes = words.one if length <= 1 else words.many.format(count=self._number(length))
        sentence = self._said.offer_again if self._helps(name, turn) else self._said.offer_for
        line = Line(sentence.format(title=script.spoken_title, minutes=minutes))
        mind = replace(turn.mind, led=Led(name, asks="offer", minutes=asked.minutes))
        return Plan(OFFER, (line,), _YES_NO, skill=name, mind=mind)

    def _names(self, state: Suits, minutes: float | None, turn: Turn) -> Sequence[str]:
        known = turn.known.health if turn.mind.health is None else turn.mind.health
        return suited(
            state, self._scripts, self._said.first.get(state, ()),
            minutes=minutes, health=told(known or ()), done=turn.known.led,
        )  # fmt: skip

    @staticmethod
    def _helps(name: str, turn: Turn) -> bool:
        """Tell whether it fell more with this one than with others, as far as ranges can tell."""
        help = by_name(helped(turn.known.led)).get(name)
        return help is not None and help.low > help.usual
