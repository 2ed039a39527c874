"""Vosk: free speech to words, with a model that was downloaded before.

Vosk gives either confidences or alternatives, never both. We ask for the latter,
whose "confidence" is a log likelihood, and make it a probability: each guess's
share of the likelihood of all. A word is as sure as the guesses that hold it are
likely together (F. Wessel et al., "Confidence measures for large vocabulary
continuous speech recognition", IEEE Transactions on Speech and Audio Processing 9
(2001), 288-298, with guesses in place of the lattice). A test compares it with
Vosk's own.

Vosk ends a stretch of speech where it likes: to us that is a segment of a turn,
never its end. It counts time from the first sound it was given, so each turn has
a recogniser of its own; they are light, and share the model.

Beside `models.py` the one file that may import a network module: see `_import_vosk`.
"""

import heapq
import importlib
import json
import math
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from companion.errors import EngineError, HearError
from companion.values import AudioChunk, Expected, Transcript, Word

RATE = 16_000  # hertz
GUESSES = 20  # asked of Vosk; many differ in noises alone and fall together
MOST_ALTERNATIVES = 10
LEAST_LIKELY = 0.02  # a guess less likely than this would only ask needless questions
SURE = 0.7  # an answer from a grammar that is less sure is heard again without one
STILL = 0.5
"""Seconds without a new word before a segment may end. Vosk also ends one after 20 s,
in the middle of a word if need be; its other rules wait for as much silence anyway"""
UNKNOWN = ("[unk]", "<unk>")  # what a model calls a word it does not know
SILENT = -3  # Kaldi's log level; at -1 it still warns on stderr. Errors come as exceptions
FETCH = "Run: scripts/companion models get"
NOT_BY_DEFAULT = ("en-in",)  # only for those who ask for it: its published word error is 49 %
# How the files of OpenFst begin, and binary and text files of Kaldi.
_GRAPH, _KALDI = (b"\xd6\xfd\xb2\x7e",), (b"\0B", b"<T")


@dataclass(frozen=True)
class _Guess:
    """One way to hear a segment."""

    words: tuple[tuple[str, float, float], ...]  # text, start and end in seconds of the turn
    likelihood: float  # its natural logarithm
    unknown: bool  # it holds a word that the model does not know, or that was not expected

    @property
    def text(self) -> str:
        return " ".join(word for word, _, _ in self.words)

    def holds(self, text: str, start: float, end: float) -> bool:
        return any(
            word == text and begin < end and start < stop for word, begin, stop in self.words
        )


@dataclass(frozen=True)
class _Segment:
    words: tuple[Word, ...]
    guesses: tuple[tuple[str, float], ...]  # text and probability, the best first
    unknown: bool


class VoskRecogniser:
    """Hears free speech, and knows closed answers by a grammar where the model allows it."""

    name = "vosk"
    hears_danger = True
    """Not measured by us: no model could be had where this was written. It rests on the
    published word error of the default English model (9.85 % LibriSpeech clean, 10.38 %
    TED-LIUM) and is to be measured on spoken danger phrases (docs/crisis.md)"""

    def __init__(
        self,
        model: Path,
        language: str = "en",
        phrases: Callable[[Expected], Sequence[str]] = lambda expected: (),
    ) -> None:
        """Load the model in a folder. `phrases` names what may answer a closed question.

        Raises EngineError for a missing library and for a missing or broken model.
        """
        fault = find_fault(model)
        if fault:
            raise EngineError(f"The speech model in '{model}' {fault}.", fix=FETCH)
        self._vosk = _import_vosk()
        self._vosk.SetLogLevel(SILENT)
        broken = EngineError(f"The speech model in '{model}' is damaged.", fix=FETCH)
        # By path: given a name or a language, Vosk would download.
        self._model = _made(broken, self._vosk.Model, model_path=str(model))
        # A graph that cannot be read is an error here, but a crash once there is a grammar.
        _made(broken, self._vosk.KaldiRecognizer, self._model, RATE)
        is_fixed = any((model / place).is_file() for place in ("graph/HCLG.fst", "HCLG.fst"))
        self._takes_grammar = not is_fixed and self._knows(UNKNOWN[0])
        self._language = language
        self._phrases = phrases
        self.start(Expected())

    def start(self, expected: Expected) -> None:
        """Forget the last utterance; listen for this kind of answer."""
        asked = expected.is_closed and self._takes_grammar
        phrases = self._phrases(expected) if asked else ()
        # Vosk would leave out a word it does not know and listen for the rest of the phrase.
        phrases = [phrase for phrase in phrases if all(map(self._knows, phrase.split()))]
        self._has_grammar = bool(phrases)
        self._sound: list[AudioChunk] = []
        self._turn = self._listen(json.dumps([*phrases, UNKNOWN[0]]) if phrases else "")

    def accept(self, chunk: AudioChunk) -> str:
        """Take the next sound at 16 kHz; give the words so far. Raises HearError."""
        if chunk.rate != RATE:
            raise HearError(f"Vosk needs sound at {RATE} Hz, not {chunk.rate} Hz.")
        if self._has_grammar:
            self._sound.append(chunk)
        return self._turn.accept(chunk)

    def finish(self) -> Transcript:
        """Give what was heard. An answer that fits no phrase is heard again, freely.

        So danger that is said in place of an answer still reaches the guard.
        """
        answer, fits = self._transcript(self._turn)
        if not self._has_grammar or (fits and (answer.confidence or 0.0) >= SURE):
            return answer
        again = self._listen("")
        for chunk in self._sound:
            again.accept(chunk)
        freely, _ = self._transcript(again)
        first, second = (answer, freely) if fits else (freely, answer)
        others = dict.fromkeys((*first.alternatives, second.text, *second.alternatives))
        others = {other: None for other in others if other not in ("", first.text)}
        return replace(first, alternatives=tuple(others), rejected=not first.text)

    def _knows(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0

    def _listen(self, grammar: str) -> "_Turn":
        failed = HearError("Vosk could not begin to listen.", fix="Start the companion again.")
        options = (grammar,) if grammar else ()
        kaldi = _made(failed, self._vosk.KaldiRecognizer, self._model, RATE, *options)
        kaldi.SetWords(True)
        kaldi.SetMaxAlternatives(GUESSES)
        return _Turn(kaldi)

    def _transcript(self, turn: "_Turn") -> tuple[Transcript, bool]:
        """Sum up a turn, and say whether there were words and all were known."""
        segments = turn.finish()
        words = tuple(word for segment in segments for word in segment.words)
        text = " ".join(word.text for word in words)
        others = _alternatives(text, segments)
        sure = sum(word.confidence for word in words) / len(words) if words else None
        fits = bool(words) and not any(segment.unknown for segment in segments)
        return Transcript(text, self._language, words, others, sure), fits


class _Turn:
    """One utterance on its way through a recogniser of its own."""

    def __init__(self, kaldi: Any) -> None:
        self._kaldi = kaldi
        self._segments: list[_Segment] = []
        self._start: float | None = None
        self._partial = ""
        self._still = 0.0  # seconds since the partial last changed

    def accept(self, chunk: AudioChunk) -> str:
        if self._start is None:
            self._start = chunk.start
        clean = np.clip(np.nan_to_num(chunk.samples), -1, 1)
        ended = self._kaldi.AcceptWaveform((clean * 32767).astype("<i2").tobytes())
        partial = json.loads(self._kaldi.PartialResult()).get("partial", "")
        self._still = self._still + chunk.seconds if partial == self._partial else 0.0
        self._partial = partial
        if ended and self._still >= STILL:
            self._keep(self._kaldi.Result())
            self._partial = ""
        heard = [word.text for segment in self._segments for word in segment.words]
        going_on = [word for word in self._partial.split() if word not in UNKNOWN]
        return " ".join(heard + going_on)

    def finish(self) -> list[_Segment]:
        self._keep(self._kaldi.FinalResult())
        return self._segments

    def _keep(self, result: str) -> None:
        guesses = _read(result)
        if guesses and (guesses[0].words or guesses[0].unknown):
            self._segments.append(_weigh(guesses, self._start or 0.0))


def find_model(folders: Iterable[Path], language: str) -> Path | None:
    """Find the first whole model for a language; None where there is none."""
    for folder in folders:
        for model in sorted(folder.glob("vosk-model-*")):
            if _speaks(model.name, language.lower()) and not find_fault(model):
                return model
    return None


def find_fault(model: Path) -> str:
    """Say what is wrong with a model's folder, as the end of a sentence; "" if it looks whole."""
    if not model.is_dir() or not any(model.iterdir()):
        return "is empty" if model.is_dir() else "is missing"
    parts = {"am/final.mdl": _KALDI, "conf/mfcc.conf": (b"",), "graph/HCLG.fst": _GRAPH}
    if (model / "final.mdl").is_file() and not (model / "am").is_dir():
        parts = {part.rpartition("/")[2]: begins for part, begins in parts.items()}
    *others, whole = parts
    if not (model / whole).is_file():
        parts = {part: parts[part] for part in others}
        parts |= {whole.replace("HCLG", half): _GRAPH for half in ("HCLr", "Gr")}
    for part, begins in parts.items():
        if not (model / part).is_file() or not (model / part).stat().st_size:
            return f"is not whole: {part} is missing or empty"
        with (model / part).open("rb") as file:
            if not file.read(4).startswith(begins):
                return f"is damaged: {part} is not what it should be"
    return ""


def _speaks(name: str, language: str) -> bool:
    spoken = re.sub(r"^vosk-model-(small-)?", "", name.lower())
    hidden = any(spoken.startswith(weak) and language != weak for weak in NOT_BY_DEFAULT)
    return f"{spoken}-".startswith(f"{language}-") and not hidden


def _import_vosk() -> Any:
    """Import Vosk without a socket.

    It imports urllib3, which binds an IPv6 socket to see whether it can, unless Python
    says that there is no IPv6. We download nothing with it, so nothing is lost.
    """
    has_ipv6, socket.has_ipv6 = socket.has_ipv6, False
    try:
        return importlib.import_module("vosk")
    except (ImportError, OSError) as cause:
        problem = f"Vosk could not be loaded ({type(cause).__name__})."
        raise EngineError(problem, fix="Run: scripts/companion setup") from cause
    finally:
        socket.has_ipv6 = has_ipv6


def _made(failure: Exception, make: Callable[..., Any], *parts: Any, **named: Any) -> Any:
    """Make one of Vosk's objects, or raise our error in place of its own."""
    try:
        return make(*parts, **named)
    except Exception as cause:  # Vosk raises nothing narrower.
        raise failure from cause


def _read(result: str) -> list[_Guess]:
    """Read Vosk's guesses, the best first; those that differ in noises alone are one."""
    together: dict[str, _Guess] = {}
    for entry in (json.loads(result) or {}).get("alternatives", ()):
        heard = [(word["word"], word["start"], word["end"]) for word in entry.get("result", ())]
        words = tuple(word for word in heard if word[0] not in UNKNOWN)
        guess = _Guess(words, float(entry["confidence"]), len(words) < len(heard))
        twin = together.get(guess.text, guess)
        if twin is not guess:
            both = float(np.logaddexp(twin.likelihood, guess.likelihood))
            guess = replace(max(twin, guess, key=lambda one: one.likelihood), likelihood=both)
        together[guess.text] = guess
    return sorted(together.values(), key=lambda one: -one.likelihood)


def _weigh(guesses: Sequence[_Guess], start: float) -> _Segment:
    """Turn likelihoods into probabilities, and count time from `start` in seconds."""
    shares = [math.exp(one.likelihood - guesses[0].likelihood) for one in guesses]
    odds = [share / sum(shares) for share in shares]
    weighed = list(zip(guesses, odds, strict=True))
    words = []
    for word, begin, end in guesses[0].words:
        sure = sum(odd for one, odd in weighed if one.holds(word, begin, end))
        words.append(Word(word, start + begin, start + end, min(1.0, sure)))
    texts = tuple((one.text, odd) for one, odd in weighed)
    return _Segment(tuple(words), texts, guesses[0].unknown)


def _alternatives(text: str, segments: Iterable[_Segment]) -> tuple[str, ...]:
    """Join the guesses of all segments into the likeliest other texts, best first."""
    lines = [("", 1.0)]
    for segment in segments:
        joined = (
            (f"{line} {guess}".strip(), chance * odds)
            for line, chance in lines
            for guess, odds in segment.guesses
        )
        lines = heapq.nlargest(MOST_ALTERNATIVES + 1, joined, key=lambda one: one[1])
    likely = dict.fromkeys(line for line, chance in lines if chance >= LEAST_LIKELY)
    return tuple(line for line in likely if line not in ("", text))
