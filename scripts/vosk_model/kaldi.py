"""Kaldi's and OpenFst's files, as Vosk reads them.

The binary forms are those of Kaldi's io-funcs.h, hmm-topology.cc, transition-model.cc,
nnet-nnet.cc and nnet-component-itf.cc, and of OpenFst's vector-fst.h.
"""

import math
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vosk_model.features import BINS, Floats
from vosk_model.network import Trained

GOES_ON = GOES_OUT = 0.5
"""Chance that a sound lasts another 30 ms, and that it ends"""
ANY_SPEECH = 8.0
"""How many times its share a sound must be likely, or else it is rather part of an unknown word"""
STEEP = 6.0
"""How fast any speech gets less likely where the network is surer than half that all is quiet"""
FLOOR = 9.0
"""A log probability below minus this is taken for this: one bad moment does not cost a word"""
_MAGIC = 2125659606
_EXPANDED, _MUTABLE, _BY_INPUT, _BY_OUTPUT = 1, 2, 1 << 28, 1 << 30
"""Properties of a graph (OpenFst's properties.h): it is whole, may change, is sorted by"""


@dataclass(frozen=True)
class Arc:
    """A step of a graph."""

    start: int
    takes: int
    gives: int
    cost: float
    end: int


def stays(phone: int) -> int:
    """Give the number of the transition by which a phone lasts."""
    return 2 * phone - 1


def enters(phone: int) -> int:
    """Give the number of the transition that Kaldi, reordering, puts at a phone's beginning."""
    return 2 * phone


def write_graph(path: Path, arcs: Iterable[Arc], finals: Mapping[int, float], *, by: str) -> None:
    """Write a graph that begins at state 0; each state's arcs sorted by "input" or "output"."""
    leaving: dict[int, list[Arc]] = defaultdict(list)
    states = 1 + max(finals)
    for arc in arcs:
        leaving[arc.start].append(arc)
        states = max(states, arc.start + 1, arc.end + 1)
    properties = _EXPANDED | _MUTABLE | (_BY_INPUT if by == "input" else _BY_OUTPUT)
    count = sum(map(len, leaving.values()))
    parts = [struct.pack("<i", _MAGIC)]
    parts += [struct.pack("<i", len(name)) + name for name in (b"vector", b"standard")]
    parts.append(struct.pack("<iiQqqq", 2, 0, properties, 0, states, count))
    for state in range(states):
        own = sorted(leaving[state], key=lambda arc: arc.takes if by == "input" else arc.gives)
        parts.append(struct.pack("<fq", finals.get(state, math.inf), len(own)))
        parts += [struct.pack("<iifi", arc.takes, arc.gives, arc.cost, arc.end) for arc in own]
    path.write_bytes(b"".join(parts))


def write_model(path: Path, outputs: Sequence[int], trained: Trained) -> None:
    """Write final.mdl. `outputs` has, for phone 1 and on, which output of the network it is."""
    components = _components(trained)
    lines, source = [f"input-node name=input dim={BINS}"], "input"
    for name, places, _ in components:
        seen = [f"Offset({source}, {at})" if at else source for at in places]
        inputs = f"Append({', '.join(seen)})" if len(seen) > 1 else seen[0]
        lines.append(f"component-node name={name} component={name} input={inputs}")
        source = name
    lines.append(f"output-node name=output input={source} objective=linear")
    parts = [b"\0B", *_transitions(outputs), b"<Nnet3> \n", "\n".join(lines).encode(), b"\n\n"]
    parts += [b"<NumComponents> ", _whole(len(components))]
    for name, _, content in components:
        parts += [f"<ComponentName> {name} ".encode(), content]
    reach = sum(max(layer.places) for layer in trained.layers)
    parts += [b"</Nnet3> <LeftContext> ", _whole(reach), b"<RightContext> ", _whole(reach)]
    # The scores are already divided by how common each sound is.
    parts += [b"<Priors> ", _vector(())]
    path.write_bytes(b"".join(parts))


def _components(trained: Trained) -> list[tuple[str, tuple[int, ...], bytes]]:
    """Give each part of the network: its name, where it looks at the one before, and itself."""
    found: list[tuple[str, tuple[int, ...], bytes]] = []
    for number, layer in enumerate(trained.layers, start=1):
        kind = "RectifiedLinear" if number < len(trained.layers) else "LogSoftmax"
        found.append((f"affine{number}", layer.places, _affine(layer.weights, layer.bias)))
        found.append((f"bend{number}", (0,), _bend(kind, len(layer.bias))))
    found += [(f"score{at}", (0,), part) for at, part in enumerate(_scores(trained.shares))]
    return found


def _scores(shares: Floats) -> list[bytes]:
    """Give what makes likelihoods of log probabilities, and adds that of any speech.

    Kaldi's layers can only weigh, add, and cut off below zero; so each value is first moved
    to where it shall be cut.
    """
    count = len(shares)
    into, out = np.eye(count + 1, count, dtype=np.float32), np.eye(count + 1, dtype=np.float32)
    into[count, 0], out[count, count] = STEEP, -1
    moved = np.append(np.full(count, FLOOR), STEEP * math.log(2))
    back = np.append(-FLOOR - np.log(shares), math.log(ANY_SPEECH))
    return [_affine(into, moved), _bend("RectifiedLinear", count + 1), _affine(out, back)]


def _affine(weights: Floats, bias: Floats) -> bytes:
    parts = [b"<FixedAffineComponent> <LinearParams> ", _matrix(weights), b"<BiasParams> "]
    return b"".join([*parts, _vector(bias), b"</FixedAffineComponent> "])


def _bend(kind: str, size: int) -> bytes:
    parts = [f"<{kind}Component> <Dim> ".encode(), _whole(size), b"<ValueAvg> ", _vector(())]
    parts += [b"<DerivAvg> ", _vector(()), b"<Count> ", _real(0.0), f"</{kind}Component> ".encode()]
    return b"".join(parts)


def _transitions(outputs: Sequence[int]) -> list[bytes]:
    """Give the transition model: every phone has one state, which may last."""
    phones = range(1, len(outputs) + 1)
    parts = [b"<TransitionModel> <Topology> ", _wholes(phones), _wholes([-1] + [0] * len(outputs))]
    parts += [_whole(1), _whole(2)]
    parts += [_whole(0), _whole(2), _whole(0), _real(GOES_ON), _whole(1), _real(GOES_OUT)]
    parts += [_whole(-1), _whole(0), b"</Topology> <Triples> ", _whole(len(outputs))]
    for phone, output in zip(phones, outputs, strict=True):
        parts += [_whole(phone), _whole(0), _whole(output)]
    chances = [0.0] + [math.log(GOES_ON), math.log(GOES_OUT)] * len(outputs)
    return [*parts, b"</Triples> <LogProbs> ", _vector(chances), b"</LogProbs> </TransitionModel> "]


def _whole(number: int) -> bytes:
    return struct.pack("<bi", 4, number)


def _real(number: float) -> bytes:
    return struct.pack("<bf", 4, number)


def _wholes(numbers: Iterable[int]) -> bytes:
    values = np.fromiter(numbers, "<i4")
    return struct.pack("<bi", 4, len(values)) + values.tobytes()


def _vector(numbers: Sequence[float] | Floats) -> bytes:
    values = np.asarray(numbers, "<f4")
    return b"FV " + _whole(len(values)) + values.tobytes()


def _matrix(rows: Floats) -> bytes:
    values = np.ascontiguousarray(rows, "<f4")
    return b"FM " + _whole(values.shape[0]) + _whole(values.shape[1]) + values.tobytes()
