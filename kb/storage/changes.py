"""The sequence of changes that subscriptions and incremental exports follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kb.domain.result import Change
from kb.storage.paging import MAX_PAGE
from kb.storage.tables import CHANGE

CAME: Final = "came"
CHANGED: Final = "changed"
WENT: Final = "went"


def record_changes(session: Session, noun: str, operation: str, ids: Iterable[str]) -> None:
    """Appends one change for each id."""
    now = datetime.now(UTC)
    rows = [{"noun": noun, "noun_id": each, "operation": operation, "changed_at": now} for each in ids]
    if rows:
        session.execute(insert(CHANGE), rows)


def list_changes(session: Session, after: int = 0, first: int = MAX_PAGE) -> tuple[Change, ...]:
    """At most `first` changes with a number above `after`, the earliest first."""
    statement = select(CHANGE).where(CHANGE.c.seq > after).order_by(CHANGE.c.seq).limit(first)
    return tuple(Change(row.seq, row.noun, row.noun_id, row.operation, row.changed_at) for row in session.execute(statement))


def lookup_last_change(session: Session) -> int:
    """The number of the latest change; 0 where there is none."""
    return int(session.execute(select(func.max(CHANGE.c.seq))).scalar() or 0)
