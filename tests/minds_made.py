"""The language models that we make, in llama.cpp itself. Run by test_models_made.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp
import pytest

from scripts.make_test_models import dictionary
from scripts.test_models.minds import Shape, write_mind

from . import made

SENTENCE = "That sounds really hard, and I am glad you told me."


@pytest.fixture(scope="module")
def mind() -> Iterator[Any]:
    model = llama_cpp.Llama(str(made.mind()), n_ctx=512, n_threads=1, verbose=False)
    yield model
    model.close()


def messages(heard: str = "i feel low today") -> list[dict[str, str]]:
    return [{"role": "system", "content": "be kind"}, {"role": "user", "content": heard}]


def written(mind: Any, **options: Any) -> str:
    """Give the reply to one message."""
    reply = mind.create_chat_completion(messages(), **options)
    text: str = reply["choices"][0]["message"]["content"]
    return text


def forced(mind: Any, text: str) -> Any:
    return llama_cpp.LogitsProcessorList([made.Forced(mind, text)])


def test_the_tiny_mind_has_a_template(mind: Any) -> None:
    """Its own, found in its file."""
    assert mind.chat_format == "chat_template.default"
    assert "<|im_start|>" in mind.metadata["tokenizer.chat_template"]


def test_the_tiny_mind_streams(mind: Any) -> None:
    """Piece by piece, the same for the same seed."""
    runs = [
        [
            piece["choices"][0]["delta"].get("content", "")
            for piece in mind.create_chat_completion(messages(), max_tokens=8, seed=7, stream=True)
        ]
        for _ in range(2)
    ]

    assert runs[0] == runs[1]
    assert len(runs[0]) >= 8


def test_the_tiny_mind_keeps_to_a_grammar(mind: Any) -> None:
    """Nonsense, but of the right form."""
    grammar = llama_cpp.LlamaGrammar.from_string('root ::= "yes" | "no"', verbose=False)

    assert written(mind, max_tokens=8, grammar=grammar) in ("yes", "no")


@pytest.mark.parametrize("text", [SENTENCE, "Ünïcödé, 7 o'clock.", "One.\n\nTwo."])
def test_a_forced_text_is_written_to_its_end(mind: Any, text: str) -> None:
    """Every token is computed; the one that is taken is ours, also for signs it has no word for."""
    reply = mind.create_chat_completion(
        messages(), max_tokens=200, logits_processor=forced(mind, text)
    )

    assert reply["choices"][0]["message"]["content"] == text
    assert reply["choices"][0]["finish_reason"] == "stop"


def test_a_word_is_one_token(mind: Any) -> None:
    """So that a sentence costs as many steps as with a real model."""
    assert len(mind.tokenize(b" i feel really slow today", add_bos=False)) == 5


def test_a_quantised_stand_in_can_be_forced_too(tmp_path: Path) -> None:
    """In small; at its true size it is made by hand (scripts/make_test_models.py stand-in)."""
    path = tmp_path / "small.gguf"
    words = dictionary()
    write_mind(path, Shape(2, 128, 256, 4, 2, tokens=24_000, context=512, quantised=True), words)
    model = llama_cpp.Llama(str(path), n_ctx=512, n_threads=1, verbose=False)

    reply = written(model, max_tokens=60, logits_processor=forced(model, SENTENCE))
    model.close()

    assert reply == SENTENCE
