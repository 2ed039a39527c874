"""Write an ONNX graph without a library: the format is Protocol Buffers.

The numbers of the fields are those of `onnx.proto` (onnx.ai, IR version 8).
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPSET = 8, 17
FLOAT, INT64 = 1, 7
"""Types of tensors"""
_AS_FLOAT, _AS_INT, _AS_INTS = 1, 2, 7
"""Types of attributes"""

Attribute = int | float | Sequence[int]
Shape = Sequence[int | str]
"""A size, or the name of one that varies"""


class Graph:
    """Grows node by node; every value has a name."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []

    def constant(self, value: Any) -> str:
        """Add a tensor: floats stay floats, all else becomes whole numbers."""
        array = np.asarray(value)
        floats = array.dtype.kind == "f"
        name = f"c{len(self._tensors)}"
        self._tensors.append(_tensor(name, array.astype("<f4" if floats else "<i8")))
        return name

    def add(self, op: str, *inputs: str, **attributes: Attribute) -> str:
        """Add a node and give the name of its output."""
        return self.split(op, *inputs, outputs=1, **attributes)[0]

    def split(self, op: str, *inputs: str, outputs: int, **attributes: Attribute) -> list[str]:
        """Add a node with several outputs."""
        number = len(self._nodes)
        made = [f"v{number}.{output}" for output in range(outputs)]
        parts = [_field(1, name) for name in inputs] + [_field(2, name) for name in made]
        parts += [_field(3, f"n{number}"), _field(4, op)]
        parts += [_field(5, _attribute(key, value)) for key, value in attributes.items()]
        self._nodes.append(b"".join(parts))
        return made

    def write(
        self,
        path: Path,
        inputs: Mapping[str, tuple[int, Shape]],
        outputs: Mapping[str, tuple[int, Shape]],
    ) -> None:
        """Write the model. Inputs and outputs have a type and a shape by name."""
        graph = [_field(1, node) for node in self._nodes]
        graph += [_field(2, "made")]
        graph += [_field(5, tensor) for tensor in self._tensors]
        graph += [_field(11, _value(name, *kind)) for name, kind in inputs.items()]
        graph += [_field(12, _value(name, *kind)) for name, kind in outputs.items()]
        opset = _field(1, "") + _field(2, OPSET)
        model = [_field(1, IR_VERSION), _field(2, "companion"), _field(7, b"".join(graph))]
        path.write_bytes(b"".join([*model, _field(8, opset)]))


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    octets = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(octets)) + octets


def _tensor(name: str, array: NDArray[Any]) -> bytes:
    dims = b"".join(_field(1, size) for size in array.shape)
    kind = FLOAT if array.dtype.kind == "f" else INT64
    return dims + _field(2, kind) + _field(8, name) + _field(9, array.tobytes())


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        fixed = _varint(2 << 3 | 5) + struct.pack("<f", value)
        return _field(1, name) + fixed + _field(20, _AS_FLOAT)
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, _AS_INT)
    return _field(1, name) + b"".join(_field(8, one) for one in value) + _field(20, _AS_INTS)


def _value(name: str, kind: int, shape: Shape) -> bytes:
    sizes = [_field(2 if isinstance(size, str) else 1, size) for size in shape]
    dims = b"".join(_field(1, size) for size in sizes)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, dims)))
