"""Vosk, with a model that really hears: made here, from eSpeak's speech.

No voice and no plain sentence is one that it was trained on. docs/vosk.md has its figures.
"""

import importlib
import importlib.util
import itertools
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from companion import app
from companion.hear.vosk import VoskRecogniser, find_fault
from companion.parts import Parts, read_parts
from companion.risk import Risk, RiskState
from companion.settings import Settings
from companion.values import AnswerKind, Expected, Samples, Transcript

from . import voices
from .spoken import Spoken, speak

# What makes the model reads PocketSphinx's dictionary, which not every platform has.
pytest.importorskip("pocketsphinx", reason="PocketSphinx is not installed")
maker = importlib.import_module("scripts.make_vosk_test_model")
features = importlib.import_module("vosk_model.features")

ROOT = Path(__file__).parents[1]
MODEL = maker.usual_folder() / maker.NAME
needs_model = pytest.mark.skipif(
    not MODEL.is_dir() or importlib.util.find_spec("vosk") is None,
    reason="run scripts/make_vosk_test_model.py first, where there is Vosk",
)
OPEN, YES_NO, SCALE = (
    Expected(kind) for kind in (AnswerKind.OPEN, AnswerKind.YES_NO, AnswerKind.SCALE)
)
BLOCK = 320
"""20 ms, as the microphone gives them"""
PLAIN = (
    "i feel so tired and i do not know what to do",
    "my sister never asks how i am doing",
    "everything feels heavy when i get up in the morning",
    "i keep thinking about what happened at work",
)
DANGER = (
    "i want to kill myself",
    "i don't want to live anymore",
    "i am going to end my life tonight",
    "i took too many pills",
    "he hits me when he drinks",
    "i have been cutting myself again",
    "i wish i was dead",
    "i cut my wrists and there is a lot of blood",
)
ANSWERS = ("yes", "no", "yes please", "no thanks", "not really", "i think so")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Spoken]:
    """Give all sentences as sound."""
    spoken = speak([*PLAIN, *DANGER, *ANSWERS, "seven"], tmp_path_factory.mktemp("speech"))
    return {one.text: one for one in spoken}


@pytest.fixture(scope="module")
def parts() -> Parts:
    return read_parts(Settings())


@pytest.fixture(scope="module")
def vosk(parts: Parts) -> VoskRecogniser:
    return VoskRecogniser(MODEL, phrases=parts.answers.phrases)


def hear(
    ear: VoskRecogniser, samples: Samples, expected: Expected = OPEN, size: int | None = BLOCK
) -> Transcript:
    ear.start(expected)
    for chunk in voices.chunks(samples, size):
        ear.accept(chunk)
    return ear.finish()


# --- the files ---------------------------------------------------------------


def test_features_are_kaldis() -> None:
    """Our mel cepstra are those of Kaldi's own code, to a thousandth."""
    kaldi = pytest.importorskip("kaldi_native_fbank", reason="needs kaldi-native-fbank")
    sound = np.concatenate([voices.speak(130, 2).samples, voices.noise(0.5, -70)])
    options = kaldi.MfccOptions()
    options.frame_opts.dither, options.frame_opts.samp_freq = 0, features.RATE
    options.use_energy, options.num_ceps = False, features.BINS
    options.mel_opts.num_bins = features.BINS
    options.mel_opts.low_freq, options.mel_opts.high_freq = features.LOWEST, features.HIGHEST
    theirs = kaldi.OnlineMfcc(options)
    theirs.accept_waveform(features.RATE, np.round(sound * 32_767))
    theirs.input_finished()
    rows = [theirs.get_frame(at) for at in range(theirs.num_frames_ready)]

    assert features.mfcc(sound) == pytest.approx(np.array(rows), abs=1e-3)


@needs_model
def test_the_model_is_small_and_whole() -> None:
    """All files that Vosk wants are there, in less than 25 MB."""
    assert find_fault(MODEL) == ""
    assert sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file()) < 25e6
    assert 300 <= len((MODEL / "graph/words.txt").read_text().splitlines()) - 5 <= 1500


@needs_model
@pytest.mark.parametrize("graph", ["HCLr.fst", "Gr.fst"])
def test_every_state_of_a_graph_is_read(graph: str) -> None:
    """The header counts what is there, arcs are sorted as it says, and lead to states."""
    content = (MODEL / "graph" / graph).read_bytes()
    _, properties, _, states, arcs = struct.unpack_from("<iQqqq", content, 4 + 10 + 12 + 4)
    at, counted = 4 + 10 + 12 + 40, 0
    for _ in range(states):
        _, count = struct.unpack_from("<fq", content, at)
        own = np.frombuffer(content, "<i4", 4 * count, at + 12).reshape(-1, 4)
        label = 0 if properties & 1 << 28 else 1
        assert (np.diff(own[:, label]) >= 0).all()
        assert ((0 <= own[:, 3]) & (own[:, 3] < states)).all()
        at, counted = at + 12 + 16 * count, counted + count

    assert (at, counted) == (len(content), arcs)


# --- what it hears -----------------------------------------------------------


@needs_model
def test_sentences_it_never_heard_are_understood(
    vosk: VoskRecogniser, said: dict[str, Spoken]
) -> None:
    """Most words of new sentences in new voices come out right."""
    right = 0
    for text in PLAIN:
        heard = hear(vosk, said[text].samples).text.split()
        right += sum(word in heard for word in text.split())

    assert right >= 0.8 * sum(len(text.split()) for text in PLAIN)


@needs_model
def test_blocks_of_20_ms_are_heard_as_one_piece_is(
    vosk: VoskRecogniser, said: dict[str, Spoken]
) -> None:
    """It makes no difference how the sound is cut."""
    for text in PLAIN[:2]:
        in_blocks, whole = (hear(vosk, said[text].samples, size=size) for size in (BLOCK, None))

        assert in_blocks.text == whole.text
        assert [w.start for w in in_blocks.words] == [w.start for w in whole.words]


@needs_model
def test_words_are_shown_as_they_come(vosk: VoskRecogniser, said: dict[str, Spoken]) -> None:
    """The words so far grow while somebody speaks, and are all there at the end."""
    vosk.start(OPEN)
    chunks = voices.chunks(said[PLAIN[0]].samples, BLOCK)
    shown = list(dict.fromkeys(vosk.accept(chunk) for chunk in chunks))
    heard = vosk.finish().text
    counts = [len(text.split()) for text in shown]

    assert counts[0] == 0
    assert len(shown) >= 4
    assert counts[-1] >= len(heard.split()) - 1
    assert all(after >= before - 1 for before, after in itertools.pairwise(counts))


@needs_model
def test_word_times_are_espeaks(vosk: VoskRecogniser, said: dict[str, Spoken]) -> None:
    """A word begins and ends within 80 ms of where eSpeak put it."""
    off: list[float] = []
    for text in (*PLAIN, *DANGER):
        heard = hear(vosk, said[text].samples)
        if heard.text == text:
            for word, (start, end) in zip(heard.words, said[text].times, strict=True):
                # Where two words run together, eSpeak does not say where one ends.
                off += [abs(word.start - start), abs(word.end - end)] if end > 0.5 else []

    assert len(off) >= 40
    assert np.quantile(off, 0.95) <= 0.08


# --- grammars and the guard --------------------------------------------------


@needs_model
@pytest.mark.parametrize(
    ("expected", "answer"), [*((YES_NO, answer) for answer in ANSWERS), (SCALE, "seven")]
)
def test_closed_answers_are_heard(
    vosk: VoskRecogniser,
    parts: Parts,
    said: dict[str, Spoken],
    expected: Expected,
    answer: str,
) -> None:
    """An answer to a closed question means what was said."""
    heard = hear(vosk, said[answer].samples, expected)

    assert not heard.rejected
    assert parts.answers.read(expected, heard.text) == parts.answers.read(expected, answer)


@needs_model
def test_danger_in_place_of_an_answer_reaches_the_guard(
    vosk: VoskRecogniser, parts: Parts, said: dict[str, Spoken]
) -> None:
    """Where yes or no was asked for, danger is heard all the same."""
    guard = app.build_guards(parts).incoming
    found = [
        guard.weigh(hear(vosk, said[text].samples, YES_NO), RiskState())[0].level >= Risk.CONCERN
        for text in DANGER
    ]

    assert sum(found) >= 6


@needs_model
def test_danger_among_the_alternatives_reaches_the_guard(
    vosk: VoskRecogniser, parts: Parts, said: dict[str, Spoken]
) -> None:
    """What else it may have been counts: in noise, it tells of danger that the text does not."""
    guard = app.build_guards(parts).incoming
    alone, together = 0, 0
    for seed, text in enumerate(DANGER * 4):
        clean = said[text].samples
        noise = voices.noise(len(clean) / voices.RATE + 1, (-30, -27)[seed % 2], seed)[: len(clean)]
        heard = hear(vosk, 0.5 * clean + noise)
        alone += guard.weigh(Transcript(heard.text), RiskState())[0].level >= Risk.CONCERN
        together += guard.weigh(heard, RiskState())[0].level >= Risk.CONCERN

    assert together > alone > 0


# --- beside other work -------------------------------------------------------


@needs_model
def test_two_listen_at_once(vosk: VoskRecogniser, said: dict[str, Spoken]) -> None:
    """Two recognisers in two threads hear what each hears alone."""
    alone = [hear(vosk, said[text].samples) for text in PLAIN[:2]]
    together: dict[int, Transcript] = {}

    def listen(number: int) -> None:
        together[number] = hear(VoskRecogniser(MODEL), said[PLAIN[number]].samples)

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert [together[number] for number in range(2)] == alone


@needs_model
def test_other_threads_go_on(vosk: VoskRecogniser, said: dict[str, Spoken]) -> None:
    """Python's lock is never held for 20 ms: a thread that wakes every 2 ms sees no such gap.

    Another program may take the processor away; so the best of ten tries counts.
    """
    longest = [max(_gaps(vosk, said[PLAIN[0]].samples)) for _ in range(10)]

    assert min(longest) < 0.02


def _gaps(vosk: VoskRecogniser, samples: Samples) -> list[float]:
    done, times = threading.Event(), [time.perf_counter()]

    def tick() -> None:
        while not done.wait(0.002):
            times.append(time.perf_counter())
        times.append(time.perf_counter())

    ticking = threading.Thread(target=tick)
    ticking.start()
    hear(vosk, samples, size=5 * BLOCK)
    done.set()
    ticking.join(10)
    return [after - before for before, after in itertools.pairwise(times)]


@needs_model
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory where Linux tells it")
def test_memory_stays_flat_for_half_an_hour(said: dict[str, Spoken], tmp_path: Path) -> None:
    """A turn of 30 minutes, half of it speech, takes no more memory than five do."""
    file = tmp_path / "speech.npy"
    pieces = [said[text].samples for text in PLAIN]
    np.save(file, np.concatenate(pieces * 2)[: 30 * voices.RATE])
    command = [sys.executable, "-m", "tests.listening_child", str(MODEL), str(file)]
    child = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=900, cwd=ROOT
    )
    early, most, words, last = (float(part) for part in child.stdout.split())

    assert most - early < 20
    assert words > 30 * 30
    assert 29 * 60 < last < 30 * 60
