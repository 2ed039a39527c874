"""Lead through an exercise by questions: a step machine over plain values.

The state is a form, as a check-in's is: it travels in the talk, so that help, stop and the
answers to danger work at every step, and it is kept, so that it can go on a week later. What
somebody answers in their own words is taken as it is; it is never judged or scored.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from companion.answers import Answers
from companion.care.forms import LEAVE_IT, SKIP, said
from companion.care.forms import Step as Turned
from companion.content import Content, read
from companion.records import Form, Given
from companion.risk import Risk
from companion.skills import DONE, Skill, Skills, Step
from companion.values import AnswerKind, Expected, Turn

OF_THE_TALK = frozenset(
    {"hostile", "injection", "joking", "clinging", "goodbye", "misheard", "slower", "faster"}
)
"""Wishes that are no answer: the talk takes them, and the exercise waits"""
_KINDS = {"open": AnswerKind.OPEN, "scale": AnswerKind.SCALE, "yes_no": AnswerKind.YES_NO}


class _Words(Content):
    begin: str
    going_on: str
    unsure: tuple[str, ...]
    skipped: tuple[str, ...]
    left: tuple[str, ...]
    number: tuple[str, ...]
    yes_or_no: tuple[str, ...]
    nothing: tuple[str, ...]
    not_now: tuple[str, ...]
    no_free_talk: tuple[str, ...]


class SkillDialogue:
    """Leads through every exercise of `skills/`."""

    def __init__(
        self,
        folder: Path,
        skills: Skills,
        answers: Answers,
        intent: Callable[[str], str],
        number: Callable[[int], str],
    ) -> None:
        """`intent` names what somebody wants; `number` says one in words. Raises SettingsError."""
        self._words = read(folder / "skill_words.yaml", _Words)
        self._skills = skills
        self._answers = answers
        self._intent = intent
        self._number = number

    def names(self) -> tuple[str, ...]:
        """Name every exercise."""
        return tuple(self._skills)

    def asked_for(self, text: str) -> str:
        """Name the exercise that these words ask for, or ""."""
        return self._skills.asked(text)

    def begin(self, name: str, turn: Turn) -> Turned:
        """Begin, unless this is not the time for it."""
        skill, form = self._skills[name], Form(name, done=True)
        if not turn.free_talk:
            return Turned(form, said(*self._words.no_free_talk))
        if turn.mind.care in skill.never_when or turn.risk.level >= Risk.CONCERN:
            return Turned(form, said(*self._words.not_now))
        return self._ask(Form(name), skill.steps[0], (self._words.begin,))

    def ask(self, form: Form, turn: Turn) -> Turned:
        """Ask for the step that waits, after a pause."""
        skill = self._skills[form.name]
        step = self._waiting(form)
        return self._ask(form, step, (self._words.going_on.format(title=skill.title),))

    def answer(self, form: Form, turn: Turn) -> Turned | None:
        """Take an answer; None for words that are none."""
        text, step = turn.transcript.text, self._waiting(form)
        if turn.transcript.rejected or not text.strip():
            return self._once_more(form, step, self._words.nothing)
        match self._answers.exactly(text, (SKIP, LEAVE_IT)) or self._intent(text):
            case "skip":
                return self._go_on(form, step, self._words.skipped, None)
            case "leave_it":
                return Turned(replace(form, done=True), said(*self._words.left))
            case "rephrase":
                return self._plainer(form, step, ())
            case "unsure" if step.answer != "yes_no":
                return self._unsure(form, step)
            case wish if wish in OF_THE_TALK and step.answer != "open":
                return None
            case "hostile" | "injection" | "goodbye" | "slower" | "faster":
                return None
        return self._take(form, step, text)

    def correct(self, form: Form, turn: Turn) -> Turned | None:
        """Nothing is told back, so nothing is put right."""
        return None

    # --- answers ------------------------------------------------------------------

    def _take(self, form: Form, step: Step, text: str) -> Turned:
        if step.answer == "scale":
            if (rating := self._answers.scale(text)) is None:
                return self._once_more(form, step, self._words.number)
            form = form.having(Given(step.id, rating))
            word = self._number(rating)
            return self._go_on(form, step, tuple(s.format(number=word) for s in step.heard), None)
        if step.answer == "yes_no":
            if (agreed := self._answers.yes_no(text)) is None:
                return self._once_more(form, step, self._words.yes_or_no)
            form = form.having(Given(step.id, float(agreed)))
            return self._go_on(form, step, step.heard, agreed)
        if self._answers.is_filler(text):
            return self._once_more(form, step, self._words.nothing)
        return self._go_on(
            form.having(Given(step.id, words=(text.strip(),))), step, step.heard, None
        )

    def _once_more(self, form: Form, step: Step, hint: tuple[str, ...]) -> Turned:
        """Say once what kind of answer would do; after that go on without one."""
        if form.repairs:
            return self._go_on(form, step, self._words.skipped, None)
        waiting = replace(form, part=step.id, repairs=form.repairs + 1)
        return Turned(waiting, said(*hint), _expected(step))

    def _unsure(self, form: Form, step: Step) -> Turned:
        if form.repairs:
            return self._go_on(form, step, self._words.skipped, None)
        return self._plainer(replace(form, repairs=1), step, self._words.unsure)

    def _plainer(self, form: Form, step: Step, before: tuple[str, ...]) -> Turned:
        return Turned(replace(form, part=step.id), said(*before, *step.plain), _expected(step))

    def _go_on(self, form: Form, step: Step, heard: tuple[str, ...], agreed: bool | None) -> Turned:
        skill = self._skills[form.name]
        following = skill.after(step, agreed)
        if following == DONE:
            return Turned(
                replace(form, done=True, repairs=0), said(*heard, *self._end(skill, form))
            )
        return self._ask(form, skill.step(following), heard)

    def _ask(self, form: Form, step: Step, before: tuple[str, ...]) -> Turned:
        waiting = replace(form, part=step.id, repairs=0)
        return Turned(waiting, said(*before, *step.ask), _expected(step))

    def _end(self, skill: Skill, form: Form) -> tuple[str, ...]:
        """Say how the two ratings compare; any drop is enough, and no rise is anybody's fault."""
        before, after = form.find("before"), form.find("after")
        if not before or not after or before.number is None or after.number is None:
            return skill.end["none"]
        sentences = skill.end["same"]
        if after.number != before.number:
            sentences = skill.end["fell" if after.number < before.number else "rose"]
        word = self._number(int(after.number))
        return tuple(sentence.format(number=word) for sentence in sentences)

    def _waiting(self, form: Form) -> Step:
        skill = self._skills[form.name]
        return skill.step(form.part) if form.part else skill.steps[0]


def _expected(step: Step) -> Expected:
    kind = _KINDS[step.answer]
    return Expected(kind, after_question=True)
