"""PocketSphinx: the ear that needs no download.

Its acoustic model comes in a wheel and is weak on how people talk, so it is used
in two ways. Free talk goes through a trigram of our own sentences
(`scripts/make_language_model.py`). An answer to our own question goes through a
small grammar, and is believed only if free recognition heard something similar,
in about the time it takes to say: speech that is no answer must not be forced
into one. How well both do stands in docs/hearing.md.

The word "help" must always work, and the grammar misses most of it. So what was no answer is
searched for that one word, which is found too often rather than too seldom: all that follows
a wrong one is that the numbers are said.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

from companion.answers import Answers
from companion.errors import EngineError
from companion.values import AnswerKind, AudioChunk, Expected, Transcript, Word

FRAME = 0.01
"""Seconds in PocketSphinx's frames"""
PARTIAL_EVERY = 5
"""Chunks between looks at the words so far: each look costs as much as a chunk"""
ALTERNATIVES = 5
LONGEST_SEARCHED = 4.0
"""Seconds up to which alternatives are looked for: the search grows faster than the sound"""
SIMILAR = 0.25
"""Share of sounds in common from which grammar and free recognition agree (tuned on voices
that no test uses; scripts/measure_hearing.py shows what it costs and gains)"""
LONGEST_START, LONGEST_WORD = 0.8, 0.45
"""Seconds that an answer may take: a start, and so much a word"""
HELP_THRESHOLD = 1e-25
"""From which the word is believed: 23 of 24 short cries for help, and one in ten of other short
answers, by voices that no test uses"""
LONGEST_CRY = 3.0
"""Seconds of an utterance that is searched for it"""
CEPSTRAL_MEAN = "50,0.5,-9.5,22,-12,-4.5,3,-18,0,-9.7,5.5,1.5,-11"
"""Where the normalisation of the channel starts, before any speech was heard: without it the
first words of a talk are lost. A mean over synthetic tuning voices"""


class SphinxRecogniser:
    """Hears closed answers by a grammar with rejection, and free speech by a trigram."""

    name = "sphinx"
    hears_danger = False
    """Measured: docs/hearing.md. Far below the floor of docs/crisis.md: it carries no free talk"""

    def __init__(
        self,
        folder: Path,
        answers: Answers,
        *,
        language: str = "en",
        trigram: Path | None = None,
        words: Path | None = None,
    ) -> None:
        """Load `trigram.lm.bin` and `words.dict` of a folder, or those that are named.

        Raises EngineError.
        """
        words, trigram = words or folder / "words.dict", trigram or folder / "trigram.lm.bin"
        if not words.is_file() or not trigram.is_file():
            raise EngineError(
                f"The recogniser's files are missing in '{folder}'.",
                fix="Run: python scripts/make_language_model.py",
            )
        self._answers = answers
        self._language = language
        self._sounds = _read_sounds(words)
        self._free = _Search(Decoder(lm=str(trigram), dict=str(words), **_QUICK))
        # The grammars' words are few, so their decoder is light.
        self._closed = _Search(Decoder(lm=None, dict=str(words), **_QUICK))
        self._grammars: set[str] = set()
        phrases = answers.phrases(Expected(AnswerKind.YES_NO))
        self._help = min((p for p in phrases if answers.command(p) == "help"), key=len)
        self._closed.decoder.add_keyphrase(_HELP, self._help)
        self.start(Expected())

    def start(self, expected: Expected) -> None:
        """Forget the last utterance; listen for this kind of answer."""
        self._expected = expected
        self._chunks: list[AudioChunk] = []
        self._searching = self._free
        if expected.is_closed:
            # One that was not finished must end before its grammar can be changed.
            self._closed.start()
            self._closed.decoder.activate_search(self._grammar(expected))
            self._searching = self._closed
        self._searching.start()

    def accept(self, chunk: AudioChunk) -> str:
        """Take the next sound; give the words so far."""
        if self._expected.is_closed:
            self._chunks.append(chunk)
        return self._searching.accept(chunk)

    def finish(self) -> Transcript:
        """Give the words, their times, and what else it may have been."""
        heard = self._searching.finish(self._language)
        if not self._expected.is_closed:
            return heard
        self._free.start()
        for chunk in self._chunks:
            self._free.accept(chunk)
        free = self._free.finish(self._language)
        if self._is_answer(heard, free):
            # What was heard freely is kept beside the answer, for the guard.
            others = tuple(dict.fromkeys((free.text, *free.alternatives)))
            return _with(heard, alternatives=others, rejected=False)
        if free.text and self._cries_for_help():
            return Transcript(self._help, self._language, alternatives=(free.text,))
        return _with(free, alternatives=free.alternatives, rejected=bool(free.text))

    def _cries_for_help(self) -> bool:
        """Look for the one word in what was no answer."""
        if self._chunks[-1].end - self._chunks[0].start > LONGEST_CRY:
            return False
        self._closed.decoder.activate_search(_HELP)
        self._closed.start()
        for chunk in self._chunks:
            self._closed.accept(chunk)
        return bool(self._closed.finish(self._language).text)

    def _is_answer(self, heard: Transcript, free: Transcript) -> bool:
        if not heard.words or not free.words:
            return False
        meaning = self._answers.read(self._expected, heard.text)
        if meaning is not None and meaning == self._answers.read(self._expected, free.text):
            return True
        took = free.words[-1].end - free.words[0].start
        if took > LONGEST_START + LONGEST_WORD * len(heard.words):
            return False
        return _similarity(self._spell(heard.text), self._spell(free.text)) >= SIMILAR

    def _spell(self, text: str) -> list[str]:
        return [sound for word in text.split() for sound in self._sounds.get(word, ())]

    def _grammar(self, expected: Expected) -> str:
        name = "-".join((expected.kind, *expected.choices))
        if name not in self._grammars:
            phrases = [
                phrase
                for phrase in self._answers.phrases(expected)
                if all(word in self._sounds for word in phrase.split())
            ]
            rules = " | ".join(f"({phrase})" for phrase in phrases)
            self._closed.decoder.add_jsgf_string(
                name, f"#JSGF V1.0;\ngrammar answers;\npublic <answer> = {rules};\n"
            )
            self._grammars.add(name)
        return name


_HELP = "cry for help"
"""Name of the search for that word"""

# Both later passes are off: they hold Python's lock for 400 ms after nine seconds of speech.
# The language weighs twice what PocketSphinx gives it and the search is wider, because the
# acoustic model is weak: on tuning voices 77 % word errors became 50 %.
_QUICK = {
    "bestpath": False,
    "fwdflat": False,
    "lw": 13.0,
    "beam": 1e-80,
    "wbeam": 1e-60,
    "pbeam": 1e-80,
    "cmninit": CEPSTRAL_MEAN,
    "kws_threshold": HELP_THRESHOLD,
    "loglevel": "FATAL",
}


class _Search:
    """One decoder, and the utterance that goes through it."""

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        self._is_open = False
        self._first = 0.0
        self._heard = 0
        self._seconds = 0.0
        self._partial = ""

    def start(self) -> None:
        if self._is_open:
            self.decoder.end_utt()
        self._is_open, self._heard, self._seconds, self._partial = False, 0, 0.0, ""

    def accept(self, chunk: AudioChunk) -> str:
        if not self._is_open:
            self.decoder.start_utt()
            self._is_open, self._first = True, chunk.start
        pcm = (np.clip(chunk.samples, -1, 1) * 32767).astype("<i2")
        self.decoder.process_raw(pcm.tobytes())
        self._heard += 1
        self._seconds += chunk.seconds
        if self._heard % PARTIAL_EVERY == 0:
            best = self.decoder.hyp()
            self._partial = _clean(best.hypstr) if best else ""
        return self._partial

    def finish(self, language: str) -> Transcript:
        if not self._is_open:
            return Transcript(language=language)
        self.decoder.end_utt()
        self._is_open = False
        best = self.decoder.hyp()
        text = _clean(best.hypstr) if best else ""
        if not text:
            return Transcript(language=language)
        words = tuple(self._words())
        return Transcript(text, language, words, self._others(text), None)

    def _words(self) -> Sequence[Word]:
        probability = self.decoder.logmath.exp
        return [
            Word(
                text,
                self._first + segment.start_frame * FRAME,
                self._first + (segment.end_frame + 1) * FRAME,
                min(1.0, max(0.0, probability(segment.prob))),
            )
            for segment in self.decoder.seg() or ()
            if (text := _clean(segment.word))
        ]

    def _others(self, text: str) -> tuple[str, ...]:
        """Give the next best word sequences, without fillers and without doubles."""
        found: dict[str, None] = {}
        if self._seconds > LONGEST_SEARCHED:
            return ()
        for hypothesis, _ in zip(self.decoder.nbest() or (), range(4 * ALTERNATIVES), strict=False):
            other = _clean(hypothesis.hypstr) if hypothesis else ""
            if other and other != text:
                found[other] = None
        return tuple(found)[:ALTERNATIVES]


def _clean(text: str) -> str:
    """Drop silences, noises and marks of other pronunciations."""
    words = (word.split("(")[0] for word in text.split())
    return " ".join(word for word in words if word and word[0] not in "<[+")


def _with(transcript: Transcript, *, alternatives: tuple[str, ...], rejected: bool) -> Transcript:
    return Transcript(
        transcript.text,
        transcript.language,
        transcript.words,
        tuple(other for other in alternatives if other and other != transcript.text),
        transcript.confidence,
        rejected=rejected,
    )


def _read_sounds(dictionary: Path) -> dict[str, tuple[str, ...]]:
    """Give each word its first pronunciation."""
    sounds: dict[str, tuple[str, ...]] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, *phones = line.split()
        sounds.setdefault(word.split("(")[0], tuple(phones))
    return sounds


def _similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """Give the share of sounds in common: 1 less the edit distance over the longer length."""
    if not one or not other:
        return 0.0
    row = list(range(len(other) + 1))
    for at, sound in enumerate(one, start=1):
        above, row[0] = row[0], at
        for column, match in enumerate(other, start=1):
            above, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, above + (sound != match)),
            )
    return 1 - row[-1] / max(len(one), len(other))
