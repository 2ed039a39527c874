"""Questionnaires by voice: one item a turn, word for word; answers in the person's own words.

What is not plain is said back before it counts. Any item may be skipped; a skipped one about
being safe is asked about once, gently, and stays missing. An answer above 0 there goes to the
guard at once. The end is a number, and never a name for anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from companion.answers import Answers
from companion.care.form_words import FormWords
from companion.care.forms import (
    BACK,
    DONE,
    LEAVE_IT,
    MOST_REPAIRS,
    SKIP,
    Step,
    closed,
    said,
)
from companion.care.instruments import Instrument, score
from companion.care.options import Meant, OptionReader
from companion.care.results import Results, spoken_date
from companion.records import Form, Given
from companion.risk import Assessment, Kind, Risk
from companion.values import AnswerKind, Expected, Line, Turn

MENU = "questionnaires"
COMMAND = "questionnaire"
"""Among the commands of answers.yaml"""
CONFIRM, ONCE_MORE = "confirm", "once_more"
"""What waits: that the person agrees to what was understood; an item that was skipped"""
_CHOICES = ("mood", "worry", "well_being")
_INSTEAD = (SKIP, BACK, LEAVE_IT)
WITHOUT_DANGER = {"phq9": "phq8"}
"""Where the guard does not work, nobody could ask further"""


class QuestionnaireDialogue:
    """Leads through a questionnaire."""

    def __init__(
        self,
        words: FormWords,
        instruments: Mapping[str, Instrument],
        answers: Answers,
        number: Callable[[float], str],
    ) -> None:
        """`number` says a number in words."""
        self._words = words
        self._instruments = instruments
        self._answers = answers
        self._number = number
        self._results = Results(words, instruments)
        self._options = {
            name: OptionReader(one.options, answers, words.loose, words.weekly)
            for name, one in instruments.items()
        }

    def names(self) -> tuple[str, ...]:
        """Name the questionnaires, and the question which one."""
        return (MENU, *self._instruments)

    def asked_for(self, text: str) -> str:
        """Name the questionnaire that is asked for."""
        for name, instrument in self._instruments.items():
            if self._answers.says(text, instrument.asks_for):
                return name
        return MENU if self._answers.command(text) == COMMAND else ""

    def begin(self, name: str, turn: Turn) -> Step:
        """Say how long it is, and ask the first item; or when it is due again."""
        if name == MENU:
            return self.ask(Form(MENU), turn)
        if turn.transcript.typed and not turn.free_talk:
            name = WITHOUT_DANGER.get(name, name)
        if early := self._too_soon(name, turn):
            return early
        count = self._number(len(self._instruments[name].items))
        intro = said(self._words.intro.format(count=count), self._words.intro_words)
        return self._ask(Form(name, f"{name}-1"), turn, intro, whole=True)

    def ask(self, form: Form, turn: Turn) -> Step:
        """Ask the item that waits, with what may be answered; or tell what is left to tell."""
        if form.name == MENU:
            choice = Expected(AnswerKind.CHOICE, (*_CHOICES, LEAVE_IT), after_question=True)
            return Step(form, said(self._words.menu.ask), choice)
        if not form.part:
            return self._end(form, turn)
        return self._ask(replace(form, waits="answer", unsure=None), turn, (), whole=True)

    def answer(self, form: Form, turn: Turn) -> Step | None:
        """Take the answer to an item, or to what was said back."""
        text = turn.transcript.text
        instead = self._answers.exactly(text, (*_INSTEAD, DONE))
        if instead in (LEAVE_IT, DONE):
            return self._leave(form, turn)
        if form.name == MENU:
            return self._chosen(form, turn)
        if instead == BACK:
            return self._back(form, turn)
        if instead == SKIP:
            return self._skip(form, turn)
        meant = None if turn.transcript.rejected else self._options[form.name].read(text)
        if form.waits == CONFIRM and form.unsure is not None:
            return self._confirmed(form, form.unsure, meant, turn)
        if form.waits == ONCE_MORE and meant is None and self._answers.yes_no(text) is False:
            return self._skip(form, turn)
        return self._take(form, meant, turn)

    def correct(self, form: Form, turn: Turn) -> Step | None:
        """Go back to the last item of one that is done."""
        if form.name == MENU or not self._answers.exactly(turn.transcript.text, (BACK,)):
            return None
        last = f"{form.name}-{len(self._instruments[form.name].items)}"
        return self.ask(replace(form, part=last, done=False, total=None, repairs=0), turn)

    # --- one answer ------------------------------------------------------------------------

    def _take(self, form: Form, meant: Meant | None, turn: Turn) -> Step:
        if meant is None:
            return self._again(form, turn)
        edited = form.find(form.part) is not None
        given = Given(form.part, meant.option.value, confirmed=meant.plain, edited=edited)
        if self._is_dangerous(form, given):
            return self._endangered(form.having(given), turn)
        if meant.plain:
            # A misheard answer shows at once where it is said back in passing.
            echo = () if turn.transcript.typed else said(f"{meant.option.label}.")
            return self._next(form.having(given), turn, echo)
        asked = replace(form, waits=CONFIRM, unsure=given, repairs=0)
        label = meant.option.label.lower()
        return Step(asked, said(self._words.confirm.format(label=label)), self._yes_no(turn))

    def _confirmed(self, form: Form, unsure: Given, meant: Meant | None, turn: Turn) -> Step:
        text = turn.transcript.text
        agreed = self._answers.yes_no(text)
        if agreed:
            return self._next(form.having(replace(unsure, confirmed=True)), turn, ())
        form = replace(form, waits="answer", unsure=None)
        head, _, rest = text.partition(" ")
        if self._answers.yes_no(head) is False:
            # "No, nearly every day": the no is about what was said back.
            meant = self._options[form.name].read(rest)
        if meant is not None:
            return self._take(form, meant, turn)
        if agreed is False:
            return self._ask(form, turn, said(self._words.which), whole=True, item=False)
        return self._again(form, turn)

    def _again(self, form: Form, turn: Turn) -> Step:
        """Say once more what may be answered; then leave it out: nobody is pressed."""
        if form.repairs >= MOST_REPAIRS:
            return self._skip(replace(form, repairs=0), turn)
        asked = replace(form, repairs=form.repairs + 1)
        step = self._ask(asked, turn, said(self._words.unclear), whole=True, item=False)
        return replace(step, form=replace(step.form, repairs=asked.repairs))

    def _skip(self, form: Form, turn: Turn) -> Step:
        if self._number_of(form) == self._instruments[form.name].danger:
            if form.waits != ONCE_MORE:
                asked = replace(form, waits=ONCE_MORE, unsure=None, repairs=0)
                return self._ask(asked, turn, said(self._words.once_more), whole=False)
            return self._next(form.having(Given(form.part)), turn, said(self._words.left_out))
        return self._next(form.having(Given(form.part)), turn, ())

    def _back(self, form: Form, turn: Turn) -> Step:
        number = max(1, self._number_of(form) - (form.waits == "answer"))
        part = f"{form.name}-{number}"
        return self.ask(replace(form, part=part, repairs=0), turn)

    def _leave(self, form: Form, turn: Turn) -> Step:
        """End it as far as it came."""
        done = replace(form, done=True, unsure=None)
        kept = self._results.kept(form, turn)
        return Step(done, said(self._words.told.broken_off, kept if form.given else ""))

    def _chosen(self, form: Form, turn: Turn) -> Step:
        chosen = self._answers.choice(turn.transcript.text, _CHOICES)
        if chosen is not None:
            return self.begin(getattr(self._words.menu, chosen), turn)
        if form.repairs >= MOST_REPAIRS:
            return self._leave(form, turn)
        step = self.ask(replace(form, repairs=form.repairs + 1), turn)
        return replace(step, lines=said(self._words.menu.again))

    # --- from item to item -------------------------------------------------------------------

    def _ask(
        self, form: Form, turn: Turn, before: tuple[Line, ...], *, whole: bool, item: bool = True
    ) -> Step:
        """Ask an item; `whole`: with the stem and all options."""
        name = form.name
        ids = [form.part] if item else []
        if whole:
            ids = [f"{name}-stem", *ids, f"{name}-options"] if item else [f"{name}-options"]
        lines = before + tuple(Line(reviewed=line) for line in ids)
        names = self._options[name].names
        return Step(form, lines, self._expected(AnswerKind.CHOICE, names, turn))

    def _next(self, form: Form, turn: Turn, before: tuple[Line, ...]) -> Step:
        """Go to the first item after this one that was not asked yet."""
        for number in range(self._number_of(form), len(self._instruments[form.name].items) + 1):
            part = f"{form.name}-{number}"
            if form.find(part) is None:
                return self._ask(replace(form, part=part), turn, before, whole=False)
        step = self._end(self._scored(replace(form, part="")), turn)
        return replace(step, lines=before + step.lines)

    def _end(self, form: Form, turn: Turn) -> Step:
        form = replace(self._scored(form), done=True)
        return Step(form, said(*self._results.tell(form, turn)))

    def _scored(self, form: Form) -> Form:
        return replace(form, total=score(form, self._instruments[form.name]).total)

    def _is_dangerous(self, form: Form, given: Given) -> bool:
        danger = self._instruments[form.name].danger
        return given.part == f"{form.name}-{danger}" and bool(given.number)

    def _endangered(self, form: Form, turn: Turn) -> Step:
        """Ask directly and at once: the rest of the questionnaire can wait."""
        found = Assessment(
            Risk.CONCERN, (Kind.SUICIDE,), ask=True, why=(f"questionnaire-{form.part}",)
        )
        step = self._next(form, turn, ())
        waiting = replace(step.form, done=False)
        return Step(waiting, step.lines, step.expected, danger=found)

    def _too_soon(self, name: str, turn: Turn) -> Step | None:
        last, now = self._results.last(name, turn), turn.now or turn.known.at
        if last is None or now is None:
            return None
        due = last.at + timedelta(days=self._instruments[name].every)
        if now >= due:
            return None
        text = {0: self._words.today, 1: self._words.yesterday}.get((now - last.at).days)
        days = self._number((now - last.at).days)
        told = (text or self._words.too_soon).format(days=days, date=spoken_date(due))
        return Step(Form(name, done=True), said(told, self._words.check_in_instead))

    def _expected(self, kind: AnswerKind, names: tuple[str, ...], turn: Turn) -> Expected:
        """Wait for an answer: a good ear takes any words, a weak one those of a grammar."""
        if turn.free_talk:
            return Expected(after_question=True)
        return closed(kind, *names, *_INSTEAD)

    def _yes_no(self, turn: Turn) -> Expected:
        return self._expected(AnswerKind.YES_NO, (), turn)

    @staticmethod
    def _number_of(form: Form) -> int:
        return int(form.part.rpartition("-")[2])
