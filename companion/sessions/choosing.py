"""Choose an exercise for a state: by rules first, later by what has helped this person.

The person's own wish always comes before it, and nothing here ever chooses in a crisis.
"""

from collections.abc import Mapping, Sequence

from companion.records import Led
from companion.sessions.asking import rose_twice
from companion.sessions.health import Health, choose
from companion.sessions.helped import by_name, helped
from companion.sessions.script import Script, Suits
from companion.sessions.timing import usual_minutes

LEAST = 0.3
"""Points on the scale by which one must seem to help more to go before another"""


def suited(
    state: Suits,
    scripts: Mapping[str, Script],
    first: Sequence[str],
    *,
    minutes: float | None = None,
    health: Health = frozenset(),
    done: Sequence[Led] = (),
) -> tuple[str, ...]:
    """Name the exercises for a state, what to offer first at the front.

    `first` is the order of the rules, `done` what was done before, the last one first. Left out
    is what this person must not do, and what does not fit into the minutes that are free. At the
    end stands what made it stronger twice, and what they would not do again.
    """
    names = [name for name in first if name in scripts]
    names += [
        name for name, script in scripts.items() if state in script.suits and name not in names
    ]
    fitting = [
        name
        for name in names
        if choose(name, scripts, health)[0] == name
        and (minutes is None or shortest(scripts[name]) <= minutes)
    ]
    known = by_name(helped(done))
    refused = {name for name in fitting if rose_twice(tuple(done), name) or _unwanted(name, done)}

    def rank(name: str) -> tuple[bool, float, int]:
        more = known[name].middle - known[name].usual if name in known else 0.0
        return name in refused, -round(more / LEAST), names.index(name)

    return tuple(sorted(fitting, key=rank))


def shortest(script: Script) -> float:
    """Give the fewest minutes that an exercise takes."""
    return min(script.minutes, default=usual_minutes(script))


def _unwanted(name: str, done: Sequence[Led]) -> bool:
    """Tell whether they said, the last time they were asked, that they would not do it again."""
    answers = [led.again for led in done if led.name == name and led.again is not None]
    return bool(answers) and answers[0] is False
