"""What the tests of downloads share: a host on this machine, and one file of it."""

from pathlib import Path

import pytest

from companion.manifest import ModelFile

from .server import Host, content, row

RIGHT = content("a file")


@pytest.fixture
def host():
    opened = Host()
    yield opened
    opened.close()


def file_of(host: Host) -> ModelFile:
    return ModelFile.model_validate(row(host.url, "file.bin", RIGHT))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
