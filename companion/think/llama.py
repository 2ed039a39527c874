"""A language model words the reply: llama.cpp with a GGUF file, in a process of its own.

Whatever happens to that process costs one written reply, never the talk: it may be late,
hang, crash or be killed. It is started anew and serves again from the next turn on.
"""

import json
import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock

from companion.errors import EngineError, ThinkError
from companion.stages import Clock
from companion.think.child import Child, Message
from companion.think.contract import Contract
from companion.think.cutting import Cutter
from companion.think.prompt import Message as PromptMessage
from companion.think.prompt import Prompter
from companion.values import Exchange, Plan, Turn

MOST_SENTENCES = 3
MOST_TOKENS = 120
"""Three sentences of thirty words"""
CONTEXT = 2_048
"""Tokens: persona 200, nine exchanges of 100, the person's words 400, the reply"""
MOST_THREADS = 4
"""More wait for the memory. On all cores, one busy process beside it makes a sentence take three
times as long (docs/engines.md)"""
LOADING = 60.0
"""Seconds that a model may take to load; 1 GB takes 11 from a slow card"""
LOOK = 0.05
"""Seconds of waiting after which we look whether the reply is still wanted"""
STUCK = 8.0
"""Seconds without an answer after which the process is taken to hang"""
MOST_CRASHES = 3
"""In a row, without one sentence between them: then it is left alone"""
_FIX = "Check it (scripts/companion models verify) or choose another (think.model)."


class LlamaMind:
    """Words replies with a language model."""

    name: str

    def __init__(
        self,
        model: Path,
        folder: Path,
        *,
        deadline: float = 2.2,
        threads: int = 0,
        clock: Clock = time.monotonic,
        module: str = "companion.think.llama_child",
    ) -> None:
        """Load `model`, with the prompts in the `folder` of a language.

        `deadline`: seconds in which the first sentence must be there, and each one after it.
        `threads`: 0 leaves one core to hearing and speaking, and takes four at most. `module`
        runs in the child process. Raises EngineError for a model that cannot be loaded.
        """
        self.name = model.stem
        self._prompter = Prompter(folder)
        self._contract = Contract(folder)
        self._deadline = deadline
        self._clock = clock
        self._lock = Lock()
        """Held while the process is spoken to: one thread hears, another waits for a reply"""
        self._turn = 0
        """Counts up whenever there is something newer than what is being done"""
        self._words: tuple[str, Sequence[Exchange]] | None = None
        """What is to be read as soon as the process is free"""
        options = {
            "path": str(_checked(model)),
            "threads": threads or max(1, min(MOST_THREADS, (os.cpu_count() or 1) - 1)),
            "context": CONTEXT,
            "grammar": (folder / "reply.gbnf").read_text(encoding="utf-8"),
        }
        self._writer = _Writer(lambda: Child(module, [json.dumps(options)], clock), clock)
        if not self._writer.wait(LOADING):
            self.close()
            raise EngineError(f"The language model {model.name} could not be loaded.", fix=_FIX)
        self.prepare("", ())

    @property
    def pid(self) -> int:
        """The process of the model."""
        return self._writer.child.pid

    @property
    def rss_mb(self) -> int:
        """The most memory that the process of the model has held, in MB."""
        return self._writer.rss_mb

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        """Let the model read the talk and the words so far; a reply to older words is over."""
        self._turn += 1
        self._words = (partial, history)
        # Whoever hears must not wait: a reply that is at it now sends the words when it stops.
        if self._lock.acquire(blocking=False):
            try:
                self._send_words()
            finally:
                self._lock.release()

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        """Yield the sentences that keep to the act; end where the next is not there in time."""
        with closing(self._written(turn, plan)) as sentences:
            yield from self._contract.keep(sentences, turn, plan)

    def _written(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        """Yield what the model writes, sentence by sentence."""
        due = self._clock() + self._deadline
        self._turn += 1
        mine, cutter, count = self._turn, Cutter(), 0
        with self._lock:
            self._words = None
            messages = self._prompter.ask(turn, plan)
            if not self._writer.works():
                return
            asked = self._writer.ask("reply", messages)
        try:
            while count < MOST_SENTENCES and self._turn == mine:
                message = self._next(asked, due)
                if message is None:
                    return
                done = "text" not in message
                for sentence in cutter.finish() if done else cutter.push(message["text"]):
                    yield sentence
                    count += 1
                    due = self._clock() + self._deadline
                if done:
                    return
        finally:
            with self._lock:
                self._writer.stop(asked)
                self._send_words()

    def close(self) -> None:
        """End the process of the model. May be called twice."""
        self._turn += 1
        with self._lock:
            self._writer.child.close()

    def _next(self, asked: int, due: float) -> Message | None:
        """Wait for the next piece of a reply; None where it does not come, or nobody waits."""
        mine = self._turn
        while self._turn == mine:
            with self._lock:
                message = self._writer.answer(asked, min(due, self._clock() + LOOK))
                if message or not self._writer.child.alive:
                    return message
            if self._clock() >= due:
                return None
        return None

    def _send_words(self) -> None:
        words, self._words = self._words, None
        if words and self._writer.works():
            self._writer.ask("prepare", self._prompter.partial(*words))


class _Writer:
    """The process of the model, started anew when it has died or hangs."""

    def __init__(self, start: Callable[[], Child], clock: Clock) -> None:
        self.child = start()
        self.rss_mb = 0
        self._start = start
        self._clock = clock
        self._ready = False
        self._asked = 0
        self._waiting_since: float | None = None
        self._crashes = 0

    def wait(self, seconds: float) -> bool:
        """Wait until the model is loaded; say whether it is."""
        due = self._clock() + seconds
        while not self._ready and self._take(due):
            pass
        return self._ready

    def works(self) -> bool:
        """Say whether it is worth asking; start anew what has died or hangs."""
        while self._take(self._clock()):
            pass
        since = self._waiting_since
        if since is not None and self._clock() - since > STUCK:
            self.child.kill()
        if not self.child.alive:
            self._start_anew()
        return self._ready

    def ask(self, what: str, messages: list[PromptMessage]) -> int:
        """Ask for something, in place of whatever was asked before. Raises ThinkError."""
        self._asked += 1
        self.child.send(
            {"id": self._asked, "do": what, "messages": messages, "most_tokens": MOST_TOKENS}
        )
        if what == "reply" and self._waiting_since is None:
            self._waiting_since = self._clock()
        return self._asked

    def answer(self, asked: int, due: float) -> Message | None:
        """Wait for the next piece of an answer; None where it does not come by `due`."""
        while message := self._take(due):
            if message.get("id") == asked:
                return message
        return None

    def stop(self, asked: int) -> None:
        """Nobody wants this any more, if it is still what is being done."""
        if not self.child.alive:
            self._start_anew()
        elif asked == self._asked:
            # A model that does not listen is found out, and replaced, when next it is needed.
            with suppress(ThinkError):
                self.ask("stop", [])

    def _take(self, due: float) -> Message | None:
        message = self.child.receive(due)
        if message is not None:
            self._ready = True
            self._waiting_since = None
            self.rss_mb = message.get("rss_mb", self.rss_mb)
            if message.get("tokens"):
                self._crashes = 0
        return message

    def _start_anew(self) -> None:
        if self._crashes < MOST_CRASHES:
            self._crashes += 1
            self.child.close()
            self.child = self._start()
        self._ready = False
        self._waiting_since = None


def _checked(model: Path) -> Path:
    """Look at the first letters of a file. Raises EngineError where it is no GGUF."""
    try:
        with model.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise EngineError(
            f"The language model {model} cannot be read ({error.strerror}).", fix=_FIX
        ) from None
    if magic != b"GGUF":
        raise EngineError(f"{model.name} is not a language model (GGUF).", fix=_FIX)
    return model
