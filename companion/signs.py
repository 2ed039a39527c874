"""Signs and digits read as words: telephone numbers, dates, times, money, units, numbers.

What has a form of its own is read first, so that a telephone number is gone before
anything can take it for a count. Each reading leaves words only. The order is the
table in `SignReader`; the words are data.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from companion.content import Content

_NUMBER = r"(?<!\d)(?<!\d\.)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\d)"
_YEAR = r"(?:19|20)\d\d"
_MOST_DIGITS = 15
"""Nobody can follow a longer number: it is read digit by digit"""

_Match = re.Match[str]
_Step = tuple[str, Callable[[_Match], str]]
"""A pattern, and what is said for it"""


class Words(Content):
    """The small words that numbers need."""

    joined: str
    minus: str
    plus: str
    point: str
    to: str
    out_of: str
    number: str
    dot: str
    at: str
    oh: str
    oclock: str
    midnight: str
    am: str
    pm: str
    day_month: str
    month_day: str


class Speech(Content):
    """The schema of `speech.yaml`: how a language reads what is not a word."""

    abbreviations: dict[str, str]
    symbols: dict[str, str]
    units: dict[str, tuple[str, str]]
    money: dict[str, tuple[str, str, str]]
    fractions: dict[str, str]
    months: tuple[tuple[str, ...], ...]
    words: Words
    ordinals: tuple[str, ...]
    telephone_words: tuple[str, ...]
    sites: tuple[str, ...]


class SignReader:
    """Reads the signs and digits of one language."""

    def __init__(self, speech: Speech, telephone: Iterable[str], language: str) -> None:
        self._speech = speech
        self._words = speech.words
        self._language = language
        self._short = {
            key[:1].upper() + key[1:]: said for key, said in speech.abbreviations.items()
        }
        self._short |= speech.abbreviations
        self._known = {"".join(g): g for g in (re.findall(r"\d+", t) for t in telephone) if g}
        self._months = {name: month[0] for month in speech.months for name in month}
        self._months |= {f"{n:02}": month[0] for n, month in enumerate(speech.months, 1)}
        self._coins = re.escape("".join(speech.money))
        self._steps = [(re.compile(pattern), say) for pattern, say in self._table()]

    def read(self, text: str) -> str:
        """Give the text with words in place of signs and digits."""
        for pattern, say in self._steps:
            text = pattern.sub(partial(_apart, say), text)
        return text

    def _table(self) -> Iterator[_Step]:
        yield from self._names()
        yield from self._telephones()
        yield from self._dates_and_times()
        yield from self._amounts()
        yield _any(self._speech.symbols), lambda m: f" {self._speech.symbols[m[0]]} "

    # --- names ---

    def _names(self) -> Iterator[_Step]:
        label = r"(?<![\w@.-])(?:https?://)?(?:www\.)?((?:[\w.+-]+@)?(?:[\w-]+\.)+"
        yield label + _any(self._speech.sites) + r")\b(?:[/?#][^\s,;]*)?", self._site
        yield r"https?://([\w.-]*\w)[^\s,;]*", self._site
        yield rf"(?<!\w){_any(self._short)}(?!\w)", self._abbreviation
        yield r"# ?(?=\d)", lambda _: self._words.number + " "

    def _site(self, found: _Match) -> str:
        words = {"@": self._words.at, ".": self._words.dot}
        said = re.sub(r"[@.]", lambda sign: f" {words[sign[0]]} ", found[1])
        ends = found[0][-1] if found[0][-1] in ".!?" else ""
        return f" {re.sub(r'[+_-]', ' ', said)}{ends} "

    def _abbreviation(self, found: _Match) -> str:
        at_end = found[0].endswith(".") and not found.string[found.end() :].strip()
        return self._short[found[0]] + ("." if at_end else "")

    # --- telephone numbers ---

    def _telephones(self) -> Iterator[_Step]:
        ends = r"(?![\d%])(?![.,:/-]\d)"
        if self._known:
            known = (r"[ .-]?".join(groups) for groups in self._known.values())
            either = "|".join(sorted(known, key=len, reverse=True))
            yield rf"(?<![\d{self._coins}])(?<!\d[.,:/-])(\+?)({either}){ends}", self._known_number
        cue = _any(w for word in self._speech.telephone_words for w in (word, word.title()))
        yield rf"\b({cue}(?: [^\W\d]+){{0,2}} )(\d{{3,6}}){ends}", self._called_number
        before = rf"(?<![\w.,:/{self._coins}-])"
        yield rf"{before}\+?\(?\d(?:[ ().-]{{0,2}}\d)+{ends}", self._maybe_number

    def _known_number(self, found: _Match) -> str:
        plus = f"{self._words.plus} " if found[1] else ""
        return plus + self._spell(self._known[re.sub(r"\D", "", found[2])])

    def _called_number(self, found: _Match) -> str:
        return found[1] + self._spell([found[2]])

    def _maybe_number(self, found: _Match) -> str:
        groups = re.findall(r"\d+", found[0])
        if not _is_telephone(found[0], groups):
            return found[0]
        return (f"{self._words.plus} " if found[0][0] == "+" else "") + self._spell(groups)

    def _spell(self, groups: Iterable[str]) -> str:
        """Say the digits in groups; a comma makes a short pause between two."""
        return ", ".join(self._digits(part) for group in groups for part in _in_threes(group))

    def _digits(self, digits: str) -> str:
        return " ".join(self._say(int(digit)) for digit in digits)

    # --- dates and times ---

    def _dates_and_times(self) -> Iterator[_Step]:
        before, _, rest = self._words.day_month.partition("{day}")
        middle = rest.partition("{month}")[0].strip()
        day = rf"(?P<day>\d{{1,2}})(?:{_any(self._speech.ordinals)})?"
        month = rf"(?P<month>{_any(self._months)})"
        year = rf"(?:\.?,? (?P<year>{_YEAR})(?!\d|[.,:]\d))?"
        day_first = partial(self._date, self._words.day_month)
        month_first = partial(self._date, self._words.month_day)
        yield r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])", day_first
        yield r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])", self._numeric_date
        # A chain is said bare (a 4-7-8 breath), a pair is a range, a dash before is a minus.
        yield r"(?<![\w-])\d{1,3}(?:-\d{1,3}){2,}(?![\w-])", lambda m: m[0].replace("-", " ")
        after = r"(?: ?[apAP]\.?[mM]\b\.?| ?[%°][CF]?)?"
        span = rf"(\d{after}) ?- ?(?=[{self._coins}]?\d)"
        yield span, lambda m: f"{m[1]} {self._words.to} "
        yield rf"(?<![\w)])-(?=[{self._coins}]?\d)", lambda _: f"{self._words.minus} "
        yield r"(?<=[^\W\d])-(?=\d)", lambda _: " "
        yield (
            rf"(?:\b{before.strip()} )?(?<![\d.,:])\b{day} (?:{middle} )?{month}\b{year}",
            day_first,
        )
        yield rf"\b{month}\.? {day}(?![\w:/%]|[.,]\d){year}", month_first
        half = r" ?(?P<half>[apAP])\.? ?[mM]\b(?:\.(?= [a-z]))?"
        clock = r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
        yield rf"{clock}(?:{half})?(?![:\d])", self._time
        yield rf"(?<![\d:.])(?P<hour>1[0-2]|0?[1-9])(?P<minute>){half}", self._time

    def _date(self, form: str, found: _Match) -> str:
        day, month = int(found["day"]), self._months.get(found["month"])
        if not 1 <= day <= 31 or not month:
            return found[0]
        said = form.replace("{day}", self._say(day, "ordinal")).replace("{month}", month)
        return f"{said} {self._say(int(found['year']), 'year')}" if found["year"] else said

    def _numeric_date(self, found: _Match) -> str:
        # Whether the day or the month stands first is not known, so neither is named.
        first, second = self._say(int(found[1])), self._say(int(found[2]))
        return f"{first}, {second}, {self._say(int(found[3]), 'year')}"

    def _time(self, found: _Match) -> str:
        words, hour, minute = self._words, int(found["hour"]) % 24, int(found["minute"] or 0)
        half = (found["half"] or "").lower() or ("p" if hour > 12 else "" if hour else "a")
        if not found["half"] and hour == minute == 0:
            return words.midnight
        said = [self._say(hour % 12 or 12 if words.pm else hour)]
        if minute:
            said.append(f"{words.oh} {self._say(minute)}" if minute < 10 else self._say(minute))
        if half and words.pm:
            said.append(words.am if half == "a" else words.pm)
        elif not minute:
            said.append(words.oclock)
        return " ".join(said)

    # --- amounts ---

    def _amounts(self) -> Iterator[_Step]:
        yield r"(?<![\d.])\d+(?:\.\d+){2,}", lambda m: m[0].replace(".", f" {self._words.point} ")
        coin = rf"(?P<coin>[{self._coins}])"
        yield rf"{coin} ?(?P<sum>{_NUMBER})", self._money
        yield rf"(?P<sum>{_NUMBER}) ?{coin}", self._money
        yield r"(?<![\d/.,])(?:(\d+) )?(\d+)/(\d+)(?![\d/])", self._fraction
        ordinal = rf"(?<![\d.,])(\d{{1,6}}){_any(self._speech.ordinals)}\b"
        yield ordinal, lambda m: self._say(int(m[1]), "ordinal")
        yield r"(?<![\d.,])(\d{3}0|[2-9]0)s\b", self._decade
        yield rf"({_NUMBER})[ -]?({_any(self._speech.units)})(?!\w)", self._measure
        yield rf"(?<![\d.,]){_YEAR}(?!\d|[.,]\d)", lambda m: self._say(int(m[0]), "year")
        yield _NUMBER, lambda m: self._number(m[0])

    def _money(self, found: _Match) -> str:
        one, many, parts = self._speech.money[found["coin"]]
        whole, _, part = found["sum"].partition(".")
        coin = one if whole == "1" else many
        if len(part) != 2:
            return f"{self._number(found['sum'])} {many if part else coin}"
        if whole == "0":
            return f"{self._say(int(part))} {parts}"
        rest = f" {self._say(int(part))}" if int(part) else ""
        return f"{self._number(whole)} {coin}{rest}"

    def _fraction(self, found: _Match) -> str:
        whole, top, bottom = found.groups()
        said = self._speech.fractions.get(f"{top}/{bottom}")
        joint = self._words.joined if said else ""
        said = said or f"{self._number(top)} {self._words.out_of} {self._number(bottom)}"
        return f"{self._number(whole)} {joint} {said}" if whole else said

    def _decade(self, found: _Match) -> str:
        ten = self._say(int(found[1]), "year" if len(found[1]) == 4 else "cardinal")
        return ten[:-1] + "ies" if ten.endswith("y") else ten + "s"

    def _measure(self, found: _Match) -> str:
        one, many = self._speech.units[found[2]]
        return f"{self._number(found[1])} {one if found[1] == '1' else many}"

    def _number(self, written: str) -> str:
        whole, _, part = written.replace(",", "").partition(".")
        spelt = len(whole) > _MOST_DIGITS or (len(whole) > 1 and int(whole[0]) == 0)
        said = self._digits(whole) if spelt else self._say(int(whole))
        return f"{said} {self._words.point} {self._digits(part)}" if part else said

    def _say(self, number: int, form: str = "cardinal") -> str:
        from num2words import num2words  # 20 ms that `--help` does not need

        return str(num2words(number, lang=self._language, to=form)).replace(",", "")


def _apart(say: Callable[[_Match], str], found: _Match) -> str:
    """Keep what is said from growing together with a letter beside it (B12, 988lifeline)."""
    said, text = say(found), found.string
    before = said[:1].isalpha() and text[max(0, found.start() - 1) : found.start()].isalpha()
    behind = said[-1:].isalpha() and text[found.end() : found.end() + 1].isalpha()
    return f"{' ' if before else ''}{said}{' ' if behind else ''}"


def _any(options: Iterable[str]) -> str:
    """Give a pattern for any of these, the longest first; for none, one that never fits."""
    longest_first = sorted(map(re.escape, options), key=len, reverse=True)
    return f"(?:{'|'.join(longest_first)})" if longest_first else "(?!)"


def _is_telephone(run: str, groups: list[str]) -> bool:
    digits = sum(map(len, groups))
    if re.fullmatch(r"\d{4}-\d\d-\d\d|\d{1,2}[.-]\d{1,2}[.-]\d{2,4}", run):
        return False
    if "." in run and len(groups) < 3:
        return False
    if len(groups) == 2 and "-" in run and run[0] not in "0+(":
        years = len(groups[0]) == len(groups[1]) == 4
        rounded = groups[0][-1] == groups[1][-1] == "0"
        return digits > 6 and not years and not rounded
    if " " in run and all(len(group) > 1 for group in groups):
        return digits > 5
    return digits > 6


def _in_threes(group: str) -> Iterator[str]:
    """Cut a long run of digits so that nobody has to hold more than four at once."""
    while len(group) > 5:
        yield group[:3]
        group = group[3:]
    if len(group) == 5:
        yield group[:3]
        group = group[3:]
    yield group
