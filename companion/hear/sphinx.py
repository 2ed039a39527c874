"""PocketSphinx: the ear that needs no download."""

from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

from companion.answers import Answers
from companion.values import AudioChunk, Expected, Transcript, Word


class SphinxRecogniser:
    """Hears closed answers by a grammar, and free speech by a trigram."""

    name = "sphinx"
    hears_danger = False

    def __init__(self, folder: Path, answers: Answers) -> None:
        self._answers = answers
        self._decoder = Decoder(
            loglevel="FATAL",
            lm=str(folder / "trigram.lm.bin"),
            dict=str(folder / "words.dict"),
            bestpath=False,
            fwdflat=False,
        )
        self._at = None
        self._open = False

    def start(self, expected: Expected) -> None:
        """Forget the last utterance."""
        if self._open:
            self._decoder.end_utt()
        self._decoder.start_utt()
        self._open = True
        self._at = None

    def accept(self, chunk: AudioChunk) -> str:
        """Take the next sound."""
        if self._at is None:
            self._at = chunk.start
        pcm = (np.clip(chunk.samples, -1, 1) * 32767).astype("<i2")
        self._decoder.process_raw(pcm.tobytes())
        found = self._decoder.hyp()
        return found.hypstr if found else ""

    def finish(self) -> Transcript:
        """Give the words."""
        self._decoder.end_utt()
        self._open = False
        found = self._decoder.hyp()
        words = tuple(
            Word(
                s.word,
                (self._at or 0) + s.start_frame / 100,
                (self._at or 0) + s.end_frame / 100,
                1,
            )
            for s in self._decoder.seg() or ()
            if not s.word.startswith(("<", "[", "+"))
        )
        return Transcript(found.hypstr if found else "", words=words)
