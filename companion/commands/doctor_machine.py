"""The machine that a talk runs on: program, models, devices, disk, memory, sockets."""

import os
import platform
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from companion import __version__, choices, paths
from companion.audio.portaudio import muted
from companion.commands.doctor_case import Case, Row, has_llama, short
from companion.commands.sound import TOO_QUIET
from companion.errors import EngineError
from companion.installs import megabytes
from companion.manifest import read_manifest
from companion.shelf import Finding, check_all, find, minds_present, usual_places, voices_present
from companion.values import AudioChunk, Samples

LISTENED = 1.5
"""Seconds"""
SETTLING = 0.2
"""Seconds at the beginning that are not looked at: many a microphone clicks when it opens"""
LOUDEST = 0.99
CLIPPED = 0.001
"""Share of samples at the limit from which a recording counts as clipped"""
LITTLE = 1_000_000_000
"""Bytes free on the disk: the smallest language model and its unpacking need about so many"""

_RATE = 22_050
"""Hertz"""
_LOCAL = ("UNIX", "NETLINK")
"""Names that the kernel gives to sockets that stay on the machine"""


def program(case: Case) -> Iterator[Row]:
    """Name program, Python and machine."""
    system = f"{platform.system()} {platform.machine()}"
    python = f"Python {platform.python_version()}"
    cores = f"{os.cpu_count()} cores"
    yield Row("program", "ok", f"Companion {__version__}, {python}, {system}, {cores}")


def models(case: Case) -> Iterator[Row]:
    """Check what was downloaded against the digests of the manifest."""
    if case.quick:
        yield Row("models", "ok", f"{_count(case.settings.language)} here; not checked (--quick)")
        return
    found: list[Finding] = []
    case.tell("the models are read, to check each byte")
    for finding in check_all(read_manifest(), usual_places()):
        found.append(finding)
        case.tell(f"the models are read, to check each byte: {finding.id} done")
        if finding.state == "wrong":
            yield Row("models", "wrong", f"{finding.id}: {finding.problem}", finding.fix)
    right = sum(finding.state == "ok" for finding in found)
    strange = [finding.path.name for finding in found if finding.state == "unchecked"]
    checked = f"{right} checked and right" if right else ""
    if strange:
        by_hand = f"put there by hand, so not checked: {', '.join(strange)}"
        yield Row("models", "note", "; ".join(filter(None, (checked, by_hand))))
    elif checked or not found:
        yield Row("models", "ok", checked or "none downloaded")


def _count(language: str) -> int:
    places = usual_places()
    known = {find(model, places) for model in read_manifest().models} - {None}
    return len(known | {*minds_present(), *voices_present(language)})


def microphone(case: Case) -> Iterator[Row]:
    """Open the microphone and listen for a moment; keep nothing. Raises AudioError."""
    with muted():
        case.sound.look()
        opened = case.sound.microphone(case.settings.audio.microphone)
        try:
            case.tell(f"the microphone listens for {LISTENED:.1f} s; nothing is kept")
            heard = None if case.quick else _listen(opened.blocks())
        finally:
            opened.close()
    if heard is None:
        yield Row("microphone", "ok", f"'{opened.name}' opens; not listened to (--quick)")
    else:
        yield _of_recording(f"'{opened.name}'", heard)


def _listen(blocks: Iterator[AudioChunk]) -> Samples:
    heard = []
    for chunk in blocks:
        if chunk.start >= SETTLING:
            heard.append(chunk.samples)
        if chunk.end >= LISTENED:
            break
    return np.concatenate(heard)


def _of_recording(name: str, heard: Samples) -> Row:
    if not heard.any():
        fix = "Is it muted, or switched off? Another one: companion devices"
        return Row("microphone", "note", f"{name} sends pure silence", fix)
    level = 10 * np.log10(np.mean(np.square(heard, dtype=np.float64)) + 1e-12)
    what = f"{name}, {level:.0f} dBFS (0 is the loudest there is)"
    if level < TOO_QUIET:
        fix = "Is it muted, or turned down? Another one: companion devices"
        return Row("microphone", "note", f"{what}: next to nothing", fix)
    if np.mean(np.abs(heard) >= LOUDEST) > CLIPPED:
        fix = "Lower its level in the sound settings of the system."
        return Row("microphone", "note", f"{what}: too loud, it is cut off", fix)
    return Row("microphone", "ok", what)


def loudspeaker(case: Case) -> Iterator[Row]:
    """Open the loudspeaker and play a soft, short tone. Raises AudioError."""
    with muted():
        case.sound.look()
        opened = case.sound.speaker(case.settings.audio.speaker)
        try:
            case.tell("a soft tone is played")
            opened.play(AudioChunk(_tone(), _RATE))
            wait = threading.Event()
            while (left := opened.drained() - time.monotonic()) > 0:
                wait.wait(left)
        finally:
            opened.close()
    yield Row("loudspeaker", "ok", f"'{opened.name}' has played a soft tone")


def _tone() -> Samples:
    """Make a third of a second at -30 dBFS, with soft edges."""
    seconds = np.arange(round(0.3 * _RATE)) / _RATE
    shape = np.sin(np.pi * seconds / 0.3) ** 2
    return (0.03 * shape * np.sin(2 * np.pi * 440 * seconds)).astype(np.float32)


def disk(case: Case) -> Iterator[Row]:
    """Look at the disk of the data folder, and whether it may be written to."""
    folder = paths.data_folder()
    # The folder is made when it is first needed.
    there = next(place for place in (folder, *folder.absolute().parents) if os.path.exists(place))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        fix = "Check its rights, or name another folder in COMPANION_HOME."
        yield Row("disk", "wrong", f"{short(folder)} cannot be written to", fix)
        return
    free = shutil.disk_usage(there).free
    what = f"{megabytes(free)} free for {short(folder)}"
    if free < LITTLE:
        yield Row("disk", "note", what, "Free some space before you fetch models.")
    else:
        yield Row("disk", "ok", what)


def memory(case: Case) -> Iterator[Row]:
    """Look at the memory, and whether the language model fits into it."""
    available = _available()
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    what = megabytes(total)
    if available is not None:
        what = f"{what}, of which {megabytes(available)} are available"
    yield from _of_memory(what, available, case)


def _of_memory(what: str, available: int | None, case: Case) -> Iterator[Row]:
    try:
        chosen = choices.mind_model(case.settings.think)
        size = chosen.stat().st_size if chosen else 0
    except (EngineError, OSError):
        chosen, size = None, 0  # the row of the words says why
    smaller = "A smaller one: scripts/companion models get --profile minimal"
    if case.settings.think.mind not in ("auto", "llama"):
        yield Row("memory", "ok", what)
    elif chosen is None and minds_present() and has_llama():
        yield Row("memory", "note", f"{what}: too little for the language model here", smaller)
    elif available is not None and size > available:
        fix = f"Close other programs. {smaller}"
        yield Row("memory", "note", f"{what}: too little now for the language model", fix)
    else:
        yield Row("memory", "ok", what)


def _available() -> int | None:
    """Give the bytes that programs can have without swapping; None where no one says (proc(5))."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if "MemAvailable" in line), None)


def offline(case: Case) -> Iterator[Row]:
    """Look at the sockets that this process has open now; no more than that is said."""
    kinds = open_sockets()
    if kinds is None:
        yield Row("offline", "note", "this system does not say which sockets are open")
    elif far := [kind for kind in kinds if not kind.startswith(_LOCAL)]:
        fix = "Take engines of your own out of the settings and look again."
        yield Row("offline", "wrong", f"this process has a socket open ({', '.join(far)})", fix)
    else:
        yield Row("offline", "ok", "this process has no internet socket open at this moment")


def open_sockets() -> list[str] | None:
    """Name the protocol of each socket of this process, such as UNIX or TCPv6 (Linux only).

    The kernel names it also for a socket that is not connected, which /proc/net does not list.
    """
    if sys.platform != "linux":
        return None
    found = []
    try:
        for name in os.listdir("/proc/self/fd"):
            path = f"/proc/self/fd/{name}"
            # The one that lists this folder is closed again.
            if os.path.exists(path) and os.readlink(path).startswith("socket:"):
                found.append(os.getxattr(path, "system.sockprotoname").rstrip(b"\0").decode())
    except OSError:
        return None
    return found
