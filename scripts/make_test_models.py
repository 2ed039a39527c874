"""Make models from a seed, for tests and for measurements.

    python scripts/make_test_models.py [--out DIR] [tiny|stand-in|all]

`tiny`: a voice of 6 kB that sounds and a language model of 1 MB that writes nonsense;
the tests use them. `stand-in`: a voice and language models of the true size of real
ones (1.2 GB), with random weights: what they cost in time and memory is real, what they
say is not. The same bytes every time. Needs the development packages.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from test_models import cache, minds, vits, voices

from companion import paths

DICTIONARY = paths.DATA / "en" / "words.dict"


def dictionary() -> list[str]:
    """Give the words of the ear's dictionary: a stand-in writes them as a real model would."""
    lines = DICTIONARY.read_text(encoding="utf-8").splitlines()
    return sorted({word for line in lines if re.fullmatch("[a-z]+", word := line.split()[0])})


def write_stand_in(path: Path, shape: minds.Shape) -> None:
    """Write a language model with the words that are said here."""
    minds.write_mind(path, shape, dictionary())


TINY: dict[str, Callable[[Path], None]] = {
    "en_US-tiny.onnx": voices.write_tiny_voice,
    "tiny.gguf": partial(minds.write_mind, shape=minds.TINY),
}
STAND_IN: dict[str, Callable[[Path], None]] = {
    "en_US-stand-in-medium.onnx": vits.write_medium_voice,
    "stand-in-0.5b-q4_0.gguf": partial(write_stand_in, shape=minds.HALF_BILLION),
    "stand-in-1.5b-q4_0.gguf": partial(write_stand_in, shape=minds.ONE_AND_A_HALF_BILLION),
}
KINDS = {"tiny": TINY, "stand-in": STAND_IN, "all": TINY | STAND_IN}


def usual_folder() -> Path:
    """Give a folder for each version of the code and the words."""
    code = (Path(__file__), *sorted((ROOT / "scripts" / "test_models").glob("*.py")))
    return cache.folder("tiny", (DICTIONARY, *code), version("gguf"))


def make(name: str, folder: Path | None = None) -> Path:
    """Give a model by its name; write it if it is not there."""
    folder = folder or usual_folder()
    path = folder / name
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        # Moved here once it is whole, for two may write at once; the settings of a voice first.
        with TemporaryDirectory(dir=folder) as draft:
            KINDS["all"][name](Path(draft) / name)
            for made in sorted(Path(draft).iterdir(), reverse=True):
                made.replace(folder / made.name)
    return path


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Write the models and print their sizes and digests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="folder to write to")
    parser.add_argument("kind", nargs="?", choices=KINDS, default="tiny")
    options = parser.parse_args()
    for name in KINDS[options.kind]:
        path = make(name, options.out)
        print(f"{digest(path)[:16]}  {path.stat().st_size / 1e6:9.3f} MB  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
