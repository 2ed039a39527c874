"""One moment of a talk as the protocol sees it: what was just said, and what is known."""

from dataclasses import dataclass, field

from companion.risk import Assessment, Explains, Kind, Risk, RiskState, When


@dataclass(frozen=True)
class Moment:
    """What was just said, and what is known."""

    found: Assessment
    state: RiskState
    command: str | None
    """The word that always works, where one was said"""
    silent: bool = False
    """Nothing was said at all"""
    people: tuple[str, ...] = field(default=(), repr=False)
    """Whom the person has named in their plan, to ask for help"""

    @property
    def is_new(self) -> bool:
        """Whether there is a danger that the person has not been answered yet."""
        state = self.state
        if state.level < Risk.CONCERN or (state.owed and self.found.level < Risk.CONCERN):
            return False
        unanswered = set(self.found.kinds) - set(state.answered_kinds)
        return state.level > state.answered or (
            self.found.level >= Risk.CONCERN and bool(unanswered)
        )

    @property
    def is_carried(self) -> bool:
        """Whether all the danger there is comes from an earlier talk."""
        return (
            self.state.carried
            and self.state.level >= Risk.CONCERN
            and self.found.level < Risk.CONCERN
        )

    @property
    def remark(self) -> str:
        """Name what is to be said to a remark around a danger; "" for nothing."""
        remark, state = self.found.remark, self.state
        if self.found.level >= Risk.CONCERN or (state.level < Risk.CONCERN and not state.lowered):
            return ""
        if remark.taken and Kind.OVERDOSE_WITHDRAWAL not in state.kinds:
            return "taken"
        match remark.explains:
            case Explains.JOKE:
                return "joke"
            case Explains.MISHEARD if not state.asked_anew:
                return "misheard"
            case Explains.PAST if remark.when in (None, When.EARLIER):
                return "past"
        return "explained" if remark.explains and state.level < Risk.HIGH else ""
