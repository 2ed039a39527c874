"""Where files lie. The only place that knows."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from companion.errors import VaultError

PACKAGE = Path(__file__).parent
"""The code, in a checkout or installed from a wheel"""

DATA = PACKAGE / "data"
"""Files that ship with the code: demo recordings, language models"""

_PASSPHRASE = "COMPANION_PASSPHRASE"
_set_aside: list[str] = []
_PROFILE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "all", "none"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""Some systems keep these for devices; the others would be misread"""


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


def profile_folder(name: str) -> Path:
    """Find what is kept for one person. Raises VaultError for a name that is none."""
    plain = name.casefold()
    if not _PROFILE.fullmatch(plain) or plain in _RESERVED:
        raise VaultError(
            "This cannot be the name of a profile.",
            fix="Use 1 to 32 of the letters a to z, digits and hyphens, such as: sam-2.",
        )
    return _profiles() / plain


def profile_names() -> tuple[str, ...]:
    """Name the profiles that there are."""
    folder = _profiles()
    if not folder.is_dir():
        return ()
    return tuple(sorted(one.name for one in folder.iterdir() if _PROFILE.fullmatch(one.name)))


def _profiles() -> Path:
    return data_folder() / "profiles"


@contextmanager
def passphrase_set_aside() -> Iterator[None]:
    """Take COMPANION_PASSPHRASE out of the environment for as long as we run.

    No process that we or a library starts can then inherit it.
    """
    text = os.environ.pop(_PASSPHRASE, None)
    if text is None:
        yield
        return
    _set_aside.append(text)
    try:
        yield
    finally:
        os.environ[_PASSPHRASE] = _set_aside.pop()


def passphrase() -> str | None:
    """Give COMPANION_PASSPHRASE, where it is set."""
    return _set_aside[-1] if _set_aside else os.environ.get(_PASSPHRASE)


def environment_of_a_child() -> dict[str, str]:
    """Give the environment for a process that we start: all of ours but the passphrase."""
    return {key: text for key, text in os.environ.items() if key != _PASSPHRASE}
