"""Build everything from the settings. The only file that knows every part."""

import importlib.util
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from num2words import num2words

from companion import paths
from companion.answers import Answers
from companion.conversation import Conversation, Guards
from companion.engines import load
from companion.errors import EngineError
from companion.guard.helplines import Helplines
from companion.guard.incoming import PhraseGuard
from companion.guard.minimal import MinimalGuard
from companion.guard.outgoing import ScopeGuard, as_given
from companion.guard.protocol import WrittenProtocol
from companion.guard.reviewed import fill, read_protocol
from companion.guard.words import read_normaliser
from companion.hear import DETECTORS, RECOGNISERS
from companion.hear.ear import TurnEar
from companion.hear.turns import TurnRules
from companion.sense import READERS
from companion.settings import Settings
from companion.speak import VOICES
from companion.speak.chime import ChimeVoice
from companion.speak.recorded import RecordedVoice
from companion.stages import Mind, ProsodyReader, Recogniser, Voice
from companion.talk import Talk
from companion.text import read_spoken_forms
from companion.think import MINDS
from companion.think.policy import ListeningPolicy
from companion.think.replies import read_replies
from companion.think.understanding import Understanding
from companion.values import Cleared, Style

PREPARED = ("guard-fault", "ear-fault", "think-fault", "help-numbers")


@dataclass(frozen=True)
class Parts:
    """What every command builds upon: the content of one language, read once."""

    settings: Settings
    folder: Path
    helplines: Helplines
    answers: Answers


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
        mind=build_mind(parts.settings),
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
        TurnRules(hear.start, hear.hold, hear.hold_after_question, hear.longest_turn),
        preroll=hear.preroll,
        speech=hear.speech,
    )


def build_reader(settings: Settings) -> ProsodyReader:
    """Load what notices the tone of a voice."""
    reader: ProsodyReader = load("prosody reader", READERS, settings.sense.reader)
    return reader


def build_mind(settings: Settings) -> Mind:
    """Load what words a reply."""
    mind: Mind = load("mind", MINDS, settings.think.mind)
    return mind


def build_recogniser(parts: Parts) -> Recogniser:
    """Load the recogniser of the settings; `auto` takes the best that is present."""
    name = parts.settings.hear.recogniser
    if name == "auto":
        name = next(iter(_present(parts)), "")
        if not name:
            raise EngineError(
                "No speech recogniser is present for this Python.",
                fix="Type instead (companion chat), or use Python 3.11 or 3.13.",
            )
    options: dict[str, Any] = {}
    if name == "vosk":
        options = {
            "model": _vosk_model(parts),
            "language": parts.settings.language,
            "phrases": parts.answers.phrases,
        }
    elif name == "sphinx":
        options = {"folder": paths.DATA / parts.settings.language, "answers": parts.answers}
    recogniser: Recogniser = load("recogniser", RECOGNISERS, name, **options)
    return recogniser


def build_voices(parts: Parts) -> tuple[Voice, ...]:
    """Load the voice of the settings and those that stand in for it."""
    speak = parts.settings.speak
    name = "espeak" if speak.voice == "auto" else speak.voice
    options: dict[str, Any] = {}
    if name == "espeak":
        spoken = read_spoken_forms(parts.folder, parts.helplines.telephone)
        options = {"accent": speak.accent, "spoken": spoken}
    voice: Voice = load("voice", VOICES, name, **options)
    reviewed = fill(read_protocol(parts.folder / "safety"), parts.helplines)
    recorded = RecordedVoice(paths.DATA / parts.settings.language / "sounds", reviewed)
    return (voice, recorded, ChimeVoice())


def in_use(parts: Parts, conversation: Conversation) -> Iterable[str]:
    """Say in a few lines which engines are in use, and how to get better ones."""
    voice = conversation.voices[0].name if conversation.voices else "none, on the screen only"
    reader = conversation.prosody_reader
    yield (
        f"Ear: {conversation.recogniser.name}. Tone of voice: "
        f"{reader.name if reader else 'not looked at'}. "
        f"Words: {conversation.mind.name}. Voice: {voice}."
    )
    if conversation.recogniser.name == "sphinx":
        yield (
            "A better ear: unpack a Vosk model (vosk-model-small-en-us-0.15) into "
            f"{paths.model_folders()[0]}; it is then used by itself."
        )


def _present(parts: Parts) -> Iterable[str]:
    if importlib.util.find_spec("vosk") and _found_vosk_model(parts):
        yield "vosk"
    if importlib.util.find_spec("pocketsphinx"):
        yield "sphinx"


def _found_vosk_model(parts: Parts) -> Path | None:
    from companion.hear.vosk import find_model  # with the engine only

    return find_model(paths.model_folders(), parts.settings.language)


def _vosk_model(parts: Parts) -> Path:
    named = parts.settings.hear.model
    found = Path(named).expanduser() if named else _found_vosk_model(parts)
    if found is None:
        raise EngineError(
            "There is no Vosk model.",
            fix=f"Unpack one into {paths.model_folders()[0]}, or set hear.model to its folder.",
        )
    return found
