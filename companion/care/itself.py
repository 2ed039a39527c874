"""Say what this program is: when a talk begins, when asked, and again after hours.

Also whose numbers to name, and that a pause would do good. Nothing here asks anybody to stay,
to come back, or not to go. It stands before the policy of the talk, and looks like one itself;
its sentences are reviewed ones (`safety/protocol.yaml`). docs/crisis.md has the table of when.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from companion.answers import as_words
from companion.care.phrases import Phrases
from companion.cares import CareState
from companion.content import Content, read
from companion.errors import SettingsError
from companion.stages import Policy
from companion.values import Line, Plan, Turn

ACT = "about"
AWAY = timedelta(days=7)
"""After a longer absence it is said in full again (Utah Code 13-72a)"""
AGAIN, AGAIN_MINOR = 3 * 3600.0, 3600.0
"""Seconds of talk after which it is said again (New York GBL Art. 47; California B&P 22601; for
minors Washington HB 2225)"""
LONG = 45 * 60.0
"""Seconds of talk after which a pause is suggested, once"""
_NOT_NOW = frozenset({"stop", "panic", "lead"})
"""Acts to which nothing is added: silence, or an exercise that has to begin at once"""


class _Itself(Content):
    asks: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]
    first: tuple[str, ...]
    later: tuple[str, ...]
    again: tuple[str, ...]
    minor_break: tuple[str, ...]
    long: tuple[str, ...]
    country_before: tuple[str, ...]
    country_set: tuple[str, ...]
    country_names: dict[str, tuple[str, ...]]


class ItselfPolicy:
    """Answers for itself; leaves everything else to the policy within."""

    def __init__(self, folder: Path, countries: Mapping[str, str], within: Policy) -> None:
        """Read `itself.yaml`; `countries` are names by two letters. Raises SettingsError."""
        self._data = data = read(folder / "itself.yaml", _Itself)
        if missing := sorted(data.asks.keys() ^ data.answers.keys()):
            raise SettingsError(f"itself.yaml: '{missing[0]}' is not both asked and answered.")
        self._asks = Phrases(data.asks)
        names = {code: {name.casefold()} for code, name in countries.items()}
        for code, others in data.country_names.items():
            names.setdefault(code, set()).update(others)
        self._countries = Phrases(
            {
                code: [f"{before} {name}" for before in data.country_before for name in some]
                for code, some in names.items()
            }
        )
        self._within = within

    def choose(self, turn: Turn) -> Plan:
        """Choose one act and its written reply."""
        care = _clocked(turn)
        turn = replace(turn, care=care)
        plan = self._about(turn) or self._country(turn) or self._within.choose(turn)
        return self._accompanied(plan, turn)

    def _about(self, turn: Turn) -> Plan | None:
        asked = self._asks.find(turn.transcript.text)
        if not asked:
            return None
        told = replace(turn.care, told=_seconds(turn))
        # A question that was open before is open still.
        return Plan(
            ACT, self._lines(self._data.answers[asked[0]]), turn.expected, skill=asked[0],
            mind=turn.mind, care=told,
        )  # fmt: skip

    def _country(self, turn: Turn) -> Plan | None:
        named = self._countries.find(turn.transcript.text)
        # Said in passing, it is noted; said alone, it is answered.
        if not named or len(as_words(turn.transcript.text).split()) > 8:
            return None
        care = replace(turn.care, country=named[0])
        return Plan(
            ACT, self._lines(self._data.country_set), turn.expected, skill="country",
            mind=turn.mind, care=care,
        )  # fmt: skip

    def _accompanied(self, plan: Plan, turn: Turn) -> Plan:
        """Add what is due beside the reply."""
        care = plan.care or turn.care
        due = () if plan.act in _NOT_NOW else self._due(turn, care)
        if not due:
            return replace(plan, care=care)
        told = replace(care, told=_seconds(turn))
        if due == self._data.long:
            return replace(plan, care=replace(care, nudged=True), lines=self._after(plan, due))
        first = next(
            (at for at, line in enumerate(plan.lines) if not line.essential), len(plan.lines)
        )
        lines = (*plan.lines[:first], *self._lines(due), *plan.lines[first:])
        # A model's words would come before the disclosure.
        return replace(plan, lines=lines, care=told, task="")

    def _after(self, plan: Plan, due: tuple[str, ...]) -> tuple[Line, ...]:
        lines, last = plan.lines, plan.lines[-1:]
        if last and last[0].text.endswith("?"):
            return (*lines[:-1], *self._lines(due), *last)
        return (*lines, *self._lines(due))

    def _due(self, turn: Turn, care: CareState) -> tuple[str, ...]:
        """Name the lines that are due now."""
        now, data = _seconds(turn), self._data
        if care.told is None:
            away = care.last is None or turn.now is None or turn.now - care.last > AWAY
            return data.first if away else data.later
        if turn.risk.is_minor and now - care.told >= AGAIN_MINOR:
            return data.minor_break
        if now - care.told >= AGAIN:
            return data.again
        if not care.nudged and care.began is not None and now - care.began >= LONG:
            return data.long
        return ()

    @staticmethod
    def _lines(ids: tuple[str, ...]) -> tuple[Line, ...]:
        return tuple(Line(reviewed=line) for line in ids)


def _clocked(turn: Turn) -> CareState:
    """Let the clock of the talk run."""
    care = turn.care
    return care if care.began is not None else replace(care, began=_seconds(turn))


def _seconds(turn: Turn) -> float:
    """Give the time on a clock that goes on when a device is opened anew."""
    return turn.now.timestamp() if turn.now else turn.utterance.committed
