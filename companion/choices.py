"""What `auto` takes: the best engine and model that are present.

A model that is named in the settings is taken as it is, and must be there.
"""

import importlib.util
import os
from pathlib import Path

from companion import paths
from companion.errors import EngineError
from companion.settings import Settings, ThinkSettings
from companion.shelf import minds_present, voices_present

_GET = "Run: scripts/companion models get"
_ROOM = 0.4
"""Share of the memory that a model's file may have: loaded, it takes up to twice its size"""


def recogniser(settings: Settings) -> str:
    """Name the best recogniser that is present. Raises EngineError where there is none."""
    if importlib.util.find_spec("vosk") and _found_vosk_model(settings):
        return "vosk"
    if importlib.util.find_spec("pocketsphinx"):
        return "sphinx"
    raise EngineError(
        "No speech recogniser is present for this Python.",
        fix="Type instead (companion chat), or use Python 3.11 or 3.13.",
    )


def vosk_model(settings: Settings) -> Path:
    """Find the model of the Vosk ear. Raises EngineError where there is none."""
    named = settings.hear.model
    found = Path(named).expanduser() if named else _found_vosk_model(settings)
    if found is None:
        raise EngineError("There is no Vosk model.", fix=f"{_GET}, or name one (hear.model).")
    return found


def voice_model(settings: Settings) -> Path | None:
    """Find the Piper voice. Raises EngineError where one is asked for and there is none."""
    if settings.speak.model:
        return Path(settings.speak.model).expanduser()
    found = voices_present(settings.language)
    if not found and settings.speak.voice == "piper":
        raise EngineError("There is no Piper voice.", fix=f"{_GET}, or name one (speak.model).")
    return next(iter(found), None)


def mind_model(think: ThinkSettings) -> Path | None:
    """Find the language model. Raises EngineError where one is asked for and there is none."""
    asked = bool(think.model) or think.mind == "llama"
    if not importlib.util.find_spec("llama_cpp"):
        if asked:
            raise EngineError(
                "The engine of the language model is not installed.",
                fix="Run: scripts/companion setup --llm",
            )
        return None
    if think.model:
        return Path(think.model).expanduser()
    room = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * _ROOM
    present = minds_present()
    found = next((path for path in present if path.stat().st_size < room), None)
    if asked and not found:
        why = " that fits into the memory" if present else ""
        raise EngineError(
            f"There is no language model{why}.",
            fix=f"{_GET} --profile minimal, or name one (think.model).",
        )
    return found


def _found_vosk_model(settings: Settings) -> Path | None:
    from companion.hear.vosk import find_model  # with the engine only

    return find_model(paths.model_folders(), settings.language)
