"""Play hesitant speech to the turn machine, as often as there are rules to try.

What a turn sounds like to the speech detector and to a recogniser does not depend on the
rules, so it is found once and kept beside the recordings.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from companion.hear.endings import Ending, Endings
from companion.hear.holds import SOONEST, Holds, OwnPauses, Signs
from companion.hear.silero import SileroDetector
from companion.hear.turns import Change, TurnRules, Turns
from companion.sense.cadence import CadenceReader
from companion.stages import Recogniser
from companion.values import AudioChunk, Expected

RATE = 16_000
BLOCK = 512
SPEECH = 0.5
"""The default of hear.speech"""
WORK = 0.1
"""Seconds from a turn being taken to an answer that was found during the hold (docs/bench.md)"""
QUIET = 12.0
"""Seconds of quiet after each turn: longer than any hold"""
START = 0.1
"""Seconds until a voice that goes on is believed, and our answer is held back"""

Words = Sequence[tuple[float, str]]
"""From when on, in seconds, these were the words so far"""


@dataclass
class Turn:
    """One turn of the set, with all that can be heard of it."""

    file: str
    speaker: str
    split: str
    words: list[tuple[str, float, float]]
    pauses: list[tuple[float, float, str]]
    end: float
    """Seconds"""
    speech: list[bool]
    """Whether each block holds speech"""
    recognised: Words = ()
    tones: Sequence[tuple[float, float | None]] = ()
    """From when on, in seconds, the voice was known to give the turn away (1) or hold it (-1)"""


@dataclass(frozen=True)
class Result:
    """What rules made of one turn. Times in seconds."""

    taken: tuple[float, ...]
    """When it was taken, the last time after its end"""
    early: tuple[tuple[float, float, str], ...]
    """Where it was taken before its end: when an answer would sound, when the voice went on, after
    what"""
    end: float
    sounds: float
    """When the answer sounds"""

    @property
    def hold(self) -> float:
        """Seconds from the true end to the turn being taken."""
        return self.taken[-1] - self.end

    @property
    def voice_to_voice(self) -> float:
        """Seconds from the true end to the answer."""
        return self.sounds - self.end

    @property
    def is_cut(self) -> bool:
        """Say whether an answer sounded before the end."""
        return any(sounds < goes_on + START for sounds, goes_on, _ in self.early)


def read_set(folder: Path, split: str) -> list[Turn]:
    """Read the labels of a part of the set, and judge every block once."""
    every = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    rows = [row for row in every if row["split"] == split]
    kept = folder / "speech.json"
    judged = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for row in rows:
        if row["file"] not in judged:
            detector = SileroDetector()
            judged[row["file"]] = [
                int(detector.probability(block) > SPEECH) for block in blocks(folder / row["file"])
            ]
    kept.write_text(json.dumps(judged), encoding="utf-8")
    return [Turn(**row, speech=[bool(one) for one in judged[row["file"]]]) for row in rows]


def recognise(folder: Path, turns: Iterable[Turn], recogniser: Recogniser) -> None:
    """Give each turn the words as they came up in a recogniser."""
    kept = folder / f"words-{recogniser.name}.json"
    heard = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for turn in turns:
        if turn.file not in heard:
            heard[turn.file] = list(_partials(folder / turn.file, recogniser))
            kept.write_text(json.dumps(heard), encoding="utf-8")
        turn.recognised = heard[turn.file]


def sense(folder: Path, turns: Iterable[Turn]) -> None:
    """Give each turn how its voice comes to its pauses, as our own reader finds it."""
    kept = folder / "tones.json"
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for turn in turns:
        if turn.file not in found:
            found[turn.file] = list(_tones(folder / turn.file))
        turn.tones = found[turn.file]
    kept.write_text(json.dumps(found), encoding="utf-8")


def _tones(path: Path) -> Iterator[tuple[float, float | None]]:
    reader, last, end = CadenceReader(), None, 0.0
    quiet = np.zeros(round(QUIET * RATE) // BLOCK * BLOCK, np.float32)
    for block in blocks(path):
        reader.accept(block)
        end = block.end
        if (tone := reader.cadence().tone) != last:
            last = tone
            yield round(end, 3), tone
    # The recording ends with its voice, and a pause is known a moment later.
    for at in range(0, RATE, BLOCK):
        reader.accept(AudioChunk(quiet[at : at + BLOCK], RATE, end + at / RATE))
        if (tone := reader.cadence().tone) != last:
            last = tone
            yield round(end + (at + BLOCK) / RATE, 3), tone


def _partials(path: Path, recogniser: Recogniser) -> Iterator[tuple[float, str]]:
    recogniser.start(Expected())
    last = ""
    for block in blocks(path):
        words = recogniser.accept(block)
        if words != last:
            last = words
            yield round(block.end, 3), words


def blocks(path: Path) -> Iterator[AudioChunk]:
    """Cut a recording as a microphone gives it."""
    sound = soundfile.read(path, dtype="float32")[0]
    for at in range(0, len(sound), BLOCK):
        yield AudioChunk(sound[at : at + BLOCK], RATE, at / RATE)


def oracle(turn: Turn) -> Words:
    """Give the words as if each were known when it has been said."""
    texts = [word for word, _, _ in turn.words]
    return [(end, " ".join(texts[: at + 1])) for at, (_, _, end) in enumerate(turn.words)]


class Player:
    """Plays the turns of speakers, one after the other, to one set of rules."""

    def __init__(
        self,
        holds: Holds,
        endings: Endings | None,
        *,
        after_question: bool = False,
        recognised: bool = False,
        tone: float | None = None,
        cadence: bool = False,
    ) -> None:
        """Without `endings`, words do not count.

        `tone`: how often a made-up sign of tone is right, from 0 to 1; None: there is none.
        `cadence`: the tone that our own reader finds counts.
        """
        self._rules = TurnRules(start=START, holds=holds, soonest=SOONEST if endings else 0.0)
        self._endings = endings
        self._after_question = after_question
        self._recognised = recognised
        self._tone = tone
        self._cadence = cadence
        self._chance = np.random.default_rng(1)

    def play(self, turns: Iterable[Turn]) -> list[Result]:
        """Play turns; what is learned of a speaker is kept from one to the next."""
        habits: dict[str, OwnPauses] = {}
        return [
            self._one(turn, Turns(self._rules, habits.setdefault(turn.speaker, OwnPauses())))
            for turn in turns
        ]

    def _one(self, turn: Turn, machine: Turns) -> Result:
        words = _Heard(turn.recognised if self._recognised else oracle(turn))
        taken: list[float] = []
        sounds: list[float] = []
        signs, judged = Signs(self._after_question), ""
        tones, tone = list(turn.tones if self._cadence else ()), None
        quiet = round(QUIET * RATE / BLOCK)
        for number, speech in enumerate([*turn.speech, *([False] * quiet)]):
            start, end = number * BLOCK / RATE, (number + 1) * BLOCK / RATE
            words.go_on(end)
            if self._endings and words.now != judged:
                judged = words.now
                signs = Signs(self._after_question, self._judge(judged), self._sound(turn, end))
            while tones and tones[0][0] <= end:
                tone = tones.pop(0)[1]
            if self._cadence:
                signs = replace(signs, tone=tone)
            for moment in machine.push(speech, start, end, signs):
                if moment.change is Change.TAKEN:
                    taken.append(moment.at)
                    sounds.append(max(moment.at + WORK, machine.soonest))
                    words.begin_anew()
                    signs, judged = Signs(self._after_question), ""
        early = tuple(_early(turn, taken, sounds))
        return Result(tuple(taken), early, turn.end, sounds[-1])

    def _judge(self, words: str) -> Ending:
        assert self._endings
        return self._endings.judge(words, after_question=self._after_question)

    def _sound(self, turn: Turn, now: float) -> float | None:
        if self._tone is None:
            return None
        ends = now >= turn.end - 0.05
        return 1.0 if ends == (self._chance.random() < self._tone) else -1.0


class _Heard:
    """The words so far, less those of a turn that was taken."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._next = self._taken = 0
        self.now = ""

    def go_on(self, until: float) -> None:
        while self._next < len(self._words) and self._words[self._next][0] <= until:
            self._next += 1
        whole = self._words[self._next - 1][1] if self._next else ""
        self.now = " ".join(whole.split()[self._taken :])

    def begin_anew(self) -> None:
        whole = self._words[self._next - 1][1] if self._next else ""
        self._taken = len(whole.split())


def _early(
    turn: Turn, taken: Iterable[float], sounds: Iterable[float]
) -> Iterator[tuple[float, float, str]]:
    for at, sounded in zip(taken, sounds, strict=True):
        if at < turn.end:
            goes_on = next((start for _, start, _ in turn.words if start > at), turn.end)
            before = [place for start, _, place in turn.pauses if start <= at]
            yield sounded, goes_on, before[-1] if before else "word"
