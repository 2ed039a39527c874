"""Load the parts of a talk from the settings: content, engines, and what stands in for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from num2words import num2words

from companion import choices, paths
from companion.answers import Answers
from companion.care.checkin import CheckInDialogue
from companion.care.form_words import read_form_words
from companion.care.instruments import read_instruments
from companion.care.itself import ItselfPolicy
from companion.care.long import LongPolicy
from companion.care.plan import PlanPolicy
from companion.care.policy import CarePolicy
from companion.care.questionnaires import QuestionnaireDialogue
from companion.care.skills import SkillDialogue
from companion.content import read
from companion.engines import load
from companion.errors import EngineError
from companion.guard.helplines import Helplines
from companion.guard.reviewed import fill, read_protocol
from companion.hear import DETECTORS, RECOGNISERS
from companion.hear.ear import TurnEar
from companion.hear.endings import Endings
from companion.hear.holds import SOONEST, OwnPauses, choose_holds
from companion.hear.turns import TurnRules
from companion.memory.recall import MemoryPolicy
from companion.sense import READERS
from companion.sessions.asked import AskedPolicy
from companion.sessions.asking import AskingPolicy
from companion.sessions.leader import SessionLeader
from companion.sessions.obeying import Sentences
from companion.sessions.script import Script, read_scripts
from companion.sessions.words import GuessedSpeech, VoicedSpeech
from companion.settings import Settings
from companion.skills import Skills
from companion.speak import VOICES
from companion.speak.chime import ChimeVoice
from companion.speak.recorded import RecordedVoice
from companion.stages import Mind, OutgoingGuard, Policy, ProsodyReader, Recogniser, Voice
from companion.text import read_spoken_forms
from companion.think import MINDS
from companion.think.composing import Tools
from companion.think.mirror import Mirror
from companion.think.policy import ListeningPolicy
from companion.think.replies import read_replies, without_idioms
from companion.think.understanding import Understanding
from companion.values import Style


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


def build_policy(parts: Parts) -> Policy:
    """Read the replies and what they answer; forms stand before them."""
    understanding = Understanding(parts.folder)
    replies = read_replies(
        parts.folder, understanding.feelings, understanding.topics, understanding.trap_kinds
    )
    if parts.settings.speak.plain:
        replies = without_idioms(replies, parts.folder)
    number = partial(_in_words, parts)
    skills = Skills(parts.folder)

    def capital(rating: int) -> str:
        return number(rating).capitalize()

    talk = ListeningPolicy(
        Tools(replies, understanding, Mirror(parts.folder), skills, parts.answers, capital)
    )
    words, instruments = read_form_words(parts.folder), read_instruments(parts.folder)
    dialogues = (
        CheckInDialogue(parts.folder, parts.answers, number),
        QuestionnaireDialogue(words, instruments, parts.answers, number),
        SkillDialogue(parts.folder, skills, parts.answers, understanding.intent, capital),
    )
    remembering = MemoryPolicy(parts.folder, parts.answers, talk)
    within = CarePolicy(words, parts.answers, dialogues, remembering)
    sentences = read(parts.folder / "leading.yaml", Sentences)
    named = AskedPolicy(_scripts(parts), sentences, parts.answers, number, within)
    planning = PlanPolicy(parts.folder, parts.answers, build_asking(parts, named))
    itself = ItselfPolicy(parts.folder, parts.helplines.names, planning)
    return LongPolicy(parts.folder, itself)


def build_asking(parts: Parts, within: Policy) -> AskingPolicy:
    """Put before a policy what is asked around exercises."""
    sentences = read(parts.folder / "leading.yaml", Sentences)
    return AskingPolicy(
        sentences, parts.answers, lambda rating: _in_words(parts, rating).capitalize(), within
    )


def _in_words(parts: Parts, number: float) -> str:
    whole = int(number) if number == int(number) else number
    return str(num2words(whole, lang=parts.settings.language))


def build_ear(
    settings: Settings, usual_pause: float | None = None, answers: Answers | None = None
) -> TurnEar:
    """Load the speech detector and set the rules of turns.

    `usual_pause`: what earlier talks learned of the person's pauses, in seconds. `answers` know
    the commands of an exercise, where one may be led.
    """
    hear = settings.hear
    ear = TurnEar(
        load("speech detector", DETECTORS, hear.detector),
        load("speech detector", DETECTORS, "energy"),
        rules=TurnRules(
            hear.start,
            choose_holds(hear.patience, hear.hold, hear.hold_after_question),
            hear.longest_turn,
            SOONEST,
        ),
        preroll=hear.preroll,
        speech=hear.speech,
        endings=Endings(paths.content() / settings.language),
        is_command=lambda words, kind: bool(answers and answers.obeys(words, kind)),
    )
    if usual_pause is not None:
        ear.know(OwnPauses(usual_pause))
    return ear


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


def _scripts(parts: Parts) -> Mapping[str, Script]:
    """Read the exercises that ship and the person's own. Raises SettingsError."""
    return read_scripts(parts.folder / "sessions", paths.data_folder() / "sessions")


def build_leader(parts: Parts, outgoing: OutgoingGuard, voices: tuple[Voice, ...]) -> SessionLeader:
    """Read the exercises that ship and the person's own. Raises SettingsError."""
    speak = parts.settings.speak
    style = Style(speak.speed, speak.volume, speak.pitch)
    return SessionLeader(
        _scripts(parts),
        read(parts.folder / "leading.yaml", Sentences),
        parts.answers,
        outgoing,
        VoicedSpeech(voices, style, _at_once(outgoing, voices)) if voices else GuessedSpeech(),
        aloud=bool(voices),
    )


def _at_once(outgoing: OutgoingGuard, voices: tuple[Voice, ...]) -> dict[str, Voice]:
    """Let the quick voice say the red flags of panic: half a minute takes a better one seconds."""
    flags = outgoing.reviewed("medical-flags")
    quick = [voice for voice in voices if voice.name == "espeak"]
    return {flags: quick[0]} if quick else {}


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
