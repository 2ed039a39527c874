"""Looks for a wheel of every locked package everywhere, and writes docs/platforms.md.

A lock holds for all platforms, but its maker does not look whether a wheel exists on each. pip is
asked here, as if it ran there; nothing is installed. So macOS is resolved, not run.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "platforms.md"
LOCKS = ("build", "base", "dev", "llm-build", "llm")
# These have no wheel anywhere: they are built on the spot, all but the last without a compiler.
BUILT_THERE = {"docopt", "readability", "srt", "llama-cpp-python"}
WORTH_A_COLUMN = ("numpy", "pocketsphinx", "vosk")
PYTHONS = ("3.11", "3.12", "3.13")
OLDEST_GLIBC = 36  # The 2.36 of Debian 12 and of Raspberry Pi OS made from it.


@dataclass(frozen=True)
class Platform:
    """A kind of computer, in the words of markers and of pip."""

    name: str
    system: str
    machine: str
    tags: tuple[str, ...]


def linux(name: str, machine: str) -> Platform:
    """Describe a Linux of one processor, with every wheel tag that its C library can run."""
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(OLDEST_GLIBC, 4, -1)]
    return Platform(name, "linux", machine, (*tags, f"manylinux2014_{machine}"))


PLATFORMS = (
    linux("Linux x86-64", "x86_64"),
    linux("Linux aarch64", "aarch64"),
    Platform("macOS 14 arm64", "darwin", "arm64", ("macosx_14_0_arm64",)),
)


@dataclass(frozen=True)
class Pin:
    """One locked version of a package, and the files that are allowed for it."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        """The package's name as the lock writes it."""
        return self.requirement.name

    @property
    def version(self) -> str:
        """The only version that is allowed."""
        return str(self.requirement.specifier).removeprefix("==")

    def applies(self, platform: Platform, python: str) -> bool:
        """Say whether the package is wanted there."""
        there = {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": platform.machine,
            "platform_python_implementation": "CPython",
            "platform_system": platform.system.capitalize(),
            "python_full_version": f"{python}.1",
            "python_version": python,
            "sys_platform": platform.system,
        }
        return self.requirement.marker is None or self.requirement.marker.evaluate(there)


@dataclass(frozen=True)
class Finding:
    """What was found for one platform and one Python."""

    platform: str
    python: str
    wheels: int
    built: tuple[str, ...]
    missing: tuple[str, ...]
    versions: dict[str, str]


def read_lock(path: Path) -> Iterator[Pin]:
    """Read the pins of one lock."""
    for entry in re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8")):
        line = entry.split("\\\n")[0].strip()
        if not line.startswith("#"):
            yield Pin(Requirement(line), frozenset(re.findall(r"--hash=sha256:(\w+)", entry)))


def find_wheels(pins: list[Pin], platform: Platform, python: str) -> dict[str, str]:
    """Ask pip for a wheel of each pin: name → sha256. Errors: CalledProcessError."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--ignore-installed", "--only-binary=:all:"]
    command += ["--implementation=cp", f"--python-version={python}"]
    command += [f"--platform={tag}" for tag in platform.tags]
    command += [f"{pin.name}=={pin.version}" for pin in pins]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [*command, f"--target={folder}", f"--report={report}"],
            check=True,
            capture_output=True,
            text=True,
        )
        chosen = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        canonicalize_name(item["metadata"]["name"]): item["download_info"]["archive_info"][
            "hashes"
        ]["sha256"]
        for item in chosen
    }


def examine(pins: list[Pin], platform: Platform, python: str) -> Finding:
    """Find out which pins have a locked wheel for one platform and Python, and which lack one."""
    wanted = {pin.name: pin for pin in pins if pin.applies(platform, python)}
    asked = [pin for pin in wanted.values() if pin.name not in BUILT_THERE]
    missing: list[str] = []
    chosen: dict[str, str] = {}
    while not chosen:
        try:
            chosen = find_wheels(asked, platform, python)
        except subprocess.CalledProcessError as error:
            # pip stops at the first package that it cannot find: note it, and ask for the rest.
            found = re.search(r"No matching distribution found for ([\w.-]+)==", error.stderr)
            if not found or "onnection" in error.stderr:
                raise
            missing.append(found[1])
            asked = [pin for pin in asked if pin.name != found[1]]
    missing += [
        f"{pin.name} (another file)" for pin in asked if chosen.get(pin.name) not in pin.hashes
    ]
    return Finding(
        platform.name,
        python,
        len(asked),
        tuple(sorted(wanted.keys() & BUILT_THERE)),
        tuple(missing),
        {name: wanted[name].version for name in WORTH_A_COLUMN if name in wanted},
    )


def table(findings: list[Finding]) -> Iterator[str]:
    """Draw the findings as the rows of a Markdown table."""
    yield f"| platform | Python | wheels | built there | missing | {' | '.join(WORTH_A_COLUMN)} |"
    yield "| --- " * (5 + len(WORTH_A_COLUMN)) + "|"
    for found in findings:
        versions = " | ".join(found.versions.get(name, "none") for name in WORTH_A_COLUMN)
        built, missing = ", ".join(found.built), ", ".join(found.missing) or "nothing"
        start = f"| {found.platform} | {found.python} | {found.wheels} "
        yield f"{start}| {built} | {missing} | {versions} |"


HEAD = """# Platforms

Written by `.venv/bin/python scripts/resolve_platforms.py`, after `scripts/lock`.

For every platform and Python, pip was asked for a wheel of each locked package, and the file that
it chose was looked up among the lock's hashes. Nothing was installed: Linux on x86-64 is also run
by the tests, the other two are resolved, not run. Linux is held to the C library of Debian 12
(glibc 2.36). Packages that exist only as source are built on the spot: `docopt`, `readability` and
`srt` need no compiler, `llama-cpp-python` needs one and comes only with `companion setup --llm`.
"none" in the column of a package means that it does not exist there and is left out on purpose.

"""


def main() -> int:
    """Write the page; return 1 where a wheel is missing."""
    pins = [pin for lock in LOCKS for pin in read_lock(ROOT / "requirements" / f"{lock}.txt")]
    findings = []
    for platform in PLATFORMS:
        for python in PYTHONS:
            findings.append(examine(pins, platform, python))
            print(
                f"{platform.name}, Python {python}: {findings[-1].missing or 'all there'}",
                flush=True,
            )
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(HEAD + "\n".join(table(findings)) + "\n", encoding="utf-8")
    return int(any(found.missing for found in findings))


if __name__ == "__main__":
    sys.exit(main())
