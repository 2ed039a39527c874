"""What the tests of the player share: a rhythm, and the exercises that ship."""

import pytest

from companion import paths
from companion.sessions.script import read_scripts
from tests.sessions_made import RHYTHM, script

SHIPPED = read_scripts(paths.content() / "en" / "sessions")


@pytest.fixture
def rhythm(tmp_path):
    return script(tmp_path, RHYTHM)
