"""A second ear beside the first: it hears the commands of an exercise and nothing else."""

from copy import copy

from companion.hear.vosk import VoskRecogniser
from companion.stages import Recogniser
from companion.values import Expected


def beside(recogniser: Recogniser) -> Recogniser | None:
    """Give a second recogniser on the same model; None where the first does both in turn.

    Vosk's recognisers are light and share the model. PocketSphinx hears commands by its
    grammar, and hears the whole again freely when the turn is over.
    """
    if not isinstance(recogniser, VoskRecogniser):
        return None
    second = copy(recogniser)
    second.start(Expected())
    return second
