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
    beside = PACKAGE.parent / "models"
    own = data_folder() / "models"
    return (own, beside) if (PACKAGE.parent / "pyproject.toml").is_file() else (own,)
