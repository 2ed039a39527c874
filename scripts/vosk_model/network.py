"""A small time-delay neural network, trained in numpy on one core.

Each layer looks at its input at a few places around each 30 ms (V. Peddinti, D. Povey and
S. Khudanpur, "A time delay neural network architecture for efficient modeling of long
temporal contexts", Interspeech 2015), is normalised over the batch (S. Ioffe and C.
Szegedy, ICML 2015) and cut off below zero. Trained with Adam (D. Kingma and J. Ba, ICLR
2015) on the cross-entropy of each frame; the normalisation is folded away at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosk_model.data import SKIP, Data
from vosk_model.features import BINS, Floats

WIDTH = 256
FIRST = 4
"""Frames of 10 ms that the first layer sees to either side"""
REACH = (1, 1, 2, 2)
"""Of the other layers: places of 30 ms before and after the one in the middle"""
CHUNK, BATCH = 64, 32
"""Answers in a row, and rows, that one step learns from"""
RATE_AT_MOST, WARM = 2e-3, 0.05
"""The step of Adam, and the share of the training in which it grows to that"""
DECAY, KEPT = 1e-4, 0.95
"""Pull of the weights towards zero; how much of the old a running mean keeps"""
SEED = 600
TINY = 1e-5


@dataclass(frozen=True)
class Affine:
    """What is left of a layer: rows, with what is added; and the places it looks at."""

    weights: Floats
    bias: Floats
    places: tuple[int, ...]
    """Frames of 10 ms from the one in the middle"""


@dataclass(frozen=True)
class Trained:
    """What was learned: layers, and the share of time that each sound takes."""

    layers: list[Affine]
    shares: Floats


class _Layer:
    """Weights, their gradients, and what going back needs of going forth."""

    def __init__(self, size: tuple[int, int], last: bool, chance: np.random.Generator) -> None:
        into, out = size
        spread = np.sqrt((1 if last else 2) / into)
        self.w = (spread * chance.standard_normal((into, out))).astype(np.float32)
        self.b, self.g = np.zeros(out, np.float32), np.ones(out, np.float32)
        self.last = last
        self.mean, self.var = np.zeros(out, np.float32), np.ones(out, np.float32)
        self._moments = [[np.zeros_like(p) for p in self._all()] for _ in range(2)]

    def _all(self) -> list[Floats]:
        return [self.w, self.b] if self.last else [self.w, self.b, self.g]

    def forward(self, x: Floats) -> Floats:
        self._x = x
        y = x @ self.w
        if self.last:
            return np.asarray(y + self.b)
        mean, var = y.mean(axis=0), y.var(axis=0)
        self.mean += (1 - KEPT) * (mean - self.mean)
        self.var += (1 - KEPT) * (var - self.var)
        self._scale = 1 / np.sqrt(var + TINY)
        self._normal = (y - mean) * self._scale
        self._out = np.maximum(self._normal * self.g + self.b, 0)
        return np.asarray(self._out)

    def backward(self, dy: Floats) -> Floats:
        """Take the slope of the loss by the output, give that by the input."""
        if self.last:
            self._slopes = [self._x.T @ dy, dy.sum(axis=0)]
            return np.asarray(dy @ self.w.T)
        dy = dy * (self._out > 0)
        db, dg = dy.sum(axis=0), (dy * self._normal).sum(axis=0)
        inner = self._scale * self.g * (dy - (db + self._normal * dg) / len(dy))
        self._slopes = [self._x.T @ inner, db, dg]
        return np.asarray(inner @ self.w.T)

    def step(self, rate: float, number: int) -> None:
        """Learn, by Adam."""
        first, second = self._moments
        for p, slope, m, v in zip(self._all(), self._slopes, first, second, strict=True):
            m += 0.1 * (slope - m)
            v += 0.01 * (slope**2 - v)
            size = rate / (1 - 0.9**number)
            p -= size * m / (np.sqrt(v / (1 - 0.99**number)) + 1e-8)
            if p.ndim == 2:
                p *= 1 - rate * DECAY

    def folded(self, places: tuple[int, ...]) -> Affine:
        """Give the layer with its normalisation put into its weights."""
        if self.last:
            return Affine(self.w.T.copy(), self.b.copy(), places)
        scale = self.g / np.sqrt(self.var + TINY)
        return Affine((self.w * scale).T.copy(), self.b - self.mean * scale, places)


class Network:
    """The layers; frames in, a score for each sound out."""

    def __init__(self, sounds: int) -> None:
        chance = np.random.default_rng(SEED)
        sizes = [((2 * FIRST + 1) * BINS, WIDTH)] + [(3 * WIDTH, WIDTH)] * len(REACH)
        self._layers = [_Layer(size, False, chance) for size in sizes]
        self._layers.append(_Layer((WIDTH, sounds), True, chance))
        self.margin = sum(REACH)
        """Answers that are lost at either end of a row"""

    def forward(self, x: Floats) -> Floats:
        """Give the scores of a batch of rows of spliced frames."""
        rows, self._lengths = len(x), [x.shape[1]]
        y = self._layers[0].forward(x.reshape(-1, x.shape[2]))
        for layer, reach in zip(self._layers[1:-1], REACH, strict=True):
            y = y.reshape(rows, -1, WIDTH)
            long = y.shape[1] - 2 * reach
            self._lengths.append(y.shape[1])
            seen = [y[:, at : at + long] for at in (0, reach, 2 * reach)]
            y = layer.forward(np.concatenate(seen, axis=2).reshape(-1, 3 * WIDTH))
        self._rows = rows
        return self._layers[-1].forward(y)

    def backward(self, dy: Floats) -> None:
        """Work out the slopes."""
        dy = self._layers[-1].backward(dy)
        backwards = list(zip(self._layers[1:-1], REACH, self._lengths[1:], strict=True))[::-1]
        for layer, reach, length in backwards:
            parts = layer.backward(dy).reshape(self._rows, -1, 3, WIDTH)
            whole = np.zeros((self._rows, length, WIDTH), np.float32)
            for part, at in enumerate((0, reach, 2 * reach)):
                whole[:, at : at + parts.shape[1]] += parts[:, :, part]
            dy = whole.reshape(-1, WIDTH)
        self._layers[0].backward(dy)

    def step(self, rate: float, number: int) -> None:
        """Let all layers learn."""
        for layer in self._layers:
            layer.step(rate, number)

    def folded(self) -> list[Affine]:
        """Give the layers as they are written to the file."""
        near = tuple(range(-FIRST, FIRST + 1))
        far = [(-SKIP * reach, 0, SKIP * reach) for reach in REACH]
        places = [near, *far, (0,)]
        return [layer.folded(at) for layer, at in zip(self._layers, places, strict=True)]


class _Stream:
    """All frames in a row, normalised, from which pieces are cut."""

    def __init__(self, data: Data) -> None:
        self.frames = np.concatenate(data.frames)
        # Half a gigabyte: held once.
        data.frames.clear()
        self.mean, self.spread = self.frames.mean(axis=0), self.frames.std(axis=0)
        self.frames -= self.mean
        self.frames /= self.spread
        self.targets = np.concatenate(data.targets)

    def pieces(self, starts: NDArray[np.int64], margin: int) -> tuple[Floats, NDArray[np.int64]]:
        """Cut rows of spliced frames, and the sounds of their middles."""
        answers = starts[:, None] + np.arange(-margin, CHUNK + margin)
        at = SKIP * answers[:, :, None] + np.arange(-FIRST, FIRST + 1)
        frames = self.frames[at].reshape(*answers.shape, -1)
        return frames, self.targets[starts[:, None] + np.arange(CHUNK)].astype(np.int64)


def train(
    data: Data, sounds: int, epochs: float, report: Callable[[float, float, float], None]
) -> Trained:
    """Train on so many times the data, whose frames are taken out of it.

    `report` gets how much is done, the mean loss of late, and the share of right frames.
    """
    stream, net = _Stream(data), Network(sounds)
    chance = np.random.default_rng(SEED + 1)
    least, most = net.margin + FIRST, len(stream.targets) - CHUNK - net.margin - FIRST
    steps = int(epochs * len(stream.targets) / (CHUNK * BATCH))
    late = np.array([np.log(sounds), 0.0])
    for number in range(1, steps + 1):
        done = number / steps
        frames, targets = stream.pieces(chance.integers(least, most, BATCH), net.margin)
        loss, right = _learn(net, frames, targets.ravel())
        net.step(RATE_AT_MOST * min(done / WARM, 0.5 + 0.5 * np.cos(np.pi * done)), number)
        late += 0.02 * (np.array([loss, right]) - late)
        report(done, float(late[0]), float(late[1]))
    layers = net.folded()
    layers[0] = _on_plain_frames(layers[0], stream.mean, stream.spread)
    counts = np.bincount(stream.targets, minlength=sounds) + 1
    return Trained(layers, np.asarray(counts / counts.sum(), np.float32))


def _learn(net: Network, frames: Floats, targets: NDArray[np.int64]) -> tuple[float, float]:
    """Go forth and back; give the loss and the share of right frames."""
    scores = net.forward(frames)
    scores -= scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    odds /= odds.sum(axis=1, keepdims=True)
    rows = np.arange(len(targets))
    loss = -float(np.log(odds[rows, targets] + 1e-9).mean())
    right = float((odds.argmax(axis=1) == targets).mean())
    odds[rows, targets] -= 1
    net.backward(np.asarray(odds / len(targets), np.float32))
    return loss, right


def _on_plain_frames(layer: Affine, mean: Floats, spread: Floats) -> Affine:
    """Let the first layer take frames that are not normalised."""
    count = len(layer.places)
    weights = np.asarray(layer.weights / np.tile(spread, count), np.float32)
    bias = np.asarray(layer.bias - weights @ np.tile(mean, count), np.float32)
    return Affine(weights, bias, layer.places)
