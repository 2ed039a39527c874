"""Every setting, its unit and its default. Read once, from one YAML file.

`companion.example.yaml` shows them all; a test keeps the two in step.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from companion import paths
from companion.content import Content, read

Share = Annotated[float, Field(ge=0, le=1)]
Hold = Annotated[
    Annotated[float, Field(ge=0.3, le=10)] | None, BeforeValidator(lambda given: given or None)
]
"""Seconds; empty: none is set"""

Year = Annotated[
    Annotated[int, Field(ge=1900, le=2200)] | None, BeforeValidator(lambda given: given or None)
]
"""Empty: none is set"""


class PersonSettings(Content):
    """Who is speaking."""

    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    """Two capital letters, such as GB: whose helplines to name. Empty: none is guessed"""
    born: Year = None
    """Year of birth; empty: not said. Under 18, and under 13, some things are different"""


class AudioSettings(Content):
    """Through which devices."""

    microphone: str = ""
    """Its name, or a part of it (companion devices); empty: the system's own choice"""
    speaker: str = ""
    """The same for the loudspeaker"""
    headphones: bool = False
    """yes: the microphone cannot hear the loudspeaker, so nothing is taken out of its sound"""
    signs: bool = True
    """yes: soft sounds tell that it listens or thinks; after a sign of danger they always do"""
    push_to_talk: bool = False
    """yes: a turn runs from one press of the space bar to the next; needs a terminal"""


class HearSettings(Content):
    """How the companion listens."""

    recogniser: str = "auto"
    """auto, vosk, sphinx, typed, or a "module:Class" of your own"""
    model: str = ""
    """Folder of a Vosk model; empty: the first one found in a models folder"""
    detector: str = "silero"
    """silero, energy, or a "module:Class" of your own"""
    speech: Share = 0.5
    """Probability above which sound counts as speech"""
    start: Annotated[float, Field(ge=0.03, le=1)] = 0.1
    """Seconds of speech before we believe that someone speaks"""
    preroll: Annotated[float, Field(ge=0, le=3)] = 1.0
    """Seconds kept from before speech was noticed"""
    patience: Literal["patient", "balanced"] = "patient"
    """patient: waits longer, and cuts people off less often; balanced: answers sooner"""
    hold: Hold = None
    """Seconds of silence that end a turn after a statement; empty: as patience and habit say"""
    hold_after_question: Hold = None
    """Seconds of silence that end a turn after a question of ours; empty: as patience says"""
    longest_turn: Annotated[float, Field(ge=10, le=600)] = 90.0
    """Seconds after which a turn is taken in a pause, or at last a breath, although it goes on"""


class SenseSettings(Content):
    """Whether the companion notices how a voice sounds."""

    agreed: bool = False
    """yes only if the person agreed to it"""
    reader: str = "pitch"
    """pitch, pitch+swift (asks twice), loudness, or a "module:Class" of your own"""


class ThinkSettings(Content):
    """How replies are found."""

    mind: str = "auto"
    """auto, llama, written, scripted, or a "module:Class" of your own"""
    model: str = ""
    """A GGUF file; empty: the best one in a models folder that fits into the memory"""
    deadline: Annotated[float, Field(ge=0.2, le=60)] = 2.2
    """Seconds in which a model's first sentence must be there; else the written reply is given"""
    threads: Annotated[int, Field(ge=0, le=64)] = 0
    """Threads of the model; 0: one for each core but one, four at most"""


class SpeakSettings(Content):
    """How the companion speaks."""

    voice: str = "auto"
    """auto, piper, espeak, silent, or a "module:Class" of your own"""
    model: str = ""
    """A Piper voice (.onnx); empty: the best one in a voices folder"""
    accent: str = "en-gb"
    """Name of an eSpeak NG voice, such as en-us"""
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    """1 is the usual pace"""
    pitch: Annotated[float, Field(ge=-12, le=12)] = 0.0
    """Semitones above the voice's own"""
    volume: Annotated[float, Field(ge=0.1, le=1)] = 1.0
    """1 is the usual loudness"""
    plain: bool = False
    """yes: no turns of speech, only words that mean what they say"""
    company: bool = True
    """yes: a word or two in a long silence; after a sign of danger there always are"""


class MemorySettings(Content):
    """What is kept, encrypted, where a diary was made."""

    keep: bool = True
    """no: nothing of a talk is kept, and nothing is recalled"""
    transcripts: bool = False
    """yes: the words of talks are kept too, not only their facts"""
    facts: bool = True
    """no: no short facts (people, worries, plans, what helped) are remembered of what is told"""


class ScreenSettings(Content):
    """How a talk is shown in a terminal."""

    plain: bool = False
    """yes: line by line, in place of the whole screen"""
    colour: bool = True
    """no: nothing is coloured"""


class Settings(Content):
    """Everything a person may set."""

    language: Literal["en"] = "en"
    """A language with a reviewed safety pack"""
    person: PersonSettings = PersonSettings()
    audio: AudioSettings = AudioSettings()
    hear: HearSettings = HearSettings()
    sense: SenseSettings = SenseSettings()
    think: ThinkSettings = ThinkSettings()
    speak: SpeakSettings = SpeakSettings()
    memory: MemorySettings = MemorySettings()
    screen: ScreenSettings = ScreenSettings()


def read_settings(path: Path | None) -> Settings:
    """Read the named file, else the one in the data folder, else take the defaults."""
    if path is not None:
        return read(path, Settings)
    usual = paths.settings_file()
    return read(usual, Settings) if usual.is_file() else Settings()
