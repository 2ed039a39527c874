"""Keep what a talk leaves behind: a sign of danger at once, the facts at the end.

A vault that cannot be written to any more costs what would have been kept, never the talk.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from companion.errors import VaultError
from companion.events import Checked, Chosen, Event, Heard, Kept, Said
from companion.memory import entries
from companion.memory.cared import CareKeeper
from companion.memory.filled import FormKeeper
from companion.memory.incidents import IncidentKeeper, level_name
from companion.memory.journal import Journal
from companion.memory.knowing import KnowledgeKeeper
from companion.memory.led import LedKeeper
from companion.memory.pausing import PauseKeeper
from companion.memory.vault import Vault
from companion.memory.voices import VoiceKeeper
from companion.risk import Kind, Risk, RiskState
from companion.values import MindState, State

STICKY = timedelta(hours=72)
"""How long a danger is remembered from one talk to the next (docs/crisis.md)"""
SAFETY = "safety"
"""The act of an answer to danger"""
_RISK = "risk"


@dataclass
class _Facts:
    """What is known of a talk so far."""

    began: datetime
    turns: int = 0
    acts: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    highest: Risk = Risk.NONE
    hidden: bool = False
    exchanges: list[entries.Said] = field(default_factory=list, repr=False)


class Keeper:
    """Watches one talk and keeps what its owner agreed to keep."""

    def __init__(
        self,
        vault: Vault,
        *,
        now: Callable[[], datetime],
        zone: str,
        transcripts: bool = False,
        ear: str = "",
        facts: bool = False,
    ) -> None:
        """`zone` is where the talk is held; `transcripts`: its words are kept, too.

        `ear` names the recogniser of a talk that is spoken; `facts`: short ones are remembered.
        """
        self._vault = vault
        self._journal = Journal(vault)
        self._now = now
        self._zone = zone
        self._transcripts = transcripts
        self._facts = _Facts(now())
        self._forms = FormKeeper(vault, zone, ear)
        self._led = LedKeeper(vault, zone)
        self._knowledge = KnowledgeKeeper(vault, zone, learns=facts)
        self._cares = CareKeeper(vault, now=now, zone=zone)
        self._incidents = IncidentKeeper(vault, now=now, zone=zone, words=transcripts)
        self._risk = RiskState()
        self._voices = VoiceKeeper(vault, now=now, zone=zone)
        self._pauses = PauseKeeper(vault, now)
        self.problem: VaultError | None = None
        """Why nothing more is kept"""

    def remembered(self, *, voice_agreed: bool = False) -> State:
        """Give the state in which a talk begins: danger of the last three days is still known.

        `voice_agreed` says whether the tone of voice may be looked at, where nothing was decided.
        """
        tone = self._voices.remembered(voice_agreed)
        kept = self._vault.get(_RISK)
        if kept and self._now() - _newest(kept) <= STICKY:
            self._risk = _risk_from(kept["risk"])
        elif kept:
            self._risk = RiskState(age=kept["risk"].get("age"))
        mind = MindState(form=self._forms.remembered(self._now()))
        known = replace(
            self._knowledge.known(self._now()),
            health=self._led.health(),
            led=self._led.before(),
            pause=self._pauses.remembered(),
        )
        care = self._cares.remembered()
        return State(risk=self._risk, mind=mind, known=known, tone=tone, care=care)

    def __enter__(self) -> "Keeper":
        return self

    def __exit__(self, *error: object) -> None:
        """The talk is over: keep its facts."""
        self._try(self._voices.end)
        self._try(self._pauses.end)
        self._try(self._incidents.end)
        if self._facts.turns:
            self._try(partial(self._keep_talk, self._facts))

    def take(self, event: Event) -> None:
        """Keep what is to be kept of something that happened; `problem` says where it cannot."""
        if isinstance(event, Kept) and event.state.risk != self._risk:
            self._risk = event.state.risk
            self._try(partial(self._keep_risk, self._risk))
        if isinstance(event, Kept):
            self._try(partial(self._cares.keep, event.state))
        if isinstance(event, Kept) and (form := event.state.mind.form):
            self._try(lambda: self._forms.keep(form, self._now()))
        if isinstance(event, Kept):
            self._try(partial(self._led.keep, event.state.mind, self._now()))
            self._try(partial(self._knowledge.keep, event.state.known, self._now()))
        self._try(partial(self._incidents.take, event))
        self._try(partial(self._voices.take, event))
        self._pauses.take(event)
        self._note(event, self._facts)

    def _note(self, event: Event, facts: _Facts) -> None:
        match event:
            case Heard():
                facts.turns += 1
                transcript = event.utterance.transcript
                if self._transcripts and transcript:
                    facts.exchanges.append(entries.Said(heard=transcript.text, said=()))
            case Checked():
                facts.highest = max(facts.highest, event.risk.level)
                kinds = {kind.value for kind in event.assessment.kinds}
                facts.hidden = facts.hidden or bool(kinds & entries.HIDDEN)
            case Chosen():
                facts.acts.append(event.act)
                # In an answer to danger this names the kind, which is the incident's alone.
                facts.skills.extend([event.skill] if event.skill and event.act != SAFETY else [])
            case Said() if facts.exchanges:
                *before, last = facts.exchanges
                said = entries.Said(heard=last.heard, said=(*last.said, event.text))
                facts.exchanges = [*before, said]

    def _keep_risk(self, risk: RiskState) -> None:
        at = self._now()
        since = risk.since.isoformat() if risk.since else None
        self._vault.put(_RISK, {"at": at.isoformat(), "risk": asdict(risk) | {"since": since}}, at)

    def _keep_talk(self, facts: _Facts) -> None:
        self._add(
            entries.Talk(
                seconds=max(0.0, (self._now() - facts.began).total_seconds()),
                turns=facts.turns,
                acts=tuple(facts.acts),
                skills=tuple(dict.fromkeys(facts.skills)),
                highest=level_name(facts.highest),
                hidden=facts.hidden,
                transcript=tuple(facts.exchanges),
            ),
            at=facts.began,
        )

    def _add(self, body: entries.Body, at: datetime | None = None) -> None:
        now = self._now()
        self._journal.add(body, at=at or now, zone=self._zone, now=now)

    def _try(self, work: Callable[[], None]) -> None:
        """Keep something; after a failure nothing more is tried."""
        try:
            if not self.problem:
                work()
        except VaultError as error:
            self.problem = error


def _newest(kept: dict[str, Any]) -> datetime:
    """Give the moment of the newest sign of danger."""
    return datetime.fromisoformat(kept["risk"].get("since") or kept["at"])


def _risk_from(kept: dict[str, Any]) -> RiskState:
    """Read a risk that was kept. A question of an earlier talk waits for no answer any more."""
    return RiskState(
        level=Risk(kept["level"]),
        kinds=tuple(Kind(kind) for kind in kept["kinds"]),
        answered=Risk(kept["answered"]),
        answered_kinds=tuple(Kind(kind) for kind in kept["answered_kinds"]),
        told=kept["told"],
        # What an older version kept has none of these.
        since=datetime.fromisoformat(since) if (since := kept.get("since")) else None,
        firm=kept.get("firm", False),
        lowered=kept.get("lowered", False),
        taken=kept.get("taken", False),
        age=kept.get("age"),
        carried=True,
    )
