"""The safety plan as the diary keeps it: the newest version, and the copy that follows it."""

from companion.cares import STEPS, SafetyPlan
from companion.memory import unlocked
from companion.memory.entries import Plan
from companion.memory.journal import Journal
from companion.memory.vault import Vault


def kept_plan(journal: Journal) -> SafetyPlan:
    """Give the newest version of the safety plan; an empty one where there is none."""
    newest = next(iter(journal.list(limit=1, kinds=("plan",))), None)
    if newest is None or not isinstance(newest.body, Plan):
        return SafetyPlan()
    steps = newest.body.steps[:STEPS]
    return SafetyPlan((*steps, *((),) * (STEPS - len(steps))))


def renew_copy(vault: Vault) -> None:
    """Bring the copy of the plan up to date, where its owner chose one. Raises VaultError."""
    unlocked.renew(vault.path.parent, kept_plan(Journal(vault)))
