"""Where files lie. The only place that knows."""

import os
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).parent
"""The code, in a checkout or installed from a wheel"""

DATA = PACKAGE / "data"
"""Files that ship with the code: demo recordings, language models"""


def content() -> Path:
    """Find what the companion says: `prompts/` of a checkout, or its copy in a wheel."""
    inside = PACKAGE / "prompts"
    return inside if inside.is_dir() else PACKAGE.parent / "prompts"


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Find the person's own folder: COMPANION_HOME, else the system's usual place."""
    chosen = environment.get("COMPANION_HOME", "")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs  # 20 ms that `--help` does not need

    return platformdirs.user_data_path("companion", appauthor=False)


def settings_file() -> Path:
    """Find the settings that hold when none are named."""
    return data_folder() / "companion.yaml"


def model_folders() -> tuple[Path, ...]:
    """Find the places that may hold downloaded models, the person's own first."""
    return _folders("models")


def voice_folders() -> tuple[Path, ...]:
    """Find the places that may hold downloaded voices, the person's own first."""
    return _folders("voices")


def _folders(name: str) -> tuple[Path, ...]:
    own = data_folder() / name
    in_checkout = (PACKAGE.parent / "pyproject.toml").is_file()
    return (own, PACKAGE.parent / name) if in_checkout else (own,)


def environment_of_a_child() -> dict[str, str]:
    """Give the environment for a process that we start: all of ours but the passphrase."""
    return {key: text for key, text in os.environ.items() if key != "COMPANION_PASSPHRASE"}
