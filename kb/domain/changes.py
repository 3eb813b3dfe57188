"""What those who follow the knowledge base are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What happened to something that is followed."""

    ADDED = "came"
    CHANGED = "changed"
    REMOVED = "went"


@dataclass(frozen=True, slots=True)
class EventChange:
    """What happened to an event; `seq` is the change's number in the sequence of changes."""

    seq: int
    kind: ChangeKind
    event_id: str


@dataclass(frozen=True, slots=True)
class RunChange:
    """That a run of ingestion began, went on or ended; `seq` is the change's number in the sequence of changes."""

    seq: int
    run_id: str
