"""Where models that are made to test with are kept: in this system's cache, by what made them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_cache_path


def folder(name: str, sources: Iterable[Path], *more: str) -> Path:
    """Give a folder for each version of the `sources`, and of whatever `more` says.

    It lies outside the checkout, so a fresh one finds what another has made; and not in
    models/ or voices/, so that nobody talks to a stand-in unawares.
    """
    made = hashlib.sha256("".join(more).encode())
    for source in sources:
        made.update(source.read_bytes())
    return user_cache_path("companion-offline") / "test-models" / f"{name}-{made.hexdigest()[:12]}"
