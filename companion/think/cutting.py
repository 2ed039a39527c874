"""Cut what a model writes into sentences, while it is being written.

Models mix notes to themselves into their replies, between marks such as <think> and
</think>. None of that is ever spoken: it is dropped here, before the guard sees it.
"""

import re
from collections.abc import Iterator

from companion.text import sentences

_NOTES = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<|channel>", "<channel|>"),
    ("<|channel|>analysis", "<|message|>"),
    ("<|start_of_thought|>", "<|end_of_thought|>"),
)
"""How notes begin and end: Qwen, SmolLM and DeepSeek; variants of them; Gemma 4; gpt-oss"""
_OPENS = dict(_NOTES)
_MARKS = re.compile("|".join(re.escape(mark) for pair in _NOTES for mark in pair))
_LONGEST_MARK = max(len(mark) for pair in _NOTES for mark in pair)
_ENDED = re.compile(r"[.!?…][\"'”’)]*$")


class Cutter:
    """Takes a reply piece by piece and gives its whole sentences."""

    def __init__(self) -> None:
        self._raw = ""
        self._plain = ""
        self._closing = ""

    def push(self, piece: str) -> Iterator[str]:
        """Take the next piece; yield each sentence that is certainly over."""
        self._raw += piece
        self._strip_notes(final=False)
        *whole, rest = list(sentences(self._plain)) or [""]
        if whole:
            self._plain = self._plain[self._plain.rindex(rest) :]
        yield from whole

    def finish(self) -> Iterator[str]:
        """Yield what is left, but no sentence that was broken off."""
        self._strip_notes(final=True)
        rest, self._plain = self._plain, ""
        yield from (sentence for sentence in sentences(rest) if _ENDED.search(sentence))

    def _strip_notes(self, *, final: bool) -> None:
        """Move what is to be spoken from the raw to the plain text."""
        while mark := _MARKS.search(self._raw):
            before, found, self._raw = (
                self._raw[: mark.start()],
                mark.group(),
                self._raw[mark.end() :],
            )
            if self._closing:
                self._closing = "" if found == self._closing else self._closing
            elif found in _OPENS:
                self._plain += before
                self._closing = _OPENS[found]
            else:
                # A note whose beginning was part of the prompt: all so far was note.
                self._plain = ""
        if self._closing:
            # The closing mark may be cut in two by the pieces.
            self._raw = "" if final else self._raw[-_LONGEST_MARK:]
            return
        held = 0 if final else self._half_a_mark()
        split = len(self._raw) - held
        self._plain += self._raw[:split]
        self._raw = self._raw[split:]

    def _half_a_mark(self) -> int:
        """Count the last characters that may be the beginning of a mark."""
        for length in range(min(_LONGEST_MARK, len(self._raw)), 0, -1):
            tail = self._raw[-length:]
            if any(mark.startswith(tail) for pair in _NOTES for mark in pair):
                return length
        return 0
