"""Measure what a language model and a Piper voice cost, on stand-ins of their true size.

    python scripts/measure_engines.py [--write]

The stand-ins are made when they are not there yet (see make_test_models.py). Each line
is a process of its own, beside nothing, beside a process that keeps a core busy, and
beside such a process of low priority (nice 19). About three minutes on two cores;
`--write` keeps the result in docs/engines.md.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from make_test_models import make
from test_models.forced import Forced

from companion import app, paths
from companion.speak.piper import PiperVoice
from companion.text import read_spoken_forms
from companion.values import Style

ROUNDS = 5
"""Of which the median counts, after one that does not"""
PREFILL, DECODE = 128, 32
"""Tokens"""
PROMPT = "You are warm and calm. You listen, and answer in one or two short sentences. " * 10
HEARD = ("i slept badly and now i worry about work", "my head is full and i cannot rest at all")
SENTENCE = "That sounds hard, and I am glad you told me."
"""Ten words"""
HALF, MORE = "stand-in-0.5b-q4_0.gguf", "stand-in-1.5b-q4_0.gguf"
VOICE = "en_US-stand-in-medium.onnx"
BESIDE = {"nothing": None, "a busy process": 0, "one of low priority": 19}
"""What else runs, and how nice it is"""

HEAD = """\
# What the engines cost

Written by `scripts/measure_engines.py --write`. The models are stand-ins: their sizes and
so their work are those of real ones, their weights are random. What they say is noise.

- Language model: the layers of Qwen2.5 (llama architecture) in Q4_0, with 64,000 tokens for
  152,000: a token is a sixth less work at 0.5 B, a tenth less at 1.5 B. Files in Q4_K_M or Q8_0
  are larger and slower.
- Voice: the layers of a Piper voice of medium quality; masks, relative positions and the
  splines of the durations are left out, about a hundredth of the work. A real file has
  more and smaller steps, so it loads more slowly.
"""
EXPLAINED = f"""
Median of {ROUNDS} rounds; memory is the most that the process held. *Prompt*: {PREFILL} tokens at
once. *Reply*: {DECODE} tokens, one by one. *Sentence*: from a person's new words, with the prompt
before them computed already, to the end of a sentence of ten words in reply. *Time per
second*: seconds of work for a second of speech. *First sound*: from a sentence of ten words to
its first 60 ms; the whole sentence is made before. Where a machine has other work as well,
two runs can differ by a half: compare the lines of one run.
"""


def measure_mind(model: Path, threads: int) -> list[float]:
    """Give tokens a second in and out, seconds for a sentence, and megabytes."""
    import llama_cpp

    mind = llama_cpp.Llama(
        str(model), n_ctx=1024, n_threads=threads, n_threads_batch=threads, verbose=False
    )
    words = mind.tokenize(PROMPT.encode(), add_bos=True)[:PREFILL]

    def prefill() -> None:
        mind.reset()
        mind.eval(words)

    def decode() -> None:
        for token in words[:DECODE]:
            mind.eval([token])

    def sentence() -> None:
        heard.reverse()
        mind.create_chat_completion(
            [{"role": "system", "content": PROMPT}, {"role": "user", "content": heard[0]}],
            logits_processor=llama_cpp.LogitsProcessorList([Forced(mind, SENTENCE)]),
        )

    heard = list(HEARD)
    into, out = PREFILL / median(prefill), DECODE / median(decode)
    return [into, out, median(sentence), megabytes()]


def measure_voice(model: Path, threads: int) -> list[float]:
    """Give seconds of work for a second of sound, seconds to the first, and megabytes."""
    voice = PiperVoice(model, spoken=read_spoken_forms(paths.content() / "en"), threads=threads)
    text = app.own_words(SENTENCE)
    seconds = sum(chunk.seconds for chunk in voice.synthesize(text, Style()))
    whole = median(lambda: list(voice.synthesize(text, Style())))
    first = median(lambda: next(voice.synthesize(text, Style())))
    return [whole / seconds, first, megabytes()]


def median(work: Callable[[], object]) -> float:
    """Give the seconds that it takes, once it is warm."""
    took = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took[1:])


def megabytes() -> float:
    """Give the most memory that this process has held."""
    try:
        # Linux counts what the parent held as well in the other one.
        facts = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in facts if line[:6] == "VmHWM:")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@contextmanager
def busy(niceness: int | None) -> Iterator[None]:
    """Keep a core busy meanwhile; None: leave it alone."""
    if niceness is None:
        yield
        return
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        os.setpriority(os.PRIO_PROCESS, other.pid, niceness)
        yield
    finally:
        other.kill()
        other.wait()


def in_a_process(kind: str, model: Path, threads: int, beside: str) -> list[float]:
    """Measure one line of a table."""
    with busy(BESIDE[beside]):
        done = subprocess.run(
            [sys.executable, __file__, "--one", kind, str(model), str(threads)],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
    figures: list[float] = json.loads(done.stdout)
    return figures


def lines() -> Iterator[str]:
    """Measure all, and yield the page line by line."""
    yield HEAD
    yield machine()
    yield EXPLAINED
    yield "| mind | threads | beside | prompt, tokens/s | reply, tokens/s | sentence, s | MB |"
    yield "|---|---|---|---|---|---|---|"
    for name, model, counts in (("0.5 B", make(HALF), (1, 2)), ("1.5 B", make(MORE), (2,))):
        for threads in counts:
            for beside in BESIDE:
                into, out, sentence, memory = in_a_process("mind", model, threads, beside)
                yield (
                    f"| {name} | {threads} | {beside} "
                    f"| {into:.0f} | {out:.1f} | {sentence:.2f} | {memory:.0f} |"
                )
    yield "\n| voice | threads | beside | time per second | first sound, s | MB |"
    yield "|---|---|---|---|---|---|"
    for threads in (1, 2):
        for beside in BESIDE:
            factor, first, memory = in_a_process("voice", make(VOICE), threads, beside)
            yield f"| medium | {threads} | {beside} | {factor:.3f} | {first:.2f} | {memory:.0f} |"


def machine() -> str:
    """Name the machine and the versions."""
    names = ("llama-cpp-python", "onnxruntime", "piper-tts")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}. "
        f"Load when it began: {os.getloadavg()[0]:.1f}."
    )


def processor() -> str:
    """Give the name of the processor."""
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        facts = []
    named = (line.split(":")[1].strip() for line in facts if line.startswith("model name"))
    return f"{next(named, platform.processor())} ({platform.machine()})"


def main() -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the result in docs/engines.md")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        kind, model, threads = options.one
        measure = {"mind": measure_mind, "voice": measure_voice}[kind]
        print(json.dumps(measure(Path(model), int(threads))))
        return 0
    page = []
    for line in lines():
        print(line, flush=True)
        page.append(line)
    if options.write:
        (ROOT / "docs" / "engines.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
