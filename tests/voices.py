"""Voices of known pitch, and a Vosk model for sounds: no recording of anybody.

A pulse train is the sum of all its harmonics in phase, so the pitch is exact at
every sample. Formants colour it; hiss, closures and pauses stand between the
syllables as in speech.

A real model is far too big for a test. This one knows three sounds: a low tone is
"yes", a high tone is "no", hiss is a word it does not know. It is an ordinary
Kaldi model with four phones and one layer.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.values import AudioChunk, Samples

RATE = 16_000
SYLLABLE = 0.25
"""Seconds, of which the first fifth has no voice"""
PHRASE = 7
"""Syllables from one pause to the next; a pause lasts two"""
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))
"""Hertz: the first three formants of each"""
HIGHEST = 7600
"""Hertz: no harmonic above, so that nothing folds back"""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Voice:
    """A made voice and the truth about it."""

    samples: Samples
    pitch: Floats
    """Hertz at each sample; 0 where there is no voice"""

    @property
    def median(self) -> float:
        """Hertz."""
        return float(np.median(self.pitch[self.pitch > 0]))


def speak(hertz: float, seconds: float = 4.0, *, swing: float = 2.0, seed: int = 0) -> Voice:
    """Speak around a pitch, which swings by so many semitones to either side."""
    random = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    melody = hertz * 2 ** (swing / 12 * np.sin(2 * np.pi * 0.7 * time))
    phase = 2 * np.pi * np.cumsum(melody) / RATE
    sound = 1e-4 * random.standard_normal(len(time))
    pitch = np.zeros(len(time))
    length = int(SYLLABLE * RATE)
    for number, at in enumerate(range(length, len(time) - 2 * length, length)):
        if number % (PHRASE + 2) >= PHRASE:
            continue
        voiced = slice(at + length // 5, at + length)
        vowel = VOWELS[random.integers(len(VOWELS))]
        sound[voiced] += _vowel(melody[voiced], phase[voiced], vowel)
        pitch[voiced] = melody[voiced]
        hiss = slice(at + length // 20, at + length // 6)
        sound[hiss] += 0.2 * np.diff(random.standard_normal(hiss.stop - hiss.start + 1))
    loudest = np.abs(sound).max()
    return Voice((sound / loudest * 0.5).astype(np.float32), pitch)


def _vowel(melody: Floats, phase: Floats, formants: tuple[int, ...]) -> Floats:
    """Sound one vowel with soft edges."""
    number = np.arange(1, int(HIGHEST / melody.max()) + 1)[:, None]
    hertz = number * melody
    colour = sum(1 / (1 + ((hertz - formant) / 80) ** 2) for formant in (*formants, 3500, 4500))
    edge = np.minimum(1, np.arange(len(melody)) / (0.02 * RATE))
    pulses = ((colour + 0.02) / number * np.cos(number * phase)).sum(axis=0)
    shaped: Floats = pulses * edge * edge[::-1] / np.sqrt(np.mean(pulses**2))
    return shaped


def noise(seconds: float, level: float, seed: int = 1) -> Samples:
    """Make white noise of a level in dBFS."""
    random = np.random.default_rng(seed)
    return (10 ** (level / 20) * random.standard_normal(int(seconds * RATE))).astype(np.float32)


def in_noise(voice: Voice, snr: float) -> Samples:
    """Put a voice into white noise, so many decibels below its voiced parts."""
    level = 10 * float(np.log10(np.mean(voice.samples[voice.pitch > 0] ** 2)))
    return voice.samples + noise(len(voice.samples) / RATE, level - snr)


def through_telephone(samples: Samples) -> Samples:
    """Take away all above 3.6 kHz."""
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE) > 3600] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def chunks(samples: Samples, size: int | None = None) -> list[AudioChunk]:
    """Cut sound into chunks of so many samples, or leave it whole."""
    step = size or max(1, len(samples))
    return [
        AudioChunk(samples[at : at + step], RATE, at / RATE) for at in range(0, len(samples), step)
    ]


def tone(hertz: float, height: float = 0.3) -> Samples:
    """Sound for 0.4 s."""
    return (height * np.sin(2 * np.pi * hertz * np.arange(0.4 * RATE) / RATE)).astype(np.float32)


def quiet(seconds: float) -> Samples:
    """Sound nothing."""
    return np.zeros(int(seconds * RATE), np.float32)


# --- a Vosk model that knows three sounds ------------------------------------

BINS = 23
"""Mel bands, and as many coefficients: so a layer can look at the bands themselves"""

PHONES = "1 nonword\n2 singleton\n3 singleton\n4 singleton\n"
WORDS = "<eps> 0\nyes 1\nno 2\n[unk] 3\n#0 4\n<s> 5\n</s> 6\n"
FEATURES = f"""\
--use-energy=false
--dither=0
--num-mel-bins={BINS}
--num-ceps={BINS}
--cepstral-lifter=0
--high-freq=7600
"""
DECODER = """\
--max-active=200
--beam=13
--lattice-beam=8
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
"""
TRANSITIONS = """\
<TransitionModel>
<Topology> <TopologyEntry> <ForPhones> 1 2 3 4 </ForPhones>
<State> 0 <PdfClass> 0 <Transition> 0 0.5 <Transition> 1 0.5 </State> <State> 1 </State>
</TopologyEntry> </Topology>
<Triples> 4 1 0 0 2 0 1 3 0 2 4 0 3 </Triples>
<LogProbs> [ 0 -0.7 -0.7 -0.7 -0.7 -0.7 -0.7 -0.7 -0.7 ] </LogProbs>
</TransitionModel> """
NETWORK = """<Nnet3>{space}
input-node name=input dim={bins}
component-node name=layer component=layer input=input
output-node name=output input=layer objective=linear

<NumComponents> 1
<ComponentName> layer <FixedAffineComponent> <LinearParams> [
{rows} ]
<BiasParams> [ 0 -4 -4 -14 ] </FixedAffineComponent> </Nnet3>
<LeftContext> 0 <RightContext> 0 <Priors> [ ]
"""

Arc = tuple[int, int, int, float, int]
"""From, input, output, cost, to"""


def write_graph(path: Path, arcs: Sequence[Arc], states: int) -> None:
    """Write a graph as OpenFst does: a header, then each state with its arcs."""
    parts = [struct.pack("<i", 2125659606)]
    parts += [struct.pack("<i", len(name)) + name for name in (b"vector", b"standard")]
    parts.append(struct.pack("<iiQqqq", 2, 0, 3, 0, states, len(arcs)))
    for state in range(states):
        leaving = sorted(arc for arc in arcs if arc[0] == state)
        parts.append(struct.pack("<fq", 0.0 if state == 0 else math.inf, len(leaving)))
        parts += [struct.pack("<iifi", *arc[1:]) for arc in leaving]
    path.write_bytes(b"".join(parts))


def write_model(folder: Path, *, dynamic: bool = True) -> Path:
    """Write the model of three sounds, with a graph that takes grammars or one that is fixed."""
    for part in ("am", "conf", "graph/phones"):
        (folder / part).mkdir(parents=True)
    low, high = np.zeros(BINS), np.zeros(BINS)
    low[3:6] = high[16:19] = 0.5 / 3
    angle = math.pi / BINS * np.outer(np.arange(BINS), np.arange(BINS) + 0.5)
    bands = np.sqrt(2 / BINS) * np.cos(angle)
    bands[0] /= math.sqrt(2)
    layer = np.stack([0 * low, low - high, high - low, low + high]) @ bands.T
    rows = "\n".join(" ".join(f"{weight:.6f}" for weight in row) for row in layer)
    (folder / "am/final.mdl").write_text(
        TRANSITIONS + NETWORK.format(space=" ", bins=BINS, rows=rows)
    )
    (folder / "conf/mfcc.conf").write_text(FEATURES)
    (folder / "conf/model.conf").write_text(DECODER)
    (folder / "graph/words.txt").write_text(WORDS)
    (folder / "graph/phones/word_boundary.int").write_text(PHONES)
    (folder / "graph/disambig_tid.int").write_text("")
    arcs: list[Arc] = []
    for word, phone in enumerate((1, 2, 3, 4)):
        arcs.append((0, 2 * phone, word, 5.0 if word else 0.7, phone))
        arcs += [(phone, 2 * phone - 1, 0, 0.7, phone), (phone, 0, 0, 0.0, 0)]
    write_graph(folder / "graph" / ("HCLr.fst" if dynamic else "HCLG.fst"), arcs, 5)
    if dynamic:
        write_graph(folder / "graph/Gr.fst", [(0, word, word, 0.0, 0) for word in (1, 2, 3)], 1)
    return folder
