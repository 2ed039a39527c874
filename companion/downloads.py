"""Fetch models: in attempts that go on where the last one stopped, checked before they count.

A file is written as `*.part`, never beyond the size that the manifest states, and gets its
own name once every digest agrees.
"""

import re
import threading
from collections.abc import Generator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from companion.errors import DownloadError
from companion.installs import commit, on_disk, part_of, refused, unpack
from companion.manifest import Model, ModelFile
from companion.models import Answer, CutError, Rules, ask
from companion.shelf import Places, matches

PROGRESS = 1 << 20
"""Bytes after which an attempt counts as one that got on"""
BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers of a host that may do better in a moment"""


def install(model: Model, places: Places, rules: Rules) -> Generator[int, None, None]:
    """Fetch a model and put it in place, yielding the bytes that are there so far.

    Raises DownloadError. To stop is to close: what came is kept for the next time.
    """
    folder = places.of(model)[0]
    before = 0
    # The main file comes last: where it is, all of the model is.
    for file in reversed(model.files):
        for done in fetch(file, folder, rules):
            yield before + done
        before += file.size
    if model.folder:
        unpack(folder / model.main.file, model)


def fetch(file: ModelFile, folder: Path, rules: Rules) -> Generator[int, None, None]:
    """Fetch one file into a folder, yielding the bytes that are there so far.

    Nothing is fetched where the right file is there already. Raises DownloadError.
    """
    target = folder / file.file
    if matches(target, file):
        return
    part = part_of(target)
    # A beginning that an earlier run left may be of another file: then once more, from nothing.
    for resumed in (_size(part) > 0, False):
        yield from _Download(file, part, rules).fill()
        if matches(part, file):
            commit(part, target)
            return
        part.unlink(missing_ok=True)
        if not resumed:
            raise refused(file)


@dataclass
class _Download:
    """One file on its way."""

    file: ModelFile
    part: Path
    rules: Rules
    etag: str = ""
    """What the host called the file at the last attempt"""

    def fill(self) -> Generator[int, None, None]:
        """Bring the part to its full size, in as many attempts as get on."""
        if _size(self.part) > self.file.size:
            self.part.unlink()
        failed, tries = 0, self.rules.first_tries
        while (before := _size(self.part)) < self.file.size:
            try:
                yield from self._attempt(before)
            except CutError as cut:
                came = _size(self.part) - before
                failed = 0 if came >= PROGRESS else failed + 1
                tries = self.rules.tries if came > 0 else tries
                if failed >= tries:
                    raise DownloadError(
                        f"{self.file.file} could not be fetched: {cut}.",
                        fix="Check the connection and give the same command again: "
                        "what came so far is kept. (Behind a proxy: --proxy URL.)",
                    ) from None
                threading.Event().wait(self.rules.pause * 2 ** max(0, failed - 1))

    def _attempt(self, have: int) -> Generator[int, None, None]:
        wanted = {"Range": f"bytes={have}-"} if have else {}
        if have and self.etag:
            wanted["If-Range"] = self.etag
        with ask(self.file.url, wanted, self.rules) as answer:
            start = self._start(answer, have)
            tag = answer.headers.get("etag", "")
            # A weak tag does not vouch for bytes.
            self.etag = "" if tag.startswith("W/") else tag
            with on_disk(self.part):
                written = self.part.open("ab", buffering=0)
            with written:
                written.truncate(start)
                for block in answer.blocks:
                    start += len(block)
                    if start > self.file.size:
                        raise self._other(f"more than its {self.file.size} bytes came")
                    _append(written, block, self.part)
                    yield start
        if start < self.file.size:
            raise CutError("the connection broke off")

    def _start(self, answer: Answer, have: int) -> int:
        """Find from which byte the answer goes on. Raises where it is of no use."""
        if answer.status == 200:
            start, total = 0, answer.headers.get("content-length", "*")
        elif answer.status == 206:
            said = answer.headers.get("content-range", "")
            found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", said.strip())
            if not found or int(found[1]) != have:
                self.part.unlink(missing_ok=True)
                raise CutError(f"{answer.host} sent another part than it was asked for")
            start, total = have, found[2]
        elif answer.status == 416 and have:
            self.part.unlink()
            raise CutError(f"{answer.host} does not know its beginning")
        elif answer.status in BUSY:
            raise CutError(f"{answer.host} answers {answer.status}")
        else:
            raise self._other(f"{answer.host} does not give it out (answer {answer.status})")
        if total not in ("*", str(self.file.size)):
            raise self._other(f"{total} bytes are offered in place of {self.file.size}")
        return start

    def _other(self, why: str) -> DownloadError:
        return DownloadError(
            f"{self.file.file} could not be fetched: {why}.",
            fix="It may have moved or changed: choose another (scripts/companion models list).",
        )


def _append(written: FileIO, block: bytes, part: Path) -> None:
    left = memoryview(block)
    with on_disk(part):
        while left:
            left = left[written.write(left) :]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
