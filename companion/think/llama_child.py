"""The language model, in a process of its own: `python -m companion.think.llama_child OPTIONS`.

A model of another's making runs in a library of another's making: either may crash, or
take more time than there is. So they stay outside the talk. Messages come and go as lines
of JSON, and are the only way in or out: nothing is logged, nothing is written.

In:   {"id", "do": "prepare" | "reply", "messages", "most_tokens"}, or {"id", "do": "stop"}
Out:  {"ready": true, "rss_mb"}, {"id", "text"} …, {"id", "done": true, "rss_mb", "tokens"}

The newest message counts: whatever is being done for an older one is dropped. The process
ends when its input closes.
"""

import codecs
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Any

import jinja2
import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from companion.think.child import Inbox, Message

NICENESS = 10
"""Hearing and speaking come first: under load this process gets a tenth of what they get"""
_SLICE = 64
"""Tokens of a prompt that are read before we look whether they are still wanted"""
_SAMPLING = {"temp": 0.7, "top_k": 40, "top_p": 0.9, "min_p": 0.05, "repeat_penalty": 1.1}
_SEED = 7
"""The same words get the same reply"""
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""For a file that brings no template of its own"""
_THINK = "<think>"
_TALK = [{"role": role, "content": "a"} for role in ("system", "user", "assistant", "user")]
"""The form of every talk"""

Steer = Callable[[llama_cpp.Llama], Any]
"""Makes a logits processor for the next reply"""


class Model:
    """A GGUF file, ready to write."""

    def __init__(self, path: str, threads: int, context: int, grammar: str) -> None:
        """Load it. `context` in tokens; `grammar` in GBNF, or empty."""
        self._llama = llama_cpp.Llama(
            path,
            n_ctx=context,
            n_threads=threads,
            n_threads_batch=threads,
            seed=_SEED,
            verbose=False,
        )
        self._grammar = grammar
        self._context = self._llama.n_ctx()
        template = self._llama.metadata.get("tokenizer.chat_template", _CHATML)
        self._format = Jinja2ChatFormatter(
            template, eos_token=self._text_of(self._llama.token_eos()),
            bos_token=self._text_of(self._llama.token_bos()),
        )  # fmt: skip
        self._knows_system = True
        try:
            self._prompt(_TALK)
        except (ValueError, jinja2.TemplateError):
            # Such a template has no place for what it always is: that goes before the first words.
            self._knows_system = False
            self._prompt(_TALK)

    def prepare(self, messages: list[Message], wanted: Callable[[], bool]) -> None:
        """Read as much of a coming prompt as is certain."""
        mark = "\x1f"
        marked = [*messages[:-1], messages[-1] | {"content": messages[-1]["content"] + mark}]
        self._read(self._tokens(self._prompt(marked).split(mark)[0]), wanted)

    def write(
        self, messages: list[Message], most: int, wanted: Callable[[], bool], steer: Steer | None
    ) -> Iterator[str]:
        """Yield the reply piece by piece; `most` tokens."""
        llama = self._llama
        prompt = self._prompt(messages)
        tokens = self._tokens(prompt)
        if len(tokens) + most > self._context or not self._read(tokens, wanted):
            return
        options: Message = dict(_SAMPLING)
        if self._grammar:
            options["grammar"] = llama_cpp.LlamaGrammar.from_string(self._grammar, verbose=False)
        if steer:
            options["logits_processor"] = llama_cpp.LogitsProcessorList([steer(llama)])
        if prompt.rstrip().endswith(_THINK):
            # The template has begun a note in the model's name: whoever reads on must know.
            yield _THINK
        # A letter may be cut in two by the tokens.
        letters = codecs.getincrementaldecoder("utf-8")("ignore")
        llama.set_seed(_SEED)
        for count, token in enumerate(llama.generate(tokens, **options), start=1):
            if llama_cpp.llama_vocab_is_eog(llama._model.vocab, token):
                return
            yield letters.decode(llama.detokenize([token], prev_tokens=tokens))
            if count >= most or not wanted():
                return

    def _read(self, tokens: list[int], wanted: Callable[[], bool]) -> bool:
        """Read a prompt slice by slice: what was read of it before is kept. False: not wanted."""
        for end in range(_SLICE, len(tokens) + _SLICE, _SLICE):
            if not wanted():
                return False
            next(self._llama.generate(tokens[:end], temp=0.0))
        return wanted()

    def _prompt(self, messages: list[Message]) -> str:
        # Models that can think aloud first are asked not to: nobody waits for it.
        if not self._knows_system:
            system, first, *rest = messages
            content = f"{system['content']}\n\n{first['content']}"
            messages = [first | {"content": content}, *rest]
        prompt: str = self._format(messages=messages, enable_thinking=False).prompt
        return prompt

    def _tokens(self, prompt: str) -> list[int]:
        bos = self._text_of(self._llama.token_bos())
        has_bos = bool(bos) and prompt.startswith(bos)
        tokens: list[int] = self._llama.tokenize(prompt.encode(), add_bos=not has_bos, special=True)
        return tokens

    def _text_of(self, token: int) -> str:
        text: str = self._llama._model.token_get_text(token) if token >= 0 else ""
        return text


def serve(steer: Steer | None = None) -> None:
    """Answer messages until the input closes. `steer` is for stand-ins of a real model."""
    os.nice(NICENESS)
    # Libraries print; what they print must not stand between the messages.
    out = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def send(message: Message) -> None:
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(out, line) :]

    model = Model(**json.loads(sys.argv[1]))
    inbox = Inbox(sys.stdin.fileno())
    send({"ready": True, "rss_mb": _rss_mb()})
    while True:
        message = inbox.next()
        wanted = inbox.is_empty
        if message["do"] == "prepare":
            model.prepare(message["messages"], wanted)
        elif message["do"] == "reply":
            count = 0
            for text in model.write(message["messages"], message["most_tokens"], wanted, steer):
                count += 1
                send({"id": message["id"], "text": text})
            send({"id": message["id"], "done": True, "tokens": count, "rss_mb": _rss_mb()})


def _rss_mb() -> int:
    """Say how much memory this process has held at most, in MB."""
    if sys.platform == "linux":
        # What `resource` tells there begins with what our parent held when it started us.
        with open("/proc/self/status", encoding="ascii") as status:
            kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        return int(kilobytes) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000_000


if __name__ == "__main__":
    serve()
