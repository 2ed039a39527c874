"""What may be said: the lexicon as a graph of sounds, and the language model as one of words.

Vosk composes the two while it listens. A word is given out at its first sound, so that
what the language model thinks of it counts from there on.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from make_language_model import END, START, BackOff, Gram, KneserNey

from vosk_model.kaldi import Arc, enters, stays, write_graph
from vosk_model.sounds import OTHER, QUIET, SOUNDS
from vosk_model.vocabulary import UNKNOWN

PLACES = ("B", "I", "E", "S")
"""Where a sound stands in its word: begin, inside, end, or alone"""
KINDS = {"B": "begin", "I": "internal", "E": "end", "S": "singleton"}
PAUSE = math.log(2)
"""Cost of a pause between words, and of none"""
LASTS = math.log(2)
"""Cost of another 30 ms of a sound, and of the next one"""
RAREST, MOST = 0.06, 5
"""Share and number of pronunciations of a word that are kept"""
Said = Mapping[str, Counter[tuple[str, ...]]]
"""How often each word was said with which sounds"""
Joined = Mapping[tuple[tuple[str, str], tuple[str, ...]], int]
"""How often two words ran together into which sounds"""


@dataclass(frozen=True)
class Phones:
    """Kaldi's phones: each sound at each place in a word."""

    names: tuple[str, ...]

    @classmethod
    def of_sounds(cls) -> "Phones":
        """Give the quiet, and four of every other sound; any sound only by itself."""
        others = [f"{name}_{at}" for name in SOUNDS if name != QUIET for at in PLACES]
        return cls((QUIET, f"{OTHER}_S", *others))

    @property
    def outputs(self) -> list[int]:
        """For each phone the output of the network."""
        outputs = (*SOUNDS, OTHER)
        return [outputs.index(name.rpartition("_")[0] or name) for name in self.names]

    @property
    def boundaries(self) -> str:
        """word_boundary.int."""
        lines = [
            f"{number} {'nonword' if name == QUIET else KINDS[name[-1]]}"
            for number, name in enumerate(self.names, start=1)
        ]
        return "\n".join(lines) + "\n"

    def number(self, name: str) -> int:
        """Count from 1."""
        return self.names.index(name) + 1

    def of_word(self, sounds: Sequence[str]) -> list[int]:
        """Give the phones of a word."""
        if len(sounds) == 1:
            return [self.number(f"{sounds[0]}_S")]
        places = ["B", *["I"] * (len(sounds) - 2), "E"]
        return [self.number(f"{name}_{at}") for name, at in zip(sounds, places, strict=True)]


def together(said: Said, alone: Said, joined: Joined) -> dict[str, Counter[tuple[str, ...]]]:
    """Add up how words were said, by themselves too, and part the words that ran together."""
    whole: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for part in (said, alone):
        for word, ways in part.items():
            whole[word].update({way: count for way, count in ways.items() if way})
    parted: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for ((first, second), sounds), count in joined.items():
        for way, _ in whole[first].most_common():
            if len(way) < len(sounds) and sounds[: len(way)] == way:
                parted[first][way] += count
                parted[second][sounds[len(way) :]] += count
                break
    for word, ways in parted.items():
        whole[word].update(ways)
    return whole


def lexicon(words: Iterable[str], said: Said) -> dict[str, dict[tuple[str, ...], float]]:
    """Give each word's ways to be said, with their costs: none for the commonest."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for word in words:
        ways = said[word]
        most, total = max(ways.values()), sum(ways.values())
        kept = [(way, n) for way, n in ways.most_common(MOST) if n >= RAREST * total]
        found[word] = {way: math.log(most / count) for way, count in kept}
    return found


def write_lexicon(path: Path, phones: Phones, numbers: Mapping[str, int], said: Said) -> None:
    """Write HCLr.fst."""
    graph = _Lexicon(phones)
    for word, ways in lexicon((word for word in numbers if word in said), said).items():
        for sounds, cost in ways.items():
            graph.add_word(numbers[word], sounds, cost)
    graph.add_word(numbers[UNKNOWN], (OTHER,), 0.0)
    write_graph(path, graph.arcs, {graph.between: 0.0, graph.pausing: 0.0}, by="output")


class _Lexicon:
    """The graph of all words, as it grows."""

    between, ready, pausing = 0, 1, 2

    def __init__(self, phones: Phones) -> None:
        self.arcs: list[Arc] = []
        self._phones, self._states = phones, 3
        quiet = phones.number(QUIET)
        self._step(self.between, 0, self.ready, cost=PAUSE)
        self._step(self.between, enters(quiet), self.pausing, cost=PAUSE + LASTS)
        self._step(self.pausing, stays(quiet), self.pausing, cost=LASTS)
        self._step(self.pausing, 0, self.ready)

    def add_word(self, label: int, sounds: Sequence[str], cost: float) -> None:
        """Add one way to say a word."""
        here = self.ready
        for phone in self._phones.of_word(sounds):
            here = self._phone(here, phone, label=label, cost=cost)
            label, cost = 0, 0.0
        self._step(here, 0, self.between)

    def _phone(self, start: int, phone: int, *, label: int = 0, cost: float = 0.0) -> int:
        state = self._new()
        self.arcs.append(Arc(start, enters(phone), label, cost + LASTS, state))
        self._step(state, stays(phone), state, cost=LASTS)
        return state

    def _step(self, start: int, takes: int, end: int, *, cost: float = 0.0) -> None:
        self.arcs.append(Arc(start, takes, 0, cost, end))

    def _new(self) -> int:
        self._states += 1
        return self._states - 1


def write_language_model(path: Path, sentences: Iterable[str], numbers: Mapping[str, int]) -> None:
    """Write Gr.fst: a trigram that backs off."""
    model = BackOff(KneserNey(sentences))
    states: dict[Gram, int] = {(START,): 0, (): 1}
    for order in model.orders[1:]:
        for gram in order:
            if gram[:-1] not in states:
                states[gram[:-1]] = len(states)
    finals = {states[gram[:-1]]: -math.log(p) for gram, p in _ending(model)}
    write_graph(path, _steps(model, states, numbers), finals, by="input")


def _ending(model: BackOff) -> Iterator[tuple[Gram, float]]:
    for order in model.orders:
        yield from ((gram, p) for gram, p in order.items() if gram[-1] == END)


def _steps(model: BackOff, states: Mapping[Gram, int], numbers: Mapping[str, int]) -> Iterator[Arc]:
    for order in model.orders:
        for gram, p in order.items():
            if gram[-1] in (START, END):
                continue
            after = gram[-2:]
            while after not in states:
                after = after[1:]
            number = numbers[gram[-1]]
            yield Arc(states[gram[:-1]], number, number, -math.log(p), states[after])
    for gram, state in states.items():
        if gram:
            cost = -math.log(max(model.weights.get(gram, 1.0), 1e-9))
            yield Arc(state, 0, 0, cost, states[_shorter(gram, states)])


def _shorter(gram: Gram, states: Mapping[Gram, int]) -> Gram:
    gram = gram[1:]
    while gram not in states:
        gram = gram[1:]
    return gram
