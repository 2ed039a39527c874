"""Make a small Vosk model from nothing, to test with.

    python scripts/make_vosk_test_model.py [--out DIR]

eSpeak NG speaks 10,000 texts, seven and a half hours, in 264 voices of eight accents, in
simulated rooms and noise; a small network learns which sound is when; sentences of ours
make the language model. The result is a folder that the unchanged Vosk library loads, with
free speech and grammars. How well it hears, docs/vosk.md tells: it has never heard a person.

Seeded. About eight minutes on one core, and 1.4 GB of memory. Without --out it is kept in this
system's cache, and made anew only when what makes it has changed.
"""

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

if __name__ == "__main__":
    # One core: two would differ in the order in which they add, and so in the last digit.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from test_models import cache
from vosk_model import data, features, graph, kaldi, network, sounds, vocabulary
from vosk_model.speech import Manner, Speaker

from companion import paths

NAME = "vosk-model-small-en-us-test"
TEXTS, EPOCHS = 10_000, 6.0
SETTINGS = """\
--min-active=200
--max-active=3000
--beam=13.0
--lattice-beam=8.0
--acoustic-scale=0.8
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""
"""conf/model.conf"""


def write_model(folder: Path, count: int = TEXTS, epochs: float = EPOCHS) -> None:
    """Write the whole model into a folder."""
    texts = vocabulary.read_texts()
    clock = _Progress()
    made = data.gather(texts, count, lambda number: clock.say("speech", number / count))
    trained = network.train(
        made,
        len(sounds.SOUNDS),
        epochs,
        lambda done, loss, right: clock.say("network", done, f"loss {loss:.2f}, {right:.0%} right"),
    )
    clock.say("graphs", 0.0)
    said = graph.together(made.said, one_by_one(texts), made.joined)
    write_folder(folder, texts, trained, said)
    clock.say("graphs", 1.0)


def write_folder(
    folder: Path, texts: vocabulary.Texts, trained: network.Trained, said: graph.Said
) -> None:
    """Write the files of a model."""
    for part in ("am", "conf", "graph/phones"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    phones = graph.Phones.of_sounds()
    symbols = ["<eps>", *texts.words, vocabulary.UNKNOWN, "#0", "<s>", "</s>"]
    numbers = {word: number for number, word in enumerate(symbols)}
    kaldi.write_model(folder / "am/final.mdl", phones.outputs, trained)
    graph.write_lexicon(folder / "graph/HCLr.fst", phones, numbers, said)
    graph.write_language_model(folder / "graph/Gr.fst", texts.for_the_language_model(), numbers)
    words = "".join(f"{word} {number}\n" for word, number in numbers.items())
    for name, content in {
        "graph/words.txt": words,
        "graph/phones/word_boundary.int": phones.boundaries,
        "graph/disambig_tid.int": "",
        "conf/mfcc.conf": features.SETTINGS,
        "conf/model.conf": SETTINGS,
    }.items():
        (folder / name).write_text(content, encoding="utf-8")


def one_by_one(texts: vocabulary.Texts) -> graph.Said:
    """Say each word by itself in each accent: so none is without a pronunciation."""
    speaker, said = Speaker(), defaultdict[str, Counter[tuple[str, ...]]](Counter)
    for accent in data.ACCENTS:
        for word in texts.words:
            for heard in speaker.say(word, Manner(accent)).words:
                said[word][heard.sounds] += 1
    return said


class _Progress:
    """Says on stderr how far it is, at every tenth."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last = ("", -1)

    def say(self, what: str, done: float, more: str = "") -> None:
        tenth = (what, int(done * 10))
        if tenth != self._last:
            self._last = tenth
            seconds = time.monotonic() - self._began
            print(f"{seconds:5.0f} s  {what} {done:.0%} {more}", file=sys.stderr, flush=True)


def usual_folder() -> Path:
    """Give a folder for each version of the code and the words."""
    code = (ROOT / "scripts" / "vosk_model").glob("*.py")
    content = (paths.content() / "en" / "sentences").glob("*.yaml")
    more = (
        ROOT / "scripts" / "make_language_model.py",
        paths.content() / "en" / "answers.yaml",
        paths.DATA / "demo" / "demo.yaml",
    )
    return cache.folder("vosk", sorted([Path(__file__), *code, *content, *more]))


def make(folder: Path | None = None, write: Callable[[Path], None] = write_model) -> Path:
    """Give the folder of the model; write it if it is not there."""
    whole = (folder or usual_folder()) / NAME
    if not whole.is_dir():
        whole.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=whole.parent) as draft:
            write(Path(draft) / NAME)
            if not whole.is_dir():  # Two may make it at once.
                (Path(draft) / NAME).replace(whole)
    return whole


def main() -> int:
    """Make the model and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="folder to write to")
    whole = make(parser.parse_args().out)
    size = sum(file.stat().st_size for file in whole.rglob("*") if file.is_file())
    print(f"{size / 1e6:.1f} MB  {whole}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
