"""Put the parts of a talk together. With `parts.py`, the only file that knows every part."""

import threading
import time
from collections.abc import Iterable

from num2words import num2words

from companion.audio.devices import choose, fresh_devices
from companion.audio.echo import EchoCanceller, Headphones, echo_library_is_present
from companion.audio.loudspeaker import DeviceSpeaker
from companion.audio.microphone import DeviceMicrophone
from companion.audio.reference import Reference
from companion.care.instruments import verbatim
from companion.company import Company
from companion.conversation import Conversation, Guards
from companion.earcons import EARCONS, Earcons
from companion.errors import AudioError
from companion.guard.incoming import PhraseGuard
from companion.guard.minimal import MinimalGuard
from companion.guard.outgoing import ScopeGuard, as_given
from companion.guard.protocol import WrittenProtocol
from companion.guard.reviewed import Filled, fill, read_protocol
from companion.guard.words import read_normaliser
from companion.hear.beside import beside
from companion.listening import Canceller
from companion.live import LiveTalk
from companion.parts import (
    Parts,
    build_asking,
    build_ear,
    build_leader,
    build_mind,
    build_policy,
    build_reader,
    build_voices,
)
from companion.risk import Assessment
from companion.sense.baseline import Baseline
from companion.sense.breathing import BreathReader
from companion.sense.cadence import CadenceReader
from companion.sense.compare import OwnUsual
from companion.sense.telling import ToneTalk
from companion.sense.words import read_words
from companion.sensing import Sensing
from companion.settings import Settings
from companion.speak.style import GentleManner
from companion.stages import Ear, OutgoingGuard, Recogniser, Voice
from companion.talk import Talk
from companion.values import (
    AudioChunk,
    Cleared,
    Plan,
    Samples,
    State,
    Style,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)

RESTS = {"cold": "a cold", "exercise": "exercise", "other": "a voice that was not as usual"}
ORDINARY = ((20.0, "still-here"), (60.0, "still-here-short"))
"""Seconds of silence in a talk without danger, and what is said then"""
PREPARED = ("guard-fault", "ear-fault", "think-fault", "help-numbers")


def build_phrase_guard(parts: Parts) -> PhraseGuard:
    """Read what tells danger. Raises SettingsError where it is not whole."""
    return PhraseGuard(parts.folder / "safety", parts.answers.yes_no)


def build_guards(parts: Parts) -> Guards:
    """Read the safety pack. Raises SettingsError where it is not whole and reviewed."""
    safety = parts.folder / "safety"
    protocol = read_protocol(safety)
    # Questionnaires are given word for word; where their wording was changed, they are refused.
    reviewed = {**verbatim(parts.folder), **fill(protocol, parts.helplines)}
    filled = Filled(protocol, parts.helplines)
    outgoing = ScopeGuard(safety, reviewed, read_normaliser(safety), filled)
    return Guards(
        incoming=build_phrase_guard(parts),
        minimal=MinimalGuard(),
        protocol=WrittenProtocol(protocol, parts.answers.command),
        outgoing=outgoing,
        prepared={line: outgoing.reviewed(line) for line in PREPARED},
    )


def build_conversation(
    parts: Parts,
    recogniser: Recogniser,
    *,
    aloud: bool,
    nobody_at_risk: bool = False,
) -> Conversation:
    """Load the engines of one talk and put them in order."""
    guards = build_guards(parts)
    speak = parts.settings.speak
    voices = build_voices(parts) if aloud else ()
    return Conversation(
        recogniser=recogniser,
        prosody_reader=build_reader(parts.settings) if aloud else None,
        cadence_reader=CadenceReader() if aloud else None,
        sensing=build_sensing(parts),
        manner=GentleManner(),
        guards=guards,
        policy=build_policy(parts),
        mind=build_mind(parts),
        voices=voices,
        style=Style(speak.speed, speak.volume, speak.pitch),
        leader=build_leader(parts, guards.outgoing, voices),
        commands=beside(recogniser),
        breath=BreathReader() if aloud else None,
        nobody_at_risk=nobody_at_risk,
        company=build_company(parts, guards.outgoing, voices),
    )


def build_sensing(parts: Parts) -> Sensing:
    """Read what is said of a tone of voice, and set up what compares it with its own past."""
    words = read_words(parts.folder)
    language = parts.settings.language
    return Sensing(
        OwnUsual(words, lambda number: str(num2words(number, lang=language))),
        ToneTalk(words, parts.answers),
    )


def build_company(parts: Parts, outgoing: OutgoingGuard, voices: tuple[Voice, ...]) -> Company:
    """Clear what is said in a silence."""
    speak = parts.settings.speak
    protocol = read_protocol(parts.folder / "safety")
    danger = tuple((quiet.after, outgoing.reviewed(quiet.say)) for quiet in protocol.silence)
    ordinary = tuple((after, outgoing.reviewed(line)) for after, line in ORDINARY)
    style = Style(speak.speed, speak.volume, speak.pitch)
    neutral = tuple(
        (quiet.after, outgoing.reviewed(quiet.say))
        for quiet in protocol.silence
        if quiet.say in protocol.neutral
    )
    return Company(voices, style, danger, ordinary if speak.company else (), neutral)


def own_words(text: str) -> Cleared:
    """Let a person hear their own text read aloud: `companion say`."""
    return as_given(text)


def build_talk(
    parts: Parts,
    conversation: Conversation,
    *,
    charge_work: bool = False,
    usual_pause: float | None = None,
) -> Talk:
    """Put an ear before a conversation. `usual_pause`: what is known of the person, in seconds."""
    return Talk(
        build_ear(parts.settings, usual_pause, parts.answers),
        conversation,
        time.perf_counter,
        lambda words: parts.answers.command(words) == "stop",
        charge_work=charge_work,
    )


def build_live_talk(
    parts: Parts, conversation: Conversation, ear: Ear, canceller: Canceller | None = None
) -> LiveTalk:
    """Put an ear before a conversation through sound devices."""
    return LiveTalk(
        ear,
        conversation,
        time.perf_counter,
        lambda words: parts.answers.command(words) == "stop",
        canceller=canceller,
        earcons=build_earcons(parts.settings),
    )


def opening_plan(
    parts: Parts, conversation: Conversation, name: str, minutes: float | None, state: State
) -> Plan:
    """Say what a talk begins with for an exercise: mostly a question before it."""
    nothing = Transcript()
    turn = Turn(
        Utterance(TurnId(0), nothing), nothing, Assessment(), state.risk, state.expected,
        state.mind, state.history, free_talk=True, known=state.known,
    )  # fmt: skip
    wanted = Plan("lead", (), session=name, minutes=minutes, mind=state.mind)
    return build_asking(parts, conversation.policy).begin(wanted, turn)


def build_earcons(settings: Settings) -> Earcons:
    """Make the soft sounds that show that somebody is there."""
    return Earcons(EARCONS if settings.audio.signs else (), settings.speak.volume)


def find_devices(settings: Settings) -> tuple[str, str]:
    """Name the devices of the settings as they are there now. Raises AudioError."""
    present = fresh_devices()
    return (
        choose(settings.audio.microphone, "input", present).name,
        choose(settings.audio.speaker, "output", present).name,
    )


def may_speak_over(settings: Settings) -> bool:
    """Say whether one may speak over us: where our voice is taken out of what is heard."""
    return settings.audio.headphones or echo_library_is_present()


def open_devices(
    settings: Settings,
) -> tuple[DeviceMicrophone, DeviceSpeaker, Canceller | None]:
    """Open the microphone and the loudspeaker of the settings. Raises AudioError.

    The canceller takes the one out of the other; without its library there is none.
    """
    microphone = DeviceMicrophone(settings.audio.microphone)
    try:
        apart = settings.audio.headphones
        played = Reference() if echo_library_is_present() and not apart else None
        speaker = DeviceSpeaker(settings.audio.speaker, now=microphone.now, reference=played)
        canceller = EchoCanceller(played, duck=speaker.duck) if played else None
        return microphone, speaker, Headphones() if apart else canceller
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


def in_use(parts: Parts, conversation: Conversation) -> Iterable[str]:
    """Say in a few lines which engines are in use, and how to get better ones."""
    voice = conversation.voices[0].name if conversation.voices else "none, on the screen only"
    yield (f"Ear: {conversation.recogniser.name}. Words: {conversation.mind.name}. Voice: {voice}.")
    yield from parts.notes
    if conversation.recogniser.name == "sphinx" or voice == "espeak":
        yield "A better ear and voice (105 MB, once): scripts/companion models get"


def know_voice(conversation: Conversation, usual: Baseline) -> None:
    """Tell a conversation what is usual for this voice."""
    if conversation.sensing and isinstance(conversation.sensing.comparer, OwnUsual):
        conversation.sensing.comparer.know(usual)


def hear_through(conversation: Conversation, microphone: str) -> None:
    """Tell a conversation which microphone is used: each has a usual sound of its own."""
    if conversation.sensing and isinstance(conversation.sensing.comparer, OwnUsual):
        conversation.sensing.comparer.through(microphone)


def tone_in_use(conversation: Conversation, state: State) -> str:
    """Say whether the tone of voice is looked at, and how to change that."""
    reader, heard = conversation.prosody_reader, conversation.recogniser.hears_danger
    # An ear that is too weak for free talk may not understand either sentence.
    on = "say: look at my voice" if heard else "run: companion sense --agree"
    off = "say: stop looking at my voice" if heard else "run: companion sense --stop"
    if reader is None or not state.hears_tone:
        return f"Tone of voice: not looked at. To change that, {on}"
    rests = f" It rests: you told of {RESTS[state.tone.muted]}." if state.tone.muted else ""
    return f"Tone of voice: {reader.name}, as you agreed.{rests} To end it, {off}"
