"""What in a person's health or whereabouts rules out an exercise.

A script says when it must not be done, and what may be done instead; this file
decides. Two circumstances rule out every exercise and stand here, in code: nobody
breathes by numbers while driving or in water.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol

from companion.errors import SettingsError


class Condition(StrEnum):
    """What an exercise may ask about. The values are the words of the scripts."""

    HEART = "heart"
    LUNGS = "lungs"
    PREGNANCY = "pregnancy"
    LATE_PREGNANCY = "late_pregnancy"
    SEIZURES = "seizures"
    FAINTING = "fainting"
    SURGERY = "surgery"
    EATING = "eating"
    INJURIES = "injuries"
    UNREAL = "unreal"
    """Voices, strange beliefs, or a mind that races without sleep"""
    DRIVING = "driving"
    WATER = "water"


Health = frozenset[Condition]
"""What a person has told about themselves"""

NAMES: Mapping[Condition, str] = {
    Condition.HEART: "trouble with the heart",
    Condition.LUNGS: "trouble with the lungs",
    Condition.PREGNANCY: "being pregnant",
    Condition.LATE_PREGNANCY: "late pregnancy",
    Condition.SEIZURES: "seizures",
    Condition.FAINTING: "fainting",
    Condition.SURGERY: "recent surgery",
    Condition.EATING: "an eating disorder",
    Condition.INJURIES: "an injury",
    Condition.UNREAL: "hearing voices, or things seeming unreal",
    Condition.DRIVING: "driving",
    Condition.WATER: "being in water",
}

ALWAYS = frozenset({Condition.DRIVING, Condition.WATER})
"""What rules out every exercise"""
HOLDS = frozenset(
    {
        Condition.HEART,
        Condition.LUNGS,
        Condition.PREGNANCY,
        Condition.SEIZURES,
        Condition.FAINTING,
        Condition.SURGERY,
    }
)
"""What rules out every pause in the breath"""


class Ruled(Protocol):
    """Of a script, what is needed to decide."""

    @property
    def rules(self) -> Iterable[tuple[Health, str]]:
        """What rules it out, and the name of what may be done instead; empty: nothing."""
        ...


def told(words: Iterable[str]) -> Health:
    """Read conditions as a person names them, or as they are kept. Raises SettingsError."""
    words = tuple(words)
    names = [condition.value for condition in Condition]
    if unknown := [word for word in words if word not in names]:
        raise SettingsError(
            f"'{unknown[0]}' is not known here.", fix=f"Use one of: {', '.join(names)}."
        )
    return frozenset(map(Condition, words))


def known(health: Health) -> Health:
    """Add what follows from what was told."""
    late = Condition.LATE_PREGNANCY in health
    return health | {Condition.PREGNANCY} if late else health


def choose(name: str, scripts: Mapping[str, Ruled], health: Health) -> tuple[str, Health]:
    """Give the exercise that may be done in place of `name`, and what ruled that out.

    The name is empty where nothing may be done instead.
    """
    health = known(health)
    against: Health = frozenset()
    tried: set[str] = set()
    while name and name not in tried:
        tried.add(name)
        if ALWAYS & health:
            return "", ALWAYS & health
        found = _ruled_out(scripts[name], health)
        if found is None:
            return name, against
        against, name = against | found[0], found[1]
    return "", against


def _ruled_out(script: Ruled, health: Health) -> tuple[Health, str] | None:
    for conditions, instead in script.rules:
        if conditions & health:
            return conditions & health, instead
    return None
