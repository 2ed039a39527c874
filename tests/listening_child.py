"""Listens to half an hour of sound in one turn, and tells what memory it took.

    python -m tests.listening_child MODEL SPEECH.npy

Tells megabytes after five minutes and at most, how many words there were, and when the last began.
"""

import sys
from pathlib import Path

import numpy as np

from companion.hear.vosk import VoskRecogniser
from companion.values import Expected

from . import voices

MINUTES, EARLY = 30, 5


def resident() -> int:
    """Give the memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4 // 1024


def main() -> None:
    """Listen: each minute has the speech, then quiet."""
    ear, speech = VoskRecogniser(Path(sys.argv[1])), np.load(sys.argv[2])
    minute = np.concatenate([speech, voices.quiet(60)])[: 60 * voices.RATE]
    ear.start(Expected())
    used = []
    for _ in range(MINUTES):
        for chunk in voices.chunks(minute, voices.RATE // 10):
            ear.accept(chunk)
        used.append(resident())
    words = ear.finish().words
    sys.stdout.write(f"{used[EARLY - 1]} {max(used)} {len(words)} {words[-1].start}\n")


if __name__ == "__main__":
    main()
