"""Make a language model write a given text: its work is real, its words are ours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Forced:
    """A logits processor for one reply. Every token is computed, then the given one taken."""

    def __init__(self, model: Any, text: str) -> None:
        """Spell `text` in the tokens of `model`, a `llama_cpp.Llama`, and its end after it."""
        tokens = model.tokenize(text.encode(), add_bos=False, special=False)
        self._tokens: Sequence[int] = [*tokens, model.token_eos()]
        self._prompt: int | None = None

    def __call__(
        self, input_ids: NDArray[np.intc], scores: NDArray[np.single]
    ) -> NDArray[np.single]:
        """Leave one token possible: the next of the text."""
        if self._prompt is None:
            self._prompt = len(input_ids)
        done = len(input_ids) - self._prompt
        wanted = self._tokens[min(done, len(self._tokens) - 1)]
        scores[:] = -np.inf
        scores[wanted] = 0
        return scores
