"""What changes mean to somebody who follows the events of a filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.domain.changes import ChangeKind, EventChange
from kb.domain.query import EventFilter
from kb.domain.result import Change
from kb.storage.batches import rows_in
from kb.storage.filters import event_conditions
from kb.storage.tables import EVENT

NOUN: Final = "event"


def list_event_changes(
    session: Session, changes: Iterable[Change], wanted: EventFilter, kinds: Collection[ChangeKind]
) -> tuple[EventChange, ...]:
    """What the changes, which must be in their order, mean to a follower of these events and kinds of changes.

    An event is followed for what it is now, in this session: it is added or changed where the filter lets it through, and removed
    where it is gone, or has changed and is not let through. A filter cannot be asked of what is gone, so some removals are of
    events that the follower never saw; what is left out instead is never something that a follower has to know.
    """
    of_events = [each for each in changes if each.noun == NOUN]
    passing = _list_passing(session, [each.noun_id for each in of_events], wanted)
    told: list[EventChange] = []
    # All of them see the events as they are now: what one has told of an event need not be told again for a later reason.
    last: dict[str, bool] = {}
    for change in of_events:
        kind = ChangeKind(change.operation)
        if kind is not ChangeKind.REMOVED and change.noun_id not in passing:
            if kind is ChangeKind.ADDED:
                continue
            kind = ChangeKind.REMOVED
        there = kind is not ChangeKind.REMOVED
        if kind not in kinds or (kind is not ChangeKind.ADDED and last.get(change.noun_id) is there):
            continue
        last[change.noun_id] = there
        told.append(EventChange(change.seq, kind, change.noun_id))
    return tuple(told)


def _list_passing(session: Session, event_ids: Sequence[str], wanted: EventFilter) -> frozenset[str]:
    if not event_ids:
        return frozenset()
    statement = select(EVENT.c.id).where(*event_conditions(session, wanted))
    return frozenset(row.id for row in rows_in(session, statement, EVENT.c.id, event_ids))
