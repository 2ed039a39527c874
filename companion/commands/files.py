"""hear, say: one stage at a time, on sound files."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from companion import app
from companion.audio.wav import FileMicrophone, FileSpeaker
from companion.errors import AudioError, CompanionError
from companion.events import EarEvent, SpeechStarted, Spoken, TurnTaken
from companion.hear.ear import TurnEar
from companion.parts import build_ear, build_recogniser, build_voices, read_parts
from companion.settings import read_settings
from companion.stages import Recogniser
from companion.values import Expected, Style, Word


@dataclass
class _Hearing:
    """The words of one file, turn by turn."""

    recogniser: Recogniser
    texts: list[str] = field(default_factory=list, repr=False)
    words: list[Word] = field(default_factory=list, repr=False)

    def take(self, events: Iterable[EarEvent]) -> None:
        for event in events:
            match event:
                case SpeechStarted():
                    self.recogniser.start(Expected())
                case Spoken():
                    self.recogniser.accept(event.chunk)
                case TurnTaken():
                    transcript = self.recogniser.finish()
                    self.texts.append(transcript.text)
                    self.words.extend(transcript.words)


def hear(options: argparse.Namespace) -> int:
    """Print the words of each file."""
    parts = read_parts(read_settings(options.settings))
    recogniser = build_recogniser(parts)

    def words_of(path: Path) -> tuple[dict[str, Any], str]:
        return _hear(path, recogniser, build_ear(parts.settings))

    return _each(options.files, words_of, options.json)


def say(options: argparse.Namespace) -> int:
    """Speak the text of standard input into a file."""
    parts = read_parts(read_settings(options.settings))
    try:
        text = sys.stdin.read()
    except UnicodeDecodeError:
        raise AudioError("The text is not written in UTF-8.", fix="Send UTF-8.") from None
    speak = parts.settings.speak
    style = Style(speak.speed, speak.volume, speak.pitch)
    speaker = FileSpeaker()
    voice = build_voices(parts)[0]
    for note in parts.notes:
        print(note, file=sys.stderr)
    for chunk in voice.synthesize(app.own_words(text), style):
        speaker.play(chunk)
    if not speaker.drained():
        raise AudioError("There is nothing to say.", fix="Send some words on standard input.")
    speaker.write(options.out)
    return 0


def _hear(path: Path, recogniser: Recogniser, ear: TurnEar) -> tuple[dict[str, Any], str]:
    microphone = FileMicrophone(path)
    hearing = _Hearing(recogniser)
    seconds = 0.0
    for chunk in microphone.blocks():
        seconds = chunk.end
        hearing.take(ear.push(chunk, Expected()))
    hearing.take(ear.flush())
    text = " ".join(text for text in hearing.texts if text)
    row = {
        "file": str(path),
        "seconds": round(seconds, 3),
        "text": text,
        "words": [
            {
                "word": word.text,
                "start": round(word.start, 3),
                "end": round(word.end, 3),
                "confidence": round(word.confidence, 3),
            }
            for word in hearing.words
        ],
        "engine": recogniser.name,
        "notes": list(microphone.notes),
    }
    return row, text or "(nothing understood)"


def _each(
    files: Iterable[Path], work: Callable[[Path], tuple[dict[str, Any], str]], as_json: bool
) -> int:
    """Go on with the next file when one is bad: one sentence for each, and exit code 1."""
    code = 0
    for path in files:
        try:
            row, text = work(path)
        except CompanionError as error:
            print(error, file=sys.stderr)
            code = 1
            continue
        print(json.dumps(row, ensure_ascii=False) if as_json else f"{path}: {text}", flush=True)
        for note in row["notes"] if not as_json else ():
            print(f"{path}: {note}", file=sys.stderr)
    return code
