"""The sequence of changes that subscriptions and incremental exports follow.

A cursor in it is a number of the sequence, written in decimal: all that has a larger number came later. For this to hold, changes
must become visible in the order of their numbers. They do: whoever writes is alone among all processes from before it takes its
first number until after its commit shows (`Database.transaction`: BEGIN IMMEDIATE on SQLite, an advisory lock of the transaction
on PostgreSQL), so nobody who has seen a number will ever see a smaller one appear. What PostgreSQL's sequence leaves out are
numbers of transactions that were rolled back: nothing was there, and nothing comes there later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kb.domain.result import Change
from kb.errors import ExpiredError, UsageError
from kb.storage.insertion import insert_rows
from kb.storage.paging import MAX_PAGE
from kb.storage.tables import CHANGE

CAME: Final = "came"
CHANGED: Final = "changed"
WENT: Final = "went"
# Where changes were deleted, the last of them is kept as a mark.
_PRUNED: Final = "pruned"
_SEQUENCE: Final = "change"
# As long as PostgreSQL's largest number, less one digit, which no sequence will need.
_DIGITS: Final = 18


def record_changes(session: Session, noun: str, operation: str, ids: Iterable[str]) -> None:
    """Appends one change for each id."""
    now = datetime.now(UTC)
    rows = [{"noun": noun, "noun_id": each, "operation": operation, "changed_at": now} for each in ids]
    insert_rows(session, CHANGE, rows)


def list_changes(
    session: Session, after: int = 0, first: int = MAX_PAGE, nouns: Collection[str] | None = None
) -> tuple[Change, ...]:
    """At most `first` changes, of these nouns or of all, with a number above `after`, the earliest first."""
    statement = select(CHANGE).where(CHANGE.c.seq > after).order_by(CHANGE.c.seq).limit(first)
    if nouns is not None:
        statement = statement.where(CHANGE.c.noun.in_(sorted(nouns)))
    return tuple(Change(row.seq, row.noun, row.noun_id, row.operation, row.changed_at) for row in session.execute(statement))


def lookup_last_change(session: Session) -> int:
    """The number of the latest change; 0 where there is none."""
    return int(session.execute(select(func.max(CHANGE.c.seq))).scalar() or 0)


def parse_place(name: str, cursor: str) -> int:
    """The number that a cursor stands for; raises UsageError for what is no such cursor. `name` is the argument's."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _DIGITS):
        raise UsageError(f"{name}: {cursor[:40]!r} is no cursor of changes; take one from a change, or from changeCursor")
    return int(cursor)


def check_place(session: Session, name: str, place: int) -> None:
    """Raises ExpiredError where changes behind `place` were deleted, UsageError where the sequence has not come so far."""
    mark = select(func.max(CHANGE.c.seq)).where(CHANGE.c.noun == _SEQUENCE, CHANGE.c.noun_id == _PRUNED)
    pruned = int(session.execute(mark).scalar() or 0)
    if place < pruned:
        raise ExpiredError(
            f"{name}: changes up to {pruned} are not kept any more; read anew what you follow, and go on from its changeCursor"
        )
    if place > lookup_last_change(session):
        raise UsageError(f"{name}: there is no change {place} yet; is the cursor another database's? Take one from changeCursor")


def prune_changes(session: Session, before: datetime) -> int:
    """Deletes the changes from before that time and returns how many; cursors from before them are refused from then on."""
    last = session.execute(select(func.max(CHANGE.c.seq)).where(CHANGE.c.changed_at < before)).scalar()
    if last is None:
        return 0
    earlier = CHANGE.c.seq < last
    count = session.execute(select(func.count()).select_from(CHANGE).where(earlier)).scalar_one()
    session.execute(delete(CHANGE).where(earlier))
    mark = {"noun": _SEQUENCE, "noun_id": _PRUNED, "operation": WENT}
    session.execute(update(CHANGE).where(CHANGE.c.seq == last).values(mark))
    return count
