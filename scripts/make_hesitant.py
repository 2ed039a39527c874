"""Make speech that hesitates: turns with pauses, fillers, sighs and restarts, and their labels.

    python scripts/make_hesitant.py [--turns 600] [--out build/hesitant]

The sentences are ours, the speech is eSpeak NG's, everything is seeded. Speakers are split
between tuning and test, and so are sentences: prompts/en/sentences for tuning, and for the
test those of tests/speech/unseen.yaml, written apart. Labels give the time of every word and
pause, and where the turn truly ends: at its last word.

- Pauses are log-normal, median 0.8 s, 95th percentile 2.5 s over all speakers; about a third
  of the variance is between speakers. None is longer than 2.5 s, unless words that trail off,
  join or ask for room come before it.
- Half of the pauses stand between clauses and half within (after F. Goldman-Eisler,
  Psycholinguistics, 1968). Those within stand between any two words, so that no rule about
  words is favoured. Between clauses, the word that joins is as often before as after the pause.
- "um" and "uh" announce pauses (H. Clark, J. Fox Tree, Cognition 84 (2002), 73-111): two in
  five pauses have one, before or after.
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import NormalDist

import numpy as np
import soundfile
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from hesitant_speech import RATE, Espeak, Label, Piece, Speaker, record
from make_language_model import Sentences, Shared, expand

from companion import paths
from companion.content import read

SEED = 7
SPEAKERS, TUNING = 24, 8
LEFT_OUT = ("answers", "danger", "fillers", "greetings", "numbers", "pronunciations", "requests",
            "speech")  # fmt: skip
ACCENTS = ("gmw/en-US", "gmw/en", "gmw/en-GB-x-rp", "gmw/en-US-nyc", "gmw/en-GB-scotland")
VARIANTS = {"tuning": ("m1", "f2", "m4"), "test": ("m3", "f3", "m6", "f4", "m7")}
MEDIAN, SPREAD, BETWEEN = 0.8, 0.693, 0.4
"""Seconds, and standard deviations of the logarithm: of all pauses, and between speakers"""
SHORTEST, LONGEST, LONGEST_OPEN, LONGEST_ROOM = 0.2, 2.5, 6.0, 7.0
"""Seconds"""
JOINTS = ("and", "but", "so", "because", "and then", "")
FILLERS = ("um", "uh", "um", "er", "hmm")
TRAILS = ("i don't know", "you know", "it's just", "i mean", "and then i", "it's like")
ROOM = ("let me think", "hang on", "give me a moment", "how do i say this", "wait a second")
LAST = ("so yeah", "that's all", "i don't know", "you know", "and um", "thank you")


def speakers(chance: random.Random) -> Iterator[Speaker]:
    """Make the speakers, tuning first. Their pauses are spread evenly over what people do."""
    sizes = {"tuning": TUNING, "test": SPEAKERS - TUNING}
    habits = [
        (share + 0.5) / size
        for size in sizes.values()
        for share in chance.sample(range(size), size)
    ]
    for number, habit in enumerate(habits):
        split = "tuning" if number < TUNING else "test"
        variants = VARIANTS[split]
        accent = ACCENTS[number % len(ACCENTS)]
        yield Speaker(
            f"{split}-{number:02}",
            split,
            f"{accent}+{variants[number % len(variants)]}",
            chance.randint(85, 135),
            chance.randint(35, 60),
            round(MEDIAN * math.exp(BETWEEN * NormalDist().inv_cdf(habit)), 3),
        )


def sentences() -> list[str]:
    """Give our sentences of 4 to 14 words, a few from each template."""
    folder, chance = paths.content() / "en" / "sentences", random.Random(SEED)
    shared = read(folder / "fillers.yaml", Shared).fillers
    made: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in LEFT_OUT:
            file = read(path, Sentences)
            for template in file.templates:
                made += expand(template, {**shared, **file.fillers}, 3, chance)
    return [one for one in made if 4 <= len(one.split()) <= 14]


def unseen() -> list[str]:
    """Give the sentences that were written apart from all of those."""
    path = ROOT / "tests" / "speech" / "unseen.yaml"
    written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["sentences"]
    return [str(one) for one in written if 4 <= len(one.split()) <= 14]


class Writer:
    """Thinks of hesitant turns."""

    def __init__(self, pools: dict[str, list[str]], chance: random.Random) -> None:
        self._pools = pools
        self._chance = chance

    def turn(self, speaker: Speaker) -> list[Piece]:
        """Give the pieces of a turn; the last has no pause after it."""
        chance, pieces, carried = self._chance, [], ""
        count = chance.choices((1, 2, 3), (35, 40, 25))[0]
        for number in range(count):
            words = f"{carried} {chance.choice(self._pools[speaker.split])}".split()
            pieces += self._sentence(words, speaker)
            rest, carried = pieces.pop().text, ""
            if number < count - 1:
                more, carried = self._junction(rest, speaker)
                pieces += more
            else:
                ending = f"{rest} {chance.choice(LAST)}" if chance.random() < 0.15 else rest
                pieces.append(Piece(ending))
        return pieces

    def _sentence(self, words: list[str], speaker: Speaker) -> list[Piece]:
        """Give a sentence, with or without a pause in it; nothing follows its last piece yet."""
        if self._chance.random() >= 0.37:
            return [Piece(" ".join(words))]
        at = self._chance.randint(1, len(words) - 1)
        again = self._chance.randint(1, min(3, at)) if self._chance.random() < 0.25 else 0
        pieces, opens = self._pause(" ".join(words[:at]), "within", speaker)
        return [*pieces, Piece(" ".join([*opens, *words[at - again :]]))]

    def _junction(self, text: str, speaker: Speaker) -> tuple[list[Piece], str]:
        """End a sentence and begin the next: with a pause in between, three times in four."""
        joint = self._chance.choice(JOINTS)
        if self._chance.random() >= 0.75:
            return [Piece(text, 0.15, "clause")], joint
        if joint and self._chance.random() < 0.5:
            pieces, opens = self._pause(f"{text} {joint}", "joint", speaker)
            return pieces, " ".join(opens)
        pieces, opens = self._pause(text, "clause", speaker)
        return pieces, " ".join([*opens, joint])

    def _pause(self, text: str, place: str, speaker: Speaker) -> tuple[list[Piece], list[str]]:
        """Pause after some words; also give what is said first afterwards."""
        chance, opens = self._chance, []
        kind = chance.random()
        if kind < 0.04:
            text, place = f"{text} {chance.choice(ROOM)}", "room"
        elif kind < 0.12:
            text, place = f"{text} {chance.choice(TRAILS)}", "trails"
        elif kind < 0.32:
            text, place = f"{text} {chance.choice(FILLERS)}", "filler"
        elif kind < 0.52:
            opens = [chance.choice(FILLERS)]
        seconds = self._seconds(place, speaker)
        sighs = seconds > 1.1 and chance.random() < 0.15
        return [Piece(text, round(seconds, 3), place, sighs)], opens

    def _seconds(self, place: str, speaker: Speaker) -> float:
        within = (SPREAD**2 - BETWEEN**2) ** 0.5
        if place == "room":
            return min(LONGEST_ROOM, 3.0 * math.exp(self._chance.gauss(0, 0.4)))
        drawn = speaker.pause * math.exp(self._chance.gauss(0, within))
        if place in ("joint", "filler", "trails"):
            longer = 2.0 if self._chance.random() < 0.2 else 1.0
            return min(max(drawn * longer, SHORTEST), LONGEST_OPEN)
        while drawn > LONGEST:
            drawn = speaker.pause * math.exp(self._chance.gauss(0, within))
        return max(drawn, SHORTEST)


def make(folder: Path, turns: int) -> list[Label]:
    """Make the set, or as many turns of it."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)
    pools = {"tuning": sentences(), "test": unseen()}
    writer, espeak = Writer(pools, chance), Espeak()
    labels: list[Label] = []
    for speaker in list(speakers(chance)):
        for number in range(max(1, turns // SPEAKERS)):
            name = f"{speaker.name}-{number:02}.flac"
            label = Label(name, speaker.name, speaker.split)
            sound = record(writer.turn(speaker), speaker, label, espeak, SEED + len(labels))
            soundfile.write(folder / name, sound, RATE)
            labels.append(label)
    rows = [asdict(label) for label in labels]
    (folder / "labels.json").write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")
    return labels


def main() -> int:
    """Make the set and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=600, help="how many (default: 600)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "hesitant")
    options = parser.parse_args()
    labels = make(options.out, options.turns)
    lengths = [end - start for label in labels for start, end, place in label.pauses
               if place != "room" and end - start > 0.16]  # fmt: skip
    median, high = np.percentile(lengths, (50, 95))
    print(
        f"{len(labels)} turns, {sum(label.end for label in labels) / 60:.0f} minutes, "
        f"{len(lengths)} pauses: median {median:.2f} s, 95th percentile {high:.2f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
