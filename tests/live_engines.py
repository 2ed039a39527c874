"""Engines that the settings of a live talk name."""

from companion import paths
from companion.hear.typed import TypedRecogniser
from companion.think.llama import LlamaMind

from . import made

ENGLISH = paths.content() / "en"


class Grief(TypedRecogniser):
    """Knows beforehand what it will hear: what follows is to be tested, not the ear."""

    def __init__(self) -> None:
        super().__init__(("my mother died last week", "i miss her so much"))


class ForcedMind(LlamaMind):
    """Computes for real, and says what tests/forced_model.py says."""

    def __init__(self) -> None:
        super().__init__(made.mind(), ENGLISH, deadline=10.0, module="tests.forced_model")
