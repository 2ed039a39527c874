"""Keep how long somebody usually pauses between words, so that the next talk waits as long.

One number, learned in every talk (`hear/holds.py`); it goes with everything that is erased, and
when somebody wants their voice forgotten.
"""

from collections.abc import Callable
from datetime import datetime

from companion.events import Event, Heard, Kept
from companion.memory.vault import Vault

PAUSE = "pause"
"""Its name in the vault: seconds"""


class PauseKeeper:
    """Keeps the pauses of one talk."""

    def __init__(self, vault: Vault, now: Callable[[], datetime]) -> None:
        self._vault = vault
        self._now = now
        self._usual: float | None = None
        self._learnt = False
        self._forgotten = False
        """In this talk: nothing of it is kept any more"""

    def remembered(self) -> float | None:
        """Give what earlier talks learned, in seconds; None: nothing. Raises VaultError."""
        self._usual = self._vault.get(PAUSE)
        return self._usual

    def take(self, event: Event) -> None:
        """Take note of what was learned by the end of a turn."""
        if isinstance(event, Heard) and event.utterance.usual_pause is not None:
            self._learnt = self._learnt or event.utterance.usual_pause != self._usual
            self._usual = event.utterance.usual_pause
        if isinstance(event, Kept) and event.state.tone.forget:
            self._forgotten = True

    def end(self) -> None:
        """Keep it: the talk is over. Raises VaultError."""
        if self._learnt and not self._forgotten and self._usual is not None:
            self._vault.put(PAUSE, round(self._usual, 3), self._now())
