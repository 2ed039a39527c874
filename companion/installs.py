"""Put fetched files in their place: whole, checked, one process at a time.

Everything is written beside its place under another name and then renamed, so that
whatever bears a model's name is whole. Archives are unpacked as if by an enemy.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from companion.errors import DownloadError
from companion.manifest import Model, ModelFile
from companion.shelf import CHUNK, RECORD, Places, Record

MOST_FILES = 1_000
"""In one archive; Vosk's have about 20"""
MOST_GROWTH = 8
"""Times an archive may grow when unpacked; Vosk's grow to less than twice their size"""
SPARE = 50_000_000
"""Bytes of the disk that are never planned to be used"""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def part_of(target: Path) -> Path:
    """Name the unfinished form of a file."""
    return target.with_name(f"{target.name}.part")


@contextlib.contextmanager
def lock(places: Places) -> Iterator[None]:
    """Keep every other process from installing. Raises DownloadError where one does."""
    with on_disk(places.models[0]):
        for folder in (places.models[0], places.voices[0]):
            folder.mkdir(parents=True, exist_ok=True)
        held = (places.models[0] / ".lock").open("wb")
    with held:
        try:
            # The system lets go of it when the process ends, however it ends.
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DownloadError(
                "Another 'companion models get' is at work here.", fix="Wait until it has ended."
            ) from None
        yield


@contextlib.contextmanager
def on_disk(place: Path) -> Iterator[None]:
    """Turn a disk's refusal into one sentence. Raises DownloadError."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DownloadError(
                f"The disk is full: {place.name} could not be written to its end.",
                fix="Free some space and give the same command again; what came so far is kept.",
            ) from None
        raise DownloadError(
            f"{error.filename or place} cannot be used ({error.strerror}).",
            fix="Check the folder and its rights.",
        ) from None


def check_space(places: Places, models: Iterable[Model]) -> None:
    """Raise DownloadError where the disk is too small for what is to be fetched."""
    need = SPARE
    for model in models:
        folder = places.of(model)[0]
        parts = [part_of(folder / file.file) for file in model.files]
        need += model.size - sum(part.stat().st_size for part in parts if part.is_file())
        # What an archive unpacks to lies beside it for a moment.
        need += 2 * model.size if model.folder else 0
    free = shutil.disk_usage(places.models[0]).free
    if free < need:
        raise DownloadError(
            f"{megabytes(need)} are needed on the disk, and {megabytes(free)} are free "
            f"in {places.models[0]}.",
            fix="Free some space, or choose smaller models: scripts/companion models list",
        )


def megabytes(size: int) -> str:
    """Write a number of bytes for a person."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"


def commit(part: Path, target: Path) -> None:
    """Give a checked file its name, on disk and not in memory alone. Raises DownloadError."""
    with on_disk(target):
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
        _sync(target.parent)


def refused(file: ModelFile) -> DownloadError:
    """Say that a file is not the one of the manifest."""
    return DownloadError(
        f"What came as {file.file} is not the file that Companion was checked with; "
        "it was removed, and nothing of it is installed.",
        fix="Try once more. If that does not help, its publisher has changed it: choose another.",
    )


def unpack(archive: Path, model: Model) -> None:
    """Unpack a checked archive beside itself under the model's name; remove the archive.

    Raises DownloadError, also for an archive that would write outside its folder.
    """
    folder = archive.with_name(model.folder)
    # Hidden, so that nobody takes a half of it for a model.
    fresh = folder.with_name(f".{folder.name}.new")
    with on_disk(folder):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
    try:
        files = _unpack_into(fresh, archive)
        record = Record(id=model.id, digest=model.main.sha256 or model.main.md5, files=files)
        with on_disk(folder):
            _write(fresh / RECORD, [record.model_dump_json(indent=1).encode()])
            _swap(fresh, folder)
            archive.unlink()
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _swap(fresh: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _unpack_into(folder: Path, archive: Path) -> dict[str, tuple[int, str]]:
    damaged = DownloadError(
        f"{archive.name} cannot be unpacked: it is damaged or not a ZIP file.",
        fix="Delete it and give the same command again.",
    )
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _safe_members(opened, archive)
            files = {}
            for name, member in members.items():
                with opened.open(member) as packed, on_disk(folder / name):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    files[name] = _write(folder / name, _blocks(packed))
            return files
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise damaged from None


def _blocks(packed: IO[bytes]) -> Iterator[bytes]:
    # No more comes than the size that the member states, which was weighed before.
    while block := packed.read(CHUNK):
        yield block


def _safe_members(opened: zipfile.ZipFile, archive: Path) -> dict[str, zipfile.ZipInfo]:
    """Give the files by their path below the one folder that holds them all."""
    members = opened.infolist()
    total = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or total > MOST_GROWTH * archive.stat().st_size + CHUNK:
        raise _unsafe(archive, "it would unpack to far more than it should")
    files = [member for member in members if not member.is_dir()]
    for member in members:
        parts = PurePosixPath(member.filename).parts
        kind = stat.S_IFMT(member.external_attr >> 16)
        if not parts or ".." in parts or parts[0] == "/" or "\\" in member.filename:
            raise _unsafe(archive, "it would write outside its folder")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _unsafe(archive, "it holds something else than files")
    tops = {PurePosixPath(member.filename).parts[0] for member in files}
    deep = all(len(PurePosixPath(member.filename).parts) > 1 for member in files)
    cut = 1 if len(tops) == 1 and deep else 0
    names = {"/".join(PurePosixPath(m.filename).parts[cut:]): m for m in files}
    if len(names) < len(files) or RECORD in names:
        raise _unsafe(archive, "it holds a name twice")
    return names


def _unsafe(archive: Path, why: str) -> DownloadError:
    return DownloadError(
        f"{archive.name} was not unpacked: {why}.", fix="Delete it, and choose another model."
    )


def _write(path: Path, blocks: Iterable[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        for block in blocks:
            size += file.write(block)
            digest.update(block)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
