"""Written text made speakable, cut into sentences, and counted in syllables.

A voice guesses at signs and digits: it says "slash", or reads a helpline as one
large number. So everything is written out in words first. How each sign is read
is data (`speech.yaml` of the language); the order of reading stands in `speakable`.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from companion.content import Content, read

LONGEST = 250
"""Characters: a longer sentence is cut at a comma or the like, so that its first sound is soon ready"""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\d)"
_MOST_DIGITS = 15
"""A longer number is nothing that a person can follow: it is read digit by digit"""
_UNBROKEN = frozenset("Dr. Mr. Mrs. Ms. Prof. St. e.g. i.e. vs. approx.".split())
"""A sentence does not end after these"""


class Words(Content):
    """The small words that join numbers."""

    and_: str
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
    """The schema of `speech.yaml`."""

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
