"""Keep each moment of danger: its kind, the rules, what was said; the words only where allowed.

It is written at once, before anything is said, and once more with the sentences when the next
turn comes or the talk ends: a program may be killed in between.
"""

from collections.abc import Callable
from datetime import datetime

from companion.events import Checked, Event, Heard, Said
from companion.memory import entries
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from companion.risk import Assessment, Risk


class IncidentKeeper:
    """Watches one talk for danger."""

    def __init__(
        self, vault: Vault, *, now: Callable[[], datetime], zone: str, words: bool
    ) -> None:
        """`words`: what the person said is kept, too."""
        self._journal = Journal(vault)
        self._now = now
        self._zone = zone
        self._words = words
        self._heard = ""
        self._entry: entries.Entry | None = None
        self._lines: tuple[str, ...] = ()

    def take(self, event: Event) -> None:
        """Keep what is to be kept of something that happened. Raises VaultError."""
        match event:
            case Heard():
                self.end()
                transcript = event.utterance.transcript
                self._heard = transcript.text if self._words and transcript else ""
            case Checked() if event.assessment.level >= Risk.CONCERN:
                self._begin(event.assessment)
            case Said() if self._entry and event.reviewed:
                self._lines = (*self._lines, event.reviewed)

    def end(self) -> None:
        """Add what was said to the last incident. Raises VaultError."""
        entry, lines = self._entry, self._lines
        self._entry, self._lines = None, ()
        if entry is not None and lines:
            body = entry.body.model_copy(update={"lines": lines})
            self._journal.put(entry.model_copy(update={"body": body}))

    def _begin(self, found: Assessment) -> None:
        now = self._now()
        body = entries.Incident(
            level=level_name(found.level),
            kinds=tuple(kind.value for kind in found.kinds),
            rules=found.why,
            words=self._heard,
        )
        self._entry = self._journal.add(body, at=now, zone=self._zone, now=now)


def level_name(level: Risk) -> entries.Level:
    """Name a level as the diary does."""
    names: dict[Risk, entries.Level] = {
        Risk.NONE: "none", Risk.SOFT: "soft", Risk.CONCERN: "concern",
        Risk.HIGH: "high", Risk.IMMEDIATE: "immediate",
    }  # fmt: skip
    return names[level]
