"""A voice over our own answer: it is held back at once, and then it is judged what that voice is.

A cough or a sign of listening lets the answer go on; speech ends it. What holds no word may be
the rest of our own echo, so it is never answered. The first sentence of an
answer to danger goes on sounding meanwhile. "Stop" is heard elsewhere, and waits for nothing.
"""

from companion.events import Overlap
from companion.floor import Floor
from companion.stages import Ear
from companion.values import Utterance


class Overhearing:
    """Follows one voice at a time."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._judging = False
        self._wordless = False
        """It began over our voice, so that without words it is nothing"""

    def begin(self, floor: Floor) -> None:
        """Somebody may be speaking: hold the answer back, where there is one."""
        sounded = floor.sounds
        self._judging = floor.pause()
        self._wordless = self._judging and sounded
        if not self._judging:
            floor.interrupt()

    def go_on(self, floor: Floor) -> None:
        """Judge the voice so far."""
        if not self._judging:
            return
        kind = self._ear.overlap(after_question=floor.state.expected.after_question)
        if kind is Overlap.SPEECH:
            self._judging = False
            floor.interrupt()
        elif kind is not Overlap.UNKNOWN:
            floor.resume()

    def end(self, floor: Floor, utterance: Utterance) -> bool:
        """The voice is over, and this was said; say whether no answer is waited for."""
        judging, self._judging = self._judging, False
        # Some ears know their words only now, and a word is no cough.
        words = utterance.transcript.text if utterance.transcript else None
        if words == "" and self._wordless:
            floor.resume()
            return True
        if not judging:
            return False
        self._ear.heard(words or "")
        if self._ear.overlap(after_question=floor.state.expected.after_question) is Overlap.SPEECH:
            return False
        floor.resume()
        return True
