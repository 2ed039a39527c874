"""GGUF language models: a tiny one, and stand-ins of the size of real ones.

All are of the llama architecture with a SentencePiece vocabulary and a ChatML-like
template, and write nonsense. A word of the vocabulary is one token, as in a real
model; any other is spelt. SentencePiece joins tokens two by two, so every beginning
of a word is a token too.

A stand-in's weights are Q4_0. Its vocabulary has 64,000 tokens where Qwen2.5 has
152,000, so a token costs a sixth less work than the real one's at 0.5 B, and a tenth
less at 1.5 B. Files of other kinds (Q4_K_M, Q8_0) are larger, and so slower.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import gguf
import numpy as np

from .weights import Weights

CHATML = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
SPACE = "\u2581"
"""How SentencePiece writes a space"""
SPREAD = 0.02
"""Standard deviation of weights, as of real models"""
BLOCK = 32
"""Weights that share a scale in Q4_0"""

COMMON = (
    "a about all and are as at be been breath breathe but can do feel feeling for from glad "
    "go had hard has have hear how i if in is it like me more my no not now of on one or out "
    "really slow so some sounds step take that the there they thing this time to today told "
    "up was we what when will with would yes you your"
).split()  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """The sizes of a language model."""

    layers: int
    width: int
    inner: int
    heads: int
    key_heads: int
    tokens: int
    """At least; 0: as many as its words need"""
    context: int
    quantised: bool
    template: str = CHATML


TINY = Shape(2, 64, 128, 4, 2, tokens=0, context=2048, quantised=False)
HALF_BILLION = Shape(24, 896, 4864, 14, 2, tokens=64_000, context=4096, quantised=True)
"""Qwen2.5-0.5B but for the vocabulary"""
ONE_AND_A_HALF_BILLION = Shape(28, 1536, 8960, 12, 2, tokens=64_000, context=4096, quantised=True)
"""Qwen2.5-1.5B but for the vocabulary"""


def write_mind(path: Path, shape: Shape, words: Iterable[str] = COMMON) -> None:
    """Write a model with words of its own."""
    writer = gguf.GGUFWriter(path, "llama")
    tokens = _write_tokens(writer, words, shape.tokens, shape.template)
    each = shape.width // shape.heads
    writer.add_name("made")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(each)
    writer.add_vocab_size(tokens)
    kind = gguf.LlamaFileType
    writer.add_file_type(kind.MOSTLY_Q4_0 if shape.quantised else kind.ALL_F32)
    _Tensors(writer, shape).add_all(tokens)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_tokens(writer: gguf.GGUFWriter, words: Iterable[str], least: int, template: str) -> int:
    """Write the vocabulary and the template; give the number of tokens."""
    kinds = gguf.TokenType
    letters = [SPACE, "\n", *map(chr, range(33, 127))]
    written = {
        form for word in words for form in (SPACE + word, SPACE + word.title(), word.title())
    }
    starts = {form[:end] for form in written for end in range(1, len(form) + 1)}
    # What is joined first comes first: the shortest beginnings.
    pieces = [*letters, *sorted(starts - set(letters), key=lambda piece: (len(piece), piece))]
    size = len(CONTROL) + 256 + len(pieces)
    filling = [f"{SPACE}<{number}>" for number in range(least - size)]
    texts = [*CONTROL, *(f"<0x{octet:02X}>" for octet in range(256)), *pieces, *filling]
    ranks = [0.0] * (len(CONTROL) + 256) + [-float(n) for n in range(len(pieces) + len(filling))]
    types = [kinds.UNKNOWN] + [kinds.CONTROL] * (len(CONTROL) - 1) + [kinds.BYTE] * 256
    types += [kinds.NORMAL] * len(pieces) + [kinds.UNUSED] * len(filling)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(texts)
    writer.add_token_scores(ranks)
    writer.add_token_types([int(kind) for kind in types])
    writer.add_unk_token_id(CONTROL.index("<unk>"))
    writer.add_bos_token_id(CONTROL.index("<s>"))
    writer.add_eos_token_id(CONTROL.index("<|im_end|>"))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    # Else every answer would begin with a space.
    writer.add_add_space_prefix(False)
    writer.add_chat_template(template)
    return len(texts)


class _Tensors:
    """Draws the weights of every layer."""

    def __init__(self, writer: gguf.GGUFWriter, shape: Shape) -> None:
        self._writer = writer
        self._shape = shape
        self._weights = Weights(3)

    def add_all(self, tokens: int) -> None:
        shape = self._shape
        keys = shape.width // shape.heads * shape.key_heads
        matrices = {
            "attn_q": (shape.width, shape.width),
            "attn_k": (keys, shape.width),
            "attn_v": (keys, shape.width),
            "attn_output": (shape.width, shape.width),
            "ffn_gate": (shape.inner, shape.width),
            "ffn_up": (shape.inner, shape.width),
            "ffn_down": (shape.width, shape.inner),
        }
        self._matrix("token_embd", tokens, shape.width)
        for layer in range(shape.layers):
            for name, size in matrices.items():
                self._matrix(f"blk.{layer}.{name}", *size)
            self._ones(f"blk.{layer}.attn_norm")
            self._ones(f"blk.{layer}.ffn_norm")
        self._ones("output_norm")
        self._matrix("output", tokens, shape.width)

    def _ones(self, name: str) -> None:
        self._writer.add_tensor(f"{name}.weight", np.ones(self._shape.width, np.float32))

    def _matrix(self, name: str, rows: int, columns: int) -> None:
        if not self._shape.quantised:
            values = self._weights.floats(rows, columns, spread=1 / sqrt(columns))
            self._writer.add_tensor(f"{name}.weight", values)
            return
        # A block is its scale (2 bytes) and 32 numbers from -8 to 7 (4 bits each).
        blocks = np.empty((rows, columns // BLOCK, 2 + BLOCK // 2), np.uint8)
        steps = sqrt((16**2 - 1) / 12)
        blocks[..., :2] = np.array([SPREAD / steps], "<f2").view(np.uint8)
        blocks[..., 2:] = self._weights.octets(rows, columns // BLOCK, BLOCK // 2)
        self._writer.add_tensor(
            f"{name}.weight",
            blocks.reshape(rows, -1),
            raw_dtype=gguf.GGMLQuantizationType.Q4_0,
        )
