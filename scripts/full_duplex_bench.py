"""Answer the recordings of Full-Duplex-Bench, so that its own scripts can judge the answers.

    python scripts/full_duplex_bench.py --data FOLDER

FOLDER is its `root_dir`: in each folder below it, at any depth, lies an `input.wav`; beside it
an `output.wav` is written, as long as it and in time with it, with what we said in answer. Then
run its `prepare_for_eval/asr.py` and `evaluate.py`. Work is charged as it was measured here.
Prints how many recordings we spoke into before their last voice ended, as our detector hears it.
"""

import argparse
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from companion import app
from companion.audio.wav import FileMicrophone, FileSpeaker
from companion.conversation import Conversation
from companion.events import Heard, Timed
from companion.parts import Parts, build_recogniser, read_parts
from companion.settings import Settings, read_settings


def main() -> int:
    """Answer each; 2 where there are none."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--settings", type=Path)
    chosen = options.parse_args()
    inputs = sorted(chosen.data.rglob("input.wav"))
    if not inputs:
        print(f"There is no input.wav in {chosen.data}: see the top of this file.")
        return 2
    settings = read_settings(chosen.settings) if chosen.settings else Settings()
    parts = read_parts(settings)
    # Recordings of actors and of consenting speakers: nobody is at risk.
    conversation = app.build_conversation(
        parts, build_recogniser(parts), aloud=True, nobody_at_risk=True
    )
    with closing(conversation):
        early = sum(answered(path, parts, conversation) for path in inputs)
    print(f"{len(inputs)} answered; into {early} of them we spoke before the last voice ended.")
    return 0


def answered(path: Path, parts: Parts, conversation: Conversation) -> bool:
    """Write the answer beside a recording; say whether it began before the last voice ended."""
    speaker = FileSpeaker()
    talk = app.build_talk(parts, conversation, charge_work=True)
    began, last = [], 0.0
    for event in talk.run(FileMicrophone(path), speaker):
        if isinstance(event, Timed):
            began.append(event.at)
        elif isinstance(event, Heard):
            last = event.utterance.end
    said = speaker.samples()
    length = round(soundfile.info(path).duration * speaker.rate)
    whole = np.zeros(length, np.float32)
    whole[: min(length, len(said))] = said[:length]
    soundfile.write(path.with_name("output.wav"), whole, speaker.rate)
    return any(at < last for at in began)


if __name__ == "__main__":
    sys.exit(main())
