"""The daily check-in: mood, night, energy, what it has to do with, a line; in under 20 seconds.

What is said early is not asked again, every part may be skipped, and what was understood is told
back in one sentence that compares nothing and judges nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from companion.answers import Answers
from companion.care.checkin_words import (
    ABOUT,
    ASLEEP,
    ENERGY,
    FEELINGS,
    IN_BED,
    LINE,
    MOOD,
    PARTS,
    QUALITY,
    SLEEP,
    CheckInReader,
    read_words,
)
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
from companion.records import Form, Given
from companion.values import AnswerKind, Expected, Turn

NAME = "checkin"
COMMAND = "check_in"
"""Among the commands of answers.yaml: so that every grammar has it"""
FEW = 3
"""Words of a "no" that is no line of its own"""
_INSTEAD = (SKIP, DONE)
_CHANGE = "change"
"""What waits where we have asked what should be put right"""
_OF_THE_NIGHT = (ASLEEP, IN_BED, QUALITY)


class CheckInDialogue:
    """Leads through a check-in."""

    def __init__(self, folder: Path, answers: Answers, number: Callable[[float], str]) -> None:
        """Read `checkin.yaml`; `number` says a number in words. Raises SettingsError."""
        self._words = read_words(folder)
        self._answers = answers
        self._reader = CheckInReader(self._words, answers)
        self._number = number

    def names(self) -> tuple[str, ...]:
        """Name the only one."""
        return (NAME,)

    def asked_for(self, text: str) -> str:
        """Tell whether a check-in is asked for."""
        return NAME if self._answers.command(text) == COMMAND else ""

    def begin(self, name: str, turn: Turn) -> Step:
        """Ask for the mood."""
        form = Form(NAME, MOOD)
        if turn.free_talk and not turn.transcript.typed:
            # Each turn by voice costs a silence at its end: who says it all at once has done.
            asked = self._words.ask_at_once
            return Step(form, said(asked), Expected(after_question=True))
        return self.ask(form, turn)

    def ask(self, form: Form, turn: Turn) -> Step:
        """Ask for the part that waits."""
        if turn.free_talk:
            # Whatever is said is heard: a number, a word, or all of it at once.
            asked = self._words.ask[form.part]
            if form.part == ABOUT and form.spoken:
                asked = self._words.ask_about_aloud
            return Step(form, said(asked), Expected(after_question=True))
        if form.part not in self._words.ask_closed:
            # Begun by typing, or with a better ear: this one asks only for numbers.
            return self._next(form, turn)
        scale = closed(AnswerKind.SCALE, *_INSTEAD)
        return Step(form, said(self._words.ask_closed[form.part]), scale)

    def answer(self, form: Form, turn: Turn) -> Step | None:
        """Take what was told, and ask for what is missing."""
        text = turn.transcript.text
        instead = self._answers.exactly(text, (SKIP, DONE, LEAVE_IT, BACK))
        if instead in (DONE, LEAVE_IT):
            return self._close(form, turn)
        if instead == BACK:
            return self._back(form, turn)
        if instead == SKIP:
            return self._next(form.having(Given(form.part)), turn)
        given = () if turn.transcript.rejected else self._given(form, text, turn.free_talk)
        form = form.having(*given) if given else form
        if _is_answered(form, form.part):
            return self._next(form, turn)
        return self._again(form, turn)

    def correct(self, form: Form, turn: Turn) -> Step | None:
        """Put right what was told back: "no, five hours", "that's wrong"."""
        text = turn.transcript.text
        if self._answers.exactly(text, (BACK,)):
            return self._ask_for_change(form)
        head, _, rest = text.partition(" ")
        denied = self._answers.yes_no(head) is False
        if not rest if denied else form.waits != _CHANGE:
            return None
        rest = rest if denied else text
        if given := self._changes(rest):
            return self._close(form.having(*given), turn)
        return self._ask_for_change(form) if self._answers.scale(rest) is not None else None

    def _ask_for_change(self, form: Form) -> Step:
        asked = replace(form, waits=_CHANGE)
        return Step(asked, said(self._words.changed), Expected(after_question=True))

    def _changes(self, text: str) -> list[Given]:
        """Read a correction. A bare number could be about anything, so it is not read."""
        found = {given.part: given for given in self._reader.read(text, "")}
        if self._answers.scale(text) is None:
            night = [one for one in self._reader.read(text, SLEEP) if one.part in (ASLEEP, IN_BED)]
            for given in (*night, *self._reader.read(text, MOOD)):
                found.setdefault(given.part, given)
        return [replace(given, edited=True) for given in found.values()]

    def _given(self, form: Form, text: str, free: bool) -> tuple[Given, ...]:
        asked = form.part
        if asked == LINE:
            nothing = self._reader.is_nothing(text) or self._answers.yes_no(text) is False
            if nothing and len(text.split()) <= FEW:
                return (Given(LINE),)
            return self._reader.in_own_words(text, LINE) if text else ()
        given = self._reader.read(text, asked)
        if asked == SLEEP and not free and not given:
            hours = self._answers.scale(text)
            given = (Given(ASLEEP, hours * 60, confirmed=True),) if hours is not None else ()
        if asked == ABOUT and text and not any(one.part == ABOUT for one in given):
            if self._reader.is_nothing(text):
                return (Given(ABOUT),)
            given = (*given, Given(ABOUT), *self._reader.in_own_words(text, ABOUT))
        if asked == ABOUT and form.spoken and given:
            # One question for both: more than a few words are the line.
            line = self._reader.in_own_words(text, ABOUT)
            given = (*given, *(line if line[0].part == LINE else (Given(LINE),)))
        # Told once is told: only what was asked may take the place of something told before.
        return tuple(one for one in given if one.part == asked or not form.find(one.part)
                     or asked == SLEEP and one.part in _OF_THE_NIGHT)  # fmt: skip

    def _again(self, form: Form, turn: Turn) -> Step:
        """Ask more narrowly, and then leave it: nobody is pressed."""
        if form.repairs >= MOST_REPAIRS:
            step = self._next(form.having(Given(form.part)), turn)
            return replace(step, lines=said(self._words.given_up) + step.lines)
        asked = replace(form, repairs=form.repairs + 1)
        kind = AnswerKind.OPEN if turn.free_talk else AnswerKind.SCALE
        return Step(asked, said(self._words.again[form.part]), closed(kind, *_INSTEAD))

    def _next(self, form: Form, turn: Turn) -> Step:
        parts: Sequence[str] = PARTS
        if not turn.free_talk:
            parts = (MOOD, SLEEP, QUALITY, ENERGY)
        for part in parts:
            if not _is_answered(form, part):
                return self.ask(replace(form, part=part, repairs=0), turn)
        return self._close(form, turn)

    def _back(self, form: Form, turn: Turn) -> Step:
        """Ask for the part before anew."""
        asked = PARTS if turn.free_talk else self._words.ask_closed
        before = [part for part in asked if _is_answered(form, part) and part != form.part]
        part = before[-1] if before else form.part
        gone = {part, *(_OF_THE_NIGHT if part == SLEEP else ())}
        kept = tuple(given for given in form.given if given.part not in gone)
        return self.ask(replace(form, part=part, given=kept, repairs=0), turn)

    # --- told back ------------------------------------------------------------------------

    def _close(self, form: Form, turn: Turn) -> Step:
        told = self._words.told
        done = replace(form, part="", done=True)
        parts = list(self._told(form))
        if not parts:
            return Step(done, said(told["nothing"]))
        words = told["kept"] if turn.known.kept else told["not_kept"]
        return Step(done, said(words.format(parts="; ".join(parts))))

    def _told(self, form: Form) -> Sequence[str]:
        told, parts = self._words.told, []
        for given in sorted(form.given, key=_place):
            if given.part == MOOD and given.number is not None:
                parts.append(told["mood"].format(level=self.level(given.number)))
            elif given.part in (FEELINGS, ABOUT) and given.words:
                names = f" {told['and']} ".join(self._named(word) for word in given.words[:3])
                parts.append(told[given.part].format(names=names))
            elif given.part in (ASLEEP, IN_BED) and given.number is not None:
                parts.append(told[given.part].format(time=self._time(given.number)))
            elif given.part in (QUALITY, ENERGY) and given.number is not None:
                parts.append(told[given.part].format(number=self._number(given.number)))
            elif given.part == LINE and given.words:
                parts.append(told["note"])
        return parts

    def _named(self, word: str) -> str:
        """Name a feeling or a context; a person's own words are never said back."""
        known = word in self._words.feelings or word in self._words.contexts
        return word if known else self._words.told["own"]

    def level(self, valence: float) -> str:
        """Name the level nearest to a valence."""
        return min(self._words.levels, key=lambda level: abs(level.valence - valence)).name

    def _time(self, minutes: float) -> str:
        told = self._words.told
        hours, rest = divmod(round(minutes), 60)
        if not hours:
            return told["minutes"].format(minutes=self._number(rest))
        if not rest:
            return told["hour"] if hours == 1 else f"{self._number(hours)} hours"
        if rest == 30:
            return f"{self._number(hours)} {told['and']} {told['half']} hours"
        minutes_told = told["minutes"].format(minutes=self._number(rest))
        return f"{self._number(hours)} hours {minutes_told}"


def _is_answered(form: Form, part: str) -> bool:
    if part == SLEEP:
        return any(form.find(one) for one in (SLEEP, ASLEEP, IN_BED, QUALITY))
    if part == QUALITY:
        return bool(form.find(QUALITY) or form.find(SLEEP))
    return form.find(part) is not None


def _place(given: Given) -> int:
    order = (MOOD, FEELINGS, ABOUT, SLEEP, ASLEEP, IN_BED, QUALITY, ENERGY, LINE)
    return order.index(given.part)
