"""What is measured of talks, in code. Each figure is a fact about the words, not a judgement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from companion.guard.outgoing import ScopeGuard

NOT_REPLIES = frozenset({"safety", "lead", "form", "help", "repeat", "stop", "about", "rephrase"})
"""Acts whose words are fixed by what they are: not counted as free replies"""
STATEMENTS = frozenset({"reflect", "person", "pace"})
QUESTIONS = frozenset({"ask", "pattern", "check_in", "summarise", "offer"})
FORBIDDEN = (
    r"\bexactly how you feel\b", r"\beverything happens for a reason\b", r"\bcalm down\b",
    r"\bthink positive\b", r"\bbright side\b",
    r"\byou should\b", r"\byou must\b", r"\bjust relax\b",
    r"\bat least you\b", r"\bcheer up\b", r"\bothers have it worse\b", r"\bdon't worry\b",
    r"\bget over it\b", r"\bas an ai\b", r"\btime heals\b", r"\bcognitive distortion\b",
    r"\bdisorder\b", r"\bdepression\b",
)  # fmt: skip
"""No toxic comfort, no orders, no diagnosis, whatever the guard thinks of it"""
COMMON = frozenset(
    "the and you that was for are with his they this have from not but what all were when your can "
    "there use how their will other about out many then them these some her would make like him "
    "into time has look two more see way could than been call who now find long down day did get "
    "come made may part it is a to of in be so do just feel really am we if me by at or an up one "
    "yes no my i'm it's don't on as i she he had very too much only even because want know think "
    "going still again right there's that's you're how's".split()
)
MOST_SENTENCES = 3


@dataclass
class Turn:
    """One turn of a talk."""

    heard: str
    act: str
    skill: str
    risk: str
    said: list[str]
    seconds: float

    @property
    def words(self) -> str:
        return " ".join(self.said)


@dataclass
class Talk:
    """A whole talk with one person."""

    name: str
    about: str
    turns: list[Turn] = field(default_factory=list)


def sentences(turn: Turn) -> list[str]:
    """Give the sentences of a reply; the disclosure at the beginning is none of them."""
    found = [s.strip() for part in turn.said for s in re.findall(r"[^.?!]+[.?!…]+", part)]
    return [s for s in found if not s.startswith("I'm a computer program, not a person")]


def replies(talks: Sequence[Talk]) -> Iterator[Turn]:
    """Give the free replies."""
    return (turn for talk in talks for turn in talk.turns if turn.act not in NOT_REPLIES)


def content(text: str) -> set[str]:
    """Give the content words of a text."""
    return {w for w in re.findall(r"[a-z']{3,}", text.casefold()) if w not in COMMON}


def overlap(talks: Sequence[Talk]) -> tuple[float, float, float]:
    """Share of a talk's replies' content words that the person said; the same for another
    person's; and in how many talks the first is the higher."""
    said = [content(" ".join(t.words for t in replies([talk]))) for talk in talks]
    heard = [content(" ".join(turn.heard for turn in talk.turns)) for talk in talks]
    own = [_share(s, h) for s, h in zip(said, heard, strict=True)]
    others = [
        float(np.mean([_share(s, h) for at, h in enumerate(heard) if at != mine]))
        for mine, s in enumerate(said)
    ]
    higher = float(np.mean([a > b for a, b in zip(own, others, strict=True)]))
    return float(np.mean(own)), float(np.mean(others)), higher


def _share(said: set[str], heard: set[str]) -> float:
    return len(said & heard) / max(1, len(said))


def breaks_contract(turn: Turn) -> bool:
    """Tell whether a reply is not what its act says: a statement that asks, a question that does
    not, or one that is not last."""
    asks = turn.words.count("?")
    if turn.act in STATEMENTS:
        return asks > 0
    return turn.act in QUESTIONS and (asks != 1 or not turn.words.rstrip().endswith("?"))


def repeated(talks: Sequence[Talk]) -> float:
    """Give the share of sentences that were said before in the same talk."""
    again = total = 0
    for talk in talks:
        seen: set[str] = set()
        for turn in talk.turns:
            if turn.act in NOT_REPLIES:
                continue
            for sentence in sentences(turn):
                again += sentence in seen
                total += 1
                seen.add(sentence)
    return again / max(1, total)


def forbidden(talks: Sequence[Talk], guard: ScopeGuard) -> list[str]:
    """Give every sentence that must not be said."""
    found = []
    for talk in talks:
        for turn in talk.turns:
            if turn.act in ("safety", "help", "lead"):
                continue
            for sentence in turn.said:
                bad = any(re.search(pattern, sentence, re.I) for pattern in FORBIDDEN)
                if bad or (turn.act != "repair" and guard.reason(sentence)):
                    found.append(sentence)
    return found


def early_advice(talks: Sequence[Talk]) -> int:
    """Count the talks in which an exercise was offered in the first two replies, unasked.

    The choice between talking and breathing after a high number is none: talking comes first in it.
    """
    wanted = re.compile(
        r"exercise|thought record|sort my|help me|should i|what to do|how do i", re.I
    )
    return sum(
        any(
            t.act in ("offer", "form", "lead")
            and not wanted.search(t.heard)
            and "rather talk" not in t.words
            and "go on talking" not in t.words
            for t in talk.turns[:2]
        )
        for talk in talks
    )


def figures(talks: Sequence[Talk], guard: ScopeGuard) -> Mapping[str, str]:
    """Give every figure with its name."""
    free = list(replies(talks))
    asked = sum(turn.words.count("?") for turn in free)
    told = sum(len(sentences(turn)) for turn in free) - asked
    own, others, higher = overlap(talks)
    seconds = sorted(turn.seconds for talk in talks for turn in talk.turns)
    long = sum(len(sentences(turn)) > MOST_SENTENCES for turn in free)
    return {
        "persons / turns / free replies": f"{len(talks)} / {len(seconds)} / {len(free)}",
        "replies with more than one question": str(sum(t.words.count("?") > 1 for t in free)),
        f"replies with more than {MOST_SENTENCES} sentences": str(long),
        "statements for each question": f"{told / max(1, asked):.2f}",
        "replies that break their act's contract": str(sum(map(breaks_contract, free))),
        "talks with something offered unasked in the first two replies": str(early_advice(talks)),
        "content words shared with this person": f"{own:.3f}",
        "… with any other person": f"{others:.3f}",
        "talks closer to this person than to the others": f"{higher:.2f}",
        "sentences said before in the same talk": f"{repeated(talks):.3f}",
        "forbidden sentences": str(len(forbidden(talks, guard))),
        "seconds for a turn, p50 / p95": f"{_at(seconds, 0.5):.3f} / {_at(seconds, 0.95):.3f}",
    }


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
