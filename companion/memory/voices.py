"""Keep how a voice sounded, and what its owner decided about that: numbers, and never sound."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from companion.events import Event, Kept, Sensed
from companion.memory.entries import Measure, Voice
from companion.memory.erase import erase_kind
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from companion.tone import Tone, ToneState
from companion.values import Prosody, TurnId

KIND = "voice"
CONSENTS, CONSENT, MINOR = "consents", "voice", "minor"
"""Names in the vault: what somebody agreed to, this among it, and whether they are under 18"""
_TONE = "tone"


class VoiceKeeper:
    """Keeps the voice of one talk. An utterance is kept when the next turn shows it was whole."""

    def __init__(self, vault: Vault, *, now: Callable[[], datetime], zone: str) -> None:
        self._vault = vault
        self._now = now
        self._zone = zone
        self._state = ToneState()
        self._waiting: tuple[TurnId, datetime, Voice] | None = None
        self._erased: TurnId | None = None

    def remembered(self, agreed: bool) -> ToneState:
        """Give what was decided; `agreed` is what the settings say where nothing was."""
        consents = self._vault.get(CONSENTS) or {}
        kept: dict[str, Any] = self._vault.get(_TONE) or {}
        until = _moment(kept.get("muted_until"))
        muted = kept.get("muted", "") if until is not None and self._now() < until else ""
        self._state = ToneState(
            agreed=bool(consents.get(CONSENT, agreed)),
            minor=bool(self._vault.get(MINOR)),
            muted=muted,
            muted_until=until if muted else None,
            remarked=_moment(kept.get("remarked")),
        )
        return self._state

    def take(self, event: Event) -> None:
        """Keep what is to be kept of something that happened. Raises VaultError."""
        if isinstance(event, Sensed):
            self._sensed(event.id, event.prosody, event.tone)
        if isinstance(event, Kept):
            # The same state comes again after each sentence of an answer.
            if event.state.tone.forget and event.id != self._erased:
                self._erased, self._waiting = event.id, None
                erase_kind(self._vault, KIND)
            if event.state.tone.settled != self._state:
                self._decide(event.state.tone.settled)

    def end(self) -> None:
        """Keep the last utterance. Raises VaultError."""
        if self._waiting:
            _, at, voice = self._waiting
            self._waiting = None
            Journal(self._vault).add(voice, at=at, zone=self._zone, now=self._now())

    def decide(self, decided: ToneState) -> None:
        """Keep a decision at once. Raises VaultError."""
        if decided.forget:
            erase_kind(self._vault, KIND)
        self._decide(decided.settled)

    def calibrate(self, prosody: Prosody, tone: Tone) -> None:
        """Keep an utterance of which its owner said: so I usually sound. Raises VaultError."""
        voice = _voice(prosody, tone).model_copy(update={"calibration": True})
        now = self._now()
        Journal(self._vault).add(voice, at=now, zone=self._zone, now=now)

    def _sensed(self, id: TurnId, prosody: Prosody, tone: Tone) -> None:
        if self._waiting and self._waiting[0].turn != id.turn:
            self.end()
        # Else the person went on: what was heard before is part of this.
        self._waiting = None
        if tone.kept:
            self._waiting = (id, self._now(), _voice(prosody, tone))

    def _decide(self, decided: ToneState) -> None:
        before, self._state = self._state, decided
        at = self._now()
        with self._vault.writing():
            if decided.agreed != before.agreed:
                consents = self._vault.get(CONSENTS) or {}
                self._vault.put(CONSENTS, {**consents, CONSENT: decided.agreed}, at)
            kept = {
                "muted": decided.muted,
                "muted_until": _text(decided.muted_until),
                "remarked": _text(decided.remarked),
            }
            self._vault.put(_TONE, kept, at)


def _voice(prosody: Prosody, tone: Tone) -> Voice:
    units = {name: feature.unit for name, feature in prosody.features.items()}
    measured = {
        name: Measure(value=value, unit=units.get(name, "")) for name, value in tone.kept.items()
    }
    return Voice(features=measured, microphone=tone.through, unusual=tone.unusual)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
