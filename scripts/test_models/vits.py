"""A stand-in for a Piper voice of medium quality: its true size and work, random weights.

VITS with the sizes of Piper's medium voices: a text encoder, a duration predictor, a
flow, and a HiFi-GAN decoder (J. Kim, J. Kong and J. Son, "Conditional variational
autoencoder with adversarial learning for end-to-end text-to-speech", ICML 2021;
J. Kong, J. Kim and J. Bae, "HiFi-GAN", NeurIPS 2020). 15.7 million weights, and 2.7
thousand million multiplications for a second of sound.

Left out, as they are a hundredth of the work: masks (a single sentence has none),
relative positions in the attention, and the splines of the durations. These come from
a table, so that the sound lasts as long as speech; the predictor only nudges them.
"""

from math import sqrt
from pathlib import Path

import numpy as np

from .onnx_file import Graph
from .voices import (
    LENGTH_NOISE,
    NOISE,
    SYMBOLS,
    alignment,
    durations,
    scale,
    write_voice,
)
from .weights import Weights

WIDTH, INNER = 192, 768
HEADS, LAYERS = 2, 6
FLOWS, FLOW_LAYERS, FLOW_KERNEL = 4, 4, 5
DURATION_FLOWS, SPLINE = 3, 29
"""Piper trains four and leaves one out; numbers that describe a spline"""
UPSAMPLING = ((8, 16), (8, 16), (4, 8))
"""Rate and kernel"""
FIRST_CHANNELS = 256
RESIDUAL = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))
"""Kernel and dilations"""


class _Layers:
    """The building blocks, with weights drawn as they are needed."""

    def __init__(self) -> None:
        self.g = Graph()
        self._weights = Weights(2)

    def conv(  # noqa: PLR0913
        self, x: str, into: int, out: int, kernel: int = 1, *, dilation: int = 1, gain: float = 1.0
    ) -> str:
        """Add a convolution that keeps the length."""
        weight = self._drawn(out, into, kernel, spread=gain / sqrt(into * kernel))
        pad = dilation * (kernel - 1) // 2
        bias = self._drawn(out, spread=0.01)
        return self.g.add("Conv", x, weight, bias, pads=[pad, pad], dilations=[dilation])

    def depthwise(self, x: str, kernel: int, dilation: int) -> str:
        """Add a convolution of each channel by itself."""
        weight = self._drawn(WIDTH, 1, kernel, spread=1 / sqrt(kernel))
        pad = dilation * (kernel - 1) // 2
        bias = self._drawn(WIDTH, spread=0.01)
        return self.g.add(
            "Conv", x, weight, bias, pads=[pad, pad], dilations=[dilation], group=WIDTH
        )

    def upsample(self, x: str, into: int, rate: int, kernel: int) -> str:
        """Add a convolution that makes the sound longer and halves the channels."""
        weight = self._drawn(into, into // 2, kernel, spread=1.4 / sqrt(into * kernel / rate))
        bias = self._drawn(into // 2, spread=0.01)
        pad = (kernel - rate) // 2
        return self.g.add("ConvTranspose", x, weight, bias, pads=[pad, pad], strides=[rate])

    def norm(self, x: str) -> str:
        """Normalise the channels at each moment."""
        g = self.g
        ones, zeros = g.constant(np.ones(WIDTH)), g.constant(np.zeros(WIDTH))
        turned = g.add("Transpose", x, perm=[0, 2, 1])
        even = g.add("LayerNormalization", turned, ones, zeros, axis=-1, epsilon=1e-5)
        return g.add("Transpose", even, perm=[0, 2, 1])

    def gelu(self, x: str) -> str:
        """Add the exact form, as it is exported."""
        g = self.g
        bent = g.add("Erf", g.add("Div", x, g.constant(sqrt(2))))
        halves = g.add("Mul", x, g.add("Add", bent, g.constant(1.0)))
        return g.add("Mul", halves, g.constant(0.5))

    def embedded(self, ids: str) -> str:
        """Give each phoneme its vector."""
        x = self.g.add("Gather", self._drawn(SYMBOLS, WIDTH, spread=1.0), ids)
        return self.g.add("Transpose", x, perm=[0, 2, 1])

    def _drawn(self, *shape: int, spread: float) -> str:
        return self.g.constant(self._weights.floats(*shape, spread=spread))


def write_medium_voice(path: Path) -> None:
    """Write the voice, 63 MB."""
    layers = _Layers()
    g = layers.g
    x = layers.embedded("input")
    for _ in range(LAYERS):
        x = layers.norm(g.add("Add", x, _attention(layers, x)))
        inner = g.add("Relu", layers.conv(x, WIDTH, INNER, 3))
        x = layers.norm(g.add("Add", x, layers.conv(inner, INNER, WIDTH, 3)))
    mean, spread = g.split("Split", layers.conv(x, WIDTH, 2 * WIDTH, gain=0.5), outputs=2, axis=1)
    when = alignment(g, _durations(layers, x))
    mean, spread = g.add("MatMul", mean, when), g.add("MatMul", spread, when)
    chance = g.add("Mul", g.add("RandomNormalLike", mean), g.add("Exp", spread))
    z = g.add("Add", mean, g.add("Mul", chance, scale(g, NOISE)))
    for _ in range(FLOWS):
        z = _coupling(layers, z)
    write_voice(g, _decoder(layers, z), path)


def _attention(layers: _Layers, x: str) -> str:
    g, each = layers.g, WIDTH // HEADS
    heads = g.constant([1, HEADS, each, -1])
    query, key, value = (g.add("Reshape", layers.conv(x, WIDTH, WIDTH), heads) for _ in range(3))
    asked = g.add("Div", g.add("Transpose", query, perm=[0, 1, 3, 2]), g.constant(sqrt(each)))
    shares = g.add("Softmax", g.add("MatMul", asked, key), axis=-1)
    mixed = g.add("MatMul", shares, g.add("Transpose", value, perm=[0, 1, 3, 2]))
    flat = g.add(
        "Reshape", g.add("Transpose", mixed, perm=[0, 1, 3, 2]), g.constant([1, WIDTH, -1])
    )
    return layers.conv(flat, WIDTH, WIDTH)


def _durations(layers: _Layers, x: str) -> str:
    """Give the frames of each phoneme, [N]."""
    g = layers.g
    known = _separable(layers, layers.conv(x, WIDTH, WIDTH))
    known = layers.conv(known, WIDTH, WIDTH)
    pair = g.add("Slice", x, g.constant([0]), g.constant([2]), g.constant([1]))
    noise = g.add("Mul", g.add("RandomNormalLike", pair), scale(g, LENGTH_NOISE))
    first, second = g.split("Split", noise, outputs=2, axis=1)
    for _ in range(DURATION_FLOWS):
        h = g.add("Add", layers.conv(first, 1, WIDTH), known)
        spline = layers.conv(_separable(layers, h), WIDTH, SPLINE, gain=0.1)
        moved = g.add("Add", second, g.add("ReduceMean", spline, axes=[1]))
        first, second = moved, first
    factor = g.add("Exp", g.add("Mul", first, g.constant(0.1)))
    usual = g.constant(durations(letter=3.9, pad=1.7, sign=8, space=2, end=4))
    ids = g.add("Reshape", "input", g.constant([-1]))
    flat = g.add("Reshape", factor, g.constant([-1]))
    return g.add("Mul", g.add("Gather", usual, ids), flat)


def _separable(layers: _Layers, x: str) -> str:
    for dilation in (1, 3, 9):
        y = layers.gelu(layers.norm(layers.depthwise(x, 3, dilation)))
        y = layers.gelu(layers.norm(layers.conv(y, WIDTH, WIDTH)))
        x = layers.g.add("Add", x, y)
    return x


def _coupling(layers: _Layers, z: str) -> str:
    """Turn the channels round, and move one half by what the other says."""
    g, half = layers.g, WIDTH // 2
    back = [g.constant([number]) for number in (-1, -(2**31), 1, -1)]
    one, other = g.split("Split", g.add("Slice", z, *back), outputs=2, axis=1)
    h = layers.conv(one, half, WIDTH)
    skipped: list[str] = []
    for number in range(FLOW_LAYERS):
        both = layers.conv(h, WIDTH, 2 * WIDTH, FLOW_KERNEL)
        bend, gate = g.split("Split", both, outputs=2, axis=1)
        acted = g.add("Mul", g.add("Tanh", bend), g.add("Sigmoid", gate))
        if number == FLOW_LAYERS - 1:
            skipped.append(layers.conv(acted, WIDTH, WIDTH))
            break
        kept, skip = g.split("Split", layers.conv(acted, WIDTH, 2 * WIDTH), outputs=2, axis=1)
        h = g.add("Add", h, kept)
        skipped.append(skip)
    moved = g.add("Sub", other, layers.conv(_sum(g, skipped), WIDTH, half))
    return g.add("Concat", one, moved, axis=1)


def _decoder(layers: _Layers, z: str) -> str:
    g = layers.g
    channels = FIRST_CHANNELS
    x = layers.conv(z, WIDTH, channels, 7)
    for rate, kernel in UPSAMPLING:
        x = layers.upsample(g.add("LeakyRelu", x, alpha=0.1), channels, rate, kernel)
        channels //= 2
        blocks = []
        for width, dilations in RESIDUAL:
            y = x
            for dilation in dilations:
                bent = g.add("LeakyRelu", y, alpha=0.1)
                y = g.add("Add", y, layers.conv(bent, channels, channels, width, dilation=dilation))
            blocks.append(y)
        x = g.add("Div", _sum(g, blocks), g.constant(float(len(RESIDUAL))))
    last = layers.conv(g.add("LeakyRelu", x, alpha=0.01), channels, 1, 7, gain=0.1)
    return g.add("Tanh", last)


def _sum(g: Graph, values: list[str]) -> str:
    total = values[0]
    for value in values[1:]:
        total = g.add("Add", total, value)
    return total
