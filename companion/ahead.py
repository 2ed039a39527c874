"""Work that is done before it is certain that the person has finished: during the hold.

From the first moment of a silence the answer to the words so far is rehearsed: thought out, and
its first sentence made into sound. Nothing of a rehearsal happens: none of its events leaves, and
no state of it is kept. All that stays is what a mind wrote and a voice said, found again by what
was asked of them. The answer itself goes the whole way from the *final* words, through both
guards; where it then asks a mind or a voice for the very same, that is there already.
"""

from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from companion.conversation import Conversation
from companion.events import Kept, Led, Said
from companion.stages import Mind, Voice
from companion.values import AudioChunk, Cleared, Exchange, Plan, State, Style, Turn, Utterance

T = TypeVar("T")


class Ahead:
    """What was made for the answer to one turn before that was taken. One turn at a time."""

    def __init__(self, conversation: Conversation) -> None:
        """`giving` is the conversation that makes use of what was made ahead."""
        self.giving = _with(conversation, self._take)
        # What is found in a tone of voice is learnt from, and a rehearsal leaves nothing behind.
        self._rehearsing = replace(_with(conversation, self._begin), sensing=None)
        self._lock = Lock()
        """Guards all below"""
        self._made: dict[Hashable, _Shared[Any]] = {}
        self._words = ""
        """To which the answer was rehearsed"""
        self._run = 0
        """Counts up with each rehearsal, and when one is over"""
        self._mine = 0
        self._busy = False
        """The rehearsal that was begun last, and whether it still goes on"""
        self.used = False
        """The answer that is given now found something"""

    def due(self, words: str, *, may_end: bool) -> bool:
        """Take the words so far; say whether the answer to them is to be rehearsed now.

        `may_end`: there is a silence that may end the turn. Whoever goes on with other words
        makes what was rehearsed worthless, and it is dropped.
        """
        with self._lock:
            if words != self._words:
                self._drop()
            if not (words and may_end) or words == self._words or self._busy:
                return False
            self._words, self._busy, self.used = words, True, False
            self._run = self._mine = self._run + 1
            return True

    def rehearse(self, utterance: Utterance, state: State) -> None:
        """Find the answer to the words so far, up to the sound of its first sentence."""
        said = False
        try:
            with closing(self._rehearsing.answer(utterance, state)) as events:
                for event in events:
                    # What follows the first sentence has its time, and so has an exercise.
                    over = isinstance(event, Led) or (said and isinstance(event, (Kept, Said)))
                    if over or self._run != self._mine:
                        return
                    said = said or isinstance(event, Said)
        finally:
            self._busy = False

    def end(self) -> None:
        """The turn was taken: what was made is there for its answer, and no more is begun."""
        with self._lock:
            self._words, self._run = "", self._run + 1

    def drop(self) -> None:
        """Give up what was made."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        self._words, self._run = "", self._run + 1
        for stream in self._made.values():
            stream.close()
        self._made.clear()

    def _begin(self, key: Hashable, make: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Begin to make something in a rehearsal that goes on."""
        stream = _Shared(make())
        with self._lock:
            if self._words:
                self._made[key] = stream
            else:
                stream.close()
        # Whoever stops here leaves it for the answer.
        yield from stream

    def _take(self, key: Hashable, make: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Go on with what was begun, where it was; else make it now."""
        with self._lock:
            found = self._made.pop(key, None)
            self.used = self.used or found is not None
        stream: _Shared[T] = found or _Shared(make())
        try:
            yield from stream
        finally:
            stream.close()


class _Store(Protocol):
    def __call__(self, key: Hashable, make: Callable[[], Iterator[T]]) -> Iterator[T]: ...


def _with(conversation: Conversation, store: _Store) -> Conversation:
    voices = tuple(_StoredVoice(voice, store) for voice in conversation.voices)
    return replace(conversation, mind=_StoredMind(conversation.mind, store), voices=voices)


class _StoredMind:
    """A mind whose replies are begun ahead, or found."""

    def __init__(self, mind: Mind, store: _Store) -> None:
        self.name = mind.name
        self._mind = mind
        self._store = store

    def prepare(self, partial: str, history: Sequence[Exchange]) -> None:
        """Work ahead on the words alone."""
        self._mind.prepare(partial, history)

    def reply(self, turn: Turn, plan: Plan) -> Generator[str, None, None]:
        """Yield the reply to these words, weighed and planned like this."""
        words, chosen = turn.transcript.text, (plan.act, plan.skill, plan.task, plan.lines)
        key = ("mind", words, turn.assessment, turn.history, plan.memories, chosen)
        yield from self._store(key, lambda: self._mind.reply(turn, plan))

    def close(self) -> None:
        """Give back what it holds."""
        self._mind.close()


class _StoredVoice:
    """A voice whose sentences are made ahead, or found."""

    def __init__(self, voice: Voice, store: _Store) -> None:
        self.name = voice.name
        self._voice = voice
        self._store = store

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the sentence as sound."""
        key = (self.name, text, style)
        yield from self._store(key, lambda: iter(self._voice.synthesize(text, style)))


class _Shared(Generic[T]):
    """A stream that one thread has begun to make and another may go on with."""

    def __init__(self, source: Iterator[T]) -> None:
        self._source = source
        self._made: list[T] = []
        self._lock = Lock()
        """Held while the next piece is made: whoever else wants it waits for it"""
        self._wanted = True
        self._over = False
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[T]:
        """Yield it from its beginning. What its making fails of is raised for everybody."""
        at = 0
        while self._reaches(at):
            yield self._made[at]
            at += 1

    def close(self) -> None:
        """Nobody wants it: end it at once, or when the piece that is being made is there."""
        self._wanted = False
        if self._lock.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._lock.release()

    def _reaches(self, at: int) -> bool:
        """Make a piece where it is not there yet; False: there is none."""
        with self._lock:
            if at < len(self._made):
                return True
            if self._error:
                raise self._error
            if not self._over:
                try:
                    self._made.append(next(self._source))
                except StopIteration:
                    self._over = True
                except Exception as error:
                    self._error = error
                    raise
            if not self._wanted:
                self._end()
            return at < len(self._made)

    def _end(self) -> None:
        self._over = True
        if isinstance(self._source, Generator):
            self._source.close()
