"""The phrase language of the safety files, and the text that it is matched on.

    kill myself             these words, one after the other
    (want|wish) to die      one of several
    i am [so] done          a word that may be missing
    end .. my life          up to three words between
    knife ... hurt          up to eight words between
    {wish} to die           a named list of alternatives from the same file

Text is matched as a recogniser prints it: lower case, no punctuation, short
forms written out. Clause marks of typed text become " , ", so that nothing is
matched across them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from companion.errors import SettingsError

_GAPS = {"..": r"(?:\w+ ){0,3}", "...": r"(?:\w+ ){0,8}"}
_TOKEN = re.compile(r"\(|\)|\||\[|\]|\.\.\.?|\{[a-z_]+\}|[a-z0-9]+|\s+")
_CLAUSE_MARKS = re.compile(r"[.,;:!?()\n]+|\s[-–—]+\s|…")
_NOT_WORD = re.compile(r"[^\w\s,']|_")
_STRETCHED = re.compile(r"(\w)\1{2,}")


class Normaliser:
    """Writes text as the patterns expect it."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        """`forms` maps what people write or recognisers print to its full form."""
        self._forms = forms
        # "i'll" is not "ill": forms with an apostrophe come first, then it is dropped.
        self._exact = _any_of(form for form in forms if "'" in form)
        self._plain = _any_of(form for form in forms if "'" not in form)

    def __call__(self, text: str) -> str:
        """Give lower-case words with one space around each, clause marks as ','."""
        words = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("`", "'")
        words = _CLAUSE_MARKS.sub(" , ", words)
        words = _STRETCHED.sub(r"\1\1", _NOT_WORD.sub(" ", words))
        words = self._exact.sub(self._full, words).replace("'", "")
        words = self._plain.sub(self._full, words)
        return f" {' '.join(words.split())} "

    def _full(self, found: re.Match[str]) -> str:
        return self._forms[found.group()]


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")


def compile_phrases(phrases: Iterable[str], lists: Mapping[str, str]) -> re.Pattern[str]:
    """Make one expression of many phrases. Raises SettingsError that names the bad one."""
    compiled = [f"(?:{_compile(phrase, lists)})" for phrase in phrases]
    if not compiled:
        return re.compile(r"(?!)")
    return re.compile(r"(?<=\s)(?:" + "|".join(compiled) + ")")


def _compile(phrase: str, lists: Mapping[str, str], depth: int = 0) -> str:
    out: list[str] = []
    opened: list[str] = []
    at = 0
    while at < len(phrase):
        token = _TOKEN.match(phrase, at)
        if token is None or depth > 3:
            raise SettingsError(
                f"The phrase '{phrase}' cannot be read at '{phrase[at : at + 8]}'.",
                fix="Use words, (a|b), [maybe], .. and {list}.",
            )
        at = token.end()
        out.append(_translate(token.group(), opened, lists, depth, phrase))
    if opened:
        raise SettingsError(f"The phrase '{phrase}' has a bracket that is not closed.")
    return "".join(out)


def _translate(
    token: str, opened: list[str], lists: Mapping[str, str], depth: int, phrase: str
) -> str:
    if token in "([":
        opened.append(token)
        return "(?:"
    if token in ")]":
        if not opened or opened.pop() + token not in ("()", "[]"):
            raise SettingsError(f"The phrase '{phrase}' has a bracket too many.")
        return ")" if token == ")" else ")?"
    if token == "|":
        return "|"
    if token in _GAPS:
        return _GAPS[token]
    if token.startswith("{"):
        if token[1:-1] not in lists:
            raise SettingsError(f"The phrase '{phrase}' names an unknown list {token}.")
        return f"(?:{_compile(lists[token[1:-1]], lists, depth + 1)})"
    return "" if token.isspace() else f"{token} "
