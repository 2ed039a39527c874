"""What is present of the models: found by name, checked by digest.

A file that a person put there by hand counts as present, too; where the manifest
knows it, it is checked like any other.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import ValidationError

from companion import paths
from companion.content import Content
from companion.manifest import Manifest, Model, ModelFile, read_manifest

RECORD = "companion-installed.json"
"""Lies in every folder that we unpacked: what its files were at that moment"""
CHUNK = 1 << 20
"""Bytes read at once"""
LARGEST_VOICE_CONFIG = 1_000_000
"""Bytes; the published ones have 5,000 to 20,000"""
NO_MIND = re.compile(r"^mmproj|-(?!00001-of)\d{5}-of-\d{5}")
"""GGUF files that are no language model by themselves: eyes, and later parts of a split one"""


@dataclass(frozen=True)
class Places:
    """Folders that may hold models, the person's own first."""

    models: tuple[Path, ...]
    voices: tuple[Path, ...]

    def of(self, model: Model) -> tuple[Path, ...]:
        """Give the folders in which a model may lie."""
        return self.voices if model.kind == "voice" else self.models


@dataclass(frozen=True)
class Finding:
    """What a check has shown of one model."""

    id: str
    path: Path
    state: Literal["ok", "wrong", "unchecked"]
    problem: str = ""
    fix: str = ""


class Record(Content):
    """What `RECORD` holds."""

    id: str
    digest: str
    """Of the archive it came from"""
    files: dict[str, tuple[int, str]]
    """Bytes and SHA-256 of each file"""


def usual_places() -> Places:
    """Give the folders of this installation."""
    return Places(paths.model_folders(), paths.voice_folders())


def voices_present(
    language: str, places: Places | None = None, manifest: Manifest | None = None
) -> tuple[Path, ...]:
    """Find the Piper voices of a language, best first: those of the manifest, then others."""
    manifest = manifest or read_manifest()
    known = {model.main.file: model for model in manifest.models if model.kind == "voice"}
    found = [
        path
        for folder in (places or usual_places()).voices
        for path in sorted(folder.glob("*.onnx"))
        if config_of(path).is_file() and _speaks(path, known.get(path.name), language)
    ]
    return _ranked(found, list(known.values()))


def minds_present(
    places: Places | None = None, manifest: Manifest | None = None
) -> tuple[Path, ...]:
    """Find the language models, best first: of the largest profile, of the manifest, others."""
    manifest = manifest or read_manifest()
    profiles = list(manifest.profiles)

    def largest(model: Model) -> int:
        return max((profiles.index(name) for name in manifest.profiles_of(model)), default=-1)

    known = sorted((m for m in manifest.models if m.kind == "mind"), key=largest, reverse=True)
    found = [
        path
        for folder in (places or usual_places()).models
        for path in sorted(folder.glob("*.gguf"))
        if path.is_file() and not NO_MIND.search(path.name)
    ]
    return _ranked(found, known)


def find(model: Model, places: Places) -> Path | None:
    """Find a model's file or unpacked folder; None where what the engine needs is not there."""
    return next(_copies(model, places), None)


def check(model: Model, places: Places) -> Finding | None:
    """Compare the first copy of a model with the manifest. None where it is not present."""
    path = find(model, places)
    return _compare(model, path) if path else None


def check_all(manifest: Manifest, places: Places) -> Iterator[Finding]:
    """Check every copy of every model, then name what else lies there."""
    known = []
    for model in manifest.models:
        for path in _copies(model, places):
            known.append(path)
            yield _compare(model, path)
    for folder, pattern in (
        *((folder, "vosk-model-*/") for folder in places.models),
        *((folder, "*.gguf") for folder in places.models),
        *((folder, "*.onnx") for folder in places.voices),
    ):
        for path in sorted(set(folder.glob(pattern)) - set(known)):
            yield _stranger(path, manifest)


def matches(path: Path, file: ModelFile) -> bool:
    """Tell whether a file has the size and every digest that the manifest names."""
    return _is(path, file.size, file.sha256, file.md5)


def agrees(content: Iterable[bytes], sha256: str, md5: str = "") -> bool:
    """Tell whether some content has every digest that is named."""
    wanted = {"sha256": sha256, "md5": md5}
    # MD5 alone stops accidents, not forgers; it is used where nothing better was published.
    sums = {name: hashlib.new(name, usedforsecurity=False) for name in wanted if wanted[name]}
    for block in content:
        for one in sums.values():
            one.update(block)
    return all(one.hexdigest() == wanted[name] for name, one in sums.items())


def blocks(opened: BinaryIO, size: int) -> Iterator[bytes]:
    """Read so many bytes, from where the file stands; fewer where it ends."""
    while size and (block := opened.read(min(CHUNK, size))):
        size -= len(block)
        yield block


def config_of(voice: Path) -> Path:
    """Name the configuration that lies beside a Piper voice."""
    return voice.with_name(f"{voice.name}.json")


def _is(path: Path, size: int, sha256: str, md5: str = "") -> bool:
    if not path.is_file() or path.stat().st_size != size:
        return False
    with path.open("rb") as opened:
        return agrees(blocks(opened, size), sha256, md5)


def _copies(model: Model, places: Places) -> Iterator[Path]:
    for folder in places.of(model):
        if model.folder:
            unpacked = folder / model.folder
            if unpacked.is_dir() and any(unpacked.iterdir()):
                yield unpacked
        elif all((folder / file.file).is_file() for file in model.files if file.needed):
            yield folder / model.main.file


def _compare(model: Model, path: Path) -> Finding:
    if model.folder:
        return _compare_folder(model, path)
    for file in model.files:
        here = path.with_name(file.file)
        if here.exists() and not matches(here, file):
            return _wrong(model.id, path, f"{file.file} is not the file that the manifest names")
    return Finding(model.id, path, "ok")


def _compare_folder(model: Model, folder: Path) -> Finding:
    if not (folder / RECORD).is_file():
        return Finding(model.id, folder, "unchecked", "not checked: it was put there by hand")
    try:
        record = Record.model_validate_json((folder / RECORD).read_bytes())
    except (ValidationError, OSError):
        return _wrong(model.id, folder, f"{RECORD} in it cannot be read")
    if record.digest != (model.main.sha256 or model.main.md5):
        return _wrong(model.id, folder, "it is another edition than the manifest names")
    for name, (size, sha256) in record.files.items():
        if not _is(folder / name, size, sha256):
            return _wrong(model.id, folder, f"{name} in it is missing or altered")
    return Finding(model.id, folder, "ok")


def _wrong(name: str, path: Path, problem: str) -> Finding:
    return Finding(name, path, "wrong", problem, f"Run: scripts/companion models get {name}")


def _stranger(path: Path, manifest: Manifest) -> Finding:
    owner = [model.id for model in manifest.models if model.main.file == path.name]
    if path.is_dir() or path.suffix != ".onnx" or config_of(path).is_file():
        return Finding(path.name, path, "unchecked", "not checked: not from the manifest")
    missing = f"{config_of(path).name} is missing beside it"
    if owner:
        return _wrong(owner[0], path, missing)
    return Finding(path.name, path, "wrong", missing, "Put it there; it comes with the voice.")


def _speaks(voice: Path, model: Model | None, language: str) -> bool:
    if model:
        return model.speaks(language)
    named = re.match(r"([a-z]{2,3})_[A-Z]{2}-", voice.name)
    return (named[1] if named else _language_of(voice)) == language.lower().partition("-")[0]


def _language_of(voice: Path) -> str:
    """Read the language of a voice whose name does not say it; "" where that fails."""
    config = config_of(voice)
    try:
        if config.stat().st_size > LARGEST_VOICE_CONFIG:
            return ""
        spoken = json.loads(config.read_bytes())["espeak"]["voice"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return str(spoken).lower().partition("-")[0]


def _ranked(found: list[Path], known: list[Model]) -> tuple[Path, ...]:
    """Sort by the order of the known; a file with a known name and another size is a stranger."""
    ranks = {(model.main.file, model.main.size): rank for rank, model in enumerate(known)}
    return tuple(sorted(found, key=lambda p: ranks.get((p.name, p.stat().st_size), len(ranks))))
