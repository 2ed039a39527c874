"""Carry models to a machine without a network: many checked files in one.

A bundle is a plain tar: `companion-bundle.json` names what it holds, then come the files
as `ID/FILE`. Whoever installs from it believes the manifest of the program alone: a file
that the manifest does not name, or that differs from it, stops everything.
"""

import io
import json
import shutil
import tarfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from companion.downloads import fetch
from companion.errors import DownloadError
from companion.installs import commit, on_disk, part_of, unpack
from companion.manifest import Manifest, Model, ModelFile
from companion.models import Rules
from companion.shelf import Places, agrees, blocks, matches

LIST = "companion-bundle.json"
BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True)
class Member:
    """One file in a bundle."""

    model: Model
    file: ModelFile
    at: int
    """Byte at which it begins"""


def pack(
    models: Iterable[Model], bundle: Path, places: Places, rules: Rules
) -> Generator[int, None, None]:
    """Write a bundle of whole models, fetching what is not here; yield the bytes that are.

    Installs nothing. Raises DownloadError.
    """
    if bundle.is_dir():
        raise DownloadError(f"{bundle} is a folder.", fix="Name a file to write.")
    # What is fetched for it stays beside it until it is whole, so an interrupted one goes on.
    staging = bundle.with_name(f"{bundle.name}.parts")
    with on_disk(bundle):
        staging.mkdir(exist_ok=True)
    sources: dict[str, tuple[Path, ModelFile]] = {}
    done = 0
    for model in models:
        for file in model.files:
            source = _lies_here(file, places.of(model))
            if source is None:
                for come in fetch(file, staging, rules):
                    yield done + come
                source = staging / file.file
            done += file.size
            sources[f"{model.id}/{file.file}"] = source, file
            yield done
    with on_disk(bundle):
        _write(part_of(bundle), sources)
    commit(part_of(bundle), bundle)
    shutil.rmtree(staging, ignore_errors=True)


def contents(bundle: Path, manifest: Manifest) -> dict[str, tuple[Member, ...]]:
    """Find what a bundle holds, by model, and check every byte. Raises DownloadError."""
    known = {
        f"{model.id}/{file.file}": (model, file)
        for model in manifest.models
        for file in model.files
    }
    found: dict[str, Member] = {}
    with on_disk(bundle), bundle.open("rb") as opened:
        for header, at in _headers(opened, bundle):
            if header.name not in known:
                what = repr(header.name[:80])
                raise _refused(bundle, f"it holds {what}, which this program does not know")
            model, file = known[header.name]
            found[header.name] = Member(model, file, at)
            if header.size != file.size or not _is_whole(opened, file):
                raise _refused(bundle, f"{header.name} in it is not the file of the manifest")
    held = {member.model.id for member in found.values()}
    whole = {one.id: [f"{one.id}/{file.file}" for file in one.files] for one in manifest.models}
    for name in held:
        if missing := set(whole[name]) - set(found):
            raise _refused(bundle, f"{missing.pop()} is missing in it")
    if not held:
        raise _refused(bundle, "it holds no model")
    return {name: tuple(found[path] for path in whole[name]) for name in whole if name in held}


def install(
    bundle: Path, members: tuple[Member, ...], places: Places
) -> Generator[int, None, None]:
    """Install one model from a bundle, yielding the bytes that are done. Raises DownloadError."""
    done = 0
    # The main file comes last: where it is, all of the model is.
    for member in reversed(members):
        target = places.of(member.model)[0] / member.file.file
        part = part_of(target)
        with on_disk(target), bundle.open("rb") as opened, part.open("wb") as written:
            opened.seek(member.at)
            for block in blocks(opened, member.file.size):
                written.write(block)
        # Once more, of what was written: the bundle may have changed since it was checked.
        if not matches(part, member.file):
            part.unlink()
            raise _refused(bundle, f"{member.file.file} in it is not the file of the manifest")
        commit(part, target)
        done += member.file.size
        yield done
    model = members[0].model
    if model.folder:
        unpack(places.of(model)[0] / model.main.file, model)


def _lies_here(file: ModelFile, folders: Iterable[Path]) -> Path | None:
    return next(
        (folder / file.file for folder in folders if matches(folder / file.file, file)), None
    )


def _write(part: Path, sources: dict[str, tuple[Path, ModelFile]]) -> None:
    rows = [
        {"name": name, "size": file.size, "sha256": file.sha256, "md5": file.md5}
        for name, (_, file) in sources.items()
    ]
    listed = json.dumps({"files": rows}, indent=1).encode()
    with tarfile.open(part, "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(_header(LIST, len(listed)), io.BytesIO(listed))
        for name, (source, file) in sources.items():
            with source.open("rb") as opened:
                tar.addfile(_header(name, file.size), opened)


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    return header


def _headers(opened: BinaryIO, bundle: Path) -> Iterator[tuple[tarfile.TarInfo, int]]:
    """Yield each file's header and the byte after it; nothing but plain files passes.

    Python's own reader would follow links, and read headers of any length into memory.
    """
    at, names = 0, set()
    while True:
        opened.seek(at)
        block = opened.read(BLOCK)
        if block == bytes(BLOCK):
            return
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, ValueError):
            raise _refused(bundle, "it is damaged, or not a bundle") from None
        if header.type != tarfile.REGTYPE or header.size < 0 or header.name in names:
            raise _refused(
                bundle, f"{header.name[:80]!r} in it is not a plain file, or stands twice"
            )
        names.add(header.name)
        if header.name != LIST:
            yield header, at + BLOCK  # The file stands there now.
        at += BLOCK * (1 + -(-header.size // BLOCK))


def _is_whole(opened: BinaryIO, file: ModelFile) -> bool:
    return agrees(blocks(opened, file.size), file.sha256, file.md5)


def _refused(bundle: Path, why: str) -> DownloadError:
    return DownloadError(
        f"{bundle.name} was refused, and nothing of it is installed: {why}.",
        fix="Make it anew with the same version of Companion: models get --offline-bundle FILE",
    )
