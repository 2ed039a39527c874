"""Measure the ear that needs no download: words, danger, closed answers.

    python scripts/measure_hearing.py [--data DIR] [--write]

Speech is eSpeak NG's in six accents, in voices that nothing was tuned on; the
sentences were written apart from the training text. Synthetic speech flatters no
recogniser here and proves nothing about people: `--data DIR` adds recordings of
people (asr_read), which are not part of this project. About ten minutes on two
cores. `--write` keeps the result in docs/hearing.md.
"""

import argparse
import csv
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np
import soxr
import yaml
from pocketsphinx import get_model_path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from make_language_model import corpus

from companion import app, paths
from companion.audio.wav import FileMicrophone
from companion.commands.talks import Demo
from companion.content import read
from companion.hear.sphinx import SphinxRecogniser
from companion.parts import Parts, read_parts
from companion.risk import Risk, RiskState
from companion.settings import Settings
from companion.speak.espeak import EspeakVoice
from companion.stages import IncomingGuard, Recogniser
from companion.text import read_spoken_forms
from companion.values import AnswerKind, AudioChunk, Expected, Samples, Style, Transcript

EVERY = 100_000
"""More sentences than any template has"""
RATE = 16_000
BLOCK = 512
ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc")
VARIANTS = ("m3", "f3", "m6")
"""Tuning used m1, f2 and m4"""
FLOOR = 0.90
"""Recall of danger below which an ear may not carry free talk (docs/crisis.md)"""


@dataclass
class Spoken:
    """A sentence as sound."""

    text: str
    accent: str
    sound: Samples


class Report:
    """Lines for the screen and for the page."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str = "") -> None:
        """Print a line and keep it."""
        print(line, flush=True)
        self.lines.append(line)


class Speaker:
    """Speaks sentences in many voices."""

    def __init__(self) -> None:
        self._spoken = read_spoken_forms(paths.content() / "en")
        self._voices: dict[str, EspeakVoice] = {}

    def say(self, text: str, accent: str, number: int) -> Spoken:
        """Speak a sentence at 16 kHz with quiet around it and a little noise."""
        name = f"{accent}+{VARIANTS[number % len(VARIANTS)]}"
        voice = self._voices.setdefault(name, EspeakVoice(name, spoken=self._spoken))
        style = Style(speed=0.9 + 0.1 * (number % 3))
        chunks = list(voice.synthesize(app.own_words(text), style))
        sound = soxr.resample(
            np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate, RATE
        )
        padded = np.concatenate([np.zeros(8_000), sound, np.zeros(8_000)])
        noise = np.random.default_rng(number).standard_normal(len(padded)) * 0.0008
        return Spoken(text, accent, (0.7 * padded + noise).astype(np.float32))

    def each(self, texts: Sequence[str], accents: int) -> Iterator[Spoken]:
        """Speak every sentence in so many of the accents, turn by turn."""
        for number, text in enumerate(texts):
            for step in range(accents):
                accent = ACCENTS[(number + step * 6 // accents) % len(ACCENTS)]
                yield self.say(text, accent, number)


def blocks(sound: Samples) -> Iterator[AudioChunk]:
    """Cut sound as a microphone gives it."""
    for at in range(0, len(sound), BLOCK):
        yield AudioChunk(sound[at : at + BLOCK], RATE, at / RATE)


def listen(ear: Recogniser, sound: Samples, expected: Expected) -> Transcript:
    """Hear one utterance."""
    ear.start(expected)
    for block in blocks(sound):
        ear.accept(block)
    return ear.finish()


def unseen() -> list[str]:
    """Give sentences written apart from the training text, less those that it has by chance."""
    path = ROOT / "tests" / "speech" / "unseen.yaml"
    written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["sentences"]
    trained = set(corpus(paths.content() / "en" / "sentences", most=EVERY))
    return [sentence for sentence in written if sentence not in trained]


def plain(text: str) -> str:
    """Drop what is not a word."""
    return " ".join(re.findall(r"[a-z']+", text.lower())) or "-"


def word_errors(name: str, ear: Recogniser, material: Iterable[Spoken], report: Report) -> None:
    """Report the word error rate and the real-time factor."""
    said: dict[str, list[str]] = defaultdict(list)
    heard: dict[str, list[str]] = defaultdict(list)
    seconds, began = 0.0, time.process_time()
    for spoken in material:
        said[spoken.accent].append(plain(spoken.text))
        heard[spoken.accent].append(plain(listen(ear, spoken.sound, Expected()).text))
        seconds += len(spoken.sound) / RATE
    factor = (time.process_time() - began) / seconds
    every = jiwer.wer(sum(said.values(), []), sum(heard.values(), []))
    by_accent = ", ".join(f"{a} {jiwer.wer(said[a], heard[a]):.0%}" for a in said if len(said) > 1)
    report.say(f"| {name} | {every:.0%} | {by_accent or '-'} | {factor:.2f} |")


def danger(ear: Recogniser, guard: IncomingGuard, speaker: Speaker, report: Report) -> None:
    """Report recall and false alarms of danger, through ear and guard."""
    sets = yaml.load(
        (ROOT / "tests/speech/danger.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    typed = [guard.weigh(Transcript(row["text"]), RiskState())[0] for row in sets["danger"]]
    report.say("\n## Danger phrases\n")
    report.say("| accent | found, of 60 explicit phrases |")
    report.say("|---|---|")
    report.say(f"| (typed, no ear) | {np.mean([a.level >= Risk.CONCERN for a in typed]):.0%} |")
    found: dict[str, list[bool]] = {accent: [] for accent in ACCENTS}
    for spoken in speaker.each([row["text"] for row in sets["danger"]], len(ACCENTS)):
        heard = listen(ear, spoken.sound, Expected())
        level = guard.weigh(heard, RiskState())[0].level
        found[spoken.accent].append(level >= Risk.CONCERN)
    for accent, hits in found.items():
        report.say(f"| {accent} | {np.mean(hits):.0%} |")
    recall = np.mean(sum(found.values(), []))
    texts = [row["text"] if isinstance(row, dict) else row for row in sets["benign"]]
    false = [
        guard.weigh(listen(ear, spoken.sound, Expected()), RiskState())[0].level >= Risk.CONCERN
        for spoken in speaker.each(texts, 2)
    ]
    report.say(
        f"\nRecall {recall:.1%} (the floor for free talk is {FLOOR:.0%}); false alarms on ordinary "
        f"sentences {np.mean(false):.1%} of {len(false)}.\n"
    )


def closed(ear: SphinxRecogniser, parts: Parts, speaker: Speaker, report: Report) -> None:
    """Report right, wrong and refused closed answers, and speech that was forced into one."""
    other = unseen()[:48]
    report.say("## Closed answers (grammar with rejection)\n")
    report.say("| answer | right | wrong | asked again | other speech taken for one |")
    report.say("|---|---|---|---|---|")
    for kind, answers in {
        AnswerKind.YES_NO: ("yes", "no", "yes please", "not really", "i think so", "no thanks"),
        AnswerKind.SCALE: (
            "seven",
            "about a four",
            "ten",
            "maybe a six",
            "two",
            "eight out of ten",
        ),
        AnswerKind.CHOICE: ("breathing", "i would rather talk", "talking", "breathing please"),
    }.items():
        expected = Expected(kind, ("talk", "breathing") if kind is AnswerKind.CHOICE else ())
        marks = [
            _mark(ear, parts, expected, spoken) for spoken in speaker.each(answers, len(ACCENTS))
        ]
        forced = [
            not listen(ear, spoken.sound, expected).rejected for spoken in speaker.each(other, 1)
        ]
        shares = [np.mean([mark == wanted for mark in marks]) for wanted in ("right", "wrong", "")]
        row = " | ".join(f"{share:.0%}" for share in (*shares, np.mean(forced)))
        report.say(f"| {kind} | {row} |")
    _cries(ear, parts, speaker, report)


def _cries(ear: SphinxRecogniser, parts: Parts, speaker: Speaker, report: Report) -> None:
    """Report how often a cry for help is heard, and taken for one where there was none."""
    scale = Expected(AnswerKind.SCALE)
    cries = speaker.each(("help", "help me", "i need help", "please help me"), len(ACCENTS))
    others = speaker.each(("seven", "about a four", "ten", "i am not sure", "no"), len(ACCENTS))
    found, wrong = (
        np.mean(
            [
                parts.answers.read(scale, listen(ear, one.sound, scale).text) == "help"
                for one in said
            ]
        )
        for said in (cries, others)
    )
    report.say(
        f'\n"Help" in place of a number: heard in {found:.0%} of cries, '
        f"and in {wrong:.0%} of short answers that were none."
    )


def _mark(ear: Recogniser, parts: Parts, expected: Expected, spoken: Spoken) -> str:
    heard = listen(ear, spoken.sound, expected)
    meaning = None if heard.rejected else parts.answers.read(expected, heard.text)
    if meaning is None:
        return ""
    return "right" if meaning == parts.answers.read(expected, spoken.text) else "wrong"


def read_aloud(data: Path) -> Iterator[Spoken]:
    """Give the recordings of asr_read."""
    with (data / "asr_read" / "manifest.csv").open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            chunks = FileMicrophone(data / "asr_read" / row["file"]).blocks()
            sound = np.concatenate([chunk.samples for chunk in chunks])
            yield Spoken(row["text"], "people", sound)


def demo() -> Iterator[Spoken]:
    """Give the demo's recordings, each whole."""
    folder = paths.DATA / "demo"
    for name, recording in read(folder / "demo.yaml", Demo).recordings.items():
        chunks = FileMicrophone(folder / recording.file).blocks()
        sound = np.concatenate([chunk.samples for chunk in chunks])
        yield Spoken(" ".join(recording.texts), name, sound)


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/hearing.md")
    options = parser.parse_args()
    report, speaker = Report(), Speaker()
    parts = read_parts(Settings())
    folder = paths.DATA / "en"
    ear = SphinxRecogniser(folder, parts.answers)
    generic = SphinxRecogniser(
        folder,
        parts.answers,
        trigram=Path(get_model_path("en-us/en-us.lm.bin")),
        words=Path(get_model_path("en-us/cmudict-en-us.dict")),
    )
    material: dict[str, Callable[[], Iterable[Spoken]]] = {
        "unseen sentences": lambda: speaker.each(unseen(), 2),
        "demo": demo,
    }
    if options.data:
        material["asr_read (people)"] = lambda: read_aloud(options.data)
    report.say("## Words\n")
    report.say("| what, language model | word errors | by accent | real-time factor |")
    report.say("|---|---|---|---|")
    for name, give in material.items():
        word_errors(f"{name}, our trigram", ear, give(), report)
        # The generic model is slow: every third is enough to tell which is better.
        word_errors(f"{name}, generic model, every third", generic, list(give())[::3], report)
    danger(ear, app.build_guards(parts).incoming, speaker, report)
    closed(ear, parts, speaker, report)
    if options.write:
        head = (
            "# How well the ear without a download hears\n\n"
            "Written by `python scripts/measure_hearing.py --data DIR --write`; DIR holds\n"
            "`asr_read`, recordings of people that are not part of this project. All other\n"
            "speech is eSpeak NG's, in voices nothing was tuned on.\n"
        )
        page = "\n".join([head, *report.lines]).rstrip() + "\n"
        (ROOT / "docs" / "hearing.md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
