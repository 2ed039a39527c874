"""Tell what a questionnaire came to: a number, what it was before, and whom it is worth taking to.

Never a disorder, and for anyone under 18 no cut-off of adults. Two numbers are called different
only where they differ by more than chance (the reliable change in the questionnaire's file).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from companion.care.form_words import FormWords
from companion.care.instruments import Instrument, score
from companion.records import Form, Total
from companion.values import Turn


class Results:
    """Words the end of a questionnaire."""

    def __init__(self, words: FormWords, instruments: Mapping[str, Instrument]) -> None:
        self._words = words
        self._instruments = instruments

    def last(self, name: str, turn: Turn) -> Total | None:
        """Give what it came to before, where it had a total."""
        found = (one for one in turn.known.totals if one.instrument == name)
        return next((one for one in found if one.total is not None), None)

    def tell(self, form: Form, turn: Turn) -> Iterator[str]:
        """Yield the sentences."""
        instrument, told = self._instruments[form.name], self._words.told
        before = self.last(form.name, turn)
        result = score(form, instrument)
        if result.total is not None:
            total = self._figure(instrument.told(result.total))
            yield told.total.format(total=total, most=self._figure(instrument.most))
            moved = 0
            if before is not None and before.total is not None:
                moved = instrument.changed(result.total, before.total)
                # Two questions are too few to call anything the same, or not.
                text = told.same if instrument.change and not moved else told.before
                was = self._figure(instrument.told(before.total))
                yield text.format(date=spoken_date(before.at), total=was)
            yield from self._worth(instrument, result.total, moved, turn)
        elif result.without_last is not None and instrument.danger == len(instrument.items):
            highest = max(option.value for option in instrument.options)
            most = highest * (len(instrument.items) - 1)
            yield told.without_last.format(total=result.without_last, most=most)
            yield from self._worth(instrument, result.without_last, 0, turn)
        else:
            yield told.no_total
        yield self.kept(form, turn)

    def _figure(self, number: int) -> str:
        return self._words.told.hundred if number == 100 else str(number)

    def kept(self, form: Form, turn: Turn) -> str:
        """Say whether it is kept."""
        return self._words.told.kept if turn.known.kept else self._words.told.not_kept

    def _worth(self, instrument: Instrument, total: int, moved: int, turn: Turn) -> Iterator[str]:
        if turn.risk.is_minor:
            if moved > 0:
                yield self._words.worth.minor
        elif instrument.is_worth_telling(total):
            yield self._words.worth.high
        elif moved > 0:
            yield self._words.worth.rise


def spoken_date(at: datetime) -> str:
    """Write a date so that it can be said."""
    return f"{at.day} {at:%B}"
