"""The Piper voice: natural speech, from a voice that was downloaded before.

A voice is a neural network (VITS, `.onnx`) and its settings (`.onnx.json`). Piper turns
a sentence into phonemes with an eSpeak NG of its own, and the network turns these into
sound, all of it at once: the wait for the first sound grows with the text, and memory
by 13 MB a second of speech. So a long sentence is made clause by clause.

The network draws random numbers. They have a fixed seed, so the same sentences in the
same order give the same samples in every process on a machine; said twice in one
process, a sentence differs a little, as when a person says it.

Piper would log what it says, so its parts are called one by one, without its log.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import onnxruntime
import soxr
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors
from piper.config import PhonemeType, PiperConfig, SynthesisConfig
from piper.const import BOS, EOS, PAD
from piper.voice import PiperVoice as Network
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion.errors import EngineError, SpeakError
from companion.speak.sentences import in_chunks, trimmed
from companion.text import SpokenForms, speakable
from companion.values import AudioChunk, Cleared, Samples, Style

_SLOWEST, _FASTEST = 0.5, 2.0
"""Times the voice's own pace: as far as settings go"""
_WIDEST = 4.0
"""Semitones. Pitch is changed by playing slower speech faster, which moves the formants
along: further away it sounds like a child or a giant"""
_LONGEST = 120
"""Characters, about nine seconds: few sentences of ours are longer"""
_LOUDNESS = 0.1
"""Root mean square of a sentence (-20 dBFS), as the eSpeak voice has it: networks differ widely"""
_LOUDEST = 0.99
_SEED = 1
_THREADS = 2
"""More gain little, and hearing needs the other cores"""
_ONLY_FATAL = 4
"""Of ONNX Runtime's log, which writes to stderr; errors come as exceptions"""

_GET = "Run: scripts/companion models get"
_VERIFY = "Run: scripts/companion models verify"
_FAULTS = (
    onnx_errors.EPFail,
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NoModel,
    onnx_errors.NoSuchFile,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
    RuntimeError,
    ValueError,
    IndexError,
)
"""What ONNX Runtime and Piper raise; the first nine share no class of their own"""


class PiperVoice:
    """Speaks with a Piper voice. Speed holds from 0.5 to 2, pitch 4 semitones either way."""

    name = "piper"

    def __init__(self, model: Path, *, spoken: SpokenForms, threads: int = _THREADS) -> None:
        """Load the voice in an `.onnx` file and its settings. Raises EngineError."""
        self._spoken = spoken
        self._lock = threading.Lock()
        self._voice = Network(_session(model, threads), _read_settings(model))
        # The first sentence would otherwise take longer, and a fault show only while one waits.
        try:
            self._sound("Hello.", Style())
        except SpeakError:
            raise _damaged(model) from None
        speakable("1", spoken)

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the text as sound in chunks of 60 ms. Raises SpeakError."""
        yield from in_chunks(
            text,
            self._spoken,
            self._voice.config.sample_rate,
            lambda said: (self._sound(clause, style) for clause in _clauses(said)),
        )

    def _sound(self, said: str, style: Style) -> Samples:
        rate = self._voice.config.sample_rate
        slower = 1 / min(max(style.speed, _SLOWEST), _FASTEST)
        higher = 2 ** (min(max(style.pitch, -_WIDEST), _WIDEST) / 12)
        try:
            with self._lock:
                sound = self._network(said, slower * higher)
        except _FAULTS:
            raise SpeakError("The Piper voice could not speak.", fix=_VERIFY) from None
        if higher != 1:
            sound = soxr.resample(sound, rate * higher, rate)
        louder = _levelled(trimmed(sound, rate)) * np.float32(style.volume)
        return louder.clip(-1.0, 1.0)

    def _network(self, said: str, slower: float) -> Samples:
        """Make the sound of one clause. Whoever calls it holds the lock."""
        voice = self._voice
        style = SynthesisConfig(length_scale=voice.config.length_scale * slower)
        made = [np.zeros(0, np.float32)]
        for phonemes in voice.phonemize(said):
            # Piper would leave out the others as well, and log them.
            known = [phoneme for phoneme in phonemes if phoneme in voice.config.phoneme_id_map]
            if known:
                sound = voice.phoneme_ids_to_audio(voice.phonemes_to_ids(known), style)
                made.append(np.asarray(sound, np.float32).reshape(-1))
        return np.concatenate(made)


def _clauses(said: str) -> Iterator[str]:
    """Cut what is too long at its last comma or the like, else between words."""
    while len(said) > _LONGEST:
        head = said[:_LONGEST]
        mark = max(head.rfind(f"{sign} ") for sign in ",;:") + 1
        cut = mark or head.rfind(" ") + 1 or _LONGEST
        yield said[:cut].strip()
        said = said[cut:].strip()
    yield said


class _Audio(BaseModel):
    sample_rate: Annotated[int, Field(ge=8_000, le=48_000)]


class _Espeak(BaseModel):
    voice: str


class _Scales(BaseModel):
    noise_scale: float = 0.667
    length_scale: Annotated[float, Field(gt=0)] = 1.0
    noise_w: float = 0.8


class _Settings(BaseModel):
    """What Piper reads of a voice's settings. They hold more, which stays as it is."""

    model_config = ConfigDict(extra="allow")

    audio: _Audio
    espeak: _Espeak
    phoneme_type: str = PhonemeType.ESPEAK.value
    num_symbols: int
    num_speakers: int
    phoneme_id_map: dict[str, list[int]]
    inference: _Scales = _Scales()
    vowel_clusters: list[list[str]] = []


def _settings_file(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


def _read_settings(model: Path) -> PiperConfig:
    """Read the settings beside a voice. Raises EngineError."""
    path = _settings_file(model)
    try:
        read = _Settings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise EngineError(f"The voice '{model}' has no settings beside it.", fix=_GET) from None
    except OSError as error:
        problem = f"The voice's settings '{path}' cannot be read ({error.strerror})."
        raise EngineError(problem, fix="Check the file and its rights.") from None
    except ValidationError:
        raise _damaged(path) from None
    if read.phoneme_type != PhonemeType.ESPEAK:
        problem = f"The voice '{model}' is of a kind ({read.phoneme_type}) that is not spoken here."
        raise EngineError(problem, fix="Use a voice whose phoneme_type is espeak.")
    if not {BOS, EOS, PAD} <= read.phoneme_id_map.keys():
        raise _damaged(path)
    return PiperConfig.from_dict(read.model_dump())


def _session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    """Load the network as Piper does, but with few threads, which sleep when they wait."""
    if not model.is_file():
        raise EngineError(f"There is no voice '{model}'.", fix=_GET)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = _ONLY_FATAL
    onnxruntime.set_seed(_SEED)
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except _FAULTS:
        raise _damaged(model) from None


def _damaged(path: Path) -> EngineError:
    return EngineError(f"The voice file '{path}' is damaged.", fix=_VERIFY)


def _levelled(sound: Samples) -> Samples:
    """Make every sentence equally loud. Raises SpeakError where there is nothing to be heard."""
    loudness = float(np.sqrt(np.mean(sound.astype(np.float64) ** 2))) if len(sound) else 0.0
    # Not a number, if the network is damaged: then another voice takes over.
    if not 0 < loudness < np.inf:
        raise SpeakError("The Piper voice made no sound.", fix=_VERIFY)
    gain = min(_LOUDNESS / loudness, _LOUDEST / float(np.abs(sound).max()))
    return sound * np.float32(gain)
