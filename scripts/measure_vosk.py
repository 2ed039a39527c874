"""Measure how well Vosk hears with the small model that is made here.

    python scripts/measure_vosk.py [--data DIR] [--model DIR] [--write]

Speech is eSpeak NG's, in voices that the model was not trained on: that flatters it,
for it has heard nothing but eSpeak. `--data DIR` adds recordings of people (asr_read,
fsdd_digits), which are not part of this project: they are the honest figures.
PocketSphinx, which learned from people, stands beside it. `--write` keeps the result in
docs/vosk.md. About five minutes on two cores, once the model is made.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import make_vosk_test_model as maker
from measure_hearing import (
    ACCENTS,
    RATE,
    Report,
    Speaker,
    Spoken,
    danger,
    demo,
    listen,
    read_aloud,
    unseen,
    word_errors,
)
from vosk_model.vocabulary import DIGIT_NAMES, SIZE

from companion import app, paths
from companion.audio.wav import FileMicrophone
from companion.hear.sphinx import SphinxRecogniser
from companion.hear.vosk import VoskRecogniser
from companion.parts import Parts, read_parts
from companion.settings import Settings
from companion.stages import Recogniser
from companion.values import AnswerKind, Expected

EDGE = 0.3
"""Seconds of quiet around a recording of one word"""
QUESTIONS = {
    AnswerKind.YES_NO: ("yes", "no", "yes please", "not really", "i think so", "no thanks"),
    AnswerKind.SCALE: ("seven", "about a four", "ten", "maybe a six", "two", "eight out of ten"),
    AnswerKind.CHOICE: ("breathing", "i would rather talk", "talking", "breathing please"),
}
HEAD = f"""\
# How well Vosk hears with the small test model

Written by `python scripts/measure_vosk.py --data DIR --write`. The model is the one that
`scripts/make_vosk_test_model.py` makes, to test the engine with: {SIZE:,} words, trained on
eSpeak NG alone. It is no model to talk to: it has never heard a person, and the rows of people
say so. The published models, which `scripts/companion models get` fetches, are trained on people
and could not be measured here.

All speech but that of people is eSpeak NG's, in voices and sentences that the model was not
trained on. It flatters the model, and not PocketSphinx. The demo's voices, though not its
sentences, are among those it was trained on. One setting, the acoustic scale, was chosen among
four by the word errors on the unseen sentences. DIR holds `asr_read` and `fsdd_digits`, recordings
of people that are not part of this project; nothing was fitted on them.
"""

Ears = dict[str, Recogniser]


def digits(data: Path) -> Iterator[Spoken]:
    """Give the spoken digits of people."""
    for file in sorted((data / "fsdd_digits").glob("*.wav")):
        chunks = FileMicrophone(file).blocks()
        quiet = np.zeros(int(EDGE * RATE), np.float32)
        sound = np.concatenate([quiet, *(chunk.samples for chunk in chunks), quiet])
        yield Spoken(DIGIT_NAMES[int(file.name[0])], "people", sound)


def answers(ears: Ears, parts: Parts, material: Iterable[Spoken], asked: Expected) -> str:
    """Give a row: for each ear the right, the wrong and the refused answers."""
    rows = list(material)
    cells = []
    for ear in ears.values():
        marks = [_mark(ear, parts, asked, spoken) for spoken in rows]
        shares = [np.mean([mark == wanted for mark in marks]) for wanted in ("right", "wrong", "")]
        cells += [f"{share:.0%}" for share in shares]
    return " | ".join(cells)


def _mark(ear: Recogniser, parts: Parts, asked: Expected, spoken: Spoken) -> str:
    heard = listen(ear, spoken.sound, asked)
    meaning = None if heard.rejected else parts.answers.read(asked, heard.text)
    if meaning is None:
        return ""
    return "right" if meaning == parts.answers.read(asked, spoken.text) else "wrong"


def closed(ears: Ears, parts: Parts, speaker: Speaker, data: Path | None, to: Report) -> None:
    """Report closed answers."""
    to.say("\n## Closed answers (grammars)\n")
    to.say(
        "| answer | " + " | ".join(f"{name}: right | wrong | asked again" for name in ears) + " |"
    )
    to.say("|---" * (1 + 3 * len(ears)) + "|")
    for kind, texts in QUESTIONS.items():
        asked = Expected(kind, ("talk", "breathing") if kind is AnswerKind.CHOICE else ())
        spoken = speaker.each(texts, len(ACCENTS))
        to.say(f"| {kind}, eSpeak | {answers(ears, parts, spoken, asked)} |")
    if data:
        asked = Expected(AnswerKind.SCALE)
        to.say(f"| scale, digits of people | {answers(ears, parts, digits(data), asked)} |")


def freely(ears: Ears, speaker: Speaker, data: Path | None, to: Report) -> None:
    """Report word errors."""
    material: dict[str, Callable[[], Iterable[Spoken]]] = {
        "unseen sentences": lambda: speaker.each(unseen(), 2),
        "demo": demo,
    }
    if data:
        material["asr_read (people)"] = lambda: read_aloud(data)
        material["fsdd_digits (people)"] = lambda: digits(data)
    to.say("## Words\n")
    to.say("| what, by which ear | word errors | by accent | real-time factor |")
    to.say("|---|---|---|---|")
    for name, give in material.items():
        for engine, ear in ears.items():
            word_errors(f"{name}, {engine}", ear, give(), to)


def build(model: Path, phrases: Callable[[Expected], Sequence[str]], parts: Parts) -> Ears:
    """Give both ears."""
    return {
        "Vosk": VoskRecogniser(model, phrases=phrases),
        "PocketSphinx": SphinxRecogniser(paths.DATA / "en", parts.answers),
    }


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--model", type=Path, help="folder of a Vosk model")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/vosk.md")
    options = parser.parse_args()
    report, speaker = Report(), Speaker()
    parts = read_parts(Settings())
    ears = build(options.model or maker.make(), parts.answers.phrases, parts)
    freely(ears, speaker, options.data, report)
    closed(ears, parts, speaker, options.data, report)
    danger(ears["Vosk"], app.build_guards(parts).incoming, speaker, report)
    if options.write:
        page = "\n".join([HEAD, *report.lines]).rstrip() + "\n"
        (ROOT / "docs" / "vosk.md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
