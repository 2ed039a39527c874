"""Where the tests find models that need no download, made when they are first needed.

The small ones take a second, and are kept in a folder by the digest of what makes them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from scripts.make_test_models import make
from scripts.test_models.forced import Forced

__all__ = ["Forced", "change", "copy_of_voice", "mind", "phonemes", "settings_of", "voice"]


@cache
def voice() -> Path:
    """Give a Piper voice of two tones a phoneme."""
    return make("en_US-tiny.onnx")


@cache
def mind() -> Path:
    """Give a language model that writes nonsense."""
    return make("tiny.gguf")


def copy_of_voice(folder: Path) -> Path:
    """Give a voice of one's own, to change."""
    for path in (voice(), settings_of(voice())):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder / voice().name


def settings_of(model: Path) -> Path:
    """Give the file beside a voice."""
    return model.with_name(model.name + ".json")


def change(model: Path, **settings: Any) -> None:
    """Change settings of a voice; None takes one out."""
    file = settings_of(model)
    changed = json.loads(file.read_text(encoding="utf-8")) | settings
    kept = {key: value for key, value in changed.items() if value is not None}
    file.write_text(json.dumps(kept), encoding="utf-8")


def phonemes(model: Path) -> dict[str, list[int]]:
    """Give the ids of a voice's phonemes."""
    ids: dict[str, list[int]] = json.loads(settings_of(model).read_text(encoding="utf-8"))[
        "phoneme_id_map"
    ]
    return ids
