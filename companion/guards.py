"""What stands between a person and harm, as one value that a conversation holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from companion.stages import DangerProtocol, IncomingGuard, OutgoingGuard
from companion.values import Cleared


@dataclass(frozen=True)
class Guards:
    """All that stands between a person and harm."""

    incoming: IncomingGuard
    minimal: IncomingGuard
    """Takes over when `incoming` fails"""
    protocol: DangerProtocol
    outgoing: OutgoingGuard
    prepared: Mapping[str, Cleared]
    """For when a stage fails: guard-fault, ear-fault, ear-limited, think-fault, help-numbers"""
