"""Build everything from the settings. The only file that knows every part."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from num2words import num2words

from companion import choices, paths
from companion.answers import Answers
from companion.audio.devices import choose, fresh_devices
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.conversation import Conversation, Guards
from companion.engines import load
from companion.errors import AudioError, EngineError
from companion.guard.helplines import Helplines
from companion.guard.incoming import PhraseGuard
from companion.guard.minimal import MinimalGuard
from companion.guard.outgoing import ScopeGuard, as_given
from companion.guard.protocol import WrittenProtocol
from companion.guard.reviewed import fill, read_protocol
from companion.guard.words import read_normaliser
from companion.hear import DETECTORS, RECOGNISERS
from companion.hear.ear import TurnEar
from companion.hear.endings import Endings
from companion.hear.holds import choose_holds
from companion.hear.turns import TurnRules
from companion.live import LiveTalk
from companion.sense import READERS
from companion.settings import Settings
from companion.speak import VOICES
from companion.speak.chime import ChimeVoice
from companion.speak.recorded import RecordedVoice
from companion.stages import Ear, Mind, ProsodyReader, Recogniser, Voice
from companion.talk import Talk
from companion.text import read_spoken_forms
from companion.think import MINDS
from companion.think.policy import ListeningPolicy
from companion.think.replies import read_replies
from companion.think.understanding import Understanding
from companion.values import AudioChunk, Cleared, Samples, Style

PREPARED = ("guard-fault", "ear-fault", "think-fault", "help-numbers")


@dataclass(frozen=True)
class Parts:
    """What every command builds upon: the content of one language, read once."""

    settings: Settings
    folder: Path
    helplines: Helplines
    answers: Answers
    notes: list[str] = field(default_factory=list)
    """What was there and could not be used, in sentences"""


def read_parts(settings: Settings) -> Parts:
    """Read what no stage owns alone. Raises SettingsError."""
    folder = paths.content() / settings.language
    helplines = Helplines(paths.content() / "hotlines.yaml", settings.person.country)
    return Parts(settings, folder, helplines, Answers(folder))


def build_guards(parts: Parts) -> Guards:
    """Read the safety pack. Raises SettingsError where it is not whole and reviewed."""
    safety = parts.folder / "safety"
    protocol = read_protocol(safety)
    reviewed = fill(protocol, parts.helplines)
    outgoing = ScopeGuard(safety, reviewed, read_normaliser(safety))
    return Guards(
        incoming=PhraseGuard(safety, parts.answers.yes_no),
        minimal=MinimalGuard(),
        protocol=WrittenProtocol(protocol),
        outgoing=outgoing,
        prepared={line: outgoing.reviewed(line) for line in PREPARED},
    )


def build_conversation(
    parts: Parts,
    recogniser: Recogniser,
    *,
    aloud: bool,
    sense: bool,
    nobody_at_risk: bool = False,
) -> Conversation:
    """Load the engines of one talk and put them in order."""
    guards = build_guards(parts)
    speak = parts.settings.speak
    return Conversation(
        recogniser=recogniser,
        prosody_reader=build_reader(parts.settings) if sense else None,
        guards=guards,
        policy=build_policy(parts),
        mind=build_mind(parts),
        voices=build_voices(parts) if aloud else (),
        style=Style(speak.speed, speak.volume, speak.pitch),
        nobody_at_risk=nobody_at_risk,
    )


def own_words(text: str) -> Cleared:
    """Let a person hear their own text read aloud: `companion say`."""
    return as_given(text)


def build_talk(parts: Parts, conversation: Conversation, *, charge_work: bool = False) -> Talk:
    """Put an ear before a conversation."""
    return Talk(
        build_ear(parts.settings),
        conversation,
        time.perf_counter,
        lambda words: parts.answers.command(words) == "stop",
        charge_work=charge_work,
    )


def build_live_talk(parts: Parts, conversation: Conversation, ear: Ear) -> LiveTalk:
    """Put an ear before a conversation through sound devices."""
    return LiveTalk(
        ear,
        conversation,
        time.perf_counter,
        lambda words: parts.answers.command(words) == "stop",
        headphones=parts.settings.audio.headphones,
    )


def find_devices(settings: Settings) -> None:
    """Look whether the devices of the settings are there now. Raises AudioError."""
    present = fresh_devices()
    choose(settings.audio.microphone, "input", present)
    choose(settings.audio.speaker, "output", present)


def open_devices(settings: Settings) -> tuple[DeviceMicrophone, DeviceSpeaker]:
    """Open the microphone and the loudspeaker of the settings. Raises AudioError."""
    microphone = DeviceMicrophone(settings.audio.microphone)
    try:
        return microphone, DeviceSpeaker(settings.audio.speaker, now=microphone.now)
    except AudioError:
        microphone.close()
        raise


def play_aloud(samples: Samples, rate: int, settings: Settings) -> None:
    """Play a sound through the loudspeaker, and return when it was heard. Raises AudioError."""
    speaker = DeviceSpeaker(settings.audio.speaker, now=time.monotonic)
    pause = threading.Event()
    try:
        for start in range(0, len(samples), rate):
            speaker.play(AudioChunk(samples[start : start + rate], rate))
            while speaker.drained() - time.monotonic() > 1.0:
                pause.wait(0.1)
        while speaker.drained() > time.monotonic():
            pause.wait(0.1)
    finally:
        speaker.close()


def build_policy(parts: Parts) -> ListeningPolicy:
    """Read the replies and what they answer."""
    understanding = Understanding(parts.folder)
    replies = read_replies(parts.folder, understanding.feelings, understanding.topics)
    return ListeningPolicy(
        replies,
        understanding,
        parts.answers,
        lambda number: str(num2words(number, lang=parts.settings.language)).capitalize(),
    )


def build_ear(settings: Settings) -> TurnEar:
    """Load the speech detector and set the rules of turns."""
    hear = settings.hear
    return TurnEar(
        load("speech detector", DETECTORS, hear.detector),
        load("speech detector", DETECTORS, "energy"),
        rules=TurnRules(
            hear.start,
            choose_holds(hear.patience, hear.hold, hear.hold_after_question),
            hear.longest_turn,
        ),
        preroll=hear.preroll,
        speech=hear.speech,
        endings=Endings(paths.content() / settings.language),
    )


def build_reader(settings: Settings) -> ProsodyReader:
    """Load what notices the tone of a voice."""
    reader: ProsodyReader = load("prosody reader", READERS, settings.sense.reader)
    return reader


def build_mind(parts: Parts) -> Mind:
    """Load what words a reply; `auto` takes a language model where one works."""
    think = parts.settings.think
    if think.mind in ("auto", "llama"):
        try:
            model = choices.mind_model(parts.settings.think)
            if model:
                options = {"deadline": think.deadline, "threads": think.threads}
                mind: Mind = load(
                    "mind", MINDS, "llama", model=model, folder=parts.folder, **options
                )
                return mind
        except EngineError as error:
            if think.mind == "llama":
                raise
            parts.notes.append(str(error))
    mind = load("mind", MINDS, "written" if think.mind == "auto" else think.mind)
    return mind


def build_recogniser(parts: Parts) -> Recogniser:
    """Load the recogniser of the settings; `auto` takes the best that is present."""
    name = parts.settings.hear.recogniser
    if name == "auto":
        name = choices.recogniser(parts.settings)
    options: dict[str, Any] = {}
    if name == "vosk":
        options = {
            "model": choices.vosk_model(parts.settings),
            "language": parts.settings.language,
            "phrases": parts.answers.phrases,
        }
    elif name == "sphinx":
        options = {"folder": paths.DATA / parts.settings.language, "answers": parts.answers}
    recogniser: Recogniser = load("recogniser", RECOGNISERS, name, **options)
    return recogniser


def build_voices(parts: Parts) -> tuple[Voice, ...]:
    """Load the voice of the settings and those that stand in for it; `auto` takes the best."""
    name = parts.settings.speak.voice
    spoken = read_spoken_forms(parts.folder, parts.helplines.telephone)
    voices: list[Voice] = []
    if name in ("auto", "piper"):
        try:
            model = choices.voice_model(parts.settings)
            if model:
                voices.append(load("voice", VOICES, "piper", model=model, spoken=spoken))
        except EngineError as error:
            if name == "piper":
                raise
            parts.notes.append(str(error))
    if name in ("auto", "piper", "espeak"):
        accent = parts.settings.speak.accent
        voices.append(load("voice", VOICES, "espeak", accent=accent, spoken=spoken))
    else:
        voices.append(load("voice", VOICES, name))
    reviewed = fill(read_protocol(parts.folder / "safety"), parts.helplines)
    recorded = RecordedVoice(paths.DATA / parts.settings.language / "sounds", reviewed)
    return (*voices, recorded, ChimeVoice())


def in_use(parts: Parts, conversation: Conversation) -> Iterable[str]:
    """Say in a few lines which engines are in use, and how to get better ones."""
    voice = conversation.voices[0].name if conversation.voices else "none, on the screen only"
    reader = conversation.prosody_reader
    yield (
        f"Ear: {conversation.recogniser.name}. Tone of voice: "
        f"{reader.name if reader else 'not looked at'}. "
        f"Words: {conversation.mind.name}. Voice: {voice}."
    )
    yield from parts.notes
    if conversation.recogniser.name == "sphinx" or voice == "espeak":
        yield "A better ear and voice (105 MB, once): scripts/companion models get"
