"""What the tests of text share: the words by which it is read aloud."""

from functools import cache

from companion import paths
from companion.text import SpokenForms, read_spoken_forms

HELPLINES = ("988", "116 123", "1-800-799-7233", "HOME to 741741", "13 11 14", "112", "024")


@cache
def spoken_forms() -> SpokenForms:
    """Read how signs and numbers are said, and the helplines that are known."""
    return read_spoken_forms(paths.content() / "en", HELPLINES)
